"""Convolution, backward: dX, dW and db, stepped through on the learner's own tensors."""

from __future__ import annotations

from urllib.parse import urlencode

from app import tensors
from app.drawing import Grid
from app.exhibits.base import Exhibit, OwnNumbers, Tile
from app.exhibits.convolution_backward import pictures
from app.exhibits.convolution_backward.figures import largest
from app.exhibits.convolution_backward.params import Params
from app.exhibits.convolution_backward.presets import FIRST, PRESETS, Preset
from app.exhibits.convolution_backward.resolve import canonical, resolve
from app.exhibits.convolution_backward.scene import BackwardScene, broken
from app.i18n import N_
from app.tensors import Array

READERS = {"x": tensors.as_image, "weight": tensors.as_filters, "grad_output": tensors.as_image}


def edited(params: Params, tensor: str, place: tuple[int, ...], value: float) -> Params:
    """Return `params` with one number of a tensor changed."""
    backward = resolve(params)
    shown = {"x": backward.layer.x, "weight": backward.layer.weight, "grad_output": backward.grad}
    values = tensors.with_number(shown[tensor], tensor, place, value)
    return params.model_copy(update={tensor: tensors.compact(values)})


def taken(params: Params, tensor: str, values: Array, order: str) -> Params:
    """Return `params` with the learner's own tensor, read in axis order `order`; another cell may be checked then."""
    read = READERS[tensor](values, order)
    return params.model_copy(update={tensor: tensors.compact(read), "check": None})


def _tile(name: str, preset: Preset) -> Tile:
    grad = preset.grad[0]
    grid = Grid("gradient", "grad_output", (0,), grad, max(2, 64 // max(grad.shape)), largest(preset.grad))
    query = "" if name == FIRST else urlencode({"preset": name})
    return Tile(query, preset.title, preset.note, grid, [0], [0])


EXHIBIT = Exhibit(
    slug="convolution-backward",
    chapter=N_("Convolution"),
    title=N_("Convolution, backward"),
    summary=N_("Step through the gradients dX, dW and db of a convolution, each in two ways, and check any cell."),
    Params=Params,
    prepare=BackwardScene,
    canonical=canonical,
    broken=broken,
    long_params=("x", "weight", "grad_output"),
    view_params=("step",),
    arrays={
        "x": lambda scene: scene.backward.layer.x,
        "weight": lambda scene: scene.backward.layer.weight,
        "grad_output": lambda scene: scene.backward.grad,
        "output": lambda scene: scene.backward.layer.sums,
        "grad_input": lambda scene: scene.backward.gradients.input,
        "grad_weight": lambda scene: scene.backward.gradients.weight,
        "grad_bias": lambda scene: scene.backward.gradients.bias,
    },
    picture=pictures.draw,
    own_numbers=OwnNumbers(("x", "weight", "grad_output"), edited, taken),
    tiles=tuple(_tile(name, preset) for name, preset in PRESETS.items()),
)

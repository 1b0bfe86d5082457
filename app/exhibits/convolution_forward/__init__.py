"""Convolution, forward: one window, one number, stepped through on the learner's own tensors."""

from __future__ import annotations

from urllib.parse import urlencode

from app import tensors
from app.exhibits.base import Exhibit, OwnNumbers, Questions, Tile
from app.exhibits.convolution_forward import answers, pictures
from app.exhibits.convolution_forward.params import Params
from app.exhibits.convolution_forward.presets import FIRST, PRESETS, Preset
from app.exhibits.convolution_forward.resolve import canonical, resolve
from app.exhibits.convolution_forward.scene import ConvolutionScene, broken
from app.i18n import N_
from app.stepper.grids import Grids
from app.tensors import Array

READERS = {"x": tensors.as_image, "weight": tensors.as_filters, "bias": tensors.as_bias}


def edited(params: Params, tensor: str, place: tuple[int, ...], value: float) -> Params:
    """Return `params` with one number of a tensor changed, as the page shows that tensor."""
    layer = resolve(params)
    shown = {"x": layer.x, "weight": layer.sliding_weight, "bias": layer.bias[None]}
    values = tensors.with_number(shown[tensor], tensor, place, value)
    if tensor == "weight" and params.true_convolution:
        values = values[:, :, ::-1, ::-1]
    return params.model_copy(update={tensor: tensors.compact(values)})


def taken(params: Params, tensor: str, values: Array, order: str) -> Params:
    """Return `params` with the learner's own tensor, read in axis order `order`.

    Sizes that were asked for before give way to the sizes of the tensor.
    """
    read = READERS[tensor](values, order)
    given_way: dict[str, dict[str, str | int | None]] = {
        "x": {"size": None, "in_channels": None},
        "weight": {"kernel_size": None, "out_channels": None, "in_channels": None},
        "bias": {"out_channels": None},
    }
    changes = {**given_way[tensor], tensor: tensors.compact(read)}
    if tensor == "x" and params.weight is not None:
        changes["in_channels"] = len(read)  # filters follow the number of channels
    return params.model_copy(update=changes)  # what does not fit is refused by resolve


def _tile(name: str, preset: Preset) -> Tile:
    layer = preset.layers[0]
    query = "" if name == FIRST else urlencode({"preset": name})
    window = layer.trace[len(layer.trace) // (2 * len(layer.output))]
    return Tile(query, preset.title, preset.note, Grids(layer).thumbnail, window.rows, window.columns)


EXHIBIT = Exhibit(
    slug="convolution-forward",
    chapter=N_("Convolution"),
    title=N_("One window, one number"),
    summary=N_("Step through a convolution, forwards, on prepared examples or your own numbers."),
    Params=Params,
    prepare=ConvolutionScene,
    canonical=canonical,
    broken=broken,
    long_params=("x", "weight", "bias", "other"),
    view_params=("step", "predict", "tab"),
    moments=ConvolutionScene.moments,
    arrays={
        "x": lambda scene: scene.layer.x,
        "weight": lambda scene: scene.layer.weight,
        "bias": lambda scene: scene.layer.bias,
        "sums": lambda scene: scene.layer.sums,
        "output": lambda scene: scene.layer.output,
    },
    picture=pictures.draw,
    own_numbers=OwnNumbers(("x", "weight", "bias"), edited, taken),
    questions=Questions(answers.guess, answers.check),
    tiles=tuple(_tile(name, preset) for name, preset in PRESETS.items()),
)

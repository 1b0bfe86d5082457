"""Pooling, forwards and backwards: the largest, the mean, the norm or the weighted sum of each window."""

from __future__ import annotations

from urllib.parse import urlencode

import numpy as np

from app import tensors
from app.drawing import Grid
from app.exhibits.base import Exhibit, OwnNumbers, Tile
from app.exhibits.pooling import pictures
from app.exhibits.pooling.params import Params
from app.exhibits.pooling.presets import FIRST, PRESETS, Preset
from app.exhibits.pooling.resolve import TENSORS, canonical, resolve
from app.exhibits.pooling.scene import PoolingScene, broken
from app.i18n import N_
from app.tensors import Array
from engine import ShapeError

SHOWN = ("textbook", "overlapping", "ceil", "lenet")  # the presets that home page and list show


def edited(params: Params, tensor: str, place: tuple[int, ...], value: float) -> Params:
    """Return `params` with one number of a tensor changed, as the page shows that tensor."""
    pool = resolve(params)
    weight, bias = pool.weights
    shown = {"x": pool.x, "grad": pool.grad_output, "weight": weight[None], "bias": bias[None]}
    values = tensors.with_number(shown[tensor], tensor, place, value)
    return params.model_copy(update={tensor: tensors.compact(values)})


def taken(params: Params, tensor: str, values: Array, order: str) -> Params:
    """Return `params` with the learner's own tensor, read in axis order `order`."""
    read = tensors.as_bias(values) if tensor in ("weight", "bias") else tensors.as_image(values, order)
    pool = resolve(params)
    wanted = {"grad": pool.output.shape, "weight": (len(pool.x),), "bias": (len(pool.x),)}
    if tensor in wanted and read.shape != wanted[tensor]:
        raise ShapeError(
            N_("wanted: {wanted} numbers; got {got}"),
            wanted=" × ".join(map(str, wanted[tensor])),
            got=" × ".join(map(str, read.shape)),
        )
    given_way = {"size": None, "in_channels": None} if tensor == "x" else {}
    return params.model_copy(update={**given_way, tensor: tensors.compact(read)})


def _tile(name: str, preset: Preset) -> Tile:
    pool = preset.pool
    step = pool.trace[min(1, len(pool.trace) - 1)]
    rows = [row for row in step.rows if row in range(pool.size[0])]
    columns = [column for column in step.columns if column in range(pool.size[1])]
    thumbnail = Grid("input", "x", (0,), pool.x[0], max(2, 64 // max(pool.size)), float(np.abs(pool.x).max()) or 1.0)
    return Tile(
        "" if name == FIRST else urlencode({"preset": name}), preset.title, preset.note, thumbnail, rows, columns
    )


EXHIBIT = Exhibit(
    slug="pooling",
    chapter=N_("Pooling"),
    title=N_("One window, one winner"),
    summary=N_("Step through max, average, LP and LeNet-5's pooling, forwards and backwards, and shift the input."),
    Params=Params,
    prepare=PoolingScene,
    canonical=canonical,
    broken=broken,
    long_params=TENSORS,
    view_params=("step", "tab"),
    arrays={
        "x": lambda scene: scene.pool.x,
        "output": lambda scene: scene.pool.output,
        "grad_output": lambda scene: scene.pool.grad_output,
        "grad_input": lambda scene: scene.pool.grad_input(scene.pool.output.size),
    },
    picture=pictures.draw,
    own_numbers=OwnNumbers(TENSORS, edited, taken),
    tiles=tuple(_tile(name, PRESETS[name]) for name in SHOWN),
)

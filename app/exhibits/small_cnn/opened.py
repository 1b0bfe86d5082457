"""The number that is open: on the stage of its operation, or written out as a sum."""

from __future__ import annotations

import math

import numpy as np

from app.exhibits.small_cnn.cell import OPENED, Cell
from app.exhibits.small_cnn.resolve import Pass
from app.i18n import N_
from app.networks.opened import OpenedLayer
from app.stepper.layer import Layer
from app.stepper.pointwise import ReluStage
from app.stepper.pooling import PoolStage
from app.stepper.softmax import SoftmaxStage
from app.stepper.stage import Stage
from app.stepper.walk import Walk
from engine.small_cnn.passes import POOL

STAGED = {"conv": "x", "relu": "conv", "pool": "relu", "logits": "pool", "probabilities": "logits"}  # and what it reads


class ClassStage(SoftmaxStage):
    """Softmax over classes that are no digits."""

    sentence = N_(
        "Class %(digit)s: its logit %(logit)s minus the largest %(largest)s, as a power of e, is %(power)s; "
        "that is %(value)s of all powers together, %(total)s."
    )


class CellWalk(Walk):
    """The reader among the cells of a tensor whose numbers are written out; None: at the cell that was opened."""

    def __init__(self, cell: Cell, step: int | None) -> None:
        shape = OPENED[cell.tensor]
        at = int(np.ravel_multi_index(cell.place, shape)) if shape and step is None else step or 0
        super().__init__(math.prod(shape), shape[0] if len(shape) > 1 else 1, at)
        self.cell = Cell(cell.tensor, tuple(int(k) for k in np.unravel_index(self.step, shape)) if shape else ())


def open_stage(shown: Pass, cell: Cell, step: int | None, step_size: str) -> Stage:
    """Return the stage that shows `cell`; `step` walks on from it, None shows the cell complete."""
    if cell.tensor in ("conv", "logits"):
        return _weighted(shown, cell, step, step_size)
    if cell.tensor == "probabilities":
        return ClassStage(shown.activations.logits, cell.place[0] if step is None else step)
    channel, row, column = cell.place
    x = shown.tensor(STAGED[cell.tensor])[channel]
    at = row * OPENED[cell.tensor][2] + column if step is None else step
    if cell.tensor == "relu":
        return ReluStage(x, channel, at)
    return PoolStage(x, channel, at, kernel_size=POOL, stride=POOL)


def _weighted(shown: Pass, cell: Cell, step: int | None, step_size: str) -> Stage:
    """Return the stage of a filter, or of a logit as one window over all the maps."""
    f, own = cell.place[0], shown.parameters
    if cell.tensor == "conv":
        layer = Layer(shown.x, own.weight[f : f + 1], own.bias[f : f + 1], first_filter=f)
    else:
        maps = shown.activations.pool
        layer = Layer(maps, own.linear_weight[f].reshape(1, *maps.shape), own.linear_bias[f : f + 1], first_filter=f)
    opened = OpenedLayer(layer, step or 0, step_size)
    if step is not None:
        return opened
    row, column = cell.place[1:] or (0, 0)
    at = row * layer.geometry.output_size[1] + column
    return OpenedLayer(layer, (at + 1) * opened.parts - 1, step_size)


def cell_at(cell: Cell, stage: Stage) -> Cell:
    """Return the cell that `stage` stands at, having been opened at `cell`."""
    if cell.tensor == "probabilities":
        return Cell(cell.tensor, (stage.cell,))
    return (
        cell
        if cell.tensor == "logits"
        else Cell(cell.tensor, (cell.place[0], *divmod(stage.cell, OPENED[cell.tensor][2])))
    )

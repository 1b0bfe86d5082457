"""One cell of a network on the stage: the real window, filter and sum."""

from __future__ import annotations

from collections.abc import Mapping

from app.networks.cell import Cell
from app.networks.planes import place_in_planes, plane_shape, planes
from app.stepper.layer import Layer
from app.stepper.pointwise import ReluStage
from app.stepper.pooling import PoolStage
from app.stepper.softmax import SoftmaxStage
from app.stepper.stage import LayerStage, Stage
from engine.nets.architecture import Architecture
from engine.ops.arrays import Array


class OpenedLayer(LayerStage):
    """One filter of a network's layer; its map is there already, and its weights are what was learned."""

    known = True


def open_cell(
    architecture: Architecture,
    weights: Mapping[str, Array],
    values: Mapping[str, Array],
    cell: Cell,
    step: int | None,
    step_size: str,
) -> Stage:
    """Return the stage that shows `cell`; `step` walks on from it, None shows the cell complete.

    weights   by key of the state dict
    values    by name of the stage, "input" included, without batch axis
    """
    stage = architecture.stage(cell.stage)
    x = values[architecture.reads(cell.stage)]
    if stage.parameters:
        return _weighted(architecture, weights, x, cell, step, step_size)
    channel, row, column = place_in_planes(cell.place, values[cell.stage].shape)
    drawn = plane_shape(values[cell.stage].shape)
    at = row * drawn[2] + column if step is None else step
    if stage.kind == "max_pool2d":
        assert stage.kernel_size is not None
        return PoolStage(x[channel], channel, at, kernel_size=stage.kernel_size, stride=stage.stride)
    if stage.kind == "relu":
        return ReluStage(planes(x)[channel], channel, at)
    return SoftmaxStage(x, at)


def _weighted(
    architecture: Architecture, weights: Mapping[str, Array], x: Array, cell: Cell, step: int | None, step_size: str
) -> Stage:
    """Return the stage of a convolution, or of a linear layer as one window over everything it reads."""
    f, source, stage = cell.place[0], architecture.reads(cell.stage), architecture.stage(cell.stage)
    weight, bias = (weights[key][f : f + 1] for key in stage.parameters)
    maps = planes(x)
    if stage.kernel_size is None:
        weight = weight.reshape(1, *maps.shape)
    stride, flat = (stage.stride, stage.stride), x.ndim == 1
    layer = Layer(maps, weight, bias, stride, stage.padding, first_filter=f, source=source, flat=flat)
    opened = OpenedLayer(layer, step or 0, step_size)
    if step is not None:
        return opened
    row, column = cell.place[1:] or (0, 0)
    at = row * layer.geometry.output_size[1] + column
    return OpenedLayer(layer, (at + 1) * opened.parts - 1, step_size)


def cell_at(cell: Cell, shape: tuple[int, ...], stage: Stage) -> Cell:
    """Return the cell that `stage` stands at, having been opened at `cell`, a value of `shape`."""
    if len(shape) == 3:
        columns = shape[2]
        return Cell(cell.stage, (cell.place[0], *divmod(stage.cell, columns)))
    return cell if isinstance(stage, LayerStage) else Cell(cell.stage, (stage.cell,))

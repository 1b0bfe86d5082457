"""From a unit of a network down to the pixels: deconvnet, gradient and guided backpropagation.

    unpool -> at the ReLU -> filters transposed -> ... -> pixels

The way down takes the stages of the way up in reverse order. What becomes of the signal at a ReLU is the method
(engine.interpret.relu_rules); everything else is the same for all three (engine.interpret.descent).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.errors import RangeError
from engine.geometry import whole
from engine.interpret.box import Box
from engine.interpret.descent import DOWN, Way, overwritten, passed_through
from engine.interpret.forward_pass import ForwardPass
from engine.interpret.relu_rules import find_rule
from engine.nets.architecture import Shape, Stage
from engine.nets.network import Network

Keep = str | int | tuple[int, int]
Array = NDArray[Any]

PIXELS = "input"
NORMS = ("gradient", "pass")
STARTS = ("activation", "one")
OVERLAPS = ("add", "overwrite")


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """The signal after one operation of the way down.

    name     whose value it has the shape of: "relu5", at last "input"
    step     what made it: "keep", or the kind of the stage that was gone down through ("max_pool2d", "relu", ...)
    through  the name of that stage; of the first signal, the layer itself
    shape    of the whole signal, (C, H, W), or (C,) of a linear layer
    box      the part that can be other than zero
    window   its numbers, (c, h, w)
    """

    name: str
    step: str
    through: str
    shape: Shape
    box: Box
    window: Array

    @property
    def array(self) -> Array:
        """The whole signal, zeros included."""
        whole_signal = np.zeros(tuple(stop for _, stop in Box.whole(self.shape)), self.window.dtype)
        whole_signal[self.box.slices] = self.window
        return whole_signal.reshape(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """What one unit of a network answered to in a picture.

    stages   the signal after every operation, from the layer down to the input
    """

    layer: str
    unit: int
    method: str
    stages: tuple[Signal, ...]

    @property
    def pixels(self) -> Array:
        """The projection, of the shape of the network's input."""
        return self.stages[-1].array

    @property
    def patch(self) -> tuple[int, int, int, int]:
        """First row and column, last row and column (exclusive) of what the kept cells see of the picture."""
        _, (top, bottom), (left, right) = self.stages[-1].box
        return top, left, bottom, right


def project(
    net: Network,
    x: object,
    layer: str,
    unit: int,
    *,
    method: str = "deconvnet",
    keep: Keep = "strongest",
    norm: str = "gradient",
    start: str = "activation",
    overlap: str = "add",
) -> Projection:
    """Return the way from a unit of a network down to the pixels of a picture.

    x        (C, H, W) or (1, C, H, W), already normalised
    layer    the stage whose value is begun with; unit is one of its maps, or of its units
    method   "deconvnet", "gradient" or "guided": what becomes of the signal at a ReLU (engine.interpret.relu_rules)
    keep     "strongest": the map's largest number alone; k: its k largest; "all": the whole map; (row, column): one
             cell. All others, and all other maps, are set to zero.
    norm     what becomes of it at local response normalisation, which none of the three methods is about:
             "gradient", the chain rule; or "pass", left out on the way down, as Zeiler & Fergus did
    start    "activation": begin with the numbers that are kept; "one": begin with 1 in their places, so that "gradient"
             is the gradient of their sum
    overlap  what becomes of numbers that meet in one cell because windows of a pooling share their maximum: "add", the
             chain rule; or "overwrite", the last one stays, by which much is lost
    Raises RangeError on anything else, and if `net` is not of engine.nets; ShapeError on another picture.
    Source: Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, section 2.1.
    """
    passed = ForwardPass.of(net, x, until=layer)
    return project_known(passed, layer, unit, method=method, keep=keep, norm=norm, start=start, overlap=overlap)


def project_known(
    passed: ForwardPass,
    layer: str,
    unit: int,
    *,
    method: str = "deconvnet",
    keep: Keep = "strongest",
    norm: str = "gradient",
    start: str = "activation",
    overlap: str = "add",
) -> Projection:
    """Return what `project` returns, of a forward pass that is there already, with its switches."""
    rule = find_rule(method)
    _one_of("norm", norm, NORMS)
    _one_of("start", start, STARTS)
    _one_of("overlap", overlap, OVERLAPS)
    ways = _ways(norm, overlap)
    stages = _way_down(passed.net, layer)
    with torch.inference_mode():
        signal, box = _kept(passed.values[layer], layer, unit, keep)
        signals = [_told(passed, layer, "keep", layer, torch.ones_like(signal) if start == "one" else signal, box)]
        signal = torch.from_numpy(signals[0].window)
        for stage in stages:
            if stage.kind == "relu":
                signal = rule(signal, passed.below(stage)[box.slices])
            else:
                signal, box = ways[stage.kind](passed, stage, signal, box)
            signals.append(
                _told(passed, passed.net.architecture.reads(stage.name), stage.kind, stage.name, signal, box)
            )
    return Projection(layer, unit, method, tuple(signals))


def _ways(norm: str, overlap: str) -> dict[str, Way]:
    """Return what each kind of stage but a ReLU makes of a signal, where these are chosen."""
    ways = dict(DOWN)
    if norm == "pass":
        ways["local_response_norm"] = passed_through
    if overlap == "overwrite":
        ways["max_pool2d"] = overwritten
    return ways


def _way_down(net: Network, layer: str) -> list[Stage]:
    """Return the stages from `layer` to the first, in the order in which they are gone through."""
    stages = net.architecture.stages
    last = net.architecture.stage(layer)
    if last.kind == "softmax":
        raise RangeError(
            "a softmax mixes all classes and has no way down of its own; begin with {logits}, which it reads",
            logits=net.architecture.logits,
        )
    return list(reversed(stages[: stages.index(last) + 1]))


def _kept(value: Tensor, layer: str, unit: int, keep: Keep) -> tuple[Tensor, Box]:
    """Return the smallest window around what is kept of a unit, with zeros for what is not, and its box."""
    index = whole(unit, "unit", minimum=0)
    if index >= len(value):
        raise RangeError("{layer} has {count} units, got unit {unit}", layer=layer, count=len(value), unit=index)
    plane = value[index]
    if keep == "all":
        return plane[None], Box.whole(tuple(value.shape))._replace(channels=(index, index + 1))
    places = _places(plane, layer, keep)
    rows, columns = places // plane.shape[1], places % plane.shape[1]
    box = Box(
        (index, index + 1),
        (int(rows.min()), int(rows.max()) + 1),
        (int(columns.min()), int(columns.max()) + 1),
    )
    mask = torch.zeros_like(plane, dtype=torch.bool)
    mask[rows, columns] = True
    return torch.where(mask, plane, 0)[None, *box.slices[1:]], box


def _places(plane: Tensor, layer: str, keep: Keep) -> Tensor:
    """Return the places of the kept cells in the flattened plane; of equal numbers the first ones."""
    rows, columns = plane.shape
    if isinstance(keep, tuple):
        if not _is_cell(keep, rows, columns):
            raise RangeError(
                "a map of {layer} has {rows} rows and {columns} columns; there is no cell {got}",
                layer=layer,
                rows=rows,
                columns=columns,
                got=keep,
            )
        return torch.tensor([int(keep[0]) * columns + int(keep[1])])
    if isinstance(keep, str) and keep != "strongest":
        raise RangeError('keep must be "strongest", "all", a number of cells or (row, column), got {got}', got=keep)
    count = 1 if keep == "strongest" else whole(keep, "keep", minimum=1)
    if count > plane.numel():
        raise RangeError(
            "a map of {layer} has {cells} cells, got keep {keep}", layer=layer, cells=plane.numel(), keep=count
        )
    return plane.flatten().argsort(descending=True, stable=True)[:count]


def _is_cell(keep: tuple[object, ...], rows: int, columns: int) -> bool:
    sizes = (rows, columns)
    if len(keep) != len(sizes):
        return False
    return all(isinstance(k, int | np.integer) and 0 <= k < size for k, size in zip(keep, sizes, strict=True))


def _told(passed: ForwardPass, name: str, step: str, through: str, signal: Tensor, box: Box) -> Signal:
    """Return the signal as it is shown."""
    return Signal(name, step, through, passed.shapes[name], box, signal.numpy())


def _one_of(name: str, got: str, have: tuple[str, ...]) -> None:
    if got not in have:
        raise RangeError("{name} must be one of {have}, got {got}", name=name, have=", ".join(have), got=got)

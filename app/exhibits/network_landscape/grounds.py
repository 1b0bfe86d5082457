"""The ground of a link: the loss on a grid, recorded on MNIST or computed for a learner's digits in the worker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from app.exhibits.lenet5 import samples, strokes
from app.exhibits.lenet5.drawing import Drawing
from app.exhibits.lenet5.readings import READINGS
from app.exhibits.network_landscape.params import ALL, Params
from app.exhibits.saddle_race.course import Frame
from app.landscape.gridded import GridSurface
from app.networks.kept import Kept
from engine.digit import prepare
from engine.landscape.lenet_planes import DigitsPlane, digits_plane
from engine.landscape.recorded import Sides, grid, recorded

MOST_BYTES = 5_000_000
LONGEST = 60.0  # seconds; the finest grid takes some of them on a machine that does nothing else
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ground:
    """What there is to see on one plane.

    loss, error   (size, size), row 0 at the bottom
    lines         alpha and the loss along the first direction, in filter-normalised and in plain steps; or nothing
    labels        what the learner's digits are; none where the loss is MNIST's
    """

    sides: Sides
    loss: Floats
    error: Floats
    lines: Floats
    labels: tuple[int, ...] = ()

    @property
    def frame(self) -> Frame:
        return Frame(*self.sides)

    @cached_property
    def surfaces(self) -> dict[str, GridSurface]:
        """Loss and error as surfaces."""
        alphas, betas = grid(self.sides, len(self.loss))
        return {"loss": GridSurface(alphas, betas, self.loss), "error": GridSurface(alphas, betas, self.error)}


@lru_cache
def mnist_ground(kind: str) -> Ground:
    """Return what was recorded."""
    plane = recorded().planes[kind]
    lines = np.empty((3, 0))
    if kind != "path":
        planes = [recorded().planes[name] for name in ("filter", "plain")]
        alphas, betas = grid(plane.sides, len(plane.loss))
        middle = int(abs(betas).argmin())
        lines = np.stack([alphas, *(one.loss[middle] for one in planes)])
    return Ground(plane.sides, plane.loss, plane.error, lines)


def sides_of(params: Params) -> Sides:
    """Return the range of alpha and beta: the learner's, or that of the recorded plane."""
    if params.frame:
        return cast("Sides", tuple(map(float, params.frame.split("_"))))
    return recorded().planes[params.kind].sides


KEPT: Kept[DigitsPlane] = Kept(MOST_BYTES, lambda found: found.loss.nbytes + found.error.nbytes + found.lines.nbytes)


async def gather(params: Params, state: Any) -> Ground:
    """Return the ground of a link. Raises EngineError."""
    if params.data == "mnist":
        return mnist_ground(params.kind)
    digits, labels = await _digits(params, state)
    sides = sides_of(params)
    seed, factor = (0, 1) if params.kind == "path" else (params.seed, params.factor)
    asked = (params.kind, sides, params.grid, seed, float(factor))
    found = await KEPT.get(
        (digits.tobytes(), labels, *asked),
        lambda: state.worker.call(digits_plane, digits, np.array(labels, np.int64), *asked, deadline=LONGEST),
    )
    return Ground(sides, found.loss, found.error, found.lines, labels)


async def _digits(params: Params, state: Any) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
    """Return the digits as the network's steps make them, (N, 28, 28), and what they are."""
    if params.digit == ALL:
        return np.stack([_typical(one) for one in range(10)]), tuple(range(10))
    if len(params.digit) == 1:
        own = int(params.digit)
        return _typical(own)[None], (own if params.label is None else params.label,)
    reading = await READINGS.of(params.digit, state)
    label = reading.digit if params.label is None else params.label
    return reading.prepared.digit[None], (label,)


@lru_cache
def _typical(digit: int) -> NDArray[np.uint8]:
    return prepare(strokes.draw(samples.sample(digit))).digit


def drawing_of(params: Params) -> Drawing:
    """Return the drawing in the drawing area."""
    return Drawing.read("3" if params.digit == ALL else params.digit)

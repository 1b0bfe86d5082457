"""What is drawn of runs: their losses over steps or examples, and their paths over the loss's contour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.charts import Axis, Chart
from app.exhibits.batch_sizes.runs import Loss, Run
from app.landscape.frame import Frame
from app.landscape.lines import Contour, contour, heights, spread_levels
from engine.landscape import Regression, terms

Floats = NDArray[np.float64]
ROOM = 1.25  # how much further the frame reaches than the start
HIGHEST, LOWEST = 30.0, 1e-6  # times the first loss: what lies beyond is drawn at the edge
LARGEST = 1e300


@dataclass(frozen=True)
class Line:
    """A run in a chart: its path, and where it stands at the marked step."""

    style: int
    path: str
    mark: tuple[float, float]


@dataclass(frozen=True, eq=False)
class LossChart:
    """Losses on a logarithmic scale, over steps or over examples seen."""

    chart: Chart
    lines: list[Line]


def loss_chart(runs: Sequence[Run], most: int, *, by_examples: bool = False, marked: int | None = None) -> LossChart:
    """Return the chart up to `most` steps, or examples seen; the mark stands at step `marked`, else at the end."""
    shown = []
    for one in runs:
        places = np.arange(len(one.losses), dtype=np.float64) * (one.batch if by_examples else 1)
        kept = places <= most
        with np.errstate(all="ignore"):
            values = np.where(np.isfinite(one.losses), one.losses, LARGEST)
        shown.append((one.style, places[kept], values[kept]))
    first = float(shown[0][2][0]) or 1.0
    lowest = max(min(float(values.min()) for _, _, values in shown), first * LOWEST)
    highest = min(max(float(values.max()) for _, _, values in shown), first * HIGHEST)
    chart = Chart(Axis(0, most, _even(most)), _loss_axis(lowest, max(highest, lowest * 1.5)))
    lines = []
    for style, places, values in shown:
        at = len(places) - 1 if marked is None else min(marked, len(places) - 1)
        line = chart.points(places, values)
        lines.append(Line(style, "M" + "L".join(f"{x:g} {y:g}" for x, y in line), line[at]))
    return LossChart(chart, lines)


def _even(most: int) -> tuple[float, ...]:
    step = max(1, round(most / 4))
    return tuple(range(0, most + 1, step))


def _loss_axis(lowest: float, highest: float) -> Axis:
    decades = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    factors = (1, 2, 5) if highest / lowest < 60 else (1,)
    marks = [factor * 10.0**power for power in decades for factor in factors]
    if len(marks) > 7:
        marks = marks[:: math.ceil(len(marks) / 6)]
    low, high = lowest * 0.9, highest * 1.1
    return Axis(low, high, tuple(mark for mark in marks if low <= mark <= high), True)


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over the two weights, and the paths of runs on it."""

    loss: Loss
    frame: Frame
    runs: Sequence[Run]
    until: Sequence[int]  # the last step of each that is drawn
    start: tuple[float, float]

    @cached_property
    def contour(self) -> Contour:
        values = heights(self.loss.surface, self.frame)
        return contour(values, self.frame, spread_levels(values), scale=0.8)

    @cached_property
    def lines(self) -> list[Line]:
        """The paths; a mark is left out where it is outside of the frame."""
        return [
            Line(one.style, self.frame.line(one.path[: last + 1]), self._end(one.path[last]))
            for one, last in zip(self.runs, self.until, strict=True)
        ]

    @property
    def dots(self) -> str:
        """A dot for each step of the first run."""
        places = np.round(self.frame.places(self.runs[0].path[: self.until[0] + 1]), 1).tolist()
        return "".join(f"M{x:g} {y:g}h0" for x, y in places if np.isfinite((x, y)).all())

    def _end(self, point: Floats) -> tuple[float, float]:
        x, y = np.where(np.isfinite(point), point, 1e9).tolist()
        return self.frame.place(x, y)

    @property
    def start_place(self) -> tuple[float, float]:
        return self.frame.place(*self.start)

    @property
    def minimum_place(self) -> tuple[float, float] | None:
        return None if self.loss.minimum is None else self.frame.place(*self.loss.minimum)


@dataclass(frozen=True, eq=False)
class FitChart:
    """Examples of one input, and what models make of every input."""

    chart: Chart
    examples: list[tuple[float, float]]
    lines: list[Line]


def fit_chart(loss: Loss, models: Sequence[tuple[int, tuple[float, float]]]) -> FitChart:
    """Return the chart of (style, weights) of each model: a line, or a probability of target 1."""
    given = loss.surface
    across = np.linspace(0, 3, 61)
    everywhere = Regression(given.model, np.stack((across, np.ones(61)), 1), np.zeros(61))
    low, high = math.floor(float(given.targets.min())), math.ceil(float(given.targets.max()))
    ticks = tuple(range(low, high + 1, 1 if high - low < 6 else 2))
    chart = Chart(Axis(0, 3, (0, 1, 2, 3)), Axis(low - 0.1, high + 0.1, ticks))
    lines = []
    for style, weights in models:
        curve = np.nan_to_num(terms(everywhere, *weights).p, posinf=LARGEST, neginf=-LARGEST)
        lines.append(Line(style, chart.line(across, curve), chart.points(across[-1:], curve[-1:])[0]))
    return FitChart(chart, chart.points(given.features[:, 0], given.targets), lines)


def frame_round(loss: Loss, start: tuple[float, float]) -> Frame:
    """Return a square round the minimum that holds the start."""
    middle = loss.minimum or (0.0, 0.0)
    half = ROOM * max(1.5, abs(start[0] - middle[0]), abs(start[1] - middle[1]))
    return Frame(middle[0] - half, middle[0] + half, middle[1] - half, middle[1] + half)


def glyph(style: int, x: float, y: float, size: float = 5.5) -> str:
    """Return the outline of a run's glyph: square, disc, diamond, triangle."""
    if style == 2:
        return f"M{x - size:.1f} {y:.1f}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0z"
    corners = {
        1: ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        3: ((-1.25, 0), (0, -1.25), (1.25, 0), (0, 1.25)),
        4: ((-1.1, 0.9), (0, -1.1), (1.1, 0.9)),
    }[style]
    return "M" + "L".join(f"{x + size * a:.1f} {y + size * b:.1f}" for a, b in corners) + "z"

"""A chord over the surface: the curve, the straight line, and which of the two is higher."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.charts import Axis, Chart
from app.exhibits.critical_points.descent import Spot
from app.exhibits.critical_points.ground import Ground
from app.landscape.contour import below
from engine.landscape import Chord, chord, lowest_curvature

Floats = NDArray[np.float64]
ROWS = 10  # the table has t = 0, 1/10, ..., 1
WIDTH, HEIGHT = 380, 220


@dataclass(frozen=True, eq=False)
class Secant:
    """The chord between two spots."""

    ground: Ground
    a: Spot
    b: Spot

    @cached_property
    def cut(self) -> Chord:
        return chord(self.ground.surface, (self.a.x, self.a.y), (self.b.x, self.b.y))

    @property
    def chart(self) -> Chart:
        """Of f along the chord."""
        heights = np.concatenate((self.cut.curve, self.cut.line))
        heights = heights[np.isfinite(heights)]
        low, high = (float(heights.min()), float(heights.max())) if heights.size else (0.0, 1.0)
        room = 0.05 * (high - low) or 0.5
        return Chart(Axis(0, 1, (0, 0.25, 0.5, 0.75, 1)), Axis(low - room, high + room, (low, high)), WIDTH, HEIGHT)

    @property
    def heights(self) -> list[tuple[float, str]]:
        """(y, text) of the ticks beside the diagram."""
        return [(self.chart.down(value), numbers.significant(value, 3)) for value in dict.fromkeys(self.chart.y.ticks)]

    @property
    def curve(self) -> str:
        """The curve as an SVG path; it has gaps where f has no value."""
        return self._drawn(self.cut.curve)

    @property
    def straight(self) -> str:
        return self._drawn(self.cut.line)

    def _drawn(self, heights: Floats) -> str:
        known = np.isfinite(heights)
        ends = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(int)))
        chart = self.chart
        runs = zip(ends[::2], ends[1::2], strict=True)
        return "".join(chart.line(self.cut.t[i:j], heights[i:j]) for i, j in runs)

    @property
    def gap(self) -> str:
        """The upright line where the curve is furthest above its chord; "" if it is nowhere."""
        if not self.cut.broken:
            return ""
        k = self.cut.highest
        t = self.cut.t[k]
        (x, y), (_, other) = self.chart.points([t, t], [self.cut.curve[k], self.cut.line[k]])
        return f"M{x} {y}V{other}"

    @property
    def highest(self) -> dict[str, str]:
        """Where the curve is furthest above the chord, as printed."""
        return self._row(self.cut.highest)

    @property
    def rows(self) -> list[dict[str, str]]:
        every = (len(self.cut.t) - 1) // ROWS
        return [self._row(k) for k in range(0, len(self.cut.t), every)]

    def _row(self, k: int) -> dict[str, str]:
        x, y = self.cut.points[k].tolist()
        return {
            "t": numbers.fitting(float(self.cut.t[k]), 2),
            "place": f"({numbers.fitting(x, 3)}, {numbers.fitting(y, 3)})",
            "curve": numbers.significant(float(self.cut.curve[k])),
            "line": numbers.significant(float(self.cut.line[k])),
            "excess": numbers.significant(float(self.cut.excess[k])),
        }

    @cached_property
    def lowest(self) -> Floats:
        """The smaller eigenvalue over the plane."""
        return lowest_curvature(self.ground.surface, self.ground.plane.sides)

    @property
    def hollow(self) -> str:
        """Where that is below 0: the surface curves down in some direction."""
        return below(self.lowest, self.ground.plane) if self.curving_down else ""

    @property
    def curving_down(self) -> float:
        """Of the points of the grid that have a Hessian, the share at which some direction curves down."""
        known = self.lowest[np.isfinite(self.lowest)]
        return float((known < -1e-9 * max(abs(known).max(initial=0.0), 1e-300)).mean()) if known.size else 0.0

    def numbers(self) -> dict[str, Any]:
        """Return everything unrounded."""
        cut = self.cut
        return {
            "a": (self.a.x, self.a.y),
            "b": (self.b.x, self.b.y),
            "t": cut.t,
            "curve": cut.curve,
            "line": cut.line,
            "broken": cut.broken,
            "highest": {"t": float(cut.t[cut.highest]), "excess": float(cut.excess[cut.highest])},
            "curving_down": self.curving_down,
        }

    def array(self) -> Floats:
        """Return (101, 5): t, x, y, f, the chord."""
        return np.column_stack((self.cut.t, self.cut.points, self.cut.curve, self.cut.line))

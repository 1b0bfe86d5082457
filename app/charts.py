"""Diagrams of two series as SVG: axes, ticks, a line for each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import numbers

Values = Sequence[float] | NDArray[np.float64]

WIDTH, HEIGHT = 360, 196  # of the picture; a phone shows it at this size
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 20, 36  # room for the ticks' texts


@dataclass(frozen=True)
class Axis:
    """From where to where an axis goes, and what stands at it; on a logarithmic one equal steps are equal factors."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def shares(self, values: Values) -> NDArray[np.float64]:
        """Return where values stand, 0 to 1; what lies outside stands at the end."""
        low, high, given = np.float64(self.low), np.float64(self.high), np.asarray(values, np.float64)
        if self.logarithmic:
            low, high, given = np.log(low), np.log(high), np.log(np.maximum(given, self.low))
        return np.asarray(np.clip((given - low) / (high - low), 0, 1))


@dataclass(frozen=True)
class Chart:
    """The area in which values become points."""

    x: Axis
    y: Axis
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def area(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom edge."""
        return LEFT, TOP, self.width - RIGHT, self.height - BOTTOM

    def across(self, value: float) -> float:
        """Return the x of a value."""
        return self.points([value], [self.y.low])[0][0]

    def down(self, value: float) -> float:
        """Return the y of a value."""
        return self.points([self.x.low], [value])[0][1]

    def points(self, xs: Values, ys: Values) -> list[tuple[float, float]]:
        """Return the place of each point."""
        left, top, right, bottom = self.area
        across = np.round(left + (right - left) * self.x.shares(xs), 1).tolist()
        down = np.round(bottom - (bottom - top) * self.y.shares(ys), 1).tolist()
        return list(zip(across, down, strict=True))

    def line(self, xs: Values, ys: Values) -> str:
        """Return a line through points, as an SVG path."""
        return "M" + "L".join(f"{x} {y}" for x, y in self.points(xs, ys))

    def bars(self, edges: Sequence[float], counts: Sequence[float], side: int) -> str:
        """Return the bars of one of two series, which share the room between two edges, as an SVG path."""
        parts, floor = [], self.down(self.y.low)
        for low, high, count in zip(edges, edges[1:], counts, strict=False):
            half = (self.across(high) - self.across(low)) / 2 - 1
            left, top = self.across(low) + 1 + side * half, self.down(count)
            if count:
                parts.append(f"M{left:.1f} {floor}V{top}h{half - 1:.1f}V{floor}z")
        return "".join(parts)

    @property
    def x_ticks(self) -> list[tuple[float, str]]:
        """(x, text) of each tick."""
        return [(self.across(value), numbers.fitting(value, 3)) for value in self.x.ticks]

    @property
    def y_ticks(self) -> list[tuple[float, str]]:
        """(y, text) of each tick."""
        return [(self.down(value), numbers.fitting(value, 3)) for value in self.y.ticks]

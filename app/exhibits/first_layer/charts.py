"""Diagrams of two series as SVG: axes, ticks, a line for each side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app import numbers

WIDTH, HEIGHT = 360, 196  # of the picture; a phone shows it at this size
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 20, 36  # room for the ticks' texts


@dataclass(frozen=True)
class Axis:
    """From where to where an axis goes, and what stands at it; on a logarithmic one equal steps are equal factors."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Return where a value stands, 0 to 1; what lies outside stands at the end."""
        low, high = (math.log(self.low), math.log(self.high)) if self.logarithmic else (self.low, self.high)
        if self.logarithmic:
            value = math.log(max(value, self.low))
        return min(1.0, max(0.0, (value - low) / (high - low)))


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
        left, _, right, _ = self.area
        return round(left + (right - left) * self.x.share(value), 1)

    def down(self, value: float) -> float:
        """Return the y of a value."""
        _, top, _, bottom = self.area
        return round(bottom - (bottom - top) * self.y.share(value), 1)

    def points(self, xs: Iterable[float], ys: Iterable[float]) -> list[tuple[float, float]]:
        """Return the place of each point."""
        return [(self.across(x), self.down(y)) for x, y in zip(xs, ys, strict=True)]

    def line(self, xs: Iterable[float], ys: Iterable[float]) -> str:
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

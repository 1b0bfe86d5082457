"""The part of the plane that a picture shows: from x and y to its pixels, one scale for both."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.landscape.heights import nice

Floats = NDArray[np.float64]
SIDE = 560  # px of the longer side
LEFT, TOP, RIGHT, BOTTOM = 44, 10, 12, 34  # px round the plane for the ticks' texts
TICKS, FEWEST = 6, 3  # about so many steps along the longer side, and as many along the shorter one
ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class Plane:
    """x from left to right, y from bottom to top."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def sides(self) -> tuple[float, float, float, float]:
        return self.left, self.right, self.bottom, self.top

    @property
    def zoom(self) -> float:
        """Pixels per unit."""
        return SIDE / max(self.right - self.left, self.top - self.bottom)

    @property
    def width(self) -> float:
        return round((self.right - self.left) * self.zoom, 1)

    @property
    def height(self) -> float:
        return round((self.top - self.bottom) * self.zoom, 1)

    @property
    def box(self) -> str:
        """The viewBox that holds the plane at 0, 0 and its ticks."""
        return f"{-LEFT} {-TOP} {LEFT + self.width + RIGHT:g} {TOP + self.height + BOTTOM:g}"

    @property
    def decimals(self) -> int:
        """How many decimals of a coordinate a point that is moved keeps: at least 200 places along the longer side."""
        return max(0, math.ceil(math.log10(200 / max(self.right - self.left, self.top - self.bottom))))

    def pixels(self, points: object) -> Floats:
        """Return (..., 2) in pixels; y grows downwards there."""
        given = np.asarray(points, np.float64)
        with np.errstate(all="ignore"):  # a path that diverges may be anywhere
            return np.stack(((given[..., 0] - self.left) * self.zoom, (self.top - given[..., 1]) * self.zoom), -1)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return one point in pixels, as it is written."""
        across, down = self.pixels((x, y)).round(1).tolist()
        return across, down

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """Return the point itself, or the nearest on the border if it lies outside."""
        return min(max(x, self.left), self.right), min(max(y, self.bottom), self.top)

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Return which of (..., 2) are seen; NaN never is."""
        x, y = points[..., 0], points[..., 1]
        return np.asarray((self.left <= x) & (x <= self.right) & (self.bottom <= y) & (y <= self.top))

    @property
    def x_ticks(self) -> list[tuple[float, str]]:
        """(x in px, text) of each tick."""
        return [(self.place(value, self.top)[0], text) for value, text in self._ticks(self.left, self.right)]

    @property
    def y_ticks(self) -> list[tuple[float, str]]:
        """(y in px, text) of each tick."""
        return [(self.place(self.left, value)[1], text) for value, text in self._ticks(self.bottom, self.top)]

    def _ticks(self, low: float, high: float) -> list[tuple[float, str]]:
        least = min(max(self.right - self.left, self.top - self.bottom) / TICKS, (high - low) / FEWEST)
        step = nice(least, ROUND)
        decimals = max(0, -math.floor(math.log10(step)))
        marks = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
        return [(mark * step, numbers.printed(mark * step, decimals)) for mark in marks]

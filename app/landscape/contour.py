"""A surface from above: areas between levels in the colours of the value scale, their borders as level lines.

contourpy (Ian Thomas) finds the lines; here they become SVG.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from app import numbers, palette
from app.landscape.plane import Plane
from engine.landscape import Surface

Floats = NDArray[np.float64]
GRID = 113  # points along the longer side at which f is computed
FINE, COARSE = 10, 4  # levels on each side of zero; the fewer where lines are many
MOST_POINTS = 24_000  # of all lines
STEEPEST = 4.0  # levels are spaced at most by this power
CLIPPED, FAR = 99.0, 10.0  # the scale ends at this percentile where the largest value is so many times as large
APART, INSIDE = 60, 18  # px between two labels, and to the border
EVERY = 3  # so manyth level has its number written at it


class Area(NamedTuple):
    """All of the plane where f is at least a level; drawn over that of the level below."""

    value: float
    level: int  # of the colour scale
    path: str
    text: str


class Label(NamedTuple):
    """A level's value beside its line."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, eq=False)
class Contour:
    """What is drawn of a surface.

    areas   from the lowest level up
    scale   |f| at the ends of the colour scale
    power   levels stand at scale (k / count)^power on both sides of zero
    steps   (colour level, from, to) of each colour, from the lowest to the highest
    holes   whether f has no finite value somewhere
    """

    plane: Plane
    areas: list[Area]
    labels: list[Label]
    scale: float
    power: float
    steps: list[tuple[int, float, float]]
    holes: bool

    @property
    def count(self) -> int:
        """Levels on each side of 0."""
        return len(self.steps) // 2

    @property
    def apart(self) -> float:
        """From one level to the next, where all are as far apart."""
        return self.scale / self.count


def contour(surface: Surface, plane: Plane) -> Contour:
    """Return the picture of a surface over a part of the plane."""
    points = _grid(plane)
    values = np.asarray(surface.value(points[..., 0], points[..., 1]), np.float64)
    finite = np.isfinite(values)
    scale = _scale(values[finite])
    power = _power(values[finite], scale)
    drawn = np.ma.masked_invalid(np.clip(np.where(finite, values, np.nan), -scale, scale))
    for count in (FINE, COARSE):
        made = list(_areas(points, drawn, plane, _levels(count, scale, power)))
        if sum(area.path.count(" ") for area in made) <= MOST_POINTS:
            break
    labels = _labels(points, drawn, plane, [area for area in made if abs(area.value) < scale])
    return Contour(plane, made, labels, scale, power, _steps(count, scale, power), not bool(finite.all()))


def line(surface_values: Floats, plane: Plane, level: float = 0.0) -> str:
    """Return the lines at which a grid of values crosses a level, as an SVG path."""
    rows, columns = surface_values.shape
    x, y = np.linspace(plane.left, plane.right, columns), np.linspace(plane.bottom, plane.top, rows)
    masked = np.ma.masked_invalid(surface_values)
    generator = contour_generator(x, y, masked, line_type=LineType.Separate)
    parts: Any = generator.lines(level)
    return "".join(_written(plane.pixels(part)) for part in parts)


def _grid(plane: Plane) -> Floats:
    longer = max(plane.width, plane.height)
    columns, rows = (max(round(GRID * side / longer), 12) for side in (plane.width, plane.height))
    x, y = np.linspace(plane.left, plane.right, columns), np.linspace(plane.bottom, plane.top, rows)
    return np.stack(np.meshgrid(x, y), -1)


def _scale(values: Floats) -> float:
    """Return the largest |f|, or nearly the largest where a few are far above the others, to two digits, rounded up."""
    sizes = abs(values)
    most = float(sizes.max(initial=0.0))
    if not most:
        return 1.0
    usual = float(np.percentile(sizes, CLIPPED))
    end = usual if 0 < FAR * usual < most else most
    unit = 10.0 ** (math.floor(math.log10(end)) - 1)
    return float(min(math.ceil(end / unit - 1e-9) * unit, 1e300))


def _power(values: Floats, scale: float) -> float:
    """Return by which power levels are spaced: half of them below the median of |f|, if that is not too steep."""
    median = float(np.median(abs(values))) if values.size else scale
    if not 0 < median < scale:
        return 1.0
    return min(max(round(math.log(median / scale) / math.log(0.5)), 1.0), STEEPEST)


def _at(k: int, count: int, scale: float, power: float) -> float:
    return math.copysign(scale * (abs(k) / count) ** power, k) if k else 0.0


def _levels(count: int, scale: float, power: float) -> list[tuple[float, int]]:
    """Return (value, colour level of what lies above it) from the lowest up."""
    return [(_at(k, count, scale, power), round(palette.STEPS * (k + 0.5) / count)) for k in range(-count, count)]


def _steps(count: int, scale: float, power: float) -> list[tuple[int, float, float]]:
    ends = [value for value, _ in _levels(count, scale, power)] + [scale]
    return [(level, low, high) for (low, level), high in zip(_levels(count, scale, power), ends[1:], strict=True)]


def _areas(points: Floats, values: Any, plane: Plane, levels: list[tuple[float, int]]) -> Iterator[Area]:
    generator = contour_generator(points[..., 0], points[..., 1], values, fill_type=FillType.OuterOffset)
    low, high = (float(np.ma.min(values)), float(np.ma.max(values))) if values.count() else (0.0, -1.0)
    top = high + max(abs(high), 1.0)
    below = max((value for value, _ in levels if value <= low), default=low)
    for value, level in levels:
        if not below <= value <= high:
            continue
        start = min(low, value) - max(abs(low), 1.0) if value == below else value
        rings: Any = generator.filled(start, top)
        path = "".join(
            _written(plane.pixels(outline[begin:end][:-1])) + "z"
            for outline, offsets in zip(*rings, strict=True)
            for begin, end in pairwise(offsets)
        )
        yield Area(value, level, path, numbers.significant(value, 3))


def _written(pixels: Floats) -> str:
    """Return a line through points as an SVG path."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in pixels.round(1).tolist())


def _labels(points: Floats, values: Any, plane: Plane, areas: list[Area]) -> list[Label]:
    """Return labels at the longest line of every third level from 0, where there is room."""
    generator = contour_generator(points[..., 0], points[..., 1], values, line_type=LineType.Separate)
    labels: list[Label] = []
    above, below = ([area for area in areas if side * area.value > 0][::side] for side in (1, -1))
    zero = [area for area in areas if area.value == 0]
    for area in (*zero, *above[EVERY - 1 :: EVERY], *below[EVERY - 1 :: EVERY]):
        lines: Any = generator.lines(area.value)
        for part in sorted(lines, key=len, reverse=True)[:2]:
            for x, y in plane.pixels(part[[len(part) // 4, 3 * len(part) // 4, len(part) // 2]]).round(1).tolist():
                free = all(math.hypot(x - label.x, y - label.y) > APART for label in labels)
                inside = INSIDE < x < plane.width - INSIDE and INSIDE < y < plane.height - INSIDE
                if free and inside:
                    labels.append(Label(x, y, area.text))
                    break
    return labels

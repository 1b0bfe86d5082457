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
FINE, COARSE = 10, 4  # levels on each side of zero, about; the fewer where lines are many
MOST_POINTS = 24_000  # of all lines
UNEVEN = 8  # values that reach so many times as far as half of them do get uneven levels
CLIPPED, FAR = 99.0, 10.0  # the scale ends at this percentile where the largest value is so many times as large
LARGEST = 1e300
APART, INSIDE = 60, 18  # px between two labels, and to the border


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

    areas    from the lowest level up
    bounds   the levels above 0, as those below; the last is the end of the colour scale
    even     whether all levels are as far apart
    holes    whether f has no finite value somewhere
    """

    plane: Plane
    areas: list[Area]
    labels: list[Label]
    bounds: tuple[float, ...]
    even: bool
    holes: bool

    @property
    def scale(self) -> float:
        """|f| at the ends of the colour scale."""
        return self.bounds[-1]

    @property
    def colours(self) -> list[int]:
        """The colours from the lowest to the highest."""
        return [level for _, level in _levels(self.bounds)]


def contour(surface: Surface, plane: Plane) -> Contour:
    """Return the picture of a surface over a part of the plane."""
    points = _grid(plane)
    values = np.asarray(surface.value(points[..., 0], points[..., 1]), np.float64)
    finite = np.isfinite(values)
    for count in (FINE, COARSE):
        bounds, even = _bounds(abs(values[finite]), count)
        drawn = np.ma.masked_invalid(np.clip(np.where(finite, values, np.nan), -bounds[-1], bounds[-1]))
        made = list(_areas(points, drawn, plane, _levels(bounds)))
        if sum(area.path.count(" ") for area in made) <= MOST_POINTS:
            break
    labels = _labels(points, drawn, plane, [area for area in made if abs(area.value) < bounds[-1]], 2 if even else 3)
    return Contour(plane, made, labels, bounds, even, not bool(finite.all()))


def below(surface_values: Floats, plane: Plane, level: float = 0.0) -> str:
    """Return the area in which a grid of values is below a level, as an SVG path."""
    rows, columns = surface_values.shape
    x, y = np.linspace(plane.left, plane.right, columns), np.linspace(plane.bottom, plane.top, rows)
    generator = contour_generator(x, y, np.ma.masked_invalid(surface_values), fill_type=FillType.OuterOffset)
    return _rings(generator.filled(-math.inf, level), plane)


def _grid(plane: Plane) -> Floats:
    longer = max(plane.width, plane.height)
    columns, rows = (max(round(GRID * side / longer), 12) for side in (plane.width, plane.height))
    x, y = np.linspace(plane.left, plane.right, columns), np.linspace(plane.bottom, plane.top, rows)
    return np.stack(np.meshgrid(x, y), -1)


def _bounds(sizes: Floats, count: int) -> tuple[tuple[float, ...], bool]:
    """Return the levels above 0 up to the end of the scale, and whether they are evenly spaced.

    Of values that reach much further than half of them do, 1, 2, 5, 10 ... up to the largest, or nearly the largest
    where a few are far above the others.
    """
    most = min(float(sizes.max(initial=0.0)), LARGEST)
    if most < 1 / LARGEST:
        return (1.0,), True
    usual, half = (float(part) for part in np.percentile(sizes, (CLIPPED, 50)))
    end = usual if 0 < FAR * usual < most else most
    if end <= UNEVEN * half:
        step = _nice(end / count)
        return tuple(_clean(k * step) for k in range(1, math.ceil(end / step - 1e-9) + 1)), True
    series: list[float] = []
    exponent = math.floor(math.log10(end)) + 1
    while len(series) < count + 3:
        series += [_clean(digit * 10.0**exponent) for digit in (5, 2, 1)]
        exponent -= 1
    first = max(k for k, bound in enumerate(series) if bound >= end * (1 - 1e-9))
    return tuple(reversed(series[first : first + count])), False


def _nice(step: float) -> float:
    """Return the least of 1, 2, 2.5, 5, 10 ... that is not below step."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(digit * power for digit in (1, 2, 2.5, 5, 10) if digit * power >= step * (1 - 1e-9))


def _clean(value: float) -> float:
    return float(f"{value:.10g}")


def _levels(bounds: tuple[float, ...]) -> list[tuple[float, int]]:
    """Return (value, colour level of what lies above it) from the lowest up."""
    count = len(bounds)
    values = (*(-bound for bound in reversed(bounds)), 0.0, *bounds[:-1])
    return [(value, round(palette.STEPS * (k + 0.5 - count) / count)) for k, value in enumerate(values)]


def _areas(points: Floats, values: Any, plane: Plane, levels: list[tuple[float, int]]) -> Iterator[Area]:
    generator = contour_generator(points[..., 0], points[..., 1], values, fill_type=FillType.OuterOffset)
    low, high = (float(np.ma.min(values)), float(np.ma.max(values))) if values.count() else (0.0, -1.0)
    top = high + max(abs(high), 1.0)
    below = max((value for value, _ in levels if value <= low), default=low)
    for value, level in levels:
        if not below <= value <= high:
            continue
        start = min(low, value) - max(abs(low), 1.0) if value == below else value
        path = _rings(generator.filled(start, top), plane)
        yield Area(value, level, path, numbers.significant(value, 3))


def _rings(rings: Any, plane: Plane) -> str:
    """Return the outlines of areas as an SVG path; holes come out by the even-odd rule."""
    return "".join(
        _written(plane.pixels(outline[begin:end][:-1])) + "z"
        for outline, offsets in zip(*rings, strict=True)
        for begin, end in pairwise(offsets)
    )


def _written(pixels: Floats) -> str:
    """Return a line through points as an SVG path."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in pixels.round(1).tolist())


def _labels(points: Floats, values: Any, plane: Plane, areas: list[Area], every: int) -> list[Label]:
    """Return labels at the longest line of every second or third level from 0, where there is room."""
    generator = contour_generator(points[..., 0], points[..., 1], values, line_type=LineType.Separate)
    labels: list[Label] = []
    above, below = ([area for area in areas if side * area.value > 0][::side] for side in (1, -1))
    zero = [area for area in areas if area.value == 0]
    for area in (*zero, *above[every - 1 :: every], *below[every - 1 :: every]):
        lines: Any = generator.lines(area.value)
        for part in sorted(lines, key=len, reverse=True)[:2]:
            for x, y in plane.pixels(part[[len(part) // 4, 3 * len(part) // 4, len(part) // 2]]).round(1).tolist():
                free = all(math.hypot(x - label.x, y - label.y) > APART for label in labels)
                inside = INSIDE < x < plane.width - INSIDE and INSIDE < y < plane.height - INSIDE
                if free and inside:
                    labels.append(Label(x, y, area.text))
                    break
    return labels

"""A surface from above: areas between levels in the colours of the value scale, their borders as level lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.landscape.heights import LARGEST, Heights, mirrored
from app.landscape.isolines import Isolines
from app.landscape.plane import Plane
from engine.landscape import Surface

Floats = NDArray[np.float64]
GRID = 113  # points along the longer side at which f is computed
FINE, COARSE = 10, 4  # levels on each side of zero, about; the fewer where lines are many
MOST_POINTS = 24_000  # of all lines
UNEVEN = 8  # values that reach so many times as far as half of them do get uneven levels
CLIPPED, FAR = 99.0, 10.0  # the scale ends at this percentile where the largest value is so many times as large


@dataclass(frozen=True)
class Area:
    """All of the picture where f is at least a level; drawn over that of the level below."""

    value: float
    level: int  # of the colour scale
    path: str
    text: str


@dataclass(frozen=True)
class Label:
    """A level's value beside its line."""

    x: float
    y: float
    text: str

    @property
    def width(self) -> float:
        """px that the text takes with some room, where it stands on a chip."""
        return 10 + 7.0 * len(self.text)


@dataclass(frozen=True)
class Room:
    """Where labels may stand.

    apart    px from one label to another
    inside   px from the border
    middle   px from the middle of the picture
    shares   places along a line that are tried, in order
    lines    how many lines of one level are tried, the longest first
    """

    apart: float = 60
    inside: float = 18
    middle: float = 0
    shares: tuple[float, ...] = (0.25, 0.75, 0.5)
    lines: int = 2


@dataclass(frozen=True, eq=False)
class Contour:
    """What is drawn of a surface.

    areas     from the lowest level up
    holes     whether f has no finite value somewhere
    """

    width: float
    height: float
    heights: Heights
    areas: list[Area]
    labels: list[Label]
    holes: bool

    @property
    def bounds(self) -> tuple[float, ...]:
        """The levels above 0."""
        return self.heights.above

    @property
    def even(self) -> bool:
        return self.heights.even

    @property
    def scale(self) -> float:
        """|f| at the ends of the colour scale."""
        return self.heights.top

    @property
    def colours(self) -> list[int]:
        """The colours from the lowest to the highest."""
        return [level for *_, level in self.heights.levels()]


@dataclass(frozen=True, eq=False)
class PlaneContour(Contour):
    """The same over a part of the plane."""

    plane: Plane


def contour(surface: Surface, plane: Plane) -> PlaneContour:
    """Return the picture of a surface over a part of the plane."""
    values = _grid(surface, plane)
    for count in (FINE, COARSE):
        heights = heights_of(values, count)
        drawn = contour_of(values, plane.width, plane.height, heights, every=2 if heights.even else 3)
        if sum(area.path.count(" ") for area in drawn.areas) <= MOST_POINTS:
            break
    return PlaneContour(plane.width, plane.height, heights, drawn.areas, drawn.labels, drawn.holes, plane)


def _printed(height: float) -> str:
    return numbers.significant(height, 3)


def contour_of(
    values: Floats,
    width: float,
    height: float,
    heights: Heights,
    *,
    every: int = 2,
    room: Room | None = None,
    printed: Callable[[float], str] = _printed,
) -> Contour:
    """Return the picture of a grid of values, row 0 at the bottom.

    every     which levels from 0 have a label: each, every second, ...
    printed   a level -> its label
    """
    found = Isolines(np.clip(values, -heights.top, heights.top), width, height)
    areas = list(_areas(found, heights, printed))
    edges = [area for area in areas if abs(area.value) < heights.top]
    labels = _labels(found, (width, height), edges, every, room or Room())
    return Contour(width, height, heights, areas, labels, not bool(np.isfinite(values).all()))


def below(surface_values: Floats, plane: Plane, level: float = 0.0) -> str:
    """Return the area in which a grid of values is below a level, as an SVG path."""
    return Isolines(surface_values, plane.width, plane.height).area(-math.inf, level)


def _grid(surface: Surface, plane: Plane) -> Floats:
    longer = max(plane.width, plane.height)
    columns, rows = (max(round(GRID * side / longer), 12) for side in (plane.width, plane.height))
    x, y = np.linspace(plane.left, plane.right, columns), np.linspace(plane.bottom, plane.top, rows)
    return np.array(surface.value(*np.meshgrid(x, y)), np.float64)


def heights_of(values: Floats, count: int = FINE) -> Heights:
    """Return the levels for values, about `count` on each side of 0.

    A few values that are far above the others do not decide where the colour scale ends.
    """
    sizes = abs(values[np.isfinite(values)])
    most = min(float(sizes.max(initial=0.0)), LARGEST)
    if most < 1 / LARGEST:
        return Heights((1.0,), True)
    usual, half = (float(part) for part in np.percentile(sizes, (CLIPPED, 50)))
    end = usual if 0 < FAR * usual < most else most
    return mirrored(end, half, count=count, uneven=UNEVEN, series=count)


def _areas(found: Isolines, heights: Heights, printed: Callable[[float], str]) -> Iterator[Area]:
    if found.empty:
        return
    low, high = found.low, found.high
    top = high + max(abs(high), 1.0)
    levels = heights.levels()
    lowest = max((value for value, _, _ in levels if value <= low), default=low)
    for value, _, level in levels:
        if lowest <= value <= high:
            start = min(low, value) - max(abs(low), 1.0) if value == lowest else value
            yield Area(value, level, found.area(start, top), printed(value))


def _labels(found: Isolines, size: tuple[float, float], areas: list[Area], every: int, room: Room) -> list[Label]:
    """Return labels at the longest lines of every second or third level from 0, where there is room."""
    labels: list[Label] = []
    above, lower = ([area for area in areas if side * area.value > 0][::side] for side in (1, -1))
    zero = [area for area in areas if area.value == 0]
    for area in (*zero, *above[every - 1 :: every], *lower[every - 1 :: every]):
        for line in found.lines(area.value)[: room.lines]:
            places = line[[int(share * (len(line) - 1)) for share in room.shares]].round(1).tolist()
            free = next(((x, y) for x, y in places if _is_free(x, y, size, labels, room)), None)
            if free:
                labels.append(Label(*free, area.text))
    return labels


def _is_free(x: float, y: float, size: tuple[float, float], labels: list[Label], room: Room) -> bool:
    width, height = size
    inside = room.inside < x < width - room.inside and room.inside < y < height - room.inside
    away = not room.middle or math.hypot(x - width / 2, y - height / 2) > room.middle
    return inside and away and all(math.hypot(x - one.x, y - one.y) > room.apart for one in labels)

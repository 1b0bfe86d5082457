"""The contour plot: filled bands and lines of equal height, as SVG paths, in tenths of a pixel of a square plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from app import numbers, palette
from app.exhibits.saddle_race.course import Frame, relief
from app.landscape.gridded import Valued

SIZE = 516  # px of a side of the plot
FINE = 10  # units of a path in a pixel
BANDS = 8  # on each side of zero, where heights are evenly spaced
DECADES = (1, 2, 5)
UNEVEN = 12  # heights that reach so many times as far as most of them get uneven levels
USUAL = 50  # percentile of "most of them"
WHERE = tuple(round(0.5 + side * k / 40, 3) for k in range(4, 20) for side in (1, -1))  # along a line, for its label
LABEL_APART, LABEL_INSIDE = 84, 34  # px between two printed heights, and from the edge

Floats = NDArray[np.float64]


class Band(NamedTuple):
    """Everything between two heights: a level of the colour scale, and a path."""

    level: int
    path: str


class Line(NamedTuple):
    height: float
    path: str


class Label(NamedTuple):
    text: str
    x: float
    y: float
    width: float


class Tick(NamedTuple):
    at: float  # px
    text: str


@dataclass(frozen=True)
class Heights:
    """The heights at which colours change: 0 in the middle, evenly spaced or 1, 2, 5, 10 ..."""

    bounds: tuple[float, ...]
    even: bool

    @property
    def top(self) -> float:
        return self.bounds[-1]

    def position(self, values: Floats) -> Floats:
        """Return where heights stand on the scale, -1 to 1."""
        return np.interp(values, self.bounds, np.linspace(-1, 1, len(self.bounds)), left=-1, right=1)

    def levels(self) -> list[tuple[float, float, int]]:
        """Return (from, to, colour level) of each band."""
        half = len(self.bounds) // 2
        shares = [(k + 0.5 - half) / half for k in range(2 * half)]
        return [
            (low, high, palette.level(share, 1.0))
            for (low, high), share in zip(pairwise(self.bounds), shares, strict=True)
        ]


@dataclass(frozen=True)
class Contour:
    heights: Heights
    bands: Sequence[Band]
    lines: Sequence[Line]
    labels: Sequence[Label]
    across: Sequence[Tick]
    up: Sequence[Tick]
    gaps: bool  # whether f is not defined somewhere


@lru_cache(maxsize=32)
def contour(surface: Valued, frame: Frame, uneven: bool = False) -> Contour:
    """Return the contour plot of a surface; see heights_of."""
    values = relief(surface, frame)
    gaps = bool(np.isnan(values).any())
    heights = heights_of(values, uneven)
    side = np.linspace(0, SIZE * FINE, values.shape[0])
    shown = np.ma.masked_invalid(np.clip(values, -1e300, 1e300))
    make: Any = contour_generator(
        side, side[::-1], shown, name="serial", fill_type=FillType.OuterCode, line_type=LineType.Separate
    )
    low, high = (float(shown.min()), float(shown.max())) if shown.count() else (0.0, 0.0)
    bands, lines, labels = [], [], list[Label]()
    for start, stop, level in heights.levels():
        last = math.inf if stop == heights.top else stop
        if last <= low or start > high or low == high:
            continue
        first = -math.inf if start <= low else start  # what is as low as the level belongs to the band above it
        points, codes = make.filled(first, last)
        bands.append(Band(level, "".join(_filled(one, code) for one, code in zip(points, codes, strict=True))))
    for number, height in enumerate(heights.bounds):
        if not low < height < high:
            continue
        found = make.lines(height)
        lines.append(Line(height, "".join(_line(one) for one in found)))
        if found and (number - len(heights.bounds) // 2) % 2 == 0:
            labels += _label(max(found, key=len) / FINE, height, labels)
    return Contour(heights, bands, lines, labels, _ticks(frame.left, frame.right, False), _up(frame), gaps)


def heights_of(values: Floats, uneven: bool = False) -> Heights:
    """Return the heights for values: even ones, unless a few values reach much further than the others.

    uneven   1, 2, 5, 10 ... in any case, where what is small counts as much as what is large
    """
    sizes = abs(values[np.isfinite(values)])
    most = float(min(sizes.max(initial=0.0), 1e300))
    if most == 0:
        return Heights((-1.0, 0.0, 1.0), True)
    usual = float(np.percentile(sizes, USUAL)) or most
    if most <= UNEVEN * usual and not uneven:
        step = _nice(most / BANDS)
        count = math.ceil(most / step - 1e-9)
        return Heights(tuple(_clean(k * step) for k in range(-count, count + 1)), True)
    top = _decade(min(most, 1000 * usual))
    above = sorted(_series(top, BANDS + 2))
    return Heights((*(-one for one in reversed(above)), 0.0, *above), False)


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= step * (1 - 1e-9)) * power


def _decade(value: float) -> tuple[int, int]:
    """Return (factor, exponent) of the least of 1, 2, 5, 10 ... that is not below value."""
    exponent = math.floor(math.log10(value))
    for factor in DECADES:
        if factor * 10.0**exponent >= value:
            return factor, exponent
    return 1, exponent + 1


def _series(top: tuple[int, int], count: int) -> list[float]:
    place, exponent = DECADES.index(top[0]), top[1]
    found = []
    for _ in range(count):
        found.append(float(f"{DECADES[place]}e{exponent}"))
        place -= 1
        if place < 0:
            place, exponent = len(DECADES) - 1, exponent - 1
    return found


def _clean(value: float) -> float:
    return float(f"{value:.10g}")


def _filled(points: Floats, codes: NDArray[np.uint8]) -> str:
    starts = [*np.flatnonzero(codes == 1).tolist(), len(points)]
    return "".join(_line(points[a : b - 1]) + "z" for a, b in pairwise(starts))


def _line(points: Floats) -> str:
    """Return points as a path of relative steps in whole units."""
    whole = np.rint(points).astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    tail = "".join(f"{dx} {dy} " if dy >= 0 else f"{dx}{dy} " for dx, dy in steps.tolist())
    return f"M{whole[0, 0]} {whole[0, 1]}" + (f"l{tail.rstrip()}" if tail else "")


def _label(line: Floats, height: float, others: Sequence[Label]) -> list[Label]:
    """Return the height printed on its line, where there is room: away from the edge and from the others."""
    text = numbers.fitting(height, 4) if abs(height) < 1e5 else numbers.short(height)
    text = f"+{text}" if height > 0 else text
    places = [int(share * (len(line) - 1)) for share in WHERE]
    for x, y in line[places].tolist():
        inside = LABEL_INSIDE < x < SIZE - LABEL_INSIDE and LABEL_INSIDE < y < SIZE - LABEL_INSIDE
        # paths run through the middle, where the saddle is
        inside &= math.hypot(x - SIZE / 2, y - SIZE / 2) > LABEL_APART
        if inside and all(math.hypot(x - one.x, y - one.y) > LABEL_APART for one in others):
            return [Label(text, round(x, 1), round(y, 1), 10 + 7.0 * len(text))]
    return []


def _ticks(low: float, high: float, upwards: bool) -> list[Tick]:
    step = _nice((high - low) / 8)
    first = math.ceil(low / step - 1e-9)
    ticks = []
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) + (1 if f"{step:e}".startswith("2.5") else 0))
    for k in range(first, first + 12):
        value = k * step
        if value > high + 1e-9 * step:
            break
        share = (value - low) / (high - low)
        text = numbers.printed(value, decimals) if decimals <= 6 else numbers.whole(value)
        ticks.append(Tick(round(SIZE * (1 - share if upwards else share), 1), text))
    return ticks


def _up(frame: Frame) -> list[Tick]:
    return _ticks(frame.bottom, frame.top, True)

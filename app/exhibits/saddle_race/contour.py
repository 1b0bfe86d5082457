"""The contour plot: a square on which each axis has a scale of its own, with the heights printed on their lines."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.exhibits.saddle_race.course import Frame, relief
from app.landscape.contour import Contour, Room, contour_of
from app.landscape.gridded import Valued
from app.landscape.heights import LARGEST, Heights, mirrored, nice

SIZE = 516  # px of a side of the plot
BANDS, SERIES = 8, 10  # levels on each side of zero, evenly spaced or as 1, 2, 5, 10 ...
UNEVEN = 12  # heights that reach so many times as far as most of them get uneven levels
USUAL = 50  # percentile of "most of them"
FARTHEST = 1000  # times that, where the scale ends
WHERE = tuple(round(0.5 + side * k / 40, 3) for k in range(4, 20) for side in (1, -1))  # along a line, for its label
ROOM = Room(apart=84, inside=34, middle=84, shares=WHERE, lines=1)  # paths run through the middle, where the saddle is
TICKS = 8  # steps along a side, at most

Floats = NDArray[np.float64]


class Tick(NamedTuple):
    at: float  # px
    text: str


Ticks = tuple[list[Tick], list[Tick]]


@lru_cache(maxsize=32)
def contour(surface: Valued, frame: Frame, uneven: bool = False) -> Contour:
    """Return the contour plot of a surface; see heights_of."""
    values = relief(surface, frame)
    return contour_of(values, SIZE, SIZE, heights_of(values, uneven), room=ROOM, printed=_printed)


def heights_of(values: Floats, uneven: bool = False) -> Heights:
    """Return the heights for values: even ones, unless a few values reach much further than the others.

    uneven   1, 2, 5, 10 ... in any case, where what is small counts as much as what is large
    """
    sizes = abs(values[np.isfinite(values)])
    most = min(float(sizes.max(initial=0.0)), LARGEST)
    if most < 1 / LARGEST:
        return Heights((1.0,), True)
    usual = float(np.percentile(sizes, USUAL)) or most
    limit = 0 if uneven else UNEVEN
    return mirrored(min(most, FARTHEST * usual), usual, count=BANDS, uneven=limit, series=SERIES)


def _printed(height: float) -> str:
    text = numbers.fitting(height, 4) if abs(height) < 1e5 else numbers.short(height)
    return f"+{text}" if height > 0 else text


def edge_ticks(frame: Frame) -> Ticks:
    """Return round numbers along the lower edge of the plot, and along the left one."""
    lower = [Tick(round(SIZE * share, 1), text) for share, text in _ticks(frame.left, frame.right)]
    left = [Tick(round(SIZE * (1 - share), 1), text) for share, text in _ticks(frame.bottom, frame.top)]
    return lower, left


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    step = nice((high - low) / TICKS)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9) + (1 if f"{step:e}".startswith("2.5") else 0))
    ticks = []
    for value in (k * step for k in range(first, last + 1)):
        text = numbers.printed(value, decimals) if decimals <= 6 else numbers.whole(value)
        ticks.append(((value - low) / (high - low), text))
    return ticks

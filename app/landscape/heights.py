"""At which heights a picture of a surface changes its colour: even steps, or 1, 2, 5, 10 ..., mirrored at 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app import palette

Floats = NDArray[np.float64]
LARGEST = 1e300
STEPS = (1, 2, 2.5, 5, 10)
DECADE = (1, 2, 5)


@dataclass(frozen=True)
class Heights:
    """The levels above 0, as those below; the last is the end of the colour scale.

    even   whether all are as far apart
    """

    above: tuple[float, ...]
    even: bool

    @property
    def bounds(self) -> tuple[float, ...]:
        """All levels, from the lowest to the highest."""
        return (*(-height for height in reversed(self.above)), 0.0, *self.above)

    @property
    def top(self) -> float:
        return self.above[-1]

    def position(self, values: Floats) -> Floats:
        """Return where heights stand on the scale, -1 to 1."""
        return np.interp(values, self.bounds, np.linspace(-1, 1, len(self.bounds)), left=-1, right=1)

    def levels(self) -> list[tuple[float, float, int]]:
        """Return (from, to, colour level) of each band, from the lowest up."""
        count = len(self.above)
        shares = [(k + 0.5 - count) / count for k in range(2 * count)]
        return [
            (low, high, palette.level(share, 1.0))
            for (low, high), share in zip(pairwise(self.bounds), shares, strict=True)
        ]


def mirrored(end: float, usual: float, *, count: int, uneven: float, series: int) -> Heights:
    """Return heights up to `end`: `count` even steps, or the last `series` of 1, 2, 5, 10 ... up to it.

    usual    how large half of the values are; an end that is more than `uneven` times as far gets the series
    """
    if end <= uneven * usual:
        step = nice(end / count)
        return Heights(tuple(_clean(k * step) for k in range(1, math.ceil(end / step - 1e-9) + 1)), True)
    found: list[float] = []
    exponent = math.floor(math.log10(end)) + 1
    while len(found) < series + len(DECADE):
        found += [_clean(digit * 10.0**exponent) for digit in reversed(DECADE)]
        exponent -= 1
    first = max(k for k, height in enumerate(found) if height >= end * (1 - 1e-9))
    return Heights(tuple(reversed(found[first : first + series])), False)


def nice(least: float, steps: Sequence[float] = STEPS) -> float:
    """Return the least of 1, 2, 2.5, 5, 10 ... that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step for step in steps if step * power >= least * (1 - 1e-9)) * power


def _clean(value: float) -> float:
    return float(f"{value:.10g}")

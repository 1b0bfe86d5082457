"""The part of the plane that is drawn, and where its points stand in the picture."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.i18n import N_
from app.landscape.heights import nice
from engine import RangeError

Floats = NDArray[np.float64]
THIN = "\N{THIN SPACE}"
FARTHEST = 1e6  # that a frame may reach
NARROWEST = 1e-6
OUTSIDE = 20  # pictures: what lies further away is drawn there, so that a path leaves in the right direction
TICKS, CORNER = 6, 0.06  # round numbers along an edge; the share of it that is left to the letter at its end


class Tick(NamedTuple):
    at: float  # px
    text: str


@dataclass(frozen=True)
class Frame:
    """A rectangle of the plane, drawn `width` x `height` px; the picture's y runs downwards."""

    left: float
    right: float
    bottom: float
    top: float
    width: int = 512
    height: int = 512

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the frame that a link writes as left_right_bottom_top. Raises RangeError."""
        try:
            sides = [float(part) for part in re.split(r"[_,\s]+", text.strip()) if part]
            left, right, bottom, top = sides
        except ValueError:
            sentence = N_("wanted four numbers, x from, to, y from, to, as in -2_2_-2_2; got “{got}”")
            raise RangeError(sentence, got=text[:40]) from None
        if not all(abs(side) <= FARTHEST for side in sides):
            raise RangeError(N_("the frame may reach to {most}; got “{got}”"), most="10^6", got=text[:40])
        if not (right - left >= NARROWEST and top - bottom >= NARROWEST):
            raise RangeError(N_("the frame must have x from < to and y from < to; got “{got}”"), got=text[:40])
        return cls(left, right, bottom, top)

    @classmethod
    def of(cls, sides: tuple[float, float, float, float]) -> Self:
        """Return the frame of (left, right, bottom, top)."""
        left, right, bottom, top = (float(side) for side in sides)
        return cls(left, right, bottom, top)

    @property
    def domain(self) -> tuple[float, float, float, float]:
        return self.left, self.right, self.bottom, self.top

    @property
    def text(self) -> str:
        """The frame as a link writes it."""
        return "_".join(f"{side:.9g}" for side in self.domain)

    def around(self, x: float, y: float, factor: float) -> Frame:
        """Return a frame of `factor` times the size with (x, y) in its middle, no further out than a frame may be."""
        across, up = factor * (self.right - self.left) / 2, factor * (self.top - self.bottom) / 2
        left, right, bottom, top = (_clipped(side) for side in (x - across, x + across, y - up, y + up))
        return Frame(left, right, bottom, top, self.width, self.height)

    def grid(self, count: int) -> tuple[Floats, Floats]:
        """Return the places of `count` columns and of `count` rows, from left to right and from the bottom up."""
        return np.linspace(self.left, self.right, count), np.linspace(self.bottom, self.top, count)

    def places(self, points: object) -> Floats:
        """Return points (..., 2) in px of the picture; those far outside are moved nearer."""
        shares = (np.asarray(points, np.float64) - (self.left, self.bottom)) / (
            self.right - self.left,
            self.top - self.bottom,
        )
        return np.asarray(np.clip(shares * (1, -1) + (0, 1), -OUTSIDE, OUTSIDE) * (self.width, self.height))

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return one point in px, rounded."""
        across, down = np.round(self.places((x, y)), 1).tolist()
        return across, down

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point is inside."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def line(self, path: Floats) -> str:
        """Return a path (n, 2) as an SVG path; it ends where it is no longer finite."""
        lost = ~np.isfinite(path).all(axis=1)
        kept = path[: int(lost.argmax())] if lost.any() else path
        return svg_line(self.places(kept))

    @property
    def x_ticks(self) -> list[Tick]:
        """Round numbers along the lower edge."""
        return [Tick(self.place(at, self.bottom)[0], text) for at, text in _round_numbers(self.left, self.right)]

    @property
    def y_ticks(self) -> list[Tick]:
        """Round numbers along the left edge."""
        return [Tick(self.place(self.left, at)[1], text) for at, text in _round_numbers(self.bottom, self.top)]


def svg_line(places: Floats) -> str:
    """Return points in px as an SVG path; those that stand where the one before does are left out."""
    if not len(places):
        return ""
    rounded = np.round(places, 1)
    moved = np.ones(len(rounded), bool)
    moved[1:] = (np.diff(rounded, axis=0) != 0).any(axis=1)
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in rounded[moved].tolist())


def _round_numbers(low: float, high: float) -> Iterable[tuple[float, str]]:
    rough = (high - low) / TICKS
    step = nice(rough, (1, 2, 5, 10))
    decimals = max(0, -math.floor(math.log10(step)))
    last = high - CORNER * (high - low)
    for k in range(math.ceil(low / step - 1e-9), math.floor(last / step + 1e-9) + 1):
        yield k * step, numbers.fitting(round(k * step, decimals), decimals)


def _clipped(side: float) -> float:
    return max(-FARTHEST, min(FARTHEST, side))


def figure(value: float, decimals: int = 3, nothing: float = 1e-9) -> str:
    """Return a coordinate or a height as printed; a small one with its first digits, one that is lost as ∞.

    nothing   what is smaller comes of rounding and is 0
    """
    if math.isnan(value) or math.isinf(value):
        return numbers.MINUS + "∞" if value < 0 else "∞"
    if abs(value) <= nothing:
        return "0"
    if 1e5 <= abs(value) < 1e9:
        return f"{value:,.0f}".replace(",", THIN).replace("-", numbers.MINUS)
    if abs(value) >= 10.0**-decimals:
        return numbers.short(value, decimals)
    return f"{value:.1e}".replace("e-0", "e-").replace("-", numbers.MINUS)

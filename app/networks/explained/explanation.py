"""What is told of one number: its window alone, for a map too large to be drawn in digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from app.drawing import Grid, Sides, pitch_for
from app.networks.cell import Cell
from app.stepper.single import cell_name
from engine.ops.arrays import Array

DECIMALS = 3
SIZES = ((3, 48), (5, 40), (7, 34), (11, 26))
EMPTY = Markup("")


class Term(NamedTuple):
    """A product, or a number of a window, as it is written."""

    x: str
    weight: str  # "" where there is none
    faint: bool  # it adds nothing


class Share(NamedTuple):
    """What one channel, the bias or all others add, as a bar from a common zero."""

    name: str
    text: str
    value: float
    channel: int | None  # None for what is no single channel


@dataclass(frozen=True)
class Explanation:
    """A number, the window it is made from and the rule.

    rows, columns   of the window in the value below; what lies outside is padding
    maps            the maps of the value below that it reads
    """

    cell: Cell
    below: str  # the stage it reads; "" for a pixel
    value: float
    rows: Sequence[int] = ()
    columns: Sequence[int] = ()
    maps: Sequence[int] = ()
    windows: list[tuple[Grid, str]] = field(default_factory=list)  # with what each is of
    terms: list[list[Term]] = field(default_factory=list)
    sign: str = ","
    shares: list[Share] = field(default_factory=list)
    formula: Markup = EMPTY
    says: Markup = EMPTY
    opens: str = ""  # the cell below that counts most
    map: int = 0  # which of the maps the window is of
    across_maps: bool = False  # whether the window goes from map to map at one place

    @property
    def window_at(self) -> tuple[str, int, int, int]:
        """Stage, map, row and column of the first number of the window that is no padding."""
        first = [next((k for k in places if k >= 0), 0) for places in (self.rows, self.columns)]
        return self.below, self.map, first[0], first[1]


def window_grid(window: Array, rows: Sequence[int], columns: Sequence[int], size: Sequence[int], role: str) -> Grid:
    """Return the window as a grid; its rows and columns outside of the map are its ring."""
    sides = [_inside(places, limit) for places, limit in ((rows, size[0]), (columns, size[1]))]
    (top, bottom), (left, right) = sides
    inner = window[top : len(rows) - bottom, left : len(columns) - right]
    return grid(role, inner, scale=float(np.abs(window).max()) or 1.0, ring=((top, bottom), (left, right)))


def _inside(places: Sequence[int], limit: int) -> tuple[int, int]:
    return sum(k < 0 for k in places), sum(k >= limit for k in places)


def grid(role: str, values: Array, *, scale: float, ring: Sides = ((0, 0), (0, 0))) -> Grid:
    columns = values.shape[1] + sum(ring[1])
    pitch = pitch_for(columns, values.size, sizes=SIZES, width=330)
    return Grid(role, "x" if role == "input" else "weight", (), values, pitch, scale, ring)


def in_rows(terms: list[Term], columns: int) -> list[list[Term]]:
    return [terms[start : start + columns] for start in range(0, len(terms), columns)]


def name_of(cell: Cell) -> Markup:
    return cell_name(cell.place[0], *(cell.place[1:] or (0, 0)))

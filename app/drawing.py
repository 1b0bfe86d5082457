"""What a tensor slice looks like: cells with digits, or, where they get too small, fills only.

Coordinates are pixels of the picture's own viewBox; the padding ring is part of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app import numbers, palette
from app.tensors import Array

Sides = tuple[tuple[int, int], tuple[int, int]]
NO_RING: Sides = ((0, 0), (0, 0))
DIGITS_FROM = 26  # px; smaller cells show their fill only
MOST_CELLS_WITH_DIGITS = 1_600  # of one tensor: beyond that a page of cells gets slow


class Cell(NamedTuple):
    row: int  # of the tensor; outside 0..H-1 is padding
    column: int
    x: int
    y: int
    cx: float  # centre
    cy: float
    text: str
    level: int
    padding: bool
    number: int  # of an output cell among all steps; -1 for padding
    exact: str  # the whole number where the text is shorter, else ""
    filler: bool = False  # a zero put in between two cells of the tensor


Box = tuple[int, int, int, int]  # x, y, width, height in px


class Band(NamedTuple):
    """All cells of one level as one path: how a dense grid is drawn."""

    level: int
    path: str


@dataclass(frozen=True)
class Grid:
    """One 2-D slice of a tensor, ready to be drawn.

    role      "input", "filter", "output" or "gradient": gives the frame
    tensor    the parameter it belongs to ("x", "weight") or "output"
    place     leading indices of the slice, e.g. (0, 2) for weight[0, 2]
    """

    role: str
    tensor: str
    place: tuple[int, ...]
    values: Array
    pitch: int
    scale: float
    ring: Sides = NO_RING
    unused: tuple[int, int] = (0, 0)
    editable: bool = False
    first: int = 0  # index of the first cell among all steps
    spread: tuple[int, int] = (1, 1)  # every how many rows and columns a cell stands; zeros put in between them
    outside: str = "0"  # what the padding holds
    behind: tuple[int, int] = (0, 0)  # the last rows and columns of the ring that hold nothing, not even padding

    @property
    def rows(self) -> int:
        return len(self.values)

    @property
    def columns(self) -> int:
        return int(self.values.shape[1])

    @property
    def top(self) -> int:
        return self.ring[0][0]

    @property
    def left(self) -> int:
        return self.ring[1][0]

    @property
    def width(self) -> int:
        return (self.columns + sum(self.ring[1])) * self.pitch

    @property
    def height(self) -> int:
        return (self.rows + sum(self.ring[0])) * self.pitch

    @property
    def dense(self) -> bool:
        return self.pitch < DIGITS_FROM

    @property
    def digit_size(self) -> float:
        longest = max((len(numbers.short(value)) for value in self.values.ravel().tolist()), default=1)
        return round(min(0.42 * self.pitch, 1.45 * self.pitch / max(longest, 2)), 1)

    def lines(self) -> Iterator[list[Cell]]:
        """Yield the cells row by row, padding included."""
        (top, bottom), (left, right) = self.ring
        for row in range(-top, self.rows + bottom):
            yield [self._cell(row, column) for column in range(-left, self.columns + right)]

    def bands(self) -> Iterable[Band]:
        """Yield one path per level; neighbours in a row are drawn as one rectangle."""
        paths: dict[int, list[str]] = {}
        for row in range(self.rows):
            start = 0
            levels = [palette.level(value, self.scale) for value in self.values[row].tolist()]
            for column in range(1, self.columns + 1):
                if column == self.columns or levels[column] != levels[start]:
                    paths.setdefault(levels[start], []).append(self._bar(row, start, column))
                    start = column
        return [Band(level, "".join(parts)) for level, parts in sorted(paths.items())]

    def box(self, rows: Sequence[int], columns: Sequence[int]) -> Box:
        """Return the rectangle from the first to the last of these rows and columns."""
        x, y = (columns[0] + self.left) * self.pitch, (rows[0] + self.top) * self.pitch
        width, height = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
        return x, y, width * self.pitch, height * self.pitch

    def first_inside(self, rows: Sequence[int], columns: Sequence[int]) -> tuple[int, int]:
        """Return the first cell of these rows and columns that is no padding: where a cursor begins."""
        inside = ((rows, self.rows), (columns, self.columns))
        row, column = (next((k for k in places if 0 <= k < size), 0) for places, size in inside)
        return row, column

    def cells_path(self, rows: Sequence[int], columns: Sequence[int]) -> str:
        """Return a path round each cell where rows and columns cross; "" if they are neighbours."""
        if len(rows) == rows[-1] - rows[0] + 1 and len(columns) == columns[-1] - columns[0] + 1:
            return ""
        return "".join(self.cell_path(row, column) for row in rows for column in columns)

    def cell_path(self, row: int, column: int) -> str:
        """Return a path round one cell."""
        x, y = (column + self.left) * self.pitch, (row + self.top) * self.pitch
        return f"M{x} {y}h{self.pitch}v{self.pitch}h-{self.pitch}z"

    def crosses(self, cells: Iterable[tuple[int, int]]) -> str:
        """Return a path that strikes out single cells."""
        inset, side = self.pitch / 6, self.pitch * 2 / 3
        corners = [
            ((column + self.left) * self.pitch + inset, (row + self.top) * self.pitch + inset) for row, column in cells
        ]
        return "".join(
            f"M{x:.1f} {y:.1f}l{side:.1f} {side:.1f}m0 -{side:.1f}l-{side:.1f} {side:.1f}" for x, y in corners
        )

    def pointer(self, rows: Sequence[int], columns: Sequence[int], cell: tuple[int, int]) -> str:
        """Return a path of a ring round one cell of a window, with a tail towards the window's middle."""
        x, y, width, height = self.box(rows, columns)
        centre_x, centre_y = (cell[1] + self.left + 0.5) * self.pitch, (cell[0] + self.top + 0.5) * self.pitch
        away_x, away_y = x + width / 2 - centre_x, y + height / 2 - centre_y
        distance, radius = math.hypot(away_x, away_y), 0.4 * self.pitch
        ring = f"M{centre_x - radius:g} {centre_y:g}a{radius:g} {radius:g} 0 1 0 {2 * radius:g} 0"
        ring += f"a{radius:g} {radius:g} 0 1 0 {-2 * radius:g} 0"
        if distance <= radius:
            return ring
        end = min(distance, 0.7 * self.pitch)  # no further: a longer tail would cross the next cell's digit
        near, far = ((centre_x + away_x * r / distance, centre_y + away_y * r / distance) for r in (radius, end))
        return f"{ring}M{near[0]:.4g} {near[1]:.4g}L{far[0]:.4g} {far[1]:.4g}"

    def insets(self, cells: Iterable[tuple[int, int]]) -> str:
        """Return a path of a frame inside each of these cells."""
        side = self.pitch - 6
        corners = [((column + self.left) * self.pitch + 3, (row + self.top) * self.pitch + 3) for row, column in cells]
        return "".join(f"M{x} {y}h{side}v{side}h-{side}z" for x, y in corners)

    def frame(self) -> Box:
        """Return the rectangle of the tensor inside its ring."""
        return (
            self.left * self.pitch,
            self.top * self.pitch,
            self.columns * self.pitch,
            self.rows * self.pitch,
        )

    def unread(self) -> list[Box]:
        """Return the stripes at the bottom and the right that no window reaches."""
        rows, columns = (count * self.pitch for count in self.unused)
        bottom = (0, self.height - rows, self.width, rows)
        right = (self.width - columns, 0, columns, self.height - rows)
        return [stripe for stripe in (bottom, right) if stripe[2] and stripe[3]]

    def cover(self, at: int) -> list[Box]:
        """Return two rectangles over the cells after step `at`: the rest of its row, the rows below."""
        done = max(0, min(at + 1 - self.first, self.rows * self.columns))
        row, column = divmod(done, self.columns)
        left = self.columns - column if row < self.rows else 0
        rest = (column * self.pitch, row * self.pitch, left * self.pitch, self.pitch)
        below = (0, (row + 1) * self.pitch, self.width, max(0, self.rows - row - 1) * self.pitch)
        return [rest, below]

    def _bar(self, row: int, start: int, stop: int) -> str:
        x, y = (start + self.left) * self.pitch, (row + self.top) * self.pitch
        length = (stop - start) * self.pitch
        return f"M{x} {y}h{length}v{self.pitch}h-{length}z"

    def _cell(self, row: int, column: int) -> Cell:
        x, y = (column + self.left) * self.pitch, (row + self.top) * self.pitch
        centre = (x + self.pitch / 2, y + self.pitch / 2)
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            (_, bottom), (_, right) = self.ring
            ends = self.rows + bottom - self.behind[0], self.columns + right - self.behind[1]
            return Cell(
                row, column, x, y, *centre, self.outside * (row < ends[0] and column < ends[1]), 0, True, -1, ""
            )
        value = float(self.values[row, column])
        text, exact = numbers.short(value), numbers.whole(value)
        number = self.first + row * self.columns + column
        level = palette.level(value, self.scale)
        filler = bool(row % self.spread[0] or column % self.spread[1])
        return Cell(row, column, x, y, *centre, text, level, False, number, "" if text == exact else exact, filler)


@dataclass(frozen=True)
class Panel:
    """A grid with its label, and what is outlined in it."""

    grid: Grid
    name: str
    symbol: str
    index: str = ""
    detail: str = ""
    outline: tuple[Sequence[int], Sequence[int]] | None = None  # rows and columns
    inactive: bool = False
    at: int | None = None  # the last cell that is there already, where a step makes a cell
    now: tuple[int, int] | None = None  # the cell that is being multiplied

    @property
    def rows(self) -> Sequence[int] | None:
        return self.outline[0] if self.outline else None

    @property
    def columns(self) -> Sequence[int] | None:
        return self.outline[1] if self.outline else None


def pitch_for(columns: int, cells: int, *, sizes: tuple[tuple[int, int], ...], width: int) -> int:
    """Return the cell size of a grid that is `columns` wide in a tensor of `cells` cells.

    sizes   (most columns, pitch) from the largest cells down
    width   what the grid may take in px once it no longer shows digits
    """
    if cells <= MOST_CELLS_WITH_DIGITS:
        for most, pitch in sizes:
            if columns <= most:
                return pitch
    return max(4, min(DIGITS_FROM - 2, width // columns))

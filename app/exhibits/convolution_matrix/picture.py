"""C as a picture: only the cells that are stored, and the blocks that channels, filters and lines of pixels make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app import numbers, palette
from app.drawing import DIGITS_FROM, Band, Box
from engine import SparseMatrix

SIZES = ((32, 26), (48, 16), (64, 13), (100, 9))  # (most columns, pitch)


def pitch_of(columns: int) -> int:
    """Return the cell size of a matrix with so many columns; its vectors have the same."""
    return next(pitch for most, pitch in SIZES if columns <= most)


class Entry(NamedTuple):
    x: int
    y: int
    text: str
    level: int
    lit: bool


@dataclass(frozen=True)
class MatrixPicture:
    """C, or its transpose, at one step.

    lit      the row or the column that the step is about
    upright  whether that is a column
    lines    rows and columns in a block of one kernel, then in a line of pixels: ((rows, columns), (rows, columns))
    """

    matrix: SparseMatrix
    pitch: int
    scale: float
    lit: int | None
    upright: bool
    lines: Sequence[tuple[int, int]]
    chosen: tuple[int, int] | None

    @property
    def rows(self) -> int:
        return self.matrix.shape[0]

    @property
    def columns(self) -> int:
        return self.matrix.shape[1]

    @property
    def width(self) -> int:
        return self.columns * self.pitch

    @property
    def height(self) -> int:
        return self.rows * self.pitch

    @property
    def digit_size(self) -> float | None:
        """Size of the digits, None where cells are too small for them."""
        if self.pitch < DIGITS_FROM:
            return None
        longest = max(len(numbers.short(value)) for value in set(self.matrix.values.tolist()))
        return round(min(0.46 * self.pitch, 1.45 * self.pitch / max(longest, 2)), 1)

    def entries(self) -> list[Entry]:
        """Return the stored cells, each with its number."""
        matrix = self.matrix
        lines = matrix.columns if self.upright else matrix.rows
        looks = {
            value: (numbers.short(value), palette.level(value, self.scale)) for value in set(matrix.values.tolist())
        }
        cells = zip(matrix.rows.tolist(), matrix.columns.tolist(), matrix.values.tolist(), lines.tolist(), strict=True)
        return [
            Entry(column * self.pitch, row * self.pitch, *looks[value], line == self.lit)
            for row, column, value, line in cells
        ]

    def bands(self) -> list[Band]:
        """Return the stored cells as one path for each level, where there is no room for digits."""
        paths: dict[int, list[str]] = {}
        for entry in self.entries():
            paths.setdefault(entry.level, []).append(f"M{entry.x} {entry.y}h{self.pitch}v{self.pitch}h-{self.pitch}z")
        return [Band(level, "".join(cells)) for level, cells in sorted(paths.items())]

    def rules(self) -> list[tuple[str, str]]:
        """Return (kind, path) of the lines between kernels' blocks and between lines of pixels."""
        kinds = zip(("line", "block"), reversed(self.lines), strict=True)
        return [(kind, self._grid(rows, columns)) for kind, (rows, columns) in kinds]

    def outline(self) -> Box | None:
        """Return the box round the row or column of the step."""
        if self.lit is None:
            return None
        at = self.lit * self.pitch
        return (at, 0, self.pitch, self.height) if self.upright else (0, at, self.width, self.pitch)

    def chosen_path(self) -> str:
        """Return a path round the chosen cell, "" if there is none."""
        if self.chosen is None:
            return ""
        row, column = self.chosen
        return f"M{column * self.pitch} {row * self.pitch}h{self.pitch}v{self.pitch}h-{self.pitch}z"

    def _grid(self, rows: int, columns: int) -> str:
        across = [f"M0 {row * self.pitch}h{self.width}" for row in range(rows, self.rows, rows)]
        down = [f"M{column * self.pitch} 0v{self.height}" for column in range(columns, self.columns, columns)]
        return "".join(across + down)

"""The same convolution as neurons: a unit for every pixel and output, an edge for every stored cell of C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app import numbers, palette
from app.exhibits.convolution_matrix.joins import Indices, Joins, name
from app.exhibits.convolution_matrix.resolve import Convolution
from app.tensors import Array

WIDTH, HEIGHT, MARGIN = 960, 330, 30
LARGEST_RADIUS, NUMBERS_FROM = 14, 10


class Unit(NamedTuple):
    x: float
    y: float
    text: str
    level: int
    name: str
    lit: bool
    number: int


class Edge(NamedTuple):
    x1: float
    y1: float
    x2: float
    y2: float
    level: int
    name: str


@dataclass(frozen=True)
class Neurons:
    """Inputs below, outputs above; the edges of the current window are coloured by their weight."""

    convolution: Convolution
    lit: Joins
    scales: dict[str, float]

    width, height = WIDTH, HEIGHT

    @property
    def inputs(self) -> list[Unit]:
        return self._units("x", self.convolution.layer.x, HEIGHT - MARGIN, self.scales["x"], self.lit.columns)

    @property
    def outputs(self) -> list[Unit]:
        return self._units("y", self.convolution.output, MARGIN, self.scales["output"], self.lit.rows)

    def radius(self, units: int) -> float:
        return min(LARGEST_RADIUS, round(0.42 * (WIDTH - 2 * MARGIN) / max(1, units), 1))

    def shows_numbers(self, units: int) -> bool:
        return self.radius(units) >= NUMBERS_FROM

    @property
    def others(self) -> list[tuple[int, str]]:
        """(level, path) of all edges, one path for each colour."""
        matrix = self.convolution.matrix
        paths: dict[int, list[str]] = {}
        for row, column, value in zip(
            matrix.rows.tolist(), matrix.columns.tolist(), matrix.values.tolist(), strict=True
        ):
            x1, y1, x2, y2 = self._line(row, column)
            paths.setdefault(palette.level(value, self.scales["weight"]), []).append(f"M{x1} {y1}L{x2} {y2}")
        return [(level, "".join(lines)) for level, lines in sorted(paths.items())]

    @property
    def edges(self) -> list[Edge]:
        """Return the edges of the current window, in the kernel's order."""
        lit, shape = self.lit, self.convolution.layer.weight.shape
        values = self.convolution.matrix.values[lit.entries].tolist()
        return [
            Edge(
                *self._line(row, column),
                palette.level(value, self.scales["weight"]),
                f"{name('w', weight, shape)} = {numbers.short(value)}",
            )
            for row, column, weight, value in zip(
                lit.rows.tolist(), lit.columns.tolist(), lit.weights.tolist(), values, strict=True
            )
        ]

    def _units(self, tensor: str, values: Array, y: float, scale: float, lit: Indices) -> list[Unit]:
        return [
            Unit(
                self._place(number, values.size),
                y,
                numbers.short(value),
                palette.level(value, scale),
                name(tensor, number, values.shape),
                number in lit,
                number,
            )
            for number, value in enumerate(values.ravel().tolist())
        ]

    def _line(self, row: int, column: int) -> tuple[float, float, float, float]:
        outputs, inputs = self.convolution.matrix.shape
        below, above = self.radius(inputs), self.radius(outputs)
        return self._place(column, inputs), HEIGHT - MARGIN - below, self._place(row, outputs), MARGIN + above

    @staticmethod
    def _place(number: int, count: int) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * (number + 0.5) / count, 1)

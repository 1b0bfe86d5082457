"""The card of one unit: its map over the photo, what it sees of it, how its numbers are spread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app import numbers, palette
from app.i18n import N_
from app.networks.cell import Cell
from app.networks.place import receptive_box
from app.networks.planes import place_in_planes, planes
from engine.nets.architecture import Shape
from engine.nets.summary import Row
from engine.ops.arrays import Array

BINS = 24


@dataclass(frozen=True)
class Bar:
    """One bin of the histogram, in percent of the picture."""

    x: float
    height: float
    level: int


@dataclass(frozen=True)
class UnitCard:
    """What there is to say of one map, or of the unit of a layer without maps.

    row   the stage in the network's summary; None for the input
    """

    value: Array  # of the whole stage
    cell: Cell
    row: Row | None
    photo: Shape  # of the input

    @cached_property
    def map(self) -> Array:
        """The unit's numbers, two-dimensional; of a stage without maps, all its units."""
        return np.asarray(planes(self.value)[self.place[0]])

    @property
    def place(self) -> tuple[int, int, int]:
        """Map, row and column as they are drawn."""
        return place_in_planes(self.cell.place, self.value.shape)

    @property
    def has_map(self) -> bool:
        """Whether the unit has a map of its own."""
        return self.value.ndim == 3

    @property
    def number(self) -> float:
        """The open cell's."""
        return float(self.value[self.cell.place])

    @property
    def field(self) -> tuple[int, ...]:
        """First row and column, last row and column (exclusive) of the pixels that the cell depends on."""
        if self.row is None:
            return (*self.cell.place[1:], *(k + 1 for k in self.cell.place[1:]))
        place = self.cell.place if self.has_map else (self.cell.place[0], 0, 0)
        return receptive_box(self.row.start, self.row.receptive_field, self.row.stride, place, self.photo)

    @property
    def field_size(self) -> int:
        """Side of the receptive field, padding included."""
        return self.row.receptive_field if self.row else 1

    @property
    def facts(self) -> list[tuple[str, str]]:
        """(name, number) of the map's statistics."""
        flat = self.map.ravel().astype(np.float64)
        figures = {N_("mean"): flat.mean(), N_("std"): flat.std(), N_("min"): flat.min(), N_("max"): flat.max()}
        return [(name, numbers.short(float(figure))) for name, figure in figures.items()]

    @property
    def above_zero(self) -> str:
        """Share of the map's numbers above zero."""
        return f"{100 * float((self.map > 0).mean()):.0f} %"

    @cached_property
    def span(self) -> tuple[float, float]:
        """From where to where the histogram goes: zero is always in it."""
        low, high = min(0.0, float(self.map.min())), max(0.0, float(self.map.max()))
        return (low, high) if high > low else (low - 1, high + 1)

    @property
    def bars(self) -> list[Bar]:
        """The histogram."""
        low, high = self.span
        counts, edges = np.histogram(self.map, BINS, self.span)
        largest = max(1, int(counts.max()))
        middles = (edges[:-1] + edges[1:]) / 2
        bound = max(abs(low), abs(high))
        return [
            Bar(100 * k / BINS, 100 * float(np.sqrt(count / largest)), palette.level(float(middle), bound))
            for k, (count, middle) in enumerate(zip(counts.tolist(), middles, strict=True))
        ]

    @property
    def zero(self) -> float:
        """Where zero stands in the histogram, in percent."""
        low, high = self.span
        return 100 * -low / (high - low)

"""Level points as the page shows them: counted, listed, marked on the plane."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.exhibits.critical_points.ground import Ground
from app.i18n import N_
from app.landscape.marks import Arm, cross, glyph
from app.landscape.plane import Plane
from engine.landscape import CriticalPoint

KINDS = {
    "minimum": N_("minimum"),
    "maximum": N_("maximum"),
    "saddle": N_("saddle"),
    "flat": N_("flat"),
}
LISTED = 60  # rows of the table
FEW, LARGE, SMALL = 40, 6.0, 3.2  # so many glyphs are large
DECIMALS = 4  # of places


@dataclass(frozen=True)
class Row:
    """One level point as printed."""

    index: int
    kind: str
    x: str
    y: str
    value: str
    eigenvalues: tuple[str, str]
    degenerate: bool


@dataclass(frozen=True, eq=False)
class Table:
    """The level points of a surface in a plane, from the lowest up."""

    points: list[CriticalPoint]
    ground: Ground
    chosen: int | None

    @property
    def plane(self) -> Plane:
        return self.ground.plane

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        counted = Counter[str](point.kind for point in self.points)
        return {kind: counted[kind] for kind in KINDS}

    @property
    def more(self) -> int:
        """How many the table leaves out."""
        return max(0, len(self.points) - LISTED)

    @property
    def rows(self) -> list[Row]:
        listed = list(enumerate(self.points[:LISTED]))
        if self.chosen is not None and self.chosen >= LISTED:
            listed.append((self.chosen, self.points[self.chosen]))
        return [self.row(index) for index, _ in listed]

    def row(self, index: int) -> Row:
        """Return one of them as printed."""
        point = self.points[index]
        return Row(
            index,
            point.kind,
            numbers.fitting(point.x, DECIMALS),
            numbers.fitting(point.y, DECIMALS),
            self.ground.height(point.value),
            (numbers.significant(point.eigenvalues[0]), numbers.significant(point.eigenvalues[1])),
            point.degenerate,
        )

    @property
    def size(self) -> float:
        return LARGE if len(self.points) <= FEW else SMALL

    @property
    def marks(self) -> list[tuple[str, str]]:
        """(kind, path of all its glyphs), of the kinds that there are."""
        parts: dict[str, list[str]] = {}
        for point in self.points:
            parts.setdefault(point.kind, []).append(glyph(point.kind, *self.plane.place(point.x, point.y), self.size))
        return [(kind, "".join(parts[kind])) for kind in KINDS if kind in parts]

    @property
    def ring(self) -> tuple[float, float] | None:
        """Where the chosen one stands, in pixels."""
        if self.chosen is None:
            return None
        point = self.points[self.chosen]
        return self.plane.place(point.x, point.y)

    @cached_property
    def cross(self) -> list[Arm]:
        """The eigenvectors at the chosen one."""
        if self.chosen is None:
            return []
        point = self.points[self.chosen]
        place, values = np.array((point.x, point.y)), np.array(point.eigenvalues)
        return cross(self.plane, place, values, np.array(point.eigenvectors))

    @property
    def lowest(self) -> list[int]:
        """Minima that no other minimum lies below; more than one where they are equally low."""
        minima = [k for k, point in enumerate(self.points) if point.kind == "minimum"]
        if not minima:
            return []
        depth = self.points[minima[0]].value
        slack = 1e-9 * max(1.0, abs(self.points[-1].value))
        return [k for k in minima if self.points[k].value <= depth + slack]

    def array(self) -> NDArray[np.float64]:
        """Return (N, 6): x, y, f, both eigenvalues, the place of its kind in KINDS."""
        kinds = list(KINDS)
        rows = [(p.x, p.y, p.value, *p.eigenvalues, kinds.index(p.kind)) for p in self.points]
        return np.array(rows, np.float64).reshape(len(rows), 6)

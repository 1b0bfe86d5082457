"""A place in a network as a link writes it, which may be said in part: conv2, conv2.146, conv2.146.6.13."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from app.i18n import N_
from app.networks.cell import Cell
from engine import RangeError
from engine.nets.architecture import Architecture, Shape
from engine.ops.arrays import Array

_PLACE = re.compile(r"([a-z][a-z0-9_]{0,31})((?:\.[0-9]{1,6}){0,3})")


@dataclass(frozen=True)
class Place:
    """A stage, perhaps one of its maps or units, perhaps one cell of it."""

    stage: str
    indices: tuple[int, ...] = ()

    @classmethod
    def read(cls, text: str, architecture: Architecture) -> Place:
        """Return the place that `text` names. Raises RangeError if the network has no such place."""
        match, shapes = _PLACE.fullmatch(text), architecture.shapes
        if match is None or match[1] not in shapes:
            raise RangeError(
                N_("wanted a stage, a map or a cell, such as conv1 or conv1.3.10.12, got “{got}”; have {stages}"),
                got=text[:40],
                stages=", ".join(shapes),
            )
        indices, shape = tuple(int(k) for k in match[2].split(".")[1:]), shapes[match[1]]
        fits = len(indices) in {0, 1, len(shape)}
        if not fits or any(k >= size for k, size in zip(indices, shape, strict=False)):
            raise RangeError(
                N_("{stage} has the shape {shape}; there is no cell {place} in it"),
                stage=match[1],
                shape=" × ".join(map(str, shape)),
                place=match[2][1:],
            )
        return cls(match[1], indices)

    def filled(self, value: Array) -> Cell:
        """Return a whole cell: what is not said is where `value`, the stage's, is largest."""
        here = value[self.indices]
        if here.ndim == 0:
            return Cell(self.stage, self.indices)
        rest = np.unravel_index(int(np.argmax(here)), here.shape)
        return Cell(self.stage, (*self.indices, *(int(k) for k in rest)))

    def __str__(self) -> str:
        return ".".join([self.stage, *map(str, self.indices)])


def receptive_box(start: int, size: int, stride: int | None, place: tuple[int, ...], shape: Shape) -> tuple[int, ...]:
    """Return first row, first column, last row, last column (exclusive) of the pixels that a cell depends on.

    shape   of the input; what lies on padding is cut off
    """
    rows, columns = place[1:] or (0, 0)
    corners = [start + k * (stride or 0) for k in (rows, columns)]
    low = [max(0, corner) for corner in corners]
    high = [min(side, corner + size) for corner, side in zip(corners, shape[1:], strict=True)]
    return (*low, *high)

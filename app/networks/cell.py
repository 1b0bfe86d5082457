"""The address of one number inside a network: conv1.3.10.12 is stage, map, row, column; fc1.17 stage, unit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.i18n import N_
from engine import RangeError
from engine.nets.architecture import Architecture

_ADDRESS = re.compile(r"([a-z][a-z0-9_]{0,31})((?:\.[0-9]{1,5}){1,3})")


@dataclass(frozen=True)
class Cell:
    """One number: the name of its stage and its place in the stage's value."""

    stage: str
    place: tuple[int, ...]

    @classmethod
    def read(cls, text: str, architecture: Architecture) -> Cell:
        """Return the cell that `text` names. Raises RangeError if the network has no such cell."""
        match = _ADDRESS.fullmatch(text)
        shapes = architecture.shapes
        if match is None or match[1] not in shapes:
            raise RangeError(
                N_(
                    "wanted a cell such as conv1.3.10.12 (stage, map, row, column), got “{got}”; "
                    "the stages are {stages}"
                ),
                got=text[:40],
                stages=", ".join(shapes),
            )
        place, shape = tuple(int(k) for k in match[2][1:].split(".")), shapes[match[1]]
        if len(place) != len(shape) or any(k >= size for k, size in zip(place, shape, strict=True)):
            raise RangeError(
                N_("{stage} has the shape {shape}; there is no cell {place} in it"),
                stage=match[1],
                shape=" × ".join(map(str, shape)),
                place=match[2][1:],
            )
        return cls(match[1], place)

    def __str__(self) -> str:
        return ".".join([self.stage, *map(str, self.place)])


def read_trail(text: str, architecture: Architecture) -> tuple[Cell, ...]:
    """Return the cells that the reader came through, separated by commas, the first one first."""
    return tuple(Cell.read(part, architecture) for part in text.split(",") if part)

"""What every way back up has: tensors in columns, a sentence, the written sum, and the figures beside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from markupsafe import Markup

from app import numbers
from app.drawing import Grid, pitch_for
from app.exhibits.base import plain
from app.exhibits.going_back_up.controls import choices, sliders
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.resolve import Chosen
from app.i18n import Words
from app.stepper.moments import Term
from app.stepper.walk import Walk
from app.tensors import Array

DECIMALS = 4
MOST_STEPS = 64  # in one answer of the API: a step of the checkerboard takes up to half a millisecond
SIZES = ((3, 48), (5, 44), (7, 36), (8, 32), (9, 28), (12, 26))


@dataclass(frozen=True)
class Shown:
    """One tensor slice on the page; the fields are the arguments of _grid.html."""

    grid: Grid
    name: str
    symbol: str
    index: str = ""
    detail: str = ""
    at: int | None = None
    rows: Sequence[int] = ()
    columns: Sequence[int] = ()
    now: tuple[int, int] | None = None
    crossed: Sequence[tuple[int, int]] = ()


class Fact(NamedTuple):
    """One line of figures: what it is, how it is computed, the result."""

    label: str
    figures: str
    result: str


@dataclass(frozen=True)
class Sum:
    """A written sum: tables of products, one for each channel, and what they add up to."""

    tables: list[list[list[Term]]]
    total: str
    rounding: str  # what printing took away, "" if nothing
    bias: str = ""  # what is added to the products, "" if nothing can be

    @classmethod
    def of(cls, weight: Array, x: Array, value: float, bias: float | None = None) -> Sum:
        """Return the products of `weight` and `x`, (channels, rows, columns) each, and a bias, as they are printed."""
        decimals = [numbers.decimals_of(one, DECIMALS) for one in (weight, x, np.array(bias or 0.0))]
        pairs = [list(zip(w.ravel().tolist(), v.ravel().tolist(), strict=True)) for w, v in zip(weight, x, strict=True)]
        total = numbers.rounded(value, min(DECIMALS, max(decimals[0] + decimals[1], decimals[2])))
        printed = [numbers.rounded(w, decimals[0]) * numbers.rounded(v, decimals[1]) for part in pairs for w, v in part]
        gap = numbers.remainder(total, [*printed, numbers.rounded(bias or 0.0, decimals[2])])
        width = weight.shape[2]
        tables = []
        for part in pairs:
            terms = [
                Term(numbers.fitting(w, decimals[0]), numbers.fitting(v, decimals[1]), w * v == 0, padding=False)
                for w, v in part
            ]
            tables.append([terms[start : start + width] for start in range(0, len(terms), width)])
        rounding = "" if gap == 0 else format(gap.normalize(), "+f").replace("-", numbers.MINUS)
        added = "" if bias is None else numbers.fitting(bias, decimals[2])
        return cls(tables, numbers.fitting(float(total), DECIMALS), rounding, added)


class UpScene(Walk, ABC):
    """One way back up at one step."""

    formula: str  # the template of its equation
    own: ClassVar[Mapping[str, str]] = {}  # tensors that the learner may change, and what they are called

    def __init__(self, params: Params, chosen: Chosen, steps: int, maps: int = 1) -> None:
        super().__init__(steps, maps, params.step)
        self.params, self.chosen = params, chosen

    @abstractmethod
    def columns(self, words: Words) -> list[list[Shown]]:
        """Return the tensors, in columns from left to right."""

    @abstractmethod
    def narration(self, words: Words) -> Markup:
        """Return the sentence of this step; it ends in the number."""

    @abstractmethod
    def tensors(self) -> dict[str, Array]:
        """Return the tensors for the API; there is an "output"."""

    @abstractmethod
    def step_numbers(self, step: int) -> dict[str, Any]:
        """Return what happens at a step, unrounded, for the API."""

    def sum(self) -> Sum | None:
        """Return the written sum of this step, if it is one."""
        return None

    def facts(self, words: Words) -> list[Fact]:
        """Return the figures beside the tensors."""
        return []

    def notes(self, words: Words) -> list[str]:
        """Return what a reader needs to know to read the tensors."""
        return [words.gettext("Blue is above zero, orange below.")]

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return tensors and steps start..stop, unrounded, at most MOST_STEPS."""
        return {
            "kind": self.chosen.kind,
            **{name: plain(values) for name, values in self.tensors().items()},
            "steps": [self.step_numbers(step) for step in range(start, min(stop, self.steps, start + MOST_STEPS))],
        }

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/going-back-up.html shows."""
        return {
            **choices(self.params),
            "scene": self,
            "sliders": sliders(self.params, words),
            "chosen": self.chosen,
            "part": {"narration": self.narration(words)},
            "columns": self.columns(words),
            "sum": self.sum(),
            "notes": self.notes(words),
            "facts": self.facts(words),
        }


def slice_of(
    role: str, tensor: str, place: tuple[int, ...], plane: Array, scale: float, *, width: int = 256, **more: Any
) -> Grid:
    """Return a plane as a grid whose cells are as large as there is room for."""
    ring = more.get("ring", ((0, 0), (0, 0)))
    columns = plane.shape[1] + sum(ring[1])
    pitch = pitch_for(columns, plane.size, sizes=SIZES, width=width)
    return Grid(role, tensor, place, plane, pitch, scale, **more)


def largest(values: Array) -> float:
    """Return the end of the scale of a tensor."""
    return float(np.abs(values).max()) or 1.0


def text(value: float) -> str:
    """Return a number as sentences print it."""
    return numbers.fitting(float(value), DECIMALS)


def mark(value: str) -> Markup:
    """Return the number that is being explained."""
    return Markup("<mark>%s</mark>") % value


def span(cells: Sequence[int]) -> str:
    """Return "2" or "2–4": from the first to the last of some rows or columns."""
    minus = [str(cell).replace("-", numbers.MINUS) for cell in (cells[0], cells[-1])]
    return minus[0] if cells[0] == cells[-1] else "–".join(minus)

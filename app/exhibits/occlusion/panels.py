"""The panels: a cell for each position that is known, coloured by what the patch changes there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from app import numbers, palette
from app.exhibits.occlusion.swept import Swept
from app.i18n import Words
from app.networks.class_names import class_name
from app.networks.sources import manifest_of

RANKED = 6  # classes with a colour of their own: the most likely ones without a patch
OTHER = RANKED  # the rank of all others


@dataclass(frozen=True)
class Cell:
    """One position: where, how large it is drawn, its levels of colour, its class; and what is printed of it."""

    row: int
    column: int
    span: int
    activity: int
    probability: int
    rank: int
    said: str


@dataclass(frozen=True)
class Label:
    """A class in the legend, and at how many of the known positions it is the most likely one."""

    rank: int
    name: str
    probability: str
    count: int


@dataclass(frozen=True)
class Frame:
    """How the cells lie on the photo, in cells: each where the middle of the patch is.

    before   how much of the photo is left and above of the first cell
    whole    the side of the photo
    at       row and column of the patch
    """

    before: float
    whole: float
    at: tuple[float, float]


class Panels:
    """What is drawn of a sweep, as far as it is known."""

    def __init__(self, swept: Swept, net: str, source: str, words: Words) -> None:
        self.swept, self.words = swept, words
        self.classes = manifest_of(net, source).classes
        self.base = swept.base.answers

    @property
    def total(self) -> float:
        """The unit's activity without a patch."""
        return float(self.base.total[0])

    @property
    def probability(self) -> float:
        """The target's, without a patch."""
        return float(self.base.probability[0])

    def frame(self, corner: tuple[int, int]) -> Frame:
        """Return how the cells lie on the photo."""
        grid = self.swept.grid
        row, column = corner
        before = (grid.size - grid.stride) / 2 / grid.stride
        return Frame(round(before, 4), round(grid.width / grid.stride, 4), (row / grid.stride, column / grid.stride))

    @cached_property
    def ranks(self) -> dict[int, int]:
        """The classes that have a colour of their own: class -> rank."""
        best = np.argsort(-self.swept.base.probabilities, kind="stable")[:RANKED]
        return {int(label): rank for rank, label in enumerate(best)}

    def name(self, label: int) -> str:
        """Return what a class is called."""
        return class_name(self.classes[label], self.words)

    def cells(self) -> list[Cell]:
        """Return the known positions, those that are drawn large first."""
        parts = [self.swept.parts[index] for index in self.swept.told]
        is_whole = len(parts) == len(self.swept.parts)
        return [
            self._cell(row, column, 1 if is_whole else part.step)
            for part in parts
            for row, column in part.places.tolist()
        ]

    def _cell(self, row: int, column: int, span: int) -> Cell:
        answers, at = self.swept.answers, (row, column)
        label = int(answers.label[at])
        top, left = (place * self.swept.grid.stride for place in at)
        said = self.words.gettext(
            "patch at row %(row)s, column %(column)s: %(probability)s; sum %(total)s; %(label)s"
        ) % {
            "row": top,
            "column": left,
            "probability": numbers.percent(float(answers.probability[at])),
            "total": numbers.significant(float(answers.total[at]), 3),
            "label": self.name(label),
        }
        return Cell(
            row,
            column,
            span,
            change(float(answers.total[at]), self.total),
            change(float(answers.probability[at]), self.probability),
            self.ranks.get(label, OTHER),
            said,
        )

    def legend(self) -> list[Label]:
        """Return the classes with a colour of their own, and all others together."""
        known = self.swept.answers.label[self.swept.answers.label >= 0]
        shares = self.swept.base.probabilities
        named = [
            Label(rank, self.name(label), numbers.percent(shares[label]), int((known == label).sum()))
            for label, rank in self.ranks.items()
        ]
        left = 1 - sum(shares[label] for label in self.ranks)
        rest = len(known) - sum(label.count for label in named)
        return [*named, Label(OTHER, self.words.gettext("all other classes"), numbers.percent(left), rest)]

    def lowest(self) -> dict[str, Any]:
        """Return the known position at which the target is least likely."""
        shares = self.swept.answers.probability
        row, column = (int(place) for place in np.unravel_index(np.nanargmin(shares), shares.shape))
        stride = self.swept.grid.stride
        return {"row": row * stride, "column": column * stride, "share": numbers.percent(float(shares[row, column]))}


def change(value: float, before: float) -> int:
    """Return the colour of a change: 0 for none, the ends of the scale for a fall to nothing and for the double."""
    return palette.level(value - before, abs(before))

"""What a step shows: panels, written products, sums. Templates place it, nothing is computed there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app import numbers
from app.drawing import Grid
from app.tensors import Array

SUM_DECIMALS = 6  # two factors of three decimals each


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

    @property
    def rows(self) -> Sequence[int] | None:
        return self.outline[0] if self.outline else None

    @property
    def columns(self) -> Sequence[int] | None:
        return self.outline[1] if self.outline else None


@dataclass(frozen=True)
class Term:
    """One written product; in a stamp with the number it meets and the one it leaves."""

    left: str  # in the colour of the gradient
    right: str
    right_role: str  # "filter" or "input"
    zero: bool
    before: str = ""
    after: str = ""
    equals: str = "="
    lost: bool = False  # falls on padding


@dataclass(frozen=True)
class Column:
    """One channel (or map) of a step: what is read, the products, what they make."""

    title: str
    above: list[Panel]
    terms: list[list[Term]]  # rows of the window
    below: list[Panel] = field(default_factory=list)
    sum: str = ""
    rounding: str = ""


@dataclass(frozen=True)
class Precision:
    """How many decimals the numbers of the page are printed with."""

    grad: int
    x: int
    weight: int

    @classmethod
    def of(cls, grad: Array, x: Array, weight: Array) -> Precision:
        return cls(*(numbers.decimals_of(values) for values in (grad, x, weight)))

    def of_role(self, role: str) -> int:
        return self.weight if role == "filter" else self.x

    def sum(self, role: str) -> int:
        """Return the decimals of sums of products with weights ("filter") or inputs ("input")."""
        return min(SUM_DECIMALS, self.grad + self.of_role(role))

    def terms(self, left: Array, right: Array, role: str) -> list[list[Term]]:
        """Return the written products left * right of one window, row by row."""
        return [
            [
                Term(
                    numbers.fitting(float(g), self.grad),
                    numbers.fitting(float(other), self.of_role(role)),
                    role,
                    bool(g * other == 0),
                )
                for g, other in zip(gs, others, strict=True)
            ]
            for gs, others in zip(left, right, strict=True)
        ]

    def stamp(self, grad: float, stamped: Array, before: Array, inside: Array, role: str) -> list[list[Term]]:
        """Return the products of a stamp: before + grad * number = after; where not inside it is lost."""
        return [
            [
                self._stamped(grad, float(stamped[u, v]), float(before[u, v]), bool(inside[u, v]), role)
                for v in range(stamped.shape[1])
            ]
            for u in range(stamped.shape[0])
        ]

    def _stamped(self, grad: float, number: float, before: float, inside: bool, role: str) -> Term:
        left, right = numbers.fitting(grad, self.grad), numbers.fitting(number, self.of_role(role))
        if not inside:
            return Term(left, right, role, grad * number == 0, lost=True)
        decimals = self.sum(role)
        after = numbers.rounded(before + grad * number, decimals)
        product = numbers.rounded(grad, self.grad) * numbers.rounded(number, self.of_role(role))
        exact = numbers.remainder(after, [numbers.rounded(before, decimals), product]) == 0
        texts = (numbers.printed(before, decimals), numbers.printed(after, decimals))
        return Term(left, right, role, grad * number == 0, *texts, "=" if exact else "≈")

    def gap(self, total: float, left: Array, right: Array, role: str) -> str:
        """Return what printing took away between the written products and their printed sum, "" if nothing."""
        pairs = zip(left.ravel().tolist(), right.ravel().tolist(), strict=True)
        products = [numbers.rounded(g, self.grad) * numbers.rounded(w, self.of_role(role)) for g, w in pairs]
        gap = numbers.remainder(numbers.rounded(total, self.sum(role)), products)
        return "" if gap == 0 else format(gap.normalize(), "+f").replace("-", numbers.MINUS)


def largest(values: Array) -> float:
    """Return the end of a colour scale for these numbers."""
    return float(np.abs(values).max()) or 1.0

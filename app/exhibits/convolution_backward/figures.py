"""What a step shows: panels, written products, sums. Templates place it, nothing is computed there."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app import numbers
from app.drawing import Panel
from app.tensors import Array

SUM_DECIMALS = 6  # two factors of three decimals each


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
    told: bool = True  # whether the step has reached it
    current: bool = False  # whether it is the product that this step is about


@dataclass(frozen=True)
class Column:
    """One channel (or map) of a step: what is read, the products, what they make."""

    title: str
    above: list[Panel]
    terms: list[list[Term]]  # rows of the window
    below: list[Panel] = field(default_factory=list)
    sum: str = ""
    rounding: str = ""
    current: bool = True  # whether this step is about it


@dataclass(frozen=True)
class Reached:
    """How far a step has got into its cell, which is made from windows of products.

    told      how many products of each window are there
    window    the window that the step is about, None if it is about all of them
    product   the one product that it is about, None if it adds up more
    """

    told: tuple[int, ...]
    window: int | None = None
    product: int | None = None
    complete: bool = True

    @classmethod
    def of(cls, step_size: str, part: int, windows: int, products: int) -> Reached:
        """Return where part `part` of a cell ends that is made from so many windows of so many products."""
        if step_size == "output":
            return cls((products,) * windows)
        end = part + 1 if step_size == "product" else (part + 1) * products
        window, product = divmod(end - 1, products)
        told = tuple(min(products, max(0, end - k * products)) for k in range(windows))
        return cls(told, window, product if step_size == "product" else None, end == windows * products)

    def place(self, window: int, columns: int) -> tuple[int, int] | None:
        """Return (row, column) of the one product in its window, if this step is about one in `window`."""
        return None if self.product is None or window != self.window else divmod(self.product, columns)


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

    def terms(
        self, left: Array, right: Array, role: str, told: int, current: tuple[int, int] | None = None
    ) -> list[list[Term]]:
        """Return the written products left * right of one window, row by row; the first `told` are there already."""
        return [
            [
                Term(
                    numbers.fitting(float(left[u, v]), self.grad),
                    numbers.fitting(float(right[u, v]), self.of_role(role)),
                    role,
                    bool(left[u, v] * right[u, v] == 0),
                    told=u * left.shape[1] + v < told,
                    current=(u, v) == current,
                )
                for v in range(left.shape[1])
            ]
            for u in range(left.shape[0])
        ]

    def product(self, left: float, right: float, role: str) -> str:
        """Return the product of two factors as they are printed."""
        return numbers.printed(
            numbers.rounded(left, self.grad) * numbers.rounded(right, self.of_role(role)), self.sum(role)
        )

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

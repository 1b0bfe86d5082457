"""One output cell, told in numbers as they are printed and in sentences.

A moment is what the page shows of one step of the trace. Its parts are the steps in the
chosen step size: the whole cell, one channel after the other, or product by product.
Template and script fill the same places from it, so neither computes or phrases anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from app import numbers
from app.i18n import Words
from app.stepper import sentences
from app.stepper.layer import Layer
from engine.ops.conv2d_trace import Conv2dStep


@dataclass(frozen=True)
class Precision:
    """How many decimals each kind of number is printed with."""

    x: int
    weight: int
    sum: int
    activated: int

    @classmethod
    def of(cls, layer: Layer) -> Precision:
        x, weight = numbers.decimals_of(layer.x), numbers.decimals_of(layer.weight)
        total = min(4, max(x + weight, numbers.decimals_of(layer.bias)))
        curved = layer.activation in ("sigmoid", "tanh")
        return cls(x, weight, total, 4 if curved else total)


@dataclass(frozen=True)
class Term:
    weight: str
    x: str
    zero: bool  # the product is zero
    padding: bool


@dataclass(frozen=True)
class Part:
    """Where the reader is inside the cell: after `channel`, after `product` of it.

    done   how many channel sums are complete; picks the formula and the total
    """

    channel: int
    product: int
    done: int
    running: str
    narration: str


@dataclass(frozen=True)
class Moment:
    cell: int  # index of the trace's step
    filter: int
    row: int
    column: int
    channels: list[int]
    rows: list[int]  # input rows and columns of the window; outside the input = padding
    columns: list[int]
    terms: list[list[Term]]
    sums: list[str]
    roundings: list[str]  # what printing took away from each channel's terms, "" if nothing
    bias: str
    rounding: str  # what printing took away from the sum of bias and channels
    value: str
    activated: str  # "" without an activation
    question: str
    formulas: dict[str, str]  # by the number of complete channels
    totals: dict[str, str]
    parts: list[Part]


def parts_per_cell(layer: Layer, step_size: str) -> int:
    """Return how many steps of `step_size` one output cell takes."""
    products = int(layer.weight[0].size)
    return {"output": 1, "channel": int(layer.weight.shape[1]), "product": products}[step_size]


def moment(layer: Layer, precision: Precision, cell: int, step_size: str, words: Words) -> Moment:
    """Return output cell `cell` (C order over F, row, column) as it is shown."""
    step = layer.trace[cell]
    _, f, row, column = step.index
    figures = Figures(step, precision, layer)
    telling = sentences.Telling(words, step, figures, layer)
    parts = _parts(step, figures, telling, step_size)
    return Moment(
        cell=cell,
        filter=f,
        row=row,
        column=column,
        channels=list(step.channels),
        rows=[int(r) for r in step.rows],
        columns=[int(c) for c in step.columns],
        terms=figures.terms,
        sums=[figures.sum_text(total) for total in figures.channel_sums],
        roundings=[figures.gap_text(gap) for gap in figures.channel_gaps],
        bias=figures.sum_text(figures.bias),
        rounding=figures.gap_text(figures.gap),
        value=figures.sum_text(figures.value),
        activated=figures.activated,
        question=telling.question(),
        formulas={str(part.done): telling.formula(part.done) for part in parts},
        totals={str(part.done): telling.total(part.done) for part in parts},
        parts=parts,
    )


class Figures:
    """The numbers of one step as they are printed; sums are exact on the printed figures."""

    def __init__(self, step: Conv2dStep, precision: Precision, layer: Layer) -> None:
        self.precision = precision
        self.factors = [self._printed_factors(step, channel) for channel in range(len(step.products))]
        self.terms = [self._channel_terms(step, channel) for channel in range(len(step.products))]
        self.channel_sums = [self.rounded(total) for total in step.channel_sums]
        self.channel_gaps = [
            numbers.remainder(total, [weight * x for weight, x in self.factors[channel]])
            for channel, total in enumerate(self.channel_sums)
        ]
        self.products_sum = self.rounded(step.channel_sums.sum())
        self.bias = self.rounded(step.bias)
        self.value = self.rounded(step.value)
        self.gap = numbers.remainder(self.value, [self.bias, *self.channel_sums])
        _, f, row, column = step.index
        self.activated = (
            "" if layer.activation == "none" else self.short(layer.output[f, row, column], precision.activated)
        )

    def rounded(self, value: float) -> Decimal:
        return numbers.rounded(value, self.precision.sum)

    def sum_text(self, value: Decimal | float) -> str:
        return numbers.printed(value, self.precision.sum)

    def product_text(self, channel: int, index: int) -> str:
        """Return the product of the two factors as they are printed."""
        weight, x = self.factors[channel][index]
        return self.sum_text(float(weight * x))

    def gap_text(self, gap: Decimal) -> str:
        return "" if gap == 0 else format(gap.normalize(), "+f").replace("-", numbers.MINUS)

    @staticmethod
    def short(value: float, decimals: int) -> str:
        return numbers.printed(value, decimals)

    def _channel_terms(self, step: Conv2dStep, channel: int) -> list[Term]:
        return [
            Term(
                numbers.fitting(float(weight), self.precision.weight),
                numbers.fitting(float(x), self.precision.x),
                bool(product == 0),
                not inside,
            )
            for weight, x, product, inside in zip(
                step.weight[channel].ravel(),
                step.window[channel].ravel(),
                step.products[channel].ravel(),
                step.inside.ravel(),
                strict=True,
            )
        ]

    def _printed_factors(self, step: Conv2dStep, channel: int) -> list[tuple[Decimal, Decimal]]:
        pairs = zip(step.weight[channel].ravel(), step.window[channel].ravel(), strict=True)
        return [(numbers.rounded(w, self.precision.weight), numbers.rounded(x, self.precision.x)) for w, x in pairs]


def _parts(step: Conv2dStep, figures: Figures, telling: sentences.Telling, step_size: str) -> list[Part]:
    channels, *kernel = step.products.shape
    size = int(np.prod(kernel))
    if step_size == "output":
        return [Part(channels - 1, size - 1, channels, figures.sum_text(figures.value), telling.cell())]
    running = [figures.sum_text(float(value)) for value in step.partial_sums.ravel()]
    if step_size == "channel":
        return [Part(c, size - 1, c + 1, running[(c + 1) * size - 1], telling.channel(c)) for c in range(channels)]
    return [
        Part(c, k, c + (k == size - 1), running[c * size + k], telling.product(c, k, running[c * size + k]))
        for c in range(channels)
        for k in range(size)
    ]

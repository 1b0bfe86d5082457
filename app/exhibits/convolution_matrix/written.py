"""A row or a column of C times what it meets, written out term by term, and told in one sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.exhibits.convolution_matrix.joins import Indices, name
from app.exhibits.convolution_matrix.resolve import Convolution
from app.i18n import N_, Words
from app.stepper.single import mark, place_of
from app.tensors import Array
from engine.ops.conv2d_matrix import MatrixRowStep

MOST_DECIMALS = 4


@dataclass(frozen=True)
class Term:
    at: int  # which cell of the vector
    weight: str  # w[0,0,1,1]
    entry: str  # its value
    meets: str
    product: str
    zero: bool
    after: str = ""  # of a stamp: what stands there now


@dataclass(frozen=True)
class Written:
    """The terms of one step, as printed; they add up to `total` with `rounding`."""

    terms: list[Term]
    total: str
    rounding: str = ""


def forward(convolution: Convolution, row: int) -> Written:
    """Return y at `row`: that row of C, times x."""
    step = engine.trace.matrix_product(convolution.matrix, convolution.layer.x.ravel())[row]
    decimals = _decimals(convolution, convolution.layer.x)
    return _sum(convolution, step, decimals)


def gather(convolution: Convolution, column: int) -> Written:
    """Return dx at `column`: that column of C, times dy."""
    step = engine.trace.matrix_product(convolution.transposed, convolution.grad_output.ravel())[column]
    decimals = _decimals(convolution, convolution.grad_output)
    return _sum(convolution, step, decimals)


def stamp(convolution: Convolution, row: int) -> Written:
    """Return what one cell of dy adds to dx: its row of C, times that cell."""
    matrix, grad = convolution.matrix, convolution.grad_output.ravel()
    here = matrix.row(row)
    columns = matrix.columns[here]
    alone = np.where(np.arange(grad.size) == row, grad, 0.0)
    added, after = (convolution.transposed @ alone)[columns], stamped(convolution, row).ravel()[columns]
    decimals = _decimals(convolution, convolution.grad_output)
    entries, met = matrix.values[here], np.full(len(columns), grad[row])
    terms = _terms(convolution, columns, matrix.weights[here], entries, met, added, decimals)
    texts = [numbers.printed(value, decimals) for value in after.tolist()]
    written = [replace(term, after=text) for term, text in zip(terms, texts, strict=True)]
    return Written(written, numbers.fitting(float(grad[row]), MOST_DECIMALS))


def stamped(convolution: Convolution, row: int) -> Array:
    """Return dx after the stamps of dy's cells 0..row, in the shape of x."""
    grad = convolution.grad_output.ravel()
    so_far = np.where(np.arange(grad.size) <= row, grad, 0.0)
    return np.asarray(convolution.transposed @ so_far).reshape(convolution.layer.x.shape)


TOLD = {
    "forward": N_(
        "Row %(number)s of C is filter %(map)s laid on its window; times the pixels there, "
        "added up, it is output map %(map)s, %(place)s: %(value)s"
    ),
    "gather": N_(
        "Column %(number)s of C holds the weights that one pixel met; times the gradients of those outputs, "
        "added up, it is dx in channel %(map)s, %(place)s: %(value)s"
    ),
    "stamp": N_(
        "Row %(number)s of C is stamped onto dx, times the gradient of output map %(map)s, %(place)s: %(value)s"
    ),
}


def told(way: str, number: int, shape: tuple[int, ...], written: Written, words: Words) -> Markup:
    """Return the step in one sentence that ends in its number."""
    at, row, column = (int(k) for k in np.unravel_index(number, shape))
    return Markup(words.gettext(TOLD[way])) % {
        "number": number,
        "map": at,
        "place": place_of(words, row, column),
        "value": mark(written.total),
    }


def _sum(convolution: Convolution, step: MatrixRowStep, decimals: int) -> Written:
    terms = _terms(convolution, step.columns, step.weights, step.entries, step.x, step.products, decimals)
    total = numbers.rounded(step.value, decimals)
    missing = numbers.remainder(total, (numbers.rounded(product, decimals) for product in step.products.tolist()))
    rounding = numbers.printed(missing, decimals) if missing else ""
    return Written(terms, numbers.printed(total, decimals), rounding)


def _terms(
    convolution: Convolution,
    at: Indices,
    weights: Indices,
    entries: Array,
    met: Array,
    products: Array,
    decimals: int,
) -> list[Term]:
    shape = convolution.layer.weight.shape
    return [
        Term(
            cell,
            name("w", weight, shape),
            numbers.fitting(entry, MOST_DECIMALS),
            numbers.fitting(other, MOST_DECIMALS),
            numbers.printed(product, decimals),
            product == 0,
        )
        for cell, weight, entry, other, product in zip(
            at.tolist(), weights.tolist(), entries.tolist(), met.tolist(), products.tolist(), strict=True
        )
    ]


def _decimals(convolution: Convolution, vector: Array) -> int:
    return min(MOST_DECIMALS, numbers.decimals_of(convolution.layer.weight) + numbers.decimals_of(vector))

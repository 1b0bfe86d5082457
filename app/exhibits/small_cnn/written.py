"""A number of the network written out as a sum: gradients, new weights, the loss."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from markupsafe import Markup

from app import numbers
from app.exhibits.small_cnn.cell import MADE, Cell
from app.exhibits.small_cnn.resolve import Pass
from app.exhibits.small_cnn.steps import DECIMALS, precise, printed, told
from app.i18n import N_, Words
from app.stepper.single import mark
from engine.small_cnn import Term, gradient_terms
from engine.small_cnn.terms import Factor


@dataclass(frozen=True)
class Number:
    """A number of a written sum, and where it is made: "" where it is given."""

    text: str
    name: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Line:
    """One term: a product of numbers, or one alone."""

    factors: tuple[Number, ...]
    sign: str = "+"
    zero: bool = False


@dataclass(frozen=True)
class Written:
    """One number as a sum: the rule in a sentence, the terms, and the total."""

    narration: Markup
    lines: list[Line]
    total: str
    rounding: str = ""  # what the printed terms miss of the printed total


RULES = {
    "d_probabilities": N_(
        "The loss is −ln p, with the probability p of the right class: its slope there is −1 / p: %(total)s."
    ),
    "d_logits": N_("Through softmax and logarithm in one: the probability minus what was wanted makes %(total)s."),
    "d_linear_bias": N_("A bias is added as it is, so it takes over the gradient of its logit: %(total)s."),
    "d_linear_weight": N_("The gradient of its logit times the number that this weight read makes %(total)s."),
    "d_flat": N_("This number went into both logits; their gradients times its weights add up to %(total)s."),
    "d_pool": N_("The same number stands in the row after flatten, so it has the same gradient: %(total)s."),
    "d_relu": N_("This cell was the largest of its pooling window and gets the window's gradient: %(total)s."),
    "d_conv": N_("The sum was above 0, so ReLU lets the gradient through: %(total)s."),
    "d_bias": N_("The bias went into all sixteen cells of its map; their gradients add up to %(total)s."),
    "d_weight": N_("This weight met sixteen cells; each times the gradient of the sum it went into makes %(total)s."),
    "d_x": N_("This cell went into every sum whose window held it: gradient times weight, added up, makes %(total)s."),
    "flat": N_("Flatten copies the number from its map: %(total)s."),
    "loss": N_("Minus the natural logarithm of the probability of the right class, −ln %(share)s, makes %(total)s."),
    "new": N_("A step against the gradient, as long as the learning rate says: w − lr · dw makes %(total)s."),
}
NOTHING = {
    "d_relu": N_("Another cell of its pooling window was taken, so nothing arrives here: %(total)s."),
    "d_conv": N_("The sum was not above 0, so ReLU lets nothing through: %(total)s."),
    "d_probabilities": N_(
        "The loss asks for the probability of the right class alone, so the slope here is %(total)s."
    ),
}


def written(cell: Cell, shown: Pass, words: Words) -> Written:
    """Return how the number at `cell` is made."""
    value = float(shown.tensor(cell.tensor)[cell.place])
    if cell.tensor == "loss":
        share = precise(shown.activations.probabilities[shown.target])
        said = told(words, RULES["loss"], share=share, total=mark(printed(value)))
        return Written(said, [Line((_number(shown, "probabilities", (shown.target,), "−ln "),), "")], printed(value))
    if cell.tensor == "flat":
        place = tuple(int(k) for k in np.unravel_index(cell.place[0], shown.activations.pool.shape))
        return _summed([Line((_number(shown, "pool", place),), "")], "flat", value, words)
    if cell.tensor.startswith("new_"):
        old, gradient = (_number(shown, name, cell.place) for name in (cell.of, f"d_{cell.of}"))
        lines = [Line((old,), ""), Line((Number(precise(shown.lr), "lr"), gradient), numbers.MINUS)]
        return _summed(lines, "new", value, words)
    if cell.tensor == "d_probabilities":
        return _share_slope(cell, shown, value, words)
    terms = gradient_terms(cell.of, cell.place, shown.parameters, shown.x, shown.activations, shown.gradients)
    lines = [_line(term, first=number == 0) for number, term in enumerate(terms)]
    return _summed(lines, cell.tensor, value, words)


def _share_slope(cell: Cell, shown: Pass, value: float, words: Words) -> Written:
    wanted = cell.place == (shown.target,)
    rule = RULES["d_probabilities"] if wanted else NOTHING["d_probabilities"]
    lines = [Line((_number(shown, "probabilities", cell.place, "−1 / "),), "")] if wanted else []
    return Written(told(words, rule, total=mark(printed(value))), lines, printed(value))


def _summed(lines: list[Line], rule: str, value: float, words: Words) -> Written:
    """Return the sum, with what printing its terms took away."""
    total = numbers.rounded(value, DECIMALS)
    sentence = RULES[rule] if lines else NOTHING[rule]
    text = printed(value)
    return Written(told(words, sentence, total=mark(text)), lines, text, _rounding(lines, total))


def _rounding(lines: list[Line], total: Decimal) -> str:
    products = []
    for line in lines:
        product = math.prod((_read(number.text) for number in line.factors), start=Decimal(1))
        products.append(-product if line.sign == numbers.MINUS else product)
    missing = numbers.rounded(float(numbers.remainder(total, products)), DECIMALS)
    return "" if missing == 0 else printed(float(missing))


def _read(text: str) -> Decimal:
    return Decimal(text.replace(numbers.MINUS, "-"))


def _line(term: Term, *, first: bool) -> Line:
    """Return a product, or a number alone, whose minus is the sign of the sum."""
    if term.times is not None:
        return Line((_factor(term.gradient), _factor(term.times)), "" if first else "+", term.value == 0)
    alone = _factor(term.gradient)
    if term.value < 0:
        return Line((replace(alone, text=alone.text.removeprefix(numbers.MINUS)),), numbers.MINUS)
    return Line((alone,), "" if first else "+", term.value == 0)


def _factor(factor: Factor) -> Number:
    name = f"d_{factor.tensor}" if factor.gradient else factor.tensor
    return Number(precise(factor.value), str(Cell(name, factor.place)), _openable(name, factor.place))


def _number(shown: Pass, name: str, place: tuple[int, ...], before: str = "") -> Number:
    return Number(before + precise(shown.tensor(name)[place]), str(Cell(name, place)), _openable(name, place))


def _openable(name: str, place: tuple[int, ...]) -> str:
    """Return the address of a number that is made of others, "" of one that is given."""
    return str(Cell(name, place)) if name in MADE or name.startswith(("d_", "new_")) else ""

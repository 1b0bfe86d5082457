"""What is said of the way down: each operation in a word and in a sentence, each number with what made it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from app import numbers
from app.exhibits.deconvnet.params import Params
from app.i18n import N_, Words
from app.stepper.single import mark
from engine.interpret.photo_projection import PhotoProjection, Step

LISTED = 5  # terms
OPERATIONS = {
    "keep": N_("keep"),
    "conv2d": N_("filters transposed"),
    "dropout": N_("as it is"),
    "global_avg_pool2d": N_("spread out"),
    "linear": N_("weights transposed"),
    "max_pool2d": N_("unpool"),
}
RELUS = {"deconvnet": N_("rectify"), "gradient": N_("gate"), "guided": N_("rectify and gate")}
NORMED = {"gradient": N_("LRN's gradient"), "pass": N_("LRN left out")}

KEPT = {
    "strongest": N_(
        "Of map %(unit)s of %(layer)s the largest number is kept, %(value)s at row %(row)s, column %(column)s; "
        "all others and all other maps become zero."
    ),
    "count": N_(
        "Of map %(unit)s of %(layer)s the %(count)s largest numbers are kept, the largest is %(value)s; all others "
        "and all other maps become zero."
    ),
    "map": N_("Map %(unit)s of %(layer)s is kept whole, its largest number is %(value)s; all other maps become zero."),
    "cell": N_(
        "Of map %(unit)s of %(layer)s the number at row %(row)s, column %(column)s is kept, %(value)s; all others and "
        "all other maps become zero."
    ),
    "unit": N_("Of %(layer)s unit %(unit)s is kept, %(value)s; all others become zero."),
}
SAYS = {
    "conv2d": N_(
        "Every number stamps the filters of %(through)s, transposed, into %(name)s; stamps that overlap add. The "
        "signal can now reach %(height)s × %(width)s cells of each map, and the largest number is %(value)s."
    ),
    "dropout": N_("Dropout works in training only: the signal passes as it is. The largest number is %(value)s."),
    "global_avg_pool2d": N_("Every mean is spread in equal parts over its map. The largest number is %(value)s."),
    "linear": N_("Every unit gives its weights times its number to what it read. The largest number is %(value)s."),
    "max_pool2d": N_(
        "Every number goes back to the cell where %(through)s found its maximum on the way up: %(filled)s of "
        "%(cells)s cells get one. Where windows share their maximum, numbers add; the largest is %(value)s."
    ),
}
AT_RELU = {
    "deconvnet": N_(
        "Rectify: %(gone)s numbers below zero become zero. What stood in their places on the way up does not matter. "
        "The largest number is %(value)s."
    ),
    "gradient": N_(
        "Gate: %(gone)s numbers become zero because the ReLU was silent there on the way up. Numbers below zero pass. "
        "The largest number is %(value)s."
    ),
    "guided": N_(
        "Rectify and gate: %(gone)s numbers become zero, because they are below zero or because the ReLU was silent "
        "there on the way up. The largest number is %(value)s."
    ),
}
AT_NORM = {
    "gradient": N_(
        "The gradient of the normalisation: neighbours in other maps hear of the signal. Largest: %(value)s."
    ),
    "pass": N_("Normalisation is left out on the way down, as in the paper. The largest number is %(value)s."),
}

FACTORS = {  # what the factors of a number's terms are
    "conv2d": N_(
        "The factors are weights: every window that read this cell on the way up gives its number back times the "
        "weight that it read it with."
    ),
    "dropout": N_("Dropout passes everything here: the factor is 1."),
    "global_avg_pool2d": N_("The factor is one over the number of cells."),
    "linear": N_("The factors are the weights with which the units read this number on the way up."),
    "local_response_norm": N_("The factors are the derivatives of the normalised numbers by this one."),
    "max_pool2d": N_("The factor is 1 where the window's switch points to this cell, else 0."),
    "relu": N_("The factor is 1 where the number passes, else 0."),
}
NO_NORM = N_("Normalisation is left out: the factor is 1.")


def operation(step: Step, params: Params) -> str:
    """Return the word for what made a step's signal, untranslated."""
    if step.step == "relu":
        return RELUS[params.method]
    return NORMED[params.norm] if step.step == "local_response_norm" else OPERATIONS[step.step]


def factor_note(step: Step, params: Params) -> str:
    """Return what the factors of a step's terms are, untranslated; "" of the first step, which has none."""
    if step.step == "local_response_norm" and params.norm == "pass":
        return NO_NORM
    return FACTORS.get(step.step, "")


def says(params: Params, found: PhotoProjection, words: Words) -> Markup:
    """Return the sentence of the dock for the step that is open."""
    step, before = found.steps[found.at], found.steps[max(0, found.at - 1)]
    (top, bottom), (left, right) = step.box[1:]
    filled = step.above_zero + step.below_zero
    place = (*found.place, 0, 0)[:3]
    figures = {
        "unit": Markup("<b>%s</b>") % found.place[0],
        "layer": step.through,
        "row": place[1],
        "column": place[2],
        "count": params.count,
        "through": step.through,
        "name": words.gettext("the pixels") if step.name == "input" else step.name,
        "height": bottom - top,
        "width": right - left,
        "filled": filled,
        "cells": found.window.size,
        "gone": before.above_zero + before.below_zero - filled,
        "value": mark(numbers.significant(step.largest, 4)),
    }
    return Markup(words.gettext(_sentence(params, step))) % figures


def _sentence(params: Params, step: Step) -> str:
    if step.step == "keep":
        return KEPT[params.keep if len(step.shape) == 3 else "unit"]
    if step.step == "relu":
        return AT_RELU[params.method]
    return AT_NORM[params.norm] if step.step == "local_response_norm" else SAYS[step.step]


@dataclass(frozen=True)
class Line:
    """One term of a number: where it comes from, and how it is written."""

    place: str  # map, row and column above, as a link has it; "" for what is no single number
    name: str
    signal: str
    factor: str
    product: str
    share: float  # of the largest of them, -1..1
    faint: bool


def lines(found: PhotoProjection, words: Words) -> tuple[list[Line], str]:
    """Return the strongest terms of the open number, the others as one, and their sum; printed, they add up."""
    terms, above = found.terms, found.steps[found.at - 1]
    if terms is None or not len(terms.places):
        return [], numbers.printed(0.0, 3)
    products, listed = terms.products, terms.strongest[:LISTED]
    largest = float(np.abs(products).max()) or 1.0
    decimals = decimals_for(largest)
    total = numbers.rounded(terms.value, decimals)
    shown = [numbers.rounded(float(products[k]), decimals) for k in listed]
    made = [
        Line(
            ".".join(map(str, terms.places[k][: len(above.shape)].tolist())),
            name_of(above, terms.places[k].tolist(), words),
            numbers.significant(float(terms.signals[k])),
            numbers.significant(float(terms.factors[k])),
            numbers.printed(product, decimals),
            float(products[k]) / largest,
            products[k] == 0,
        )
        for k, product in zip(listed, shown, strict=True)
    ]
    others, rest = len(products) - len(listed), numbers.remainder(total, shown)
    if others or rest:
        more = words.ngettext("%(count)s more", "%(count)s more", others) % {"count": others}
        more = more if others else words.gettext("rounding")
        made.append(Line("", more, "", "", numbers.printed(rest, decimals), float(rest) / largest, rest == 0))
    return made, numbers.printed(total, decimals)


def decimals_for(largest: float) -> int:
    """Return how many decimals show four digits of the largest number."""
    return int(min(12, max(2, 3 - np.floor(np.log10(largest))))) if largest > 0 else 3


def name_of(step: Step, place: list[int], words: Words) -> str:
    """Return what a number of a signal is called."""
    if len(step.shape) == 1:
        return words.gettext("%(stage)s unit %(unit)s") % {"stage": step.name, "unit": place[0]}
    figures = {"stage": step.name, "map": place[0], "row": place[1], "column": place[2]}
    return words.gettext("%(stage)s map %(map)s, row %(row)s, column %(column)s") % figures

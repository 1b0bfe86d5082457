"""One step of a pooling, forwards or backwards, told in a formula and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from app import numbers
from app.exhibits.pooling.pool import Pool
from app.i18n import Words
from app.stepper.moments import Moment, Part, Term
from app.stepper.single import DECIMALS, mark, place_of

MOST_TERMS = 12  # that a formula writes out


def text(value: float) -> str:
    """Return a number as the formulas and sentences print it."""
    return numbers.fitting(float(value), DECIMALS)


def exact(*values: float) -> bool:
    """Whether printing takes nothing away from any of these numbers."""
    return all(abs(float(numbers.rounded(value, DECIMALS)) - value) <= 1e-9 * abs(value) for value in values)


class Telling:
    """What is said about output cell `cell` (C order over channel, row, column)."""

    def __init__(self, pool: Pool, cell: int, words: Words) -> None:
        self.pool, self.cell, self.words = pool, cell, words
        self.step: Any = pool.trace[cell]
        _, self.channel, self.row, self.column = self.step.index

    def moment(self, *, backward: bool) -> Moment:
        """Return the step as the page shows it."""
        told: dict[str, Callable[[], tuple[Markup, Markup, str]]] = {
            "max": self._max_back if backward else self._max,
            "average": self._average_back if backward else self._average,
            "lp": self._lp_back if backward else self._lp,
            "subsampling": self._subsampling_back if backward else self._subsampling,
        }
        formula, narration, value = told[self.pool.kind]()
        return Moment(
            cell=self.cell,
            filter=self.channel,
            row=self.row,
            column=self.column,
            channels=[self.channel],
            rows=list(self.step.rows),
            columns=list(self.step.columns),
            terms=[self._terms()],
            sums=[value],
            roundings=[""],
            bias="",
            rounding="",
            value=value,
            activated="",
            question="",
            formulas={"1": str(formula)},
            totals={"1": str(mark(value))},
            parts=[Part(0, self.step.window.size - 1, 1, value, str(narration))],
        )

    def _terms(self) -> list[Term]:
        winner = self.step.winner if self.pool.kind == "max" else None
        return [
            Term(
                "", text(self.step.window[place]) if inside else "", winner is not None and place != winner, not inside
            )
            for place, inside in np.ndenumerate(self.step.inside)
        ]

    # forwards

    def _max(self) -> tuple[Markup, Markup, str]:
        step, value = self.step, text(self.step.value)
        r, c = step.rows[step.winner[0]], step.columns[step.winner[1]]
        place = place_of(self.words, r, c)
        if step.ties > 1:
            sentence = self.words.gettext(
                "A tie: %(count)s cells of the window hold the largest number. The first in row order wins, "
                "at %(place)s: the output of channel %(channel)s at %(here)s is %(value)s."
            )
        else:
            sentence = self.words.gettext(
                "The largest cell of the window stands at %(place)s: the output of channel %(channel)s at %(here)s "
                "is %(value)s."
            )
        right = Markup('<mi>max</mi><mo stretchy="false">(</mo>%s<mo stretchy="false">)</mo>') % self._listed(",")
        return self._equation(right, value), self._said(sentence, value, place=place, count=step.ties), value

    def _average(self) -> tuple[Markup, Markup, str]:
        step, value = self.step, text(self.step.value)
        sentence = self.words.gettext(
            "The window adds up to %(total)s; divided by its %(divisor)s cells, the output of channel %(channel)s at "
            "%(here)s is %(value)s."
        )
        right = Markup("<mfrac><mrow>%s</mrow><mn>%s</mn></mfrac>") % (self._listed("+"), step.divisor)
        narration = self._said(sentence, value, total=text(step.total), divisor=step.divisor)
        return self._equation(right, value), narration, value

    def _lp(self) -> tuple[Markup, Markup, str]:
        step, value, power = self.step, text(self.step.value), self.pool.norm_type
        sentence = self.words.gettext(
            "The powers with p = %(power)s add up to %(total)s; the root of order %(power)s, the output of channel "
            "%(channel)s at %(here)s, is %(value)s."
        )
        terms = self._listed("+", Markup("<msup><mn>%s</mn><mn>%s</mn></msup>"), power)
        weight = "" if step.weight == 1 else Markup("<mn>%s</mn><mo>·</mo>") % text(step.weight)
        right = Markup(
            '<mroot><mrow>%s<mo stretchy="false">(</mo>%s<mo stretchy="false">)</mo></mrow><mn>%s</mn></mroot>'
        )
        narration = self._said(sentence, value, power=power, total=text(step.weight * step.powers.sum()))
        return self._equation(right % (weight, terms, power), value), narration, value

    def _subsampling(self) -> tuple[Markup, Markup, str]:
        step, value = self.step, text(self.pool.output[self.channel, self.row, self.column])
        sentence = self.words.gettext(
            "The window adds up to %(total)s; times the weight %(weight)s, plus the bias %(bias)s, that is %(sum)s. "
            "Squashed, the output of channel %(channel)s at %(here)s is %(value)s."
        )
        weight, bias = text(step.weight), text(step.bias)
        right = Markup(
            '<mi>σ</mi><mo stretchy="false">(</mo><mn class="role-filter">%s</mn><mo>·</mo><mo stretchy="false">(</mo>'
            '%s<mo stretchy="false">)</mo><mo>+</mo><mn class="role-filter">%s</mn><mo stretchy="false">)</mo>'
        ) % (weight, self._listed("+"), bias)
        figures = {"total": text(step.total), "weight": weight, "bias": bias, "sum": text(step.value)}
        return self._equation(right, value), self._said(sentence, value, **figures), value

    # backwards

    def _max_back(self) -> tuple[Markup, Markup, str]:
        u, v = self.step.winner
        r, c = self.step.rows[u], self.step.columns[v]
        before, after = (self.pool.grad_input(cells)[self.channel, r, c] for cells in (self.cell, self.cell + 1))
        value, grad = text(after), text(self._grad)
        if before:
            sentence = self.words.gettext(
                "The gradient %(grad)s at %(here)s goes to the winner of its window, at %(place)s. Another window gave "
                "it %(before)s already; they add: the gradient there is %(value)s."
            )
        else:
            sentence = self.words.gettext(
                "The gradient %(grad)s at %(here)s goes whole to the winner of its window, at %(place)s of channel "
                "%(channel)s: the gradient there is %(value)s."
            )
        left = Markup("<mi>d</mi>%s") % _indexed("x", "input", self.channel, r, c)
        terms = [*([before] if before else []), self._grad]
        right = Markup("<mo>+</mo>").join(Markup("<mn>%s</mn>") % text(term) for term in terms)
        if not before:
            right = Markup("<mi>d</mi>%s") % _indexed("o", "output", self.channel, self.row, self.column)
        formula = _equation(left, right, value, as_printed=exact(*terms, after))
        return (
            formula,
            self._said(sentence, value, grad=grad, place=place_of(self.words, r, c), before=text(before)),
            value,
        )

    def _average_back(self) -> tuple[Markup, Markup, str]:
        divisor, grad = self.step.divisor, text(self._grad)
        value = text(self._grad / divisor)
        sentence = self.words.gettext(
            "The gradient %(grad)s at %(here)s is spread evenly: divided by %(divisor)s, each of the %(count)s cells "
            "of its window in channel %(channel)s gets %(value)s."
        )
        right = Markup("<mfrac><mn>%s</mn><mn>%s</mn></mfrac>") % (grad, divisor)
        narration = self._said(sentence, value, grad=grad, divisor=divisor, count=int(self.step.inside.sum()))
        as_printed = exact(self._grad, self._grad / divisor)
        return _equation(_share(), right, value, as_printed=as_printed), narration, value

    def _lp_back(self) -> tuple[Markup, Markup, str]:
        slopes = np.where(self.step.inside, self.step.slopes, -np.inf)
        u, v = (int(k) for k in np.unravel_index(int(slopes.argmax()), slopes.shape))
        cell, norm, power = text(self.step.window[u, v]), text(self.step.value), self.pool.norm_type - 1
        share = self._grad * self.step.slopes[u, v]
        value, grad = text(share), text(self._grad)
        place = place_of(self.words, self.step.rows[u], self.step.columns[v])
        if self.step.value == 0:
            sentence = self.words.gettext(
                "The norm of this window is 0: there it has no derivative, and every cell gets %(value)s."
            )
        else:
            sentence = self.words.gettext(
                "The gradient %(grad)s at %(here)s is shared: each cell gets it times (cell / norm) to the power "
                "p − 1. The largest share, at %(place)s of channel %(channel)s, is %(value)s."
            )
        right = Markup(
            '<mn>%s</mn><mo>·</mo><msup><mrow><mo stretchy="false">(</mo><mn class="role-input">%s</mn><mo>/</mo>'
            '<mn class="role-output">%s</mn><mo stretchy="false">)</mo></mrow><mn>%s</mn></msup>'
        ) % (grad, cell, norm, power)
        if self.step.weight != 1:
            right = Markup("<mn>%s</mn><mo>·</mo>%s") % (text(self.step.weight), right)
        as_printed = exact(self._grad, self.step.window[u, v], self.step.value, self.step.weight, share)
        formula = _equation(_share(), right, value, as_printed=as_printed)
        return formula, self._said(sentence, value, grad=grad, place=place), value

    def _subsampling_back(self) -> tuple[Markup, Markup, str]:
        here = (self.channel, self.row, self.column)
        grad, through = text(self.pool.grad_output[here]), text(self._grad)
        weight, value = text(self.step.weight), text(self._grad * self.step.weight)
        sentence = self.words.gettext(
            "The gradient %(grad)s at %(here)s, through the slope of the sigmoid, is %(through)s; times the weight "
            "%(weight)s, each cell of its window in channel %(channel)s gets %(value)s."
        )
        right = Markup('<mn class="role-filter">%s</mn><mo>·</mo><mn>%s</mn>') % (weight, through)
        narration = self._said(sentence, value, grad=grad, through=through, weight=weight)
        as_printed = exact(self._grad, self.step.weight, self._grad * self.step.weight)
        return _equation(_share(), right, value, as_printed=as_printed), narration, value

    @property
    def _grad(self) -> float:
        return float(self.pool.grad_sums[self.channel, self.row, self.column])

    def _listed(self, sign: str, form: Markup | None = None, *more: object) -> Markup:
        """Return the window's cells one after the other; of many, the first and the last."""
        inside = [text(value) for value in self.step.window[self.step.inside]]
        shown: Sequence[str | None] = inside if len(inside) <= MOST_TERMS else [*inside[:3], None, *inside[-3:]]
        form = form or Markup('<mn class="role-input">%s</mn>')
        parts = [Markup("<mo>…</mo>") if part is None else form % (part, *more) for part in shown]
        return (Markup("<mo>%s</mo>") % sign).join(parts)

    def _equation(self, right: Markup, value: str) -> Markup:
        left = _indexed("o", "output", self.channel, self.row, self.column)
        made = self.pool.output[self.channel, self.row, self.column]
        return _equation(left, right, value, as_printed=exact(made, *self.step.window[self.step.inside]))

    def _said(self, sentence: str, value: str, **figures: object) -> Markup:
        here = place_of(self.words, self.row, self.column)
        return Markup(sentence) % {"channel": self.channel, "here": here, "value": mark(value), **figures}


def _indexed(name: str, role: str, *places: int) -> Markup:
    indices = Markup("<mo>,</mo>").join(Markup("<mn>%s</mn>") % place for place in places)
    return Markup('<msub><mi class="role-%s">%s</mi><mrow>%s</mrow></msub>') % (role, name, indices)


def _share() -> Markup:
    """Return what one cell of the window gets, before overlaps add."""
    return Markup('<mi>Δ</mi><mi>d</mi><mi class="role-input">x</mi>')


def _equation(left: Markup, right: Markup, value: str, *, as_printed: bool = True) -> Markup:
    """Return left = right = value; an approximate sign where printing rounded something."""
    result = Markup('<mn class="role-output result">%s</mn>') % value
    sign = "=" if as_printed else "≈"
    return Markup("<math><mrow>%s<mo>=</mo>%s<mo>%s</mo>%s</mrow></math>") % (left, right, sign, result)

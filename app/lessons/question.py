"""A predict-then-check question: its numbers come from a seed, its verdict names the likely slip."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.i18n import N_, Words
from app.numbers import MINUS
from app.tensors import Array
from engine import EngineError

SHARPNESS = 1e-9  # answers this close, relatively, are the same number
NOT_YET = N_("Work it through once more, one term at a time.")
_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # as Chinese keyboards write digits
_THOUSANDS = re.compile(r"(?<=\d)[,\s](?=\d{3}(?!\d))")


class AnswerError(EngineError):
    """What was typed is no number."""


class Verdict(NamedTuple):
    """What the page says about an answer.

    state  "right", "wrong", "unread" (no number) or "shown" (the learner gave up)
    lead   its first words
    text   why it is so, or the likely cause; a wrong answer is never told the right one
    """

    state: str
    lead: str
    text: str


@dataclass(frozen=True)
class Question:
    """One question with its numbers.

    prompt, why  sentences for the catalogue (N_) with %(name)s places
    values       what stands in these places: numbers, or sentences for the catalogue
    answer       the number that is wanted, to within `tolerance`
    causes       (wrong answer, what probably led to it)
    tensors      small arrays shown under the prompt: name -> (H, W) or (C, H, W)
    """

    prompt: str
    values: Mapping[str, object]
    answer: float
    why: str
    causes: tuple[tuple[float, str], ...] = ()
    tensors: Mapping[str, Array] = field(default_factory=dict)
    tolerance: float = 0

    def said(self, sentence: str, words: Words) -> str:
        """Return one of the question's sentences in the reader's language, with its numbers."""
        return words.gettext(sentence) % {name: _shown(value, words) for name, value in self.values.items()}

    def is_near(self, given: float, wanted: float) -> bool:
        """Return whether `given` passes for `wanted`."""
        return abs(given - wanted) <= self.tolerance + SHARPNESS * max(1.0, abs(wanted))

    def judge(self, typed: str, words: Words) -> Verdict:
        """Return the verdict on what the learner typed."""
        try:
            given = read_answer(typed)
        except AnswerError as error:
            return Verdict("unread", words.gettext("Not yet."), words.gettext(error.template).format(**error.values))
        if self.is_near(given, self.answer):
            return Verdict(
                "right", words.gettext("Yes: %(answer)s.") % {"answer": number(self.answer)}, self._why(words)
            )
        cause = next((text for wrong, text in self.causes if self.is_near(given, wrong)), None)
        hint = words.gettext(NOT_YET) if cause is None else self.said(cause, words)
        return Verdict("wrong", words.gettext("Not yet."), hint)

    def show(self, words: Words) -> Verdict:
        """Return the answer and its reason, for a learner who asks for it."""
        lead = words.gettext("The answer is %(answer)s.") % {"answer": number(self.answer)}
        return Verdict("shown", lead, self._why(words))

    def _why(self, words: Words) -> str:
        return self.said(self.why, words)


Ask = Callable[[int], Question]  # seed -> question


def read_answer(typed: str) -> float:
    """Return the number that was typed; 10,001 and fullwidth digits are read too.

    Raises AnswerError for anything that is not one finite number.
    """
    plain = typed.translate(_FULLWIDTH).strip().replace(MINUS, "-")
    if not plain:
        raise AnswerError(N_("There is no number yet; type one, such as −4 or 0.5."))
    try:
        given = float(_THOUSANDS.sub("", plain))
    except ValueError:
        given = math.nan
    if not math.isfinite(given) or "_" in plain:
        raise AnswerError(N_("“{got}” is not a number; type one, such as −4 or 0.5."), got=typed.strip()[:40])
    return given


def number(value: float) -> str:
    """Return a number as lessons print it: a true minus, commas at the thousands."""
    if float(value).is_integer():
        return f"{int(value):,}".replace("-", MINUS)
    return f"{value:.6g}".replace("-", MINUS)


def _shown(value: Any, words: Words) -> str:
    if isinstance(value, str):
        return words.gettext(value) if value else value
    return number(float(value))

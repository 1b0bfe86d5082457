"""Questions as a page shows them: found by lesson and name, worded, with their tensors as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from app import numbers, palette
from app.i18n import N_, Words
from app.lessons import Lesson
from app.lessons.question import Ask, Question, Verdict
from app.tensors import Array

FIRST_SEED = 1  # of a page whose link names none
MOST_SEED = 999_999
WORKSHEET_STEP = 100  # seeds of a worksheet: a hundred for each sheet, so that no two sheets share a number
MOST_WORKSHEETS = MOST_SEED // WORKSHEET_STEP - 1
VARIANTS = 4
TENSORS = {  # name of a tensor -> role (its frame), word, symbol
    "x": ("input", N_("Input"), "x"),
    "weight": ("filter", N_("Filter"), "W"),
    "w": ("filter", N_("Weights"), "w"),  # of a neuron, which has no kernels
    "bias": ("filter", N_("Bias"), "b"),
    "output": ("output", N_("Output"), "o"),
    "dY": ("output", N_("Gradient dY"), "dY"),
}
LEAST_SCALE = {"input": 2.0, "filter": 1.4, "output": 10.0}


class Cell(NamedTuple):
    text: str
    level: int


@dataclass(frozen=True)
class Drawn:
    """One tensor of a question: its name, and its slices as rows of cells."""

    role: str
    word: str
    symbol: str
    slices: list[list[list[Cell]]]


@dataclass(frozen=True)
class Asked:
    """One question on a page, with what the learner answered."""

    name: str
    seed: int
    prompt: str
    tensors: list[Drawn]
    typed: str
    verdict: Verdict | None

    @property
    def next_seed(self) -> int:
        return (self.seed + 1) % (MOST_SEED + 1)


@dataclass(frozen=True)
class Variants:
    """One question of a worksheet, several times with other numbers."""

    name: str
    asked: list[Asked]


@cache
def questions(lesson: Lesson) -> Mapping[str, Ask]:
    """Return the questions of a lesson by name; none where it has no module for them."""
    module = f"{__package__}.questions.{lesson.module}"
    found: Mapping[str, Ask] = import_module(module).QUESTIONS if find_spec(module) else {}
    return found


def ask(
    name: str, question: Question, seed: int, words: Words, typed: str | None = None, *, show: bool = False
) -> Asked:
    """Return a question with its verdict, if there is something to judge."""
    verdict = question.show(words) if show else question.judge(typed, words) if typed is not None else None
    prompt = question.said(question.prompt, words)
    drawn = [_drawn(tensor, np.asarray(values, dtype=np.float64), words) for tensor, values in question.tensors.items()]
    return Asked(name, seed, prompt, drawn, typed or "", verdict)


def worksheet(lesson: Lesson, seed: int, words: Words) -> list[Variants]:
    """Return each question of a lesson in VARIANTS versions, answered: the sheet and its key are made from this."""
    return [
        Variants(name, [ask(name, question, at, words, show=True) for at, question in _different(made, seed)])
        for name, made in questions(lesson).items()
    ]


def _different(made: Ask, seed: int) -> list[tuple[int, Question]]:
    """Return versions that do not ask for the same thing twice, unless there are no others."""
    seen: set[str] = set()

    def is_new(question: Question) -> bool:
        key = repr((sorted(question.values.items()), [values.tolist() for values in question.tensors.values()]))
        known = key in seen
        seen.add(key)
        return not known

    start = seed * WORKSHEET_STEP
    versions = ((at, made(at)) for at in islice(count(start), WORKSHEET_STEP))
    return list(islice((version for version in versions if is_new(version[1])), VARIANTS))


def _drawn(name: str, values: Array, words: Words) -> Drawn:
    role, word, symbol = TENSORS.get(name, ("", name, ""))
    scale = max(LEAST_SCALE.get(role, 1.0), float(np.abs(values).max(initial=0)))
    planes = values.reshape(-1, *values.shape[-2:]) if values.ndim > 1 else values.reshape(1, 1, -1)
    return Drawn(role, words.gettext(word), symbol, [_cells(plane, scale) for plane in planes])


def _cells(plane: Array, scale: float) -> list[list[Cell]]:
    return [[Cell(numbers.short(value), palette.level(value, scale)) for value in row] for row in plane.tolist()]

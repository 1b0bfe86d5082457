"""What holds for every question: its causes are wrong answers, its sentences have their numbers."""

import importlib

import pytest

from app.i18n import words
from app.lessons import LESSONS

SEEDS = range(50)
EN = words("en")
QUESTIONS = {
    f"{lesson.slug}/{name}": ask
    for lesson in LESSONS.values()
    for name, ask in importlib.import_module(f"app.lessons.questions.{lesson.module}").QUESTIONS.items()
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_a_cause_never_gives_the_answer_nor_the_value_of_another_cause(ask):
    for question in map(ask, SEEDS):
        wrong = [value for value, _ in question.causes]
        assert wrong
        assert question.answer not in wrong
        assert len(set(wrong)) == len(wrong)


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_every_sentence_has_its_numbers(ask):
    for question in map(ask, SEEDS):
        for sentence in (question.prompt, question.why, *(sentence for _, sentence in question.causes)):
            assert "%(" not in question.said(sentence, EN)


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_the_answer_is_whole_and_its_tensors_are_single_images(ask):
    for question in map(ask, SEEDS):
        assert float(question.answer).is_integer()
        assert all(tensor.ndim in (2, 3) and (tensor == tensor.round()).all() for tensor in question.tensors.values())


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_another_seed_asks_other_numbers_the_same_seed_the_same(ask):
    assert len({str(ask(seed).values) for seed in SEEDS}) > 10
    assert ask(7).values == ask(7).values

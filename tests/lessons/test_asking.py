"""Predict, then check: what the server says to an answer, on the page and in the API."""

import re

import numpy as np
import pytest

from app import i18n
from app.i18n import LANGUAGES
from app.lessons import LESSONS, asking
from app.lessons.question import AnswerError, Question, number, read_answer

ASKED = [(lesson, name) for lesson in LESSONS.values() for name in asking.questions(lesson)]
each_question = pytest.mark.parametrize(("lesson", "name"), ASKED, ids=[f"{one.slug}-{name}" for one, name in ASKED])
WORDS = i18n.words("en")
PLAIN = Question(
    prompt="What is %(a)s plus 1?",
    values={"a": -10_000},
    answer=-9_999,
    why="%(a)s + 1.",
    causes=((10_001, "The sign of %(a)s is lost."),),
)


@pytest.mark.parametrize(("typed", "value"), [
    ("7", 7), (" -4 ", -4), ("\N{MINUS SIGN}4", -4), ("10,001", 10001), ("1 234 567", 1234567), ("0.5", 0.5),
    ("1e3", 1000), ("１２", 12), ("－3．5", -3.5), ("+2", 2),
])  # fmt: skip
def test_numbers_are_read_as_people_write_them(typed, value):
    assert read_answer(typed) == value


@pytest.mark.parametrize("typed", ["", " ", "seven", "1_0", "nan", "inf", "1,5", "1/2", "--3", "1 2", "²", "\0"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(AnswerError, match="number"):
        read_answer(typed)


def test_numbers_are_printed_with_commas_and_a_true_minus():
    assert [number(value) for value in (10_001, -4, 0.5, -1_000_000.0)] == ["10,001", "−4", "0.5", "−1,000,000"]


def test_a_right_answer_is_told_why():
    assert PLAIN.judge("-9,999", WORDS) == ("right", "Yes: −9,999.", "−10,000 + 1.")


def test_a_wrong_answer_is_told_its_likely_cause_and_not_the_right_one():
    assert PLAIN.judge("10001", WORDS) == ("wrong", "Not yet.", "The sign of −10,000 is lost.")
    state, _, text = PLAIN.judge("3", WORDS)
    assert state == "wrong"
    assert "9,999" not in text


def test_who_gives_up_is_shown_the_answer():
    assert PLAIN.show(WORDS) == ("shown", "The answer is −9,999.", "−10,000 + 1.")


def test_an_answer_within_the_tolerance_is_right():
    rounded = Question(prompt="", values={}, answer=0.333333, why="", tolerance=0.005)
    assert rounded.judge("0.33", WORDS).state == "right"
    assert rounded.judge("0.32", WORDS).state == "wrong"


def test_a_tensor_is_cut_into_slices():
    question = Question(prompt="", values={}, answer=0, why="", tensors={"x": np.arange(8.0).reshape(2, 2, 2)})
    (drawn,) = asking.ask("one", question, 1, WORDS).tensors
    assert (drawn.role, drawn.word, drawn.symbol, len(drawn.slices)) == ("input", "Input", "x", 2)
    assert [[cell.text for cell in row] for row in drawn.slices[1]] == [["4", "5"], ["6", "7"]]


@each_question
@pytest.mark.parametrize("seed", [0, 1, 7, 4321])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_question_takes_its_values(lesson, name, seed, language):
    words, question = i18n.words(language), asking.questions(lesson)[name](seed)
    said = [question.said(sentence, words) for sentence in (question.prompt, question.why)]
    said += [question.said(sentence, words) for _, sentence in question.causes]
    assert all(said)
    assert not any("%(" in sentence for sentence in said)


@each_question
def test_the_page_judges_without_scripts(client, lesson, name):
    question = asking.questions(lesson)[name](7)
    query = {"seed": 7, "question": name}
    waiting = client.get(lesson.path, params={"seed": 7}).text
    right = client.get(lesson.path, params={**query, "answer": str(question.answer)}).text
    wrong = client.get(lesson.path, params={**query, "answer": str(question.answer + 1000.5)}).text
    shown = client.get(lesson.path, params={**query, "answer": "", "show": 1}).text
    states = [re.findall(r'data-state="(\w+)"', html) for html in (waiting, right, wrong, shown)]
    assert states == [[], ["right"], ["wrong"], ["shown"]]
    assert f'value="{question.answer + 1000.5}"' in wrong


@each_question
def test_the_api_says_what_the_page_says(client, lesson, name):
    question, address = asking.questions(lesson)[name](7), f"/api/lessons/{lesson.slug}/questions/{name}"
    for typed in (str(question.answer), *(str(wrong) for wrong, _ in question.causes), "x", ""):
        verdict = client.get(address, params={"seed": 7, "answer": typed}).json()["verdict"]
        assert verdict == question.judge(typed, WORDS)._asdict()
    assert client.get(address, params={"seed": 7, "show": 1}).json()["verdict"]["state"] == "shown"


def test_a_question_that_is_not_there_is_one_sentence(client):
    for address in ("/api/lessons/nothing/questions/one", f"/api/lessons/{ASKED[0][0].slug}/questions/nothing"):
        response = client.get(address)
        assert response.status_code == 404
        assert set(response.json()) == {"error"}


@pytest.mark.parametrize("seed", ["-1", "x", "1e99", str(10**12)])
def test_a_seed_out_of_bounds_is_one_sentence(client, seed):
    response = client.get(ASKED[0][0].path, params={"seed": seed}, headers={"accept": "text/html"})
    assert response.status_code == 422
    assert "seed" in response.text


def test_another_one_has_other_numbers(client):
    lesson, name = ASKED[0]
    html = client.get(lesson.path, params={"seed": 7}).text
    assert f'href="{lesson.path}?seed=8#question-{name}"' in html
    assert f'href="{lesson.path}?seed=0#' in client.get(lesson.path, params={"seed": asking.MOST_SEED}).text

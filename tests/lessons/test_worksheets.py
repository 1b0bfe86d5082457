"""Worksheets: several versions of each question, and a key that agrees with them."""

import html
import re

import pytest

from app import i18n
from app.i18n import LANGUAGES
from app.lessons import LESSONS, asking
from app.lessons.question import number

each_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
WORDS = i18n.words("en")


def page(client, lesson, language="en", **query):
    response = client.get(f"{lesson.path}/worksheet", params=query, headers={"accept-language": language})
    assert response.status_code == 200
    return html.unescape(response.text)


@each_lesson
def test_every_question_comes_in_several_versions(lesson):
    for variants in asking.worksheet(lesson, 7, WORDS):
        assert len(variants.asked) == asking.VARIANTS
        assert len({(asked.prompt, str(asked.tensors)) for asked in variants.asked}) == asking.VARIANTS


@each_lesson
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_agrees_with_the_questions(client, lesson, language):
    words, with_key = i18n.words(language), page(client, lesson, language, seed=7, key=1)
    sheet, key = with_key.split('<section class="sheet key">')
    for variants in asking.worksheet(lesson, 7, words):
        for asked in variants.asked:
            question = asking.questions(lesson)[variants.name](asked.seed)
            assert asked.prompt in sheet
            assert number(question.answer) in asked.verdict.lead
            assert f"<b>{asked.verdict.lead}</b> {asked.verdict.text}" in key


@each_lesson
def test_the_sheet_alone_gives_nothing_away(client, lesson):
    sheet = page(client, lesson, seed=7)
    for variants in asking.worksheet(lesson, 7, WORDS):
        assert not any(asked.verdict.text in sheet for asked in variants.asked)


@each_lesson
def test_sheet_and_key_carry_their_number(client, lesson):
    assert len(re.findall(r"<span>Sheet 42</span>", page(client, lesson, seed=42, key=1))) == 2


def test_two_sheets_share_no_seed():
    lesson = next(iter(LESSONS.values()))
    seeds = [
        {asked.seed for variants in asking.worksheet(lesson, sheet, WORDS) for asked in variants.asked}
        for sheet in (7, 8)
    ]
    assert seeds[0].isdisjoint(seeds[1])


def test_the_last_sheet_can_be_made(client):
    lesson = next(iter(LESSONS.values()))
    assert "Sheet" in page(client, lesson, seed=asking.MOST_WORKSHEETS)
    assert client.get(f"{lesson.path}/worksheet", params={"seed": asking.MOST_WORKSHEETS + 1}).status_code == 422

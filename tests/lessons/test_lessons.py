"""One table of lessons: each is complete in both languages, and nothing it names is missing."""

import re
from urllib.parse import parse_qsl

import html5lib
import pytest
import yaml

from app.exhibits import EXHIBITS
from app.i18n import LANGUAGES
from app.lessons import LESSONS, chapters, neighbours
from app.lessons.asking import questions
from app.lessons.formulas import mathml
from app.lessons.glossary import FILE, glossary, in_order, inline
from app.lessons.markdown import parser, references
from app.lessons.reading import file, lesson_head, lesson_text

each_lesson = pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def tokens_of(lesson, language):
    return parser().parse(file(lesson.slug, language).read_text(encoding="utf-8"))


def named(lesson, language):
    return list(references(tokens_of(lesson, language)))


def formulas(tokens):
    """Yield (LaTeX, whether it stands on its own) of every formula."""
    for token in tokens:
        if token.type.startswith("math_"):
            yield token.content.strip(), token.type.startswith("math_block")
        yield from formulas(token.children or [])


@each_language
def test_every_lesson_of_the_table_has_its_file_and_no_other_file_is_there(language):
    here = {path.stem for path in file("x", language).parent.glob("*.md")}
    assert here == set(LESSONS)


@each_lesson
@each_language
def test_the_front_matter_is_complete(lesson, language):
    about = yaml.safe_load(tokens_of(lesson, language)[0].content)
    assert set(about) == {"title", "summary", "minutes"}
    assert about["title"]
    assert about["summary"]
    assert 1 <= about["minutes"] <= 60


@each_lesson
@each_language
def test_the_head_of_a_lesson_tells_what_the_whole_lesson_would(lesson, language):
    head, text = lesson_head(lesson.slug, language), lesson_text(lesson.slug, language)
    assert (head.title, head.summary, head.minutes) == (text.title, text.summary, text.minutes)
    assert list(head.questions) == text.questions


@each_lesson
@each_language
def test_every_formula_converts(lesson, language):
    made = [mathml(latex, display=display) for latex, display in formulas(tokens_of(lesson, language))]
    assert all(text.startswith("<math") for text in made)


@each_lesson
@each_language
def test_every_term_question_and_lesson_that_is_named_exists(lesson, language):
    known = {"term": glossary(), "lesson": LESSONS, "question": questions(lesson), "exhibit": EXHIBITS}
    assert [one for one in named(lesson, language) if one.slug not in known[one.kind]] == []


@each_lesson
@each_language
def test_every_prepared_state_fits_its_exhibit(client, lesson, language):
    for one in named(lesson, language):
        if one.kind != "exhibit" or one.slug not in EXHIBITS:
            continue
        exhibit, query = EXHIBITS[one.slug], dict(parse_qsl(one.query, strict_parsing=bool(one.query)))
        assert set(query) <= set(exhibit.Params.model_fields)
        assert client.get(f"{exhibit.path}?{one.query}").status_code == 200


@each_lesson
def test_both_languages_name_the_same_exhibits_questions_and_lessons(lesson):
    english, chinese = ([one for one in named(lesson, language) if one.kind != "term"] for language in LANGUAGES)
    assert sorted(english) == sorted(chinese)


@each_lesson
@each_language
def test_every_question_of_a_lesson_is_asked_once_in_its_text(lesson, language):
    assert sorted(lesson_text(lesson.slug, language).questions) == sorted(questions(lesson))


@each_lesson
@each_language
def test_no_markup_is_left_in_the_words(lesson, language):
    pieces = " ".join(str(piece.html) for piece in lesson_text(lesson.slug, language).pieces)
    words = " ".join(html5lib.parseFragment(pieces, namespaceHTMLElements=False).itertext())
    assert re.findall(r".{0,20}(?:\*\*|\]\(|:::|!!!|\$|\^\[).{0,20}", words) == []


def test_the_chapters_hold_every_lesson_in_its_order():
    assert [one for members in chapters().values() for one in members] == list(LESSONS.values())


def test_neighbours_lead_from_the_first_lesson_to_the_last():
    lessons = list(LESSONS.values())
    assert neighbours(lessons[0]) == (None, lessons[1])
    assert neighbours(lessons[-1]) == (lessons[-2], None)


def test_every_word_of_the_glossary_is_there_in_both_languages():
    for slug, entry in glossary().items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert set(entry) == set(LANGUAGES)
        for said in entry.values():
            assert set(said) == {"term", "text"}
            assert inline(said["text"])


def test_no_word_of_the_glossary_is_written_twice():
    words = yaml.compose(FILE.read_text(encoding="utf-8"))
    for mapping in (words, *(entry for _, entry in words.value)):
        keys = [key.value for key, _ in mapping.value]
        assert len(keys) == len(set(keys))


@each_language
def test_the_glossary_is_sorted_in_each_language(language):
    assert {slug for slug, _ in in_order(language)} == set(glossary())


def test_chinese_terms_stand_in_the_order_of_pinyin():
    terms = [entry["zh"]["term"] for _, entry in in_order("zh")]
    assert terms.index("步长") < terms.index("窗口") < terms.index("特征图")


@each_lesson
@each_language
@pytest.mark.parametrize("page", ["/", "/lessons"])
def test_home_and_list_lead_to_every_lesson(client, page, lesson, language):
    html = client.get(page, headers={"accept-language": language}).text
    assert f'href="{lesson.path}"' in html
    assert lesson_text(lesson.slug, language).title in html


@each_lesson
def test_a_lesson_links_to_the_next_and_the_one_before(client, lesson):
    html = client.get(lesson.path).text
    before, after = neighbours(lesson)
    assert before is None or f'href="{before.path}" rel="prev"' in html
    assert f'href="{after.path if after else "/lessons"}" rel=' in html


def test_a_lesson_that_is_not_there_is_a_page_of_one_sentence(client):
    assert client.get("/lessons/nothing", headers={"accept": "text/html"}).status_code == 404
    assert client.get("/lessons/nothing/worksheet").status_code == 404

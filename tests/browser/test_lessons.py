"""Lessons in a browser: played by keyboard alone, without scripts, and remembered."""

import re

import pytest

from app import i18n
from app.i18n import LANGUAGES
from app.lessons import LESSONS, asking
from app.lessons.reading import lesson_text

pytestmark = pytest.mark.browser

FIRST, SECOND = list(LESSONS.values())[:2]
LOCALES = {"en": "en", "zh": "zh-CN"}
SEED = "() => Number(new URL(location.href).searchParams.get('seed'))"


BOTTOM = "querySelector('main').getBoundingClientRect().bottom"


def question_of(lesson, name, seed):
    return asking.questions(lesson)[name](seed)


def tab_to(page, selector, most=120):
    """Press Tab until `selector` has the focus, as someone without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab never came to {selector}")


def answer(page, name, text):
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    return page.locator(f"[data-question={name}] .verdict > p")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lesson_is_played_by_keyboard_alone(visit, language):
    page = visit("/", locale=LOCALES[language]).page
    tab_to(page, f"a[data-lesson={FIRST.slug}]")
    page.keyboard.press("Enter")
    page.wait_for_function(SEED)
    text, seed = lesson_text(FIRST.slug, language), page.evaluate(SEED)
    for name in text.questions:
        question = question_of(FIRST, name, seed)
        wrong, _ = question.causes[0]
        tab_to(page, f"[data-question={name}] [name=answer]")
        verdict = answer(page, name, str(wrong))
        page.locator(f"[data-question={name}][data-state=wrong]").wait_for()
        assert question.judge(str(wrong), i18n.words(language)).text in verdict.inner_text()
        answer(page, name, str(question.answer))
        page.locator(f"[data-question={name}][data-state=right]").wait_for()
    assert page.locator("[data-lesson-done]").is_visible()
    tab_to(page, "[rel=next]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{SECOND.path}*")
    assert page.locator("h1").inner_text() == lesson_text(SECOND.slug, language).title


def test_progress_is_shown_on_home_and_list(visit):
    visited = visit(f"{FIRST.path}?seed=7")
    page = visited.page
    for name in lesson_text(FIRST.slug, "en").questions:
        page.locator(f"[data-question={name}] [name=show]").click()
        page.locator(f"[data-question={name}][data-state=shown]").wait_for()
    for path in ("/", "/lessons"):
        visited.open(path, scripts=True)
        page.locator(f"[data-lesson={FIRST.slug}][data-state=done]").wait_for()
        assert "done" in page.locator(f"[data-lesson={FIRST.slug}]").inner_text()
        assert page.locator(f"[data-lesson={SECOND.slug}][data-next]").count() == 1


def test_a_lesson_works_where_nothing_can_be_remembered(visit):
    visited = visit("/api")
    page = visited.page
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })")
    visited.open(f"{FIRST.path}?seed=7", scripts=True)
    name = lesson_text(FIRST.slug, "en").questions[0]
    page.locator(f"[data-question={name}] [name=answer]").fill("x")
    page.locator(f"[data-question={name}] .primary").click()
    page.locator(f"[data-question={name}][data-state=unread]").wait_for()
    assert page.locator(f"[data-question={name}] [name=answer]").input_value() == "x"
    assert visited.errors == []


def test_another_one_comes_in_place(visit):
    page = visit(f"{FIRST.path}?seed=7").page
    name = lesson_text(FIRST.slug, "en").questions[0]
    box = page.locator(f"[data-question={name}]")
    before = box.locator(".prompt").inner_text()
    box.locator("[data-another]").click()
    box.locator("[name=seed][value='8']").wait_for(state="attached")
    assert box.locator(".prompt").inner_text() != before
    assert box.locator("[name=answer]").evaluate("field => field === document.activeElement")


def test_visitors_get_seeds_of_their_own_and_keep_them_in_the_other_language(visit):
    page = visit(FIRST.path).page
    page.wait_for_function(SEED)
    seed = page.evaluate(SEED)
    page.locator("a[hreflang=zh]").click()
    page.locator("html[lang=zh-Hans]").wait_for()
    assert page.evaluate(SEED) == seed


def test_an_exhibit_is_alive_and_as_high_as_it_needs(visit):
    page = visit(f"{SECOND.path}?seed=7", color_scheme="light").page
    frame = page.locator("[data-live] iframe").first
    frame.scroll_into_view_if_needed()
    inside = page.frame_locator("[data-live] iframe").first
    inside.locator("[data-slot=total] mark").wait_for()
    assert inside.locator("header").count() == 0
    inside.locator("[data-go=next]").click()
    inside.locator("step-player[data-step='5']").wait_for()
    inside.locator("a[data-step-size=channel]").click()
    inside.locator("[data-step-size=channel][aria-current]").wait_for()
    assert inside.locator(".site-header").count() == 0
    page.locator("[data-theme-link=dark]").click()
    inside.locator("html[data-theme=dark]").wait_for()
    gap = frame.evaluate(f"it => it.clientHeight - it.contentDocument.{BOTTOM}")
    assert 0 <= gap < 2


def test_a_definition_comes_with_focus_and_goes_with_escape(visit):
    page = visit(f"{FIRST.path}?seed=7").page
    word = page.locator("a[data-term]").first
    definition = page.locator(".definition").first
    assert not definition.is_visible()
    word.focus()
    assert definition.is_visible()
    page.keyboard.press("Escape")
    assert not definition.is_visible()


def test_a_tap_shows_a_definition_and_stays_on_the_page(visit):
    page = visit(f"{FIRST.path}?seed=7", viewport={"width": 390, "height": 844}, has_touch=True).page
    page.locator("a[data-term]").first.tap()
    assert page.locator(".definition").first.is_visible()
    assert FIRST.path in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_a_question_is_answered_and_all_can_be_read(visit, language):
    page = visit(FIRST.path, java_script_enabled=False, locale=LOCALES[language]).page
    name = lesson_text(FIRST.slug, language).questions[0]
    question = question_of(FIRST, name, asking.FIRST_SEED)
    for typed, state in ((str(question.causes[0][0]), "wrong"), (str(question.answer), "right")):
        page.locator(f"[data-question={name}] [name=answer]").fill(typed)
        page.locator(f"[data-question={name}] .primary").click()
        page.locator(f"[data-question={name}][data-state={state}]").wait_for()
        assert page.locator(f"[data-question={name}] [name=answer]").input_value() == typed
    assert page.url.endswith(f"#question-{name}")
    page.locator("a[data-term]").first.click()
    assert re.search(r"/glossary#[a-z-]+$", page.url)


@pytest.mark.parametrize("size", ["A4", "Letter"])
def test_a_worksheet_prints_its_key_on_a_page_of_its_own(visit, size):
    page = visit(f"{FIRST.path}/worksheet?seed=7&key=1").page
    assert page.pdf(format=size).startswith(b"%PDF")
    page.emulate_media(media="print")
    assert page.locator(".key").evaluate("it => getComputedStyle(it).breakBefore") == "page"
    assert not page.locator(".worksheet-tools").is_visible()

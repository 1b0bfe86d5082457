"""The dimension is turned by keys and mouse; what the page says is what the server says."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/high-dimension"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def assert_as_the_server(page):
    shown = page.locator(".facts dd").all_inner_texts()
    assert shown == re.findall(r"<dd>(.*?)</dd>", page.request.get(page.url).text())


def test_the_dimension_is_turned_by_the_keyboard(visit):
    visited = visit(f"{PAGE}?n=2&samples=200")
    page = visited.page
    assert page.locator(".facts dd").first.inner_text() == "14.6 %"
    page.locator("input[name=n]").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".lead", has_text="In 3 dimensions").wait_for()
    assert "n=3" in page.url
    assert_as_the_server(page)
    page.keyboard.press("End")
    page.locator(".lead", has_text="In 50 dimensions").wait_for()
    assert_as_the_server(page)
    assert visited.errors == []


def test_it_is_drawn_again_by_a_click_and_the_link_draws_the_same(visit):
    page = visit(f"{PAGE}?n=3&samples=200").page
    before = page.locator(".facts dd").last.inner_text()
    page.locator(".button", has_text="Draw again").click()
    page.wait_for_url(re.compile("seed=1"))
    page.wait_for_function(
        "before => [...document.querySelectorAll('.facts dd')].at(-1).textContent !== before", arg=before
    )
    after = page.locator(".facts dd").last.inner_text()
    page.reload()
    assert page.locator(".facts dd").last.inner_text() == after
    assert_as_the_server(page)


def test_without_scripts_the_form_turns_it(visit):
    page = visit(f"{PAGE}?samples=200", java_script_enabled=False).page
    page.locator("input[name=seed]").fill("7")
    page.locator(".ranges button").click()
    assert "seed=7" in page.url
    assert page.locator(".diagrams figure").count() == 4


def test_no_page_is_wider_than_a_phone(visit):
    visited = visit(f"{PAGE}?samples=200", **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

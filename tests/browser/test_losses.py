"""A prediction is moved by keys and pointer, a descent by its slider; the page says what the server says."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/losses"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def assert_as_the_server(page):
    shown = page.locator(".values td b").all_inner_texts()
    assert shown == re.findall(r"<td><b>(.*?)</b>", page.request.get(page.url).text())


def test_keys_move_the_prediction_and_the_losses_follow(visit):
    visited = visit(f"{PAGE}?x=3")
    page = visited.page
    page.locator("curve-cursor").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.locator(".values caption", has_text="y = 3.5").wait_for()
    assert page.locator(".values td b").first.inner_text() == "2.25"  # (3.5 - 2)^2
    assert_as_the_server(page)
    assert visited.errors == []


def test_another_kind_of_prediction_has_its_own_losses(visit):
    page = visit(PAGE).page
    page.locator(".kinds a", has_text="yes or no").click()
    page.locator("[data-key=hinge_loss]").wait_for()
    assert page.locator(".values tbody tr").count() == 3
    page.locator("select[name=answer]").select_option("no")
    page.locator(".values caption", has_text="no is true").wait_for()
    assert_as_the_server(page)


def test_the_marked_step_is_moved_by_the_keyboard(visit):
    page = visit(f"{PAGE}?tab=beside").page
    page.locator("input[name=step]").focus()
    page.keyboard.press("ArrowRight")
    page.locator("tr[data-own] th", has_text=re.compile("^1$")).wait_for()
    row = page.locator("tr[data-own] td").all_inner_texts()
    own = re.search(r"<tr data-own>(.*?)</tr>", page.request.get(page.url).text()).group(1)
    assert row == re.findall("<td>(.*?)</td>", own)


def test_without_scripts_the_form_moves_the_prediction(visit):
    page = visit(PAGE, java_script_enabled=False).page
    page.locator("input[name=x]").fill("4.05")
    page.locator(".ranges button").click()
    assert page.locator(".values caption").inner_text().startswith("Prediction y = 4.05")


@pytest.mark.parametrize("tab", ["curves", "beside", "table"])
def test_no_page_is_wider_than_a_phone(visit, tab):
    visited = visit(f"{PAGE}?tab={tab}", **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

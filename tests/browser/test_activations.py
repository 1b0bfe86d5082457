"""One x for all curves, moved by pointer and keys; what the page says is what the server says."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/activations"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def assert_as_the_server(page):
    shown = page.locator(".values td b").all_inner_texts()
    assert shown == re.findall(r"<td><b>(.*?)</b>", page.request.get(page.url).text())


def test_keys_move_x_and_the_values_follow(visit):
    visited = visit(f"{PAGE}?shown=relu,tanh&x=1")
    page = visited.page
    page.locator("curve-cursor").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.locator(".values caption", has_text="x = 1.5").wait_for()
    assert "x=1.5" in page.url
    assert page.locator(".values td b").nth(2).inner_text() == "1.5"
    assert_as_the_server(page)
    page.keyboard.press("Home")
    page.locator(".values caption", has_text="x = −6").wait_for()
    assert page.locator("curve-cursor").get_attribute("aria-valuenow") == "-6.0"
    assert_as_the_server(page)
    assert visited.errors == []


def test_pointing_at_one_diagram_moves_both_lines(visit):
    page = visit(f"{PAGE}?shown=relu,tanh&x=1").page
    plane = page.locator("curve-cursor .plane").last.bounding_box()
    page.mouse.move(plane["x"] + plane["width"] * 0.75, plane["y"] + 20)
    page.locator(".values caption", has_text="x = 3").wait_for()
    lines = page.locator("curve-cursor .here")
    assert lines.first.get_attribute("transform") == lines.last.get_attribute("transform")
    assert_as_the_server(page)


def test_a_curve_is_added_and_its_parameter_appears(visit):
    page = visit(f"{PAGE}?shown=relu").page
    page.get_by_label("show elu").click()
    page.locator("input[name=alpha]").wait_for()
    page.locator("input[name=alpha]").focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile("alpha=3"))
    assert_as_the_server(page)


def test_the_layer_is_trained_by_a_slider(visit):
    page = visit(f"{PAGE}?tab=dying&steps=5").page
    page.locator("input[name=bias]").focus()
    page.keyboard.press("Home")
    page.wait_for_url(re.compile("bias=-8"))
    page.locator(".lead", has_text="64 of the 64 units (100 %)").wait_for()
    assert "64 of the 64 units (100 %)" in page.request.get(page.url).text()


def test_without_scripts_the_form_moves_x(visit):
    page = visit(f"{PAGE}?shown=relu", java_script_enabled=False).page
    page.locator("input[name=x]").fill("3")
    page.locator(".ranges button").click()
    assert "x=3" in page.url
    assert page.locator(".values td b").first.inner_text() == "3"


@pytest.mark.parametrize("tab", ["curves", "dying", "table"])
def test_no_page_is_wider_than_a_phone(visit, tab):
    visited = visit(f"{PAGE}?tab={tab}", **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

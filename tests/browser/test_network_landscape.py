"""Epochs are scrubbed, places chosen, the surface turned, a digit drawn; what the page says is what the server says."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/network-landscape"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SHOWN = '[data-slot="narration"], .pointed, .spectrum .value'


def assert_as_the_server(page):
    """Compare what is printed, and where the path is, with the page that the server draws for the same link."""
    browser = page.context.browser
    other = browser.new_context(java_script_enabled=False).new_page()
    other.goto(page.url)
    assert page.locator(SHOWN).all_inner_texts() == other.locator(SHOWN).all_inner_texts()
    for selector in ('[data-racer="path"] .line', '[data-solid-racer="path"] .line'):
        if other.locator(selector).count():
            assert page.locator(selector).get_attribute("d") == other.locator(selector).get_attribute("d")
    other.context.close()


def test_epochs_are_scrubbed_by_the_keyboard(visit):
    visited = visit(f"{PAGE}?step=3")
    page = visited.page
    page.locator(".scrubber input").focus()
    page.keyboard.press("ArrowRight")
    page.locator('[data-slot="narration"]', has_text="After epoch 4").wait_for()
    page.wait_for_url(re.compile("step=4"))
    assert_as_the_server(page)
    page.keyboard.press("ArrowRight")  # after epoch 5 the Hessian is another one
    page.locator(".spectrum", has_text="after epoch 5").wait_for()
    assert_as_the_server(page)
    assert visited.errors == []


def test_a_place_is_moved_by_the_keyboard_and_read_under_the_pointer(visit):
    visited = visit(f"{PAGE}?plane=random")
    page = visited.page
    page.locator("[data-plot]").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".pointed", has_text="α = 0.083").wait_for()
    assert_as_the_server(page)
    box = page.locator("[data-plot] .edge").bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] - 1)
    page.locator(".pointed", has_text="α = −1.000, β = −1.000").wait_for()
    assert visited.errors == []


def test_the_surface_is_turned_by_the_keyboard(visit):
    page = visit(PAGE).page
    before = page.locator(".quads polygon").first.get_attribute("points")
    page.locator("[data-solid]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("turn=140"))
    assert page.locator(".quads polygon").first.get_attribute("points") != before
    assert_as_the_server(page)


def test_a_drawn_digit_gets_its_own_landscape(visit):
    visited = visit(f"{PAGE}?data=digits&digit=7")
    page = visited.page
    box = page.locator("[data-pad]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, y + 30)
    page.mouse.down()
    page.mouse.move(x, y + 150, steps=6)
    page.mouse.up()
    page.wait_for_url(re.compile("digit=s-"))
    page.locator(".note", has_text="on one digit with the label").wait_for()
    assert_as_the_server(page)
    assert visited.errors == []


def test_without_scripts_the_form_computes(visit):
    page = visit(f"{PAGE}?data=digits&plane=random", java_script_enabled=False).page
    page.locator("input[name=seed]").fill("7")
    page.locator(".options button").click()
    assert "seed=7" in page.url
    assert page.locator(".bands path").count() > 3


@pytest.mark.parametrize("query", ["", "?data=digits&plane=random"])
def test_no_page_is_wider_than_a_phone(visit, query):
    visited = visit(f"{PAGE}{query}", **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

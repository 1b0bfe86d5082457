"""Scripts off: everything can still be read, stepped and changed."""

import pytest

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-forward"


@pytest.fixture
def page(visit):
    return visit(f"{EXHIBIT}?step=3", java_script_enabled=False).page


def test_links_step(page):
    page.locator("[data-go=next]").click()
    assert page.url.endswith("step=4")
    assert page.locator("[data-slot=total] mark").inner_text() == "7"
    assert page.locator("[data-go=play]:visible").count() == 0


def test_the_form_changes_options(page):
    page.locator("#control-stride").fill("1")
    page.locator(".options button").click()
    assert page.locator("tensor-grid[data-tensor=output] .detail").first.inner_text() == "5 × 5"


def test_a_preset_opens(page):
    page.locator("#control-preset").select_option("gray-5x5")
    page.locator(".preset button").click()
    assert page.locator("[data-slot=total] mark").inner_text() == "1"


def test_a_tensor_is_taken(page):
    page.locator("#own-tensor summary").click()
    page.locator("#own-text").fill("1 2 3\n4 5 6\n7 8 9")
    page.locator("#own-tensor button.primary").click()
    page.locator("#own-tensor [name=use]").click()
    assert "x=1x3x3_1_2_3" in page.url


def test_a_prediction_is_checked(visit):
    page = visit(f"{EXHIBIT}?step=4&predict=1", java_script_enabled=False).page
    page.locator("#guess").fill("7")
    page.locator(".quiz button").click()
    assert page.locator(".quiz .ok").count() == 1


def test_language_and_theme_are_links(page):
    page.locator("a[hreflang=zh]").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.locator("[data-theme-link=dark]").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("html").get_attribute("lang") == "zh-Hans"

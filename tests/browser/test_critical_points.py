"""Points on the contour are moved by keys, mouse and finger; what is told of them is the server's page."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/critical-points"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def told(page):
    return page.locator(".facts").last.inner_text().split("\n")


def from_server(page):
    """The last list of facts of the same address, as the server alone writes it."""
    text = page.request.get(page.url).text()
    facts = re.findall(r'<dl class="facts">(.*?)</dl>', text, re.DOTALL)[-1]
    return re.findall(r"<dd>(.*?)</dd>", facts)


def assert_as_the_server(page):
    assert [line for line in told(page) if line][1::2] == from_server(page)


def test_the_start_is_moved_by_the_arrow_keys(visit):
    visited = visit(f"{PAGE}?x=1&y=0.5")
    page = visited.page
    handle = page.locator(".handle")
    handle.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("x=0.99"))
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_url(re.compile("y=0.6"))
    page.locator(".facts dd", has_text="(0.99, 0.6)").wait_for()
    assert_as_the_server(page)
    assert handle.evaluate("it => it === document.activeElement")
    page.go_back()
    page.locator(".facts dd", has_text="(0.99, 0.5)").wait_for()
    assert visited.errors == []


def test_the_start_is_dragged_and_put_by_a_click(visit):
    visited = visit(f"{PAGE}?x=0&y=0")
    page = visited.page
    edge = page.locator(".edge").bounding_box()
    x, y = edge["x"], edge["y"]
    unit = edge["width"] / 4
    page.mouse.move(x + 2 * unit, y + 2 * unit)
    page.mouse.down()
    page.mouse.move(x + 2.5 * unit, y + 1.5 * unit, steps=4)
    page.mouse.move(x + 3 * unit, y + unit, steps=4)
    page.mouse.up()
    page.locator(".facts dd", has_text=re.compile(r"^\((1|0\.99|1\.01), (1|0\.99|1\.01)\)$")).wait_for()
    assert_as_the_server(page)
    page.wait_for_timeout(150)  # longer than the end of a drag
    page.mouse.click(x + unit, y + 3 * unit)
    page.locator(".facts dd", has_text=re.compile(r"^\(−(1|0\.99|1\.01), −(1|0\.99|1\.01)\)$")).wait_for()
    assert_as_the_server(page)
    assert visited.errors == []


def test_an_eigenvalue_is_changed_by_the_keyboard_and_the_verdict_follows(visit):
    page = visit(f"{PAGE}?lambda2=-0.25").page
    assert page.locator(".judged").inner_text().strip() == "saddle"
    page.locator("input[name=lambda2]").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".judged", has_text="flat valley").wait_for()
    page.keyboard.press("ArrowRight")
    page.locator(".judged", has_text="minimum").wait_for()
    assert "lambda2=0.25" in page.url


def test_a_formula_is_typed_and_a_refused_one_can_be_mended(visit):
    page = visit(f"{PAGE}?tab=points").page
    page.evaluate("window.here = true")
    field = page.locator("input[name=f]")
    field.fill("x^2 +")
    field.press("Enter")
    page.locator(".error", has_text="f ends after +").wait_for()
    assert field.input_value() == "x^2 +"
    field.fill("x^3 - 3*x + y^2")
    field.press("Enter")
    page.locator(".lead", has_text="1 minimum").wait_for()
    assert page.evaluate("window.here")
    page.reload()
    assert page.locator(".points tbody tr").count() == 2


def test_the_other_end_of_the_chord_is_moved_by_keys(visit):
    page = visit(f"{PAGE}?tab=convex&surface=double-well").page
    page.locator(".handle").nth(1).focus()
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_url(re.compile("to_y=-0.1"))
    page.locator(".facts dd", has_text="(1, −0.1)").wait_for()
    assert_as_the_server(page)


def test_without_scripts_the_form_moves_the_point(visit):
    page = visit(PAGE, java_script_enabled=False).page
    page.locator("input[name=x]").fill("0.5")
    page.locator(".ranges button").click()
    assert page.locator(".facts dd", has_text="(0.5, −0.75)").count() == 1
    assert page.locator(".tabs a").count() == 3


@pytest.mark.parametrize("tab", ["quadratic", "points", "convex"])
def test_no_view_is_wider_than_a_phone(visit, tab):
    visited = visit(f"{PAGE}?tab={tab}", **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

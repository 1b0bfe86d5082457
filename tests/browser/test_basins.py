"""Maps of starts by mouse and keyboard: what is drawn and told is what the server's page shows."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/basins?size=64&steps=60"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
STILL = "() => document.querySelector('plane-cursor').dataset.x === new URL(location.href).searchParams.get('x')"


def shown(page):
    """Sentences and paths of the page."""
    told = [page.locator(f"[data-slot=told-{k}]").inner_text() for k in (0, 1)]
    return [page.locator("[data-slot=said]").inner_text(), *told, *(
        line.get_attribute("d") for line in page.locator(".way[data-slot=path]").all()
    )]  # fmt: skip


def from_server(page):
    """The same of the address, as the server alone writes it."""
    text = page.request.get(page.url).text()
    told = re.findall(r'data-slot="(?:said|told-\d)">(.*?)</span>', text)
    return [*told, *re.findall(r'class="way" data-slot="path" d="(.*?)"', text)]


def test_the_start_is_moved_by_the_keyboard(visit):
    visited = visit(f"{PAGE}&x=1&y=1")
    page = visited.page
    page.locator("plane-cursor").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    # a step is 12 / 64 = 0.1875, to a hundredth: x = 1 + (2 - 8) 0.1875, y = 1 + 0.1875
    page.wait_for_url(re.compile("x=-0.12&y=1.19$"))
    page.wait_for_function(STILL)
    assert shown(page) == from_server(page)
    assert page.locator("plane-cursor").first.evaluate("it => it === document.activeElement")
    assert visited.errors == []


def test_pointing_draws_the_path_and_clicking_keeps_it(visit):
    visited = visit(f"{PAGE}&x=1&y=1")
    page = visited.page
    before = shown(page)
    picture = page.locator("plane-cursor img").first.bounding_box()
    place = (picture["x"] + picture["width"] / 4, picture["y"] + picture["height"] / 4)  # (-3, 3) of -6 to 6
    page.mouse.move(*place)
    page.wait_for_function("text => document.querySelector('[data-slot=said]').textContent !== text", arg=before[0])
    assert page.url.endswith("x=1&y=1")  # only pointed at
    assert "minimum 4" in page.locator("[data-slot=told-0]").inner_text()
    page.mouse.move(5, 5)
    page.wait_for_function("text => document.querySelector('[data-slot=said]').textContent === text", arg=before[0])
    assert shown(page) == before
    page.mouse.click(*place)
    page.wait_for_url(re.compile(r"x=-[23]\.\d+&y="))
    page.wait_for_function(STILL)
    assert shown(page) == from_server(page)
    page.go_back()
    page.wait_for_url(re.compile("x=1&y=1"))
    assert visited.errors == []


def test_options_change_the_map_without_leaving_the_page(visit):
    page = visit(PAGE).page
    page.evaluate("window.here = true")
    page.select_option("#control-beside", "adam")
    page.locator("#control-beside_beta1").wait_for()
    page.fill("#control-f", "x^2 + (y^2 - 1)^2")
    page.keyboard.press("Enter")
    page.locator(".plot-formula", has_text="(y^2 - 1)^2").wait_for()
    assert page.locator(".legend-table tbody th").all_inner_texts()[:2] == ["minimum 1", "minimum 2"]
    page.fill("#control-f", "x^2 +")
    page.keyboard.press("Enter")
    page.locator(".problem").wait_for()
    assert page.locator("#control-f").input_value() == "x^2 +"
    assert page.evaluate("window.here")


def test_without_scripts_a_start_is_typed(visit):
    page = visit(PAGE, java_script_enabled=False).page
    page.locator("#control-x").fill("-3")
    page.locator("#control-y").fill("3")
    page.locator("form:has(#control-x) button").click()
    assert "minimum 4" in page.locator("[data-slot=told-0]").inner_text()


def test_no_view_is_wider_than_a_phone(visit):
    visited = visit(PAGE, **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

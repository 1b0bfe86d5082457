"""Occlusion by keyboard and mouse: the figures are the server's, and a sweep that is cancelled is not computed."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/occlusion?net=tiny-vgg&photo=cat&size=16&stride=4"
API = "/api/exhibits/occlusion"
SLOW = 300  # ms of each part, so that there is something to cancel
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def slots(page):
    names = ("probability", "label", "total", "peak")
    return [page.locator(f"[data-slot={name}]").inner_text() for name in names]


def from_server(page, row, column):
    origin = page.url.partition("/exhibits")[0]
    answer = page.request.get(
        f"{origin}{API}/live?net=tiny-vgg&photo=cat&size=16&stride=4&row={row}&column={column}"
    ).json()
    return [answer["hand"][name] for name in ("probability", "label", "total", "peak")]


def test_patch_is_moved_by_the_keyboard_and_the_figures_follow(visit):
    visited = visit(f"{PAGE}&row=8&column=8")
    page = visited.page
    page.locator("patch-box").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile("column=15"))  # two strides of 4 to the right, a pixel back
    assert "row=12" in page.url
    page.locator("patch-box:not([data-held])").wait_for()
    assert slots(page) == from_server(page, 12, 15)
    assert "rows 12 to 27, columns 15 to 30" in page.locator("[data-slot=says]").inner_text()
    assert page.locator("patch-box .ring").get_attribute("x") == "15"
    assert visited.errors == []


def test_patch_is_dragged_with_live_figures(visit):
    page = visit(f"{PAGE}&row=0&column=0").page
    page.locator("patch-box").scroll_into_view_if_needed()
    box = page.locator("patch-box").bounding_box()
    pixel = box["width"] / 64
    page.mouse.move(box["x"] + 4 * pixel, box["y"] + 4 * pixel)
    page.mouse.down()
    page.mouse.move(box["x"] + 24.2 * pixel, box["y"] + 14.2 * pixel, steps=4)
    for name, place in (("column", "20"), ("row", "10")):
        page.locator(f"[data-slot={name}]", has_text=re.compile(f"^{place}$")).wait_for()
    assert slots(page) == from_server(page, 10, 20)  # while the patch is still held
    assert "column=20" not in page.url
    page.mouse.up()
    page.wait_for_url(re.compile("row=10&column=20"))


def test_sweep_is_drawn_until_all_positions_are_known(visit):
    visited = visit(PAGE)
    page = visited.page
    assert "16 of 169 positions" in page.locator("[data-slot=progress]").inner_text()
    page.locator("[data-sweep]").click()
    page.wait_for_url(re.compile("sweep=whole"))
    page.locator("text=169 of 169 positions").wait_for()
    counts = page.locator("[data-count-of]").all_inner_texts()
    assert sum(map(int, counts)) == 169
    assert visited.errors == []


def test_cancelled_sweep_asks_for_nothing_more(visit):
    page = visit(PAGE).page
    asked = []

    def slowly(route):
        asked.append(route.request.url)
        page.wait_for_timeout(SLOW)
        route.continue_()

    page.route("**/live?*part=*", slowly)
    page.locator("[data-sweep]").click()
    page.locator("[data-cancel]:visible").click()
    page.locator("[data-sweep]:visible").wait_for()
    stopped = len(asked)
    page.wait_for_timeout(3 * SLOW)
    assert 0 < len(asked) == stopped < 5  # of the 5 parts
    assert "sweep=whole" not in page.url


def test_cell_of_a_panel_is_read_and_takes_the_patch_there(visit):
    page = visit(f"{PAGE}&stride=8&sweep=whole").page
    page.locator("[data-panel=probability] > svg").scroll_into_view_if_needed()
    panel = page.locator("[data-panel=probability] > svg").bounding_box()
    cell = panel["width"] / 8  # 64 / 8 cells a side, the first one half a cell in
    page.mouse.move(panel["x"] + 3 * cell, panel["y"] + 2 * cell)
    page.locator("[data-slot=readout]", has_text="patch at row 8, column 16: ").wait_for()
    assert "click to compute" not in page.locator("[data-slot=readout]").inner_text()
    page.mouse.click(panel["x"] + 3 * cell, panel["y"] + 2 * cell)
    page.wait_for_url(re.compile("row=8&column=16"))


def test_nothing_is_wider_than_a_phone(visit):
    page = visit(PAGE, **PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_finger_taps_the_patch_to_another_place(visit):
    page = visit(f"{PAGE}&row=0&column=0", **PHONE).page
    page.locator("patch-box").scroll_into_view_if_needed()
    box = page.locator("patch-box").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 40.2 / 64, box["y"] + box["height"] * 30.2 / 64)
    page.wait_for_url(re.compile("row=22&column=32"))  # the middle of 16 pixels


def test_without_scripts_the_form_moves_the_patch(visit):
    page = visit(f"{PAGE}&row=0&column=0", java_script_enabled=False).page
    page.locator("[name=size][type=number]").fill("20")
    page.locator(".controls form button").first.click()
    assert "rows 0 to 19" in page.locator("[data-slot=says]").inner_text()
    page.locator("[data-sweep]").click()
    assert "sweep=whole" in page.url
    assert "144 of 144 positions" in page.locator("[data-slot=progress]").inner_text()

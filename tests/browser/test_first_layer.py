"""First layers by mouse and keyboard: what is opened is what the server's page shows."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/first-layer?net=tiny-vgg&weights=random&beside=zfnet&beside_weights=random"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def facts(page, side=""):
    return page.locator(f"#opened{side} dl").inner_text()


def from_server(page, side=""):
    """The facts of the same address, as the server alone writes them."""
    text = page.request.get(page.url).text()
    card = text.split(f'id="opened{side}"')[1].split("</dl>")[0]
    return re.findall(r"<dd>(.*?)</dd>", card)


def settled(page, side, unit):
    page.locator(f"#opened{side}[data-unit='{unit}']").wait_for()


def test_filters_are_opened_by_the_keyboard(visit):
    visited = visit(f"{PAGE}&unit=4&beside_unit=4")
    page = visited.page
    wall = page.locator("[data-side=beside_unit] map-wall")
    wall.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert page.locator("[data-side=beside_unit] [data-slot=readout]").inner_text().startswith("20 · ")
    page.keyboard.press("Enter")
    settled(page, "beside", 20)  # the second row begins with 18
    assert "beside_unit=20" in page.url
    assert "unit=4" in page.url
    shown = [line for line in facts(page, "beside").split("\n") if line]
    assert shown[1::2] == from_server(page, "beside")
    ring = page.locator("[data-side=beside_unit] .ring")
    assert (ring.get_attribute("x"), ring.get_attribute("y")) == ("16", "8")
    assert visited.errors == []


def test_a_filter_is_opened_by_clicking_it_and_its_neighbour_by_the_arrow_beside(visit):
    page = visit(PAGE).page
    wall = page.locator("[data-side=unit] map-wall img").bounding_box()
    unit = wall["width"] / 143
    page.mouse.click(wall["x"] + 4 * 7.5 * unit, wall["y"] + 1.5 * unit)  # filters of 3, four apart: the eighth
    settled(page, "", 7)
    page.locator("[data-side=unit] [data-go=after]").click()
    settled(page, "", 8)
    assert [line for line in facts(page).split("\n") if line][1::2] == from_server(page)
    page.go_back()
    settled(page, "", 7)


def test_the_wave_is_changed_by_the_keyboard_and_its_fate_is_told(visit):
    page = visit(f"{PAGE}&tab=aliasing&frequency=0.25").page
    right = page.locator(".bank").nth(1)
    assert right.get_attribute("data-folds") == "no"
    page.locator("input[type=range][name=frequency]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("frequency=0.255"))
    page.locator(".bank[data-folds=yes]").wait_for()
    told = right.locator(".verdict").inner_text()
    assert "0.245" in told  # 0.5 - 0.255
    assert told in re.sub(r"\s+", " ", page.request.get(page.url).text())


def test_another_network_takes_its_place_without_leaving_the_page(visit):
    page = visit(PAGE).page
    page.evaluate("window.here = true")
    page.select_option("select[name=beside_weights]", "")
    page.select_option("select[name=beside]", "lenet5")
    page.locator(".bank h2", has_text="LeNet-5").wait_for()
    assert page.evaluate("window.here")


def test_without_scripts_a_filter_is_opened_by_its_number(visit):
    page = visit(PAGE, java_script_enabled=False).page
    page.locator("[data-side=unit] input[name=unit]").fill("6")
    page.locator("[data-side=unit] .chooser button").click()
    assert page.locator("#opened[data-unit='6']").count() == 1
    assert page.locator(".tabs a").count() == 5


@pytest.mark.parametrize("tab", ["filters", "spectrum", "dead", "aliasing", "shift"])
def test_no_view_is_wider_than_a_phone(visit, tab):
    visited = visit(f"{PAGE}&tab={tab}", **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

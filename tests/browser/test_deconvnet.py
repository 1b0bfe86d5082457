"""Down from a unit by mouse and keyboard: what is opened is what the server's page shows."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/deconvnet?net=tiny-vgg&weights=random&cell=pool2.4"


def made_of(html: str) -> list[str]:
    """The words and numbers of the table, without its tags."""
    table = html.split("made-of")[1].split("</table>")[0].split(">", 1)[1]
    return [part for part in re.sub(r"<[^>]*>", " ", table).split() if part]


def at_step(page, step: int) -> None:
    page.locator(f".opened-step[data-step='{step}']").wait_for()


def same_as_the_server(page) -> bool:
    return made_of(page.content()) == made_of(page.request.get(page.url).text())


def test_the_way_down_is_stepped_by_the_keyboard(visit):
    visited = visit(f"{PAGE}&step=1")
    page = visited.page
    at_step(page, 1)
    page.keyboard.press("Home")
    at_step(page, 0)
    assert page.locator(".made-of").count() == 0
    for step in (1, 2, 3):
        page.keyboard.press("ArrowRight")
        at_step(page, step)
        assert f"step={step}" in page.url
        assert same_as_the_server(page)
        assert page.locator(".descent [aria-current=step]").count() == 1
    page.keyboard.press("End")
    at_step(page, 10)
    assert visited.errors == []


def test_a_cell_is_opened_by_arrow_keys_on_its_map_and_read_under_the_pointer(visit):
    page = visit(f"{PAGE}&step=2").page
    at_step(page, 2)
    before = page.locator(".opened-step").get_attribute("data-spot")
    map_, row, column = map(int, before.split("."))
    page.locator("[data-big=map]").focus()
    page.keyboard.press("ArrowDown" if row % 2 == 0 else "ArrowUp")
    wanted = f"{map_}.{row + (1 if row % 2 == 0 else -1)}.{column}"
    page.locator(f".opened-step[data-spot='{wanted}']").wait_for()
    assert f"spot={wanted}" in page.url
    box = page.locator("[data-big=map] img").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator("output[data-slot=map]", has_text="=").wait_for()
    said = page.locator("output[data-slot=map]").inner_text()
    place, value = said.split(" = ")
    at = "&".join(part for part in page.url.split("?")[1].split("&") if not part.startswith("spot="))
    served = page.request.get(f"{page.url.split('/exhibits')[0]}/api/exhibits/deconvnet?{at}&spot={place}").json()
    assert float(value.replace("\N{MINUS SIGN}", "-")) == pytest.approx(served["value"], rel=1e-6, abs=1e-12)


def test_another_unit_is_chosen_on_the_wall_and_a_cell_of_it_on_its_map(visit):
    page = visit(PAGE, viewport={"width": 1440, "height": 1400}).page
    page.evaluate("window.here = true")
    wall = page.locator("map-wall[data-wall=layer]")
    wall.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("map-wall[data-wall=layer][data-unit='2']").wait_for()
    kept = page.locator("[data-big=kept] img")
    size = kept.bounding_box()
    kept.click(position={"x": 0.5 * size["width"] / 13, "y": 4.5 * size["height"] / 13})
    page.wait_for_url(re.compile(r"cell=pool2\.2\.4\.0.*keep=cell"))
    page.locator("select[name=keep]").wait_for()
    assert page.locator("select[name=keep]").input_value() == "cell"
    assert page.evaluate("window.here")


def test_another_method_takes_its_place_and_the_step_stays(visit):
    page = visit(f"{PAGE}&step=3").page
    at_step(page, 3)
    page.get_by_role("group", name="Method").get_by_role("link", name="guided").click()
    page.wait_for_url(re.compile("method=guided"))
    at_step(page, 3)
    page.locator("[data-projection][alt*=guided]").wait_for()
    assert "step=3" in page.url
    assert same_as_the_server(page)

"""All layers and the square on the photo, by mouse, finger and keys."""

import re

import pytest

pytestmark = pytest.mark.browser

LAB = "/exhibits/image-lab?weights=random"
PAINTED = "() => [...document.querySelectorAll('map-wall img')].every((img) => img.complete && img.naturalWidth > 1)"


def test_all_layers_are_painted_and_a_map_opens(visit):
    page = visit(f"{LAB}&view=layers").page
    page.wait_for_function(PAINTED)
    walls = page.locator("map-wall")
    assert walls.count() == 5
    wall = walls.nth(2)
    wall.scroll_into_view_if_needed()
    box = wall.locator("img").bounding_box()
    across = int(wall.get_attribute("data-across"))
    unit = box["width"] / (across * 14 - 1)
    page.mouse.click(box["x"] + (2 * 14 + 6) * unit, box["y"] + (14 + 6) * unit)
    page.wait_for_function("() => document.querySelector('.unit-card')")
    assert page.locator(".unit-card").get_attribute("data-cell-name").startswith(f"conv3.{across + 2}.")
    assert "view=" not in page.url


def test_another_photo_is_painted_in_all_layers(visit):
    page = visit(f"{LAB}&view=layers").page
    page.wait_for_function(PAINTED)
    page.locator(".samples a").nth(1).click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('map-wall img')].every((i) => /motorcycle/.test(i.src))"
    )
    page.wait_for_function(PAINTED)
    assert "view=layers" in page.url


def crop(page):
    """Return the square as the page states it: side, left, top."""
    return [int(number) for number in re.findall(r"\d+", page.locator(".crop + .note").inner_text())[:3]]


def test_the_square_is_dragged_on_the_photo(visit):
    page = visit(f"{LAB}&zoom=200", viewport={"width": 1440, "height": 1400}).page
    box = page.locator("crop-box").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 10, middle[1] + 5, steps=3)
    page.mouse.move(middle[0] + 500, middle[1] + 500, steps=3)
    page.mouse.up()
    page.wait_for_url("**across=100**")
    page.wait_for_function("() => document.querySelector('crop-box').dataset.across === '100'")
    assert crop(page) == [150, 301, 150]


def test_the_square_is_moved_by_keys(visit):
    page = visit(f"{LAB}&zoom=200").page
    page.locator("crop-box").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('crop-box').dataset.across === '45'")
    page.keyboard.press("ArrowUp")
    page.wait_for_function("() => document.querySelector('crop-box').dataset.down === '45'")
    assert crop(page) == [150, round(301 * 0.45), round(150 * 0.45)]

"""Linked highlighting: from a cell to everything it belongs to, by pointer, finger and key."""

import pytest

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-forward"


def cell(page, tensor, place, row, column):
    return page.locator(
        f"tensor-grid[data-tensor={tensor}][data-place='{place}'] [data-row='{row}'][data-column='{column}']"
    ).first


def hinted(page, tensor, place):
    """How many cells of a grid are hinted at."""
    path = page.locator(f"tensor-grid[data-tensor={tensor}][data-place='{place}'] .hints").first
    return (path.get_attribute("d") or "").count("M")


def test_an_output_cell_shows_its_windows_filter_and_terms(visit):
    page = visit().page
    cell(page, "output", 1, 2, 1).hover()
    page.wait_for_function("() => document.querySelector('[data-slot=total] mark').textContent === '\\u22128'")
    inner = page.locator("tensor-grid[data-tensor=x] .inner").first
    assert [inner.get_attribute(side) for side in ("x", "y", "width", "height")] == ["72", "144", "108", "108"]
    assert page.locator("tensor-grid[data-place='0_0'][data-tensor=weight][data-inactive]").count() == 1
    page.mouse.move(5, 5)
    page.wait_for_function("() => document.querySelector('[data-slot=total] mark').textContent === '2'")


@pytest.mark.parametrize(("row", "column", "count"), [(0, 0, 1), (1, 1, 4), (2, 1, 2)])
def test_a_pixel_shows_every_output_that_uses_it(visit, row, column, count):
    page = visit().page
    cell(page, "x", 2, row, column).hover()
    page.wait_for_timeout(100)
    assert [hinted(page, "output", place) for place in (0, 1)] == [count, count]


def test_a_pixel_of_a_group_shows_only_its_filters(visit):
    page = visit(f"{EXHIBIT}?preset=grouped").page
    cell(page, "x", 3, 2, 2).hover()
    page.wait_for_timeout(100)
    assert [hinted(page, "output", place) for place in range(4)] == [0, 0, 9, 9]


def test_a_weight_shows_every_input_it_multiplies(visit):
    page = visit().page
    cell(page, "weight", "0_1", 0, 2).hover()
    page.wait_for_timeout(100)
    assert [hinted(page, "x", place) for place in (0, 1, 2)] == [0, 9, 0]
    assert "9 cells of channel 1" in page.locator("[data-slot=narration]").inner_text()


def test_a_product_shows_its_weight_and_its_pixel(visit):
    page = visit(f"{EXHIBIT}?step=4").page
    page.locator(".channel[data-channel='1'] .terms td").nth(4).hover()
    page.wait_for_timeout(100)
    weight = page.locator("tensor-grid[data-tensor=weight][data-place='0_1'] .hints").get_attribute("d")
    pixel = page.locator("tensor-grid[data-tensor=x][data-place='1'] .hints").get_attribute("d")
    assert weight.startswith("M36 36h")
    assert pixel.startswith("M108 108h")


def test_clicking_an_output_cell_goes_to_its_step(visit):
    page = visit().page
    cell(page, "output", 0, 2, 1).click()
    page.wait_for_url("**step=7")


def test_arrow_keys_walk_through_a_grid_and_escape_leaves_it(visit):
    page = visit().page
    cell(page, "output", 0, 0, 0).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-slot=total] mark').textContent === '7'")
    page.keyboard.press("Enter")
    page.wait_for_url("**step=4")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**step=5")


def test_a_dense_grid_tells_values_to_pointer_and_keys(visit):
    page = visit(f"{EXHIBIT}?preset=layer").page
    grid = page.locator("tensor-grid[data-tensor=x][data-place='1']")
    grid.locator("svg").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    grid.locator(".readout", has_text="row 0, column 9: 1").wait_for()


def test_a_tap_writes_that_channel_out_on_a_phone(visit):
    page = visit(f"{EXHIBIT}?step=4", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).page
    assert page.locator(".terms:visible").count() == 1
    page.locator(".channel[data-channel='1'] tensor-grid").first.tap()
    page.locator(".channel[data-channel='1'] .terms").wait_for(state="visible")
    assert page.locator(".terms:visible").count() == 1


def test_a_shortened_number_is_told_in_full(visit):
    page = visit(f"{EXHIBIT}?x=1x1x1_123456.789&weight=1x1x1x1_1&padding=0&stride=1").page
    cell(page, "x", 0, 0, 0).hover()
    page.locator("tensor-grid[data-tensor=x] .readout", has_text="123456.789").wait_for()


@pytest.mark.parametrize("preset", ["cs231n", "layer"])
def test_pointing_gives_no_prediction_away(visit, preset):
    page = visit(f"{EXHIBIT}?preset={preset}&predict=1").page
    grid = page.locator("tensor-grid[data-tensor=output]").first
    box = grid.locator("svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8)
    page.wait_for_timeout(300)
    assert page.locator("[data-slot=total]").first.is_hidden()
    assert all("not reached yet" in text for text in grid.locator(".readout").all_inner_texts())

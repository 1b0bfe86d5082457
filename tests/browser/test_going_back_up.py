"""Going back up under a hand: keys, cells and numbers, each step as the server draws it."""

import pytest

from tests.browser.test_stepping import DIFFERENCE, said, wait_for_step

pytestmark = pytest.mark.browser

PAGE = "/exhibits/going-back-up"
STATES = {
    "stamp": "?preset=doubled",
    "gather": "?preset=output-padding&view=gather",
    "unpooling": "?preset=switches",
    "shared": "?preset=shared",
    "bilinear": "?preset=bilinear",
    "checkerboard": "?preset=checkerboard",
    "dilation": "?preset=dilations",
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_keys_walk_through_what_the_server_draws(visit, state):
    visited = visit(PAGE + state)
    page = visited.page
    for number in (2, 3):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, number)
    assert page.evaluate(DIFFERENCE) is None
    page.keyboard.press("End")
    wait_for_step(page, int(page.locator("step-player").get_attribute("data-steps")))
    assert page.evaluate(DIFFERENCE) is None
    page.keyboard.press("Home")
    wait_for_step(page, 1)
    assert visited.errors == []


def test_a_cell_of_x_is_chosen_to_see_its_stamp(visit):
    page = visit(PAGE).page
    page.locator('tensor-grid[data-tensor=x] [role=gridcell][data-row="1"][data-column="0"]').click()
    wait_for_step(page, 3)
    assert said(page).endswith("at row 2, column 0 of map 0, 2 + 3 makes 5.")  # the stamp of the 2 lies there already


def test_a_number_typed_into_x_is_stamped(visit):
    page = visit(PAGE).page
    page.locator('tensor-grid[data-tensor=x] [role=gridcell][data-row="0"][data-column="0"]').dblclick()
    page.locator(".cell-editor").fill("9")
    page.keyboard.press("Enter")
    page.wait_for_url("**x=1x2x2_9_2_3_4**")
    assert said(page).endswith("0 + 9 makes 9.")


def test_a_slider_changes_the_crop(visit):
    page = visit(PAGE).page
    page.locator("#control-padding").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**padding=1**")
    page.locator("dd b", has_text="3").first.wait_for()
    assert page.locator("tensor-grid[data-tensor=output] .padding").count() == 16


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_no_width_overflows(visit, state):
    assert visit(PAGE + state).too_wide_for((390, 700, 1024, 1920)) == []


def test_a_page_without_scripts_steps_by_its_links(visit):
    page = visit(PAGE, java_script_enabled=False).page
    page.locator("[data-go=next]").click()
    assert "step=1" in page.url
    assert said(page).endswith("0 + 2 makes 2.")

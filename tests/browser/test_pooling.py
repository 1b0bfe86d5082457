"""The pooling exhibit in a browser: stepped by keyboard, edited by hand, shifted by buttons, as the server has it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.test_stepping import DIFFERENCE, said, wait_for_step

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/pooling"


@pytest.mark.parametrize(
    "state", ["?preset=overlapping", "?preset=overlapping&tab=backward", "?preset=lenet&tab=backward"]
)
def test_the_keys_step_through_what_the_server_draws(visit, state):
    visited = visit(EXHIBIT + state)
    page = visited.page
    steps = int(page.locator("step-player").get_attribute("data-steps"))
    for step in range(1, min(steps, 5)):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, step + 1)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(DIFFERENCE) is None
    page.keyboard.press("Home")
    wait_for_step(page, 1)
    assert visited.errors == []


def test_the_shared_winner_is_told_on_the_way_back(visit):
    page = visit(f"{EXHIBIT}?preset=overlapping&tab=backward&step=1").page
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-slot=narration]').textContent.includes('they add')")
    assert said(page).endswith("the gradient there is 4.")


def test_a_cell_of_the_output_is_chosen_by_a_click(visit):
    page = visit(EXHIBIT).page
    page.locator('tensor-grid[data-tensor="output"] [role=gridcell]').nth(3).click()
    wait_for_step(page, 4)
    assert said(page).endswith("is 6.")


def test_a_cell_of_the_gradient_is_edited_in_place(visit):
    page = visit(f"{EXHIBIT}?tab=backward").page
    page.locator('tensor-grid[data-tensor="grad"] [role=gridcell]').first.dblclick()
    page.locator(".cell-editor").fill("-6")
    page.keyboard.press("Enter")
    page.wait_for_url("**grad=*")
    page.wait_for_function("() => document.querySelector('[data-slot=narration] mark').textContent === '−6'")


def test_the_arrows_shift_the_input_and_back_brings_it_home(visit):
    page = visit(f"{EXHIBIT}?tab=shift").page
    page.locator("[data-arrow=right]").click()
    page.wait_for_url("**shift_columns=1*")
    page.locator(".said", has_text="3 of the 4 output cells").wait_for()
    page.locator("[data-arrow=back]").click()
    page.locator(".said", has_text="Nothing is shifted yet").wait_for()
    assert "shift" not in page.url.replace("tab=shift", "")


@pytest.mark.parametrize(
    "state",
    [
        "?preset=channels&step=9",
        "?tab=backward&preset=lenet",
        "?tab=shift&shift_rows=1",
        "?size=12&seed=1",
    ],
)
def test_no_width_overflows_and_nothing_complains(visit, state):
    visited = visit(EXHIBIT + state)
    assert visited.too_wide_for((820, 1920)) == []
    for width in (390, 1440):
        assert visited.too_wide_for((width,)) == []
        found = Axe().run(visited.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert visited.errors == []


def test_without_scripts_links_step_and_shift(visit):
    page = visit(f"{EXHIBIT}?step=1", java_script_enabled=False).page
    page.locator("[data-go=next]").click()
    assert said(page).endswith("is 7.")
    page.goto(page.url.replace("step=2", "tab=shift"))
    page.locator("[data-arrow=down]").click()
    assert "of the 4 output cells" in page.locator(".said").inner_text()

"""The backward pass as a hand uses it: keys, cells, the check; every step equal to the server's own page."""

import pytest

from app.exhibits.convolution_backward.params import Params
from app.exhibits.convolution_backward.resolve import resolve
from tests.browser.test_stepping import DIFFERENCE, said, wait_for_step

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-backward"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    "state",
    ["?lr=0.2", "?dx_view=gather", "?tab=dw", "?tab=dw&dw_view=weights", "?tab=db&preset=cs231n", "?preset=dilated"],
)
def test_the_right_arrow_walks_through_what_the_server_draws(visit, state):
    page = visit(EXHIBIT + state).page
    steps = int(page.locator("step-player").get_attribute("data-steps"))
    for step in range(2, steps + 1):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, step)
        assert page.evaluate(DIFFERENCE) is None, f"step {step}"


def test_gathered_cells_are_the_gradient(visit):
    page = visit(f"{EXHIBIT}?dx_view=gather").page
    expected = [str(int(value)).replace("-", MINUS) for value in resolve(Params()).gradients.input.ravel()]
    told = [page.locator(".total mark").inner_text()]
    for step in range(2, 10):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, step)
        told.append(page.locator(".total mark").inner_text())
    assert told == expected


def test_end_shows_the_whole_gradient_and_home_the_first_stamp(visit):
    page = visit(f"{EXHIBIT}?preset=cs231n").page
    page.keyboard.press("End")
    wait_for_step(page, 18)
    shown = page.locator("tensor-grid[data-tensor=dx][data-place='2'] [role=gridcell] text").all_text_contents()
    expected = resolve(Params(preset="cs231n")).gradients.input[2].ravel().tolist()
    assert [float(text.replace(MINUS, "-")) for text in shown] == expected
    page.keyboard.press("Home")
    wait_for_step(page, 1)
    assert said(page).startswith("dY0 at row 0, column 0")


def test_a_click_on_a_gathered_cell_goes_to_its_step(visit):
    page = visit(f"{EXHIBIT}?dx_view=gather").page
    page.locator("tensor-grid[data-tensor=dx] [data-row='2'][data-column='1']").click()
    wait_for_step(page, 8)
    assert said(page).startswith("Row 2, column 1")


def test_a_click_on_a_cell_of_the_check_checks_it(visit):
    page = visit(EXHIBIT).page
    page.locator("tensor-grid[data-tensor=check] [data-row='1'][data-column='1']").last.click()
    page.wait_for_url("**check=0_1_1**")
    page.locator("[data-check='0_1_1'] [data-slot=grad]", has_text="3").wait_for()
    page.locator("[data-go=next]").click()
    wait_for_step(page, 2)
    assert page.locator("[data-check]").get_attribute("data-check") == "0_1_1"


def test_a_cell_of_the_bias_is_checked_too(visit):
    page = visit(f"{EXHIBIT}?tab=db&preset=cs231n").page
    page.locator("tensor-grid[data-tensor=check] [data-row='0'][data-column='1']").click()
    page.wait_for_url("**check=1**")
    page.locator("[data-check='1']").wait_for()


def test_typing_into_a_cell_of_dy_changes_the_gradient(visit):
    page = visit(EXHIBIT).page
    page.locator("tensor-grid[data-tensor=grad_output] [data-row='0'][data-column='0']").dblclick()
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    page.wait_for_url("**grad_output=1x2x2_4_2_0_-1**")
    assert "4 times W0" in said(page)


def test_the_learning_rate_moves_the_weights(visit):
    page = visit(EXHIBIT).page
    page.locator("#control-lr").fill("0.5")
    page.wait_for_url("**lr=0.5**")
    page.locator("tensor-grid[data-tensor=updated] [data-row='0'][data-column='1']", has_text=f"{MINUS}3").wait_for()


def test_it_works_without_scripts(visit):
    page = visit(EXHIBIT, java_script_enabled=False).page
    page.locator("a[data-go=next]").click()
    assert "step=1" in page.url
    page.locator(".view-choice a", has_text="Gather").click()
    assert "dx_view=gather" in page.url
    page.locator("#check-cell").fill("0_0_2")
    page.locator("#check button").click()
    assert page.locator("[data-slot=grad]").inner_text() == f"{MINUS}2"


@pytest.mark.parametrize("state", ["?preset=cs231n&dx_view=gather", "?preset=cs231n", "?tab=dw&preset=grouped"])
def test_no_width_overflows(visit, state):
    assert visit(EXHIBIT + state).too_wide_for((390, 700, 820, 1024, 1200, 1920)) == []

"""One small CNN as a hand uses it: every step equal to the server's page; numbers open, change, and say so."""

import pytest

from app.exhibits.small_cnn.params import Params
from app.exhibits.small_cnn.resolve import resolve
from app.exhibits.small_cnn.steps import STEPS

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/small-cnn"
PARTS = "[data-network] tensor-grid, .loss, [data-slot=narration], .opened-head"
SHOWN = f"""(root) => [...root.querySelectorAll("{PARTS}")].map((one) => one.dataset.tensor + ":" +
  [...one.querySelectorAll("[role=gridcell]")]
    .map((cell) => cell.dataset.state ?? cell.querySelector("text").textContent)
  + one.textContent.replace(/\\s+/g, " "))"""
WANTED = f"""async () => {{
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  return ({SHOWN})(page);
}}"""


def wait_for_step(page, step):
    page.wait_for_function("step => new URL(location.href).searchParams.get('step') === String(step)", arg=step)
    page.wait_for_function(
        "step => document.querySelector('[data-slot=step]').textContent === String(step + 1) && "
        "document.querySelector('.scrubber input[name=step]').value === String(step)",
        arg=step,
    )


def cell(page, tensor, row, column, index=0):
    grid = page.locator(f"tensor-grid[data-tensor={tensor}]").nth(index)
    return grid.locator(f'[role=gridcell][data-row="{row}"][data-column="{column}"]')


def test_the_arrow_walks_through_all_three_phases_and_shows_what_the_server_draws(visit):
    started = visit(EXHIBIT)
    page = started.page
    for step in range(1, len(STEPS)):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, step)
        assert page.evaluate(f"() => ({SHOWN})(document)") == page.evaluate(WANTED), step
    assert page.locator(".tabs [aria-current]").inner_text() == "Update"
    page.keyboard.press("Home")
    wait_for_step(page, 0)
    assert page.locator(".tabs [aria-current]").inner_text() == "Forward"
    assert started.errors == []


def test_a_clicked_number_opens_and_one_of_its_terms_in_turn(visit):
    page = visit(f"{EXHIBIT}?step=16").page
    cell(page, "d_conv", 1, 1).click()
    page.wait_for_url("**cell=d_conv.0.1.1**")
    assert "at=16" in page.url
    assert page.locator(".opened-head b").inner_text() == "d_conv.0.1.1 = 1.8483"
    page.locator(".written a").click()
    page.locator(".opened-head b", has_text="d_relu.0.1.1").wait_for()
    page.locator(".opened-head a").click()
    page.wait_for_url(lambda url: "cell=" not in url)
    wait_for_step(page, 16)


def test_the_keyboard_opens_a_number_and_walks_on_from_it(visit):
    page = visit(f"{EXHIBIT}?step=3").page
    page.locator("tensor-grid[data-tensor=conv]").first.locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**cell=conv.0.0.1**")
    page.locator(".opened .stage").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 2)
    assert page.locator(".opened-head b").inner_text() == "conv.0.0.2 = −2.5"
    assert "at=3" in page.url


def test_what_stands_on_the_stage_opens_what_it_was_made_from(visit):
    page = visit(f"{EXHIBIT}?cell=probabilities.0&at=7").page
    page.locator(".opened tensor-grid[data-tensor=x] [role=gridcell]").nth(1).click()
    page.locator(".opened-head b", has_text="logits.1").wait_for()
    page.locator(".opened tensor-grid[data-tensor=x] [role=gridcell]").first.click()
    page.locator(".opened-head b", has_text="pool.0.0.0").wait_for()


def test_a_number_that_is_to_come_stays_closed(visit):
    page = visit(f"{EXHIBIT}?step=1").page
    cell(page, "pool", 0, 0).click()
    cell(page, "conv", 0, 0).click()
    page.wait_for_url("**cell=conv.0.0.0**")


def change(page, value):
    cell(page, "x", 1, 2).dblclick()
    page.locator(".cell-editor").fill(value)
    page.keyboard.press("Enter")
    page.wait_for_url("**x=1x6x6_**")


def test_a_changed_number_flashes_with_all_that_changed_by_it(visit):
    page = visit(f"{EXHIBIT}?step=7", reduced_motion="reduce").page
    change(page, "0")
    page.locator(".changed").first.wait_for()
    old = cell(page, "x", 1, 2).locator(".changed text").text_content()
    assert old == "1"
    tensors = "[...document.querySelectorAll('.changed')].map((one) => one.closest('tensor-grid').dataset.tensor)"
    changed = page.evaluate(tensors)
    assert {"x", "conv"} <= set(changed)
    assert "weight" not in changed
    page.wait_for_timeout(1500)
    assert page.locator(".changed").count() == len(changed)  # with reduced motion until the next step
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    wait_for_step(page, 8)
    assert page.locator(".changed").count() == 0


def test_the_flash_fades_by_itself(visit):
    page = visit(f"{EXHIBIT}?step=7").page
    change(page, "0")
    page.locator(".changed").first.wait_for()
    page.wait_for_function("() => !document.querySelector('.changed')")


def test_the_updates_slider_trains_the_network(visit):
    page = visit(f"{EXHIBIT}?step=7").page
    page.locator("#control-updates").fill("3")
    page.wait_for_url("**updates=3**")
    loss = resolve(Params(updates=3)).shown.activations.loss
    page.locator(".loss a", has_text=f"{loss:.4f}").wait_for()
    page.locator(".loss-curve a.button").click()
    page.wait_for_url("**updates=4**")
    page.locator("#control-lr").fill("0.1")
    page.wait_for_url("**lr=0.1**")
    page.locator("output[for=control-lr]", has_text="0.1").wait_for()


def test_without_scripts_steps_and_numbers_are_links_and_forms(visit):
    page = visit(f"{EXHIBIT}?step=3", java_script_enabled=False).page
    page.locator("[data-go=next]").click()
    assert "step=4" in page.url
    page.goto(page.url.partition("?")[0] + "?cell=d_pool.0.0.0&at=12")
    page.locator("#go-to-cell").fill("conv.1.2.2")
    page.locator(".go-to button").click()
    assert page.locator(".opened-head b").inner_text() == "conv.1.2.2 = −1.5"
    assert "at=12" in page.url

"""Gradient descent on a small regression by mouse and keyboard: what is shown is what the server's page shows."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = "/exhibits/batch-sizes"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
STILL = "() => document.querySelector('plane-cursor').dataset.x === new URL(location.href).searchParams.get('x')"


def shown(page):
    """The table of runs, and their paths on the loss."""
    return [
        *page.locator("[data-slot=runs] td").all_inner_texts(),
        *(path.get_attribute("d") for path in page.locator(".inside [class^=run-]").all()),
    ]


def from_server(page):
    """The same of the address, as the server alone writes it."""
    text = page.request.get(page.url).text()
    cells = re.findall(r"<td>(.*?)</td>", text.split('data-slot="runs"')[1].split("</table>")[0])
    return [*cells, *re.findall(r'class="run-\d" d="(.*?)"', text.split('class="inside"')[1].split("</svg>")[0])]


def test_batch_size_and_rate_are_changed_by_the_keyboard(visit):
    visited = visit(PAGE)
    page = visited.page
    page.evaluate("window.here = true")
    page.locator("#control-batch").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("batch=5"))
    page.locator("#control-share").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile("share=24"))
    page.locator("output[for=control-share]", has_text="24").wait_for()
    page.locator("[data-slot=choices] [data-own] th", has_text="5").wait_for()
    assert shown(page) == from_server(page)
    assert page.evaluate("window.here")
    assert visited.errors == []


def test_the_start_is_moved_on_the_loss_by_keyboard_and_mouse(visit):
    visited = visit(f"{PAGE}?x=0&y=0")
    page = visited.page
    page.locator("plane-cursor").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url(re.compile("x=-0?[.0-9]+&y=0"))
    page.wait_for_function(STILL)
    assert shown(page) == from_server(page)
    before = page.url
    box = page.locator("plane-cursor .plane").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.wait_for_function("url => location.href !== url", arg=before)
    page.wait_for_function(STILL)
    assert shown(page) == from_server(page)
    page.go_back()
    page.wait_for_function("url => location.href === url", arg=before)
    assert visited.errors == []


def test_a_schedule_is_chosen_and_its_step_marked(visit):
    page = visit(f"{PAGE}?tab=schedules&steps=40").page
    page.locator(".schedules a", has_text="one-cycle").click()
    page.locator(".schedules [data-own] a", has_text="one-cycle").wait_for()
    now = page.locator(".schedules [data-own] .now")
    before = now.get_attribute("cx")
    page.locator("#control-step").focus()
    page.keyboard.press("End")
    page.wait_for_url(re.compile("step=40"))
    page.wait_for_function(
        "x => document.querySelector('.schedules [data-own] .now').getAttribute('cx') !== x", arg=before
    )
    assert shown(page) == from_server(page)
    page.locator(".tabs a", has_text="Likelihood").click()
    page.locator(".derivation").wait_for()
    assert "steps=40" in page.url  # what was chosen elsewhere stays


def test_without_scripts_everything_is_chosen_by_the_form(visit):
    page = visit(f"{PAGE}?tab=rate", java_script_enabled=False).page
    page.select_option("#control-model", "logistic")
    page.locator("#control-seed").fill("7")
    page.locator(".options button").click()
    assert "tab=rate" in page.url
    assert "seed=7" in page.url
    assert page.locator("#control-model").input_value() == "logistic"
    page.locator(".tabs a", has_text="Normalisation").click()
    assert page.locator("plane-cursor").count() == 2


@pytest.mark.parametrize("tab", ["batches", "rate", "scales", "schedules", "likelihood"])
def test_no_view_is_wider_than_a_phone(visit, tab):
    visited = visit(f"{PAGE}?tab={tab}", **PHONE)
    assert visited.too_wide_for((390, 700, 860, 1200)) == []
    assert visited.errors == []

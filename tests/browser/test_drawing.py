"""LeNet-5's page under a hand: drawing, opening cells by mouse, finger and keys, keeping a drawing."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from app.exhibits.lenet5 import samples, strokes

pytestmark = pytest.mark.browser

PAGE = "/exhibits/lenet5"


def draw(page, digit, *, lift=True):
    """Draw a typical digit with the mouse, as a hand would, a little aside."""
    box = page.locator("[data-pad]").bounding_box()
    scale = box["width"] / strokes.SIDE

    def at(column, row):
        return box["x"] + (20 + 0.85 * column) * scale, box["y"] + (10 + 0.9 * row) * scale

    for stroke in samples.sample(digit):
        page.mouse.move(*at(*stroke[0]))
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*at(*point))
        if lift:
            page.mouse.up()
            page.wait_for_selector("[data-pad] .box")  # the server's page for this drawing is there


def verdict(page):
    return page.locator("[data-slot=verdict]")


def says(page, text):
    expect(verdict(page)).to_contain_text(text)


@pytest.mark.parametrize("digit", [3, 7])
def test_a_drawn_digit_is_read(visit, digit):
    here = visit(f"{PAGE}?digit=0")
    here.page.click("[data-clear]")
    draw(here.page, digit)
    says(here.page, f"the digit {digit}")
    assert re.search(r"digit=s-[0-9a-z_]+", here.page.url)
    here.page.reload()
    says(here.page, f"the digit {digit}")
    assert here.errors == []
    assert here.elsewhere == []


def test_maps_and_probabilities_follow_the_pen(visit):
    here = visit(f"{PAGE}?digit=0")
    here.page.click("[data-clear]")
    before = here.page.url
    draw(here.page, 7, lift=False)
    says(here.page, "the digit ")
    assert here.page.url == before
    first = here.page.locator('[data-probabilities="digit"] li[aria-current] b').inner_text()
    assert first in verdict(here.page).inner_text()


def test_undo_takes_the_last_stroke_away(visit):
    here = visit(f"{PAGE}?digit=5")
    here.page.click("[data-undo]")
    here.page.wait_for_url(re.compile("digit=s-"))
    drawn = re.search(r"digit=s-([0-9a-z_]*)", here.page.url)[1]
    assert strokes.read(drawn) == samples.sample(5)[:-1]


def test_a_click_on_a_map_opens_that_cell(visit):
    here = visit(f"{PAGE}?digit=4")
    canvas = here.page.locator("layer-maps[data-name=conv2] canvas")
    canvas.click(position={"x": (11 + 3) * 6 + 2, "y": (11 + 7) * 6 + 2})  # 10 cells and a gap, 6 px each
    here.page.wait_for_url(re.compile(r"cell=conv2\.5\.7\.3"))
    assert here.page.locator(".breadcrumb [aria-current]").inner_text().startswith("conv2.5.7.3 = ")


def test_from_a_probability_down_to_a_pixel_and_back_up_with_keys_alone(visit):
    here = visit(f"{PAGE}?digit=4")
    page = here.page
    for below in ("fc3", "relu4", "fc2", "relu3", "fc1", "pool2", "relu2", "conv2", "pool1", "relu1", "conv1", "input"):
        cells = page.locator('.opened tensor-grid[data-tensor="x"]').first
        focus = cells.locator('[tabindex="0"]').first
        focus.focus()  # the cursor begins in the window
        page.keyboard.press("Enter")
        page.wait_for_function(
            "name => document.querySelector('.opened')?.dataset.cellName.startsWith(name + '.')", arg=below
        )
    assert "0 to 255" in page.locator(".opened > .note").inner_text()
    crumbs = page.locator(".breadcrumb a")
    assert crumbs.count() == 12
    crumbs.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.opened').dataset.cellName === 'softmax.4'")
    assert here.errors == []


def test_the_keyboard_moves_over_the_maps_and_opens_a_cell(visit):
    here = visit(f"{PAGE}?digit=4")
    here.page.locator("layer-maps[data-name=pool2] canvas").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        here.page.keyboard.press(key)
    here.page.wait_for_function("() => document.querySelector('[data-layer=pool2] .readout').textContent.includes('=')")
    here.page.keyboard.press("Enter")
    here.page.wait_for_url(re.compile(r"cell=pool2\.0\.1\.2"))


def test_the_keyboard_draws(visit):
    here = visit(f"{PAGE}?digit=0")
    here.page.click("[data-clear]")
    here.page.locator("[data-pad]").focus()
    for _ in range(9):
        here.page.keyboard.press("ArrowUp")
    here.page.keyboard.press(" ")
    for _ in range(18):
        here.page.keyboard.press("ArrowDown")
    here.page.keyboard.press(" ")
    says(here.page, "the digit 1")


def test_a_finger_draws_and_the_page_does_not_scroll(visit):
    here = visit(f"{PAGE}?digit=0", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    here.page.tap("[data-clear]")
    box = here.page.locator("[data-pad]").bounding_box()
    session = here.page.context.new_cdp_session(here.page)
    x = box["x"] + box["width"] / 2
    for kind, share in [("touchStart", 0.15), *(("touchMove", 0.15 + k / 20) for k in range(1, 15))]:
        points = [{"x": x, "y": box["y"] + share * box["height"]}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    says(here.page, "the digit 1")
    assert here.page.evaluate("scrollY") == 0


def test_an_uploaded_picture_is_shown_and_read(visit):
    here = visit(f"{PAGE}?digit=0")
    buffer = io.BytesIO()
    Image.fromarray(strokes.draw(samples.sample(8))).save(buffer, "PNG")
    here.page.set_input_files(
        "input[type=file]", {"name": "8.png", "mimeType": "image/png", "buffer": buffer.getvalue()}
    )
    says(here.page, "the digit 8")
    here.page.wait_for_url(re.compile("digit=p-"))
    assert here.page.locator("[data-pad] image").count() == 1


def test_a_picture_that_is_none_is_one_sentence_and_the_drawing_stays(visit):
    here = visit(f"{PAGE}?digit=2")
    here.page.set_input_files("input[type=file]", {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    here.page.wait_for_selector(".problem")
    assert "SVG" in here.page.locator(".problem").inner_text()
    assert "the digit 2" in verdict(here.page).inner_text()


def test_a_drawing_is_kept_beside_the_next_one(visit):
    here = visit(f"{PAGE}?digit=2")
    here.page.click("text=Keep this one beside")
    here.page.wait_for_selector('[data-probabilities="beside"]')
    here.page.click("[data-clear]")
    draw(here.page, 7)
    says(here.page, "the digit 7")
    assert here.page.locator('[data-probabilities="beside"] li[aria-current] b').inner_text() == "2"


def test_the_maps_are_painted(visit):
    here = visit(f"{PAGE}?digit=4")
    here.page.wait_for_function(
        """() => [...document.querySelectorAll("layer-maps canvas")].every((canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size > 2;
        })"""
    )

"""The image lab by mouse, keyboard and camera: what is opened is what the network holds."""

import io
import re

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.browser

LAB = "/exhibits/image-lab?weights=random"
MINUS = "\N{MINUS SIGN}"


def cell(page):
    return page.locator(".unit-card").get_attribute("data-cell-name")


def number(page):
    return float(page.locator(".unit-head p b").inner_text().replace(MINUS, "-"))


def value(page, name, query="weights=random"):
    """Return the network's number at an address, by the API."""
    stage, *place = name.split(".")
    response = page.request.get(f"{page.url.split('/exhibits')[0]}/api/exhibits/image-lab/{stage}.npy?{query}")
    return float(np.load(io.BytesIO(response.body()))[tuple(map(int, place))])


def settled(page, pattern):
    page.wait_for_function(
        "p => new RegExp(p).test(document.querySelector('.unit-card').dataset.cellName)", arg=pattern
    )


def test_a_map_is_opened_by_clicking_it_and_a_cell_in_it(visit):
    page = visit(f"{LAB}&cell=conv2", viewport={"width": 1440, "height": 1400}).page
    wall = page.locator("map-wall img").bounding_box()
    unit = wall["width"] / (12 * 28 - 1)
    page.mouse.click(wall["x"] + (3 * 28 + 13) * unit, wall["y"] + (2 * 28 + 13) * unit)  # third row, fourth map
    settled(page, r"^conv2\.27\.")
    assert number(page) == pytest.approx(value(page, cell(page)), abs=5e-4)
    big = page.locator(".big-map[data-unit] img")
    size = big.bounding_box()
    big.click(position={"x": size["width"] * 5.5 / 27, "y": size["height"] * 20.5 / 27})
    settled(page, r"^conv2\.27\.20\.5$")
    assert number(page) == pytest.approx(value(page, "conv2.27.20.5"), abs=5e-4)


def test_the_value_under_the_pointer_is_read(visit):
    page = visit(f"{LAB}&cell=conv1").page
    wall = page.locator("map-wall img").bounding_box()
    unit = wall["width"] / (8 * 56 - 1)
    page.mouse.move(wall["x"] + (56 + 10.5) * unit, wall["y"] + 20.5 * unit)
    readout = page.locator("[data-slot=readout]")
    page.wait_for_function("() => document.querySelector('[data-slot=readout]').textContent.includes('=')")
    name, shown = readout.inner_text().split(" = ")
    assert name == "conv1.1.20.10"
    assert float(shown.replace(MINUS, "-")) == pytest.approx(value(page, name), rel=1e-6)


def test_a_number_of_the_window_opens_in_turn(visit):
    page = visit(f"{LAB}&cell=conv2.9.10.10").page
    page.locator('tensor-grid[data-tensor="x"] [role=gridcell]').first.click()
    settled(page, r"^pool1\.\d+\.8\.8$")
    assert page.locator(".breadcrumb li").count() == 2
    page.locator(".breadcrumb a").first.click()
    settled(page, r"^conv2\.9\.10\.10$")


def test_by_keyboard_from_map_to_map_and_from_cell_to_cell(visit):
    page = visit(f"{LAB}&cell=conv2.0.3.3").page
    page.locator("map-wall").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    settled(page, r"^conv2\.13\.")
    page.locator(".big-map[data-unit]").focus()
    before = cell(page).split(".")
    page.keyboard.press("ArrowRight" if int(before[3]) < 26 else "ArrowLeft")
    settled(page, rf"^conv2\.13\.{before[2]}\.(?!{before[3]}$)")


def test_the_player_steps_through_the_layers(visit):
    page = visit(LAB).page
    page.locator("[data-go=next]").click()
    settled(page, r"^relu1\.")
    page.keyboard.press("End")
    settled(page, r"^softmax\.")
    assert "softmax" in page.locator(".narration").inner_text()


def test_the_ribbon_and_the_options_lead_on_without_leaving_the_page(visit):
    page = visit(LAB).page
    page.evaluate("window.here = true")
    page.locator(".ribbon a", has_text="conv5").click()
    settled(page, r"^conv5\.")
    page.select_option("select[name=order]", "strength")
    page.wait_for_function("() => document.querySelector('map-wall').dataset.order")
    page.select_option("select[name=net]", "tiny-vgg")
    settled(page, r"^conv1_1\.")
    assert page.evaluate("window.here")


def test_a_dropped_photo_is_looked_at_and_a_cell_of_it_opened(visit):
    stream = io.BytesIO()
    Image.effect_mandelbrot((400, 300), (-2, -1, 1, 1), 20).convert("RGB").save(stream, "PNG")
    page = visit(f"{LAB}&net=tiny-vgg").page
    page.set_input_files("input[type=file]", {"name": "m.png", "mimeType": "image/png", "buffer": stream.getvalue()})
    page.wait_for_url(re.compile("photo=p-"))
    page.locator(".predictions a").first.click()
    settled(page, r"^softmax\.")
    query = re.sub(r"&?cell=[^&]*", "", page.url.split("?")[1])
    assert number(page) == pytest.approx(value(page, cell(page), query), abs=5e-4)


def test_a_file_that_is_no_photo_is_refused_and_the_photo_stays(visit):
    page = visit(f"{LAB}&net=tiny-vgg").page
    page.set_input_files("input[type=file]", {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    page.locator(".error").wait_for()
    assert "SVG" in page.locator(".error").inner_text()
    assert page.locator(".unit-card").count() == 1


def test_without_a_camera_a_sentence_says_so(visit):
    page = visit(LAB).page
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }")
    page.locator("[data-camera]").click()
    page.wait_for_function("() => document.querySelector('[data-slot=camera]').textContent.includes('no camera')")
    page.locator("[data-close]").click()
    assert page.locator("[data-camera-panel]").is_hidden()


def test_what_the_camera_sees_is_taken(visit):
    page = visit(f"{LAB}&net=tiny-vgg").page
    page.evaluate("""() => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [320, 240];
      setInterval(() => { const c = canvas.getContext("2d"); c.fillStyle = "#0a0"; c.fillRect(0, 0, 320, 240); }, 50);
      navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream(20));
    }""")
    page.locator("[data-camera]").click()
    page.wait_for_function("() => document.querySelector('video').videoWidth === 320")
    page.locator("[data-take]").click()
    page.wait_for_url(re.compile("photo=p-"))
    answer = page.request.get(
        page.url.replace("/exhibits/", "/api/exhibits/").replace("image-lab?", "image-lab/pixels.npy?")
    )
    red, green, blue = np.load(io.BytesIO(answer.body())).mean(axis=(1, 2))
    assert green > 100 > red + 50
    assert blue < 50


def test_without_scripts_everything_is_a_link(visit):
    page = visit(f"{LAB}&cell=conv2.9.10.10", java_script_enabled=False).page
    assert page.locator("map-wall img").is_visible()
    page.locator("text=the number that counts most").click()
    assert cell(page).startswith("pool1.")
    page.locator(".go-to input[name=cell]").fill("conv5.3")
    page.locator(".go-to button").click()
    assert cell(page).startswith("conv5.3.")


def answers(page, *states):
    """Let the server tell these states of the official weights, one after the other; the last one stays."""
    asked, left = [], list(states)

    def answer(route):
        asked.append(route.request.method)
        state, done = left.pop(0) if len(left) > 1 else left[0]
        error = "there is no network" if state == "failed" else None
        told = {
            "name": "alexnet",
            "state": state,
            "bytes": done,
            "total": 244_000_000,
            "seconds_left": 7,
            "error": error,
        }
        route.fulfill(json=told)

    page.route("**/api/weights/*", answer)
    return asked


def test_official_weights_come_when_the_reader_asks_for_them(visit):
    page = visit("/exhibits").page
    asked = answers(
        page, ("absent", 0), ("downloading", 50_000_000), ("downloading", 244_000_000), ("here", 244_000_000)
    )
    page.goto(page.url.replace("/exhibits", f"{LAB}&net=alexnet"))
    official = page.locator("official-weights")
    assert "245 MB" in official.inner_text() or "244 MB" in official.inner_text()
    assert "download.pytorch.org" in official.inner_text()
    official.locator("[data-get]").click()
    page.wait_for_function("() => document.querySelector('official-weights progress').value === 50000000")
    assert "50 of 244 MB, 7 s left" in official.inner_text()
    official.locator("[data-use]").wait_for()
    assert asked[:2] == ["GET", "POST"]
    assert "weights=official" in official.locator("[data-use]").get_attribute("href")


def test_official_weights_that_do_not_come_say_why_and_can_be_asked_for_again(visit):
    page = visit("/exhibits").page
    asked = answers(page, ("absent", 0), ("failed", 0))
    page.goto(page.url.replace("/exhibits", f"{LAB}&net=alexnet"))
    page.locator("official-weights [data-get]").click()
    page.wait_for_function("() => document.querySelector('official-weights').innerText.includes('no network')")
    assert page.locator("official-weights [data-get]").is_visible()
    assert asked == ["GET", "POST"]


@pytest.mark.parametrize("width", [374, 904])
@pytest.mark.parametrize("cell", ["conv2", "conv1.5.20.20", "softmax"])
def test_inside_a_lesson_it_is_no_wider_than_its_frame_and_the_ribbon_shows_where_it_stands(visit, cell, width):
    page = visit(f"{LAB}&embed=1&cell={cell}", viewport={"width": width, "height": 600}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    slab, ribbon = (page.locator(part).bounding_box() for part in (".ribbon [data-current]", ".ribbon"))
    assert slab["x"] >= ribbon["x"] - 1
    assert slab["x"] + slab["width"] <= ribbon["x"] + ribbon["width"] + 1

"""The page on which LeNet-5 reads the digit digit: drawings, what is said about them, what the page shows."""

import io
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.exhibits.lenet5 import samples, strokes
from app.exhibits.lenet5.drawing import Drawing
from tests.exhibits.asking import HTML, alerts, visible

PAGE = "/exhibits/lenet5"
API = "/api/exhibits/lenet5"


def drawn(digit):
    return "s-" + strokes.write(samples.sample(digit))


def png(picture):
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def upload(client, data, name="digit.png", kind="image/png"):
    return client.post(f"{PAGE}/picture", data={"query": ""}, files={"file": (name, data, kind)}, headers=HTML)


@pytest.mark.parametrize("digit", range(10))
def test_each_typical_digit_is_read_right(client, digit):
    assert client.get(API, params={"digit": digit}).json()["digit"] == digit


@pytest.mark.parametrize("digit", [3, 7])
def test_a_typical_digit_and_the_same_strokes_are_the_same_drawing(client, digit):
    one, other = (client.get(API, params={"digit": text}).json() for text in (str(digit), drawn(digit)))
    assert one["probabilities"] == other["probabilities"]


def test_strokes_are_written_and_read_back():
    drawing = (((0, 0), (279, 36)), ((35, 279),))
    assert strokes.write(drawing) == "00007r10_0z7r"
    assert strokes.read(strokes.write(drawing)) == drawing


def test_a_point_becomes_a_round_spot_of_the_pen():
    ink = 255 - strokes.draw((((100, 60),),)).astype(int)
    rows, columns = np.nonzero(ink > 127)
    assert (round(rows.mean()), round(columns.mean())) == (60, 100)
    assert np.ptp(rows) + 1 == pytest.approx(strokes.PEN, abs=1)


@pytest.mark.parametrize("text", ["s-0", "s-00zz", "s-00-1", "ten", "10", "p-12", "\N{ARABIC-INDIC DIGIT THREE}"])
def test_a_drawing_that_cannot_be_read_is_explained_and_the_pad_stays(client, text):
    response = client.get(PAGE, params={"digit": text}, headers=HTML)
    assert response.status_code == 422
    assert len(alerts(response.text)) == 1
    assert "data-pad" in response.text


@pytest.mark.parametrize(("lang", "sentence"), [("en", "nothing is drawn yet"), ("zh", "还什么都没")])
def test_an_empty_drawing_is_one_sentence(client, lang, sentence):
    response = client.get(PAGE, params={"digit": "s-"}, headers={**HTML, "accept-language": lang})
    assert response.status_code == 422
    assert sentence in alerts(response.text)[0]


def test_an_uploaded_picture_is_read_and_has_a_link(client):
    picture = Image.fromarray(strokes.draw(samples.sample(4))).convert("RGB").rotate(3, fillcolor="white")
    response = upload(client, png(picture))
    assert response.status_code == 303
    link = response.headers["location"]
    assert re.fullmatch(rf"{PAGE}\?digit=p-[0-9a-f]{{32}}", link)
    page = client.get(link, headers=HTML)
    assert page.status_code == 200
    assert "LeNet-5 reads the digit 4" in visible(page.text)


def test_bright_ink_on_a_dark_ground_is_read_the_same_way(client):
    board = Image.fromarray(255 - strokes.draw(samples.sample(8)))
    link = upload(client, png(board)).headers["location"]
    assert client.get(link.replace(PAGE, API)).json()["digit"] == 8


def test_a_photo_is_read_too_but_the_page_says_what_it_is(client):
    noise = np.random.default_rng(0).integers(0, 256, size=(12, 15, 3), dtype=np.uint8)
    photo = Image.fromarray(noise).resize((300, 240), Image.Resampling.BICUBIC)
    page = client.get(upload(client, png(photo)).headers["location"], headers=HTML)
    assert "This looks like a photo" in visible(page.text)


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "digit.svg", "SVG"),
        (b"", "digit.png", "empty file"),
        (b"hello", "digit.png", "text, not a picture"),
    ],
)
def test_a_file_that_is_no_picture_is_one_sentence(client, data, name, sentence):
    response = upload(client, data, name)
    assert response.status_code == 422
    assert sentence in alerts(response.text)[0]


def test_a_hundred_megapixels_are_refused_before_they_are_decoded(client):
    huge = png(Image.new("1", (10_000, 10_000)))
    response = upload(client, huge)
    assert response.status_code == 422
    assert "million pixels" in alerts(response.text)[0]


def test_a_blank_sheet_is_refused_and_the_old_drawing_stays(client):
    response = upload(client, png(Image.new("RGB", (200, 100), "white")))
    assert response.status_code == 422
    assert "nothing is drawn yet" in alerts(response.text)[0]
    assert "LeNet-5 reads the digit 3" in visible(response.text)


def test_a_picture_that_is_no_longer_stored_says_so(client):
    response = client.get(PAGE, params={"digit": f"p-{'0' * 32}"}, headers=HTML)
    assert response.status_code == 422
    assert "no longer stored" in alerts(response.text)[0]


def test_a_form_without_a_file_says_so(client):
    response = client.post(f"{PAGE}/picture", data={"query": ""}, headers=HTML)
    assert "choose a file first" in alerts(response.text)[0]


def test_a_drawing_stays_beside_another(client):
    html = client.get(PAGE, params={"digit": "7", "beside": "4"}, headers=HTML).text
    assert html.count('data-probabilities="digit"') == html.count('data-probabilities="beside"') == 1
    assert html.count('data-of="beside"') == html.count('data-of="digit"') - 2  # not of the way to the input


def test_the_page_tells_every_step_to_the_input(client):
    known = client.get(API, params={"digit": "3"}).json()["preprocessing"]
    text = visible(client.get(PAGE, params={"digit": "3"}, headers=HTML).text)
    top, left, bottom, right = known["box"]
    assert f"a box of {bottom - top} × {right - left} pixels" in text
    assert "0.1307" in text
    assert "0.3081" in text
    assert np.array(known["pixels"]).shape == (28, 28)


def test_without_scripts_every_stage_is_a_picture_in_the_reader_s_light(client):
    html = client.get(PAGE, params={"digit": "3"}, headers=HTML).text
    sources = re.findall(r'<img src="([^"]+maps/(\w+)\.png[^"]*)"', html)
    assert [name for _, name in sources][:4] == ["scaled", "digit", "input", "conv1"]
    for theme in ("light", "dark"):
        picture = Image.open(io.BytesIO(client.get(f"{API}/maps/conv1.png?digit=3&theme={theme}").content))
        assert picture.size == (3 * 29 - 1, 2 * 29 - 1)  # three maps in a row, a gap between


def test_what_changes_while_drawing_is_what_the_page_shows(client):
    live = client.get(f"{API}/live", params={"digit": drawn(5)}).json()
    assert live["digit"] == 5
    assert live["narration"] in visible(client.get(PAGE, params={"digit": drawn(5)}, headers=HTML).text)
    levels = np.array(live["maps"]["conv1"])
    assert levels.shape == (6, 28, 28)
    assert np.abs(levels).max() == 16


def test_a_long_drawing_still_has_a_link(client):
    stroke = "".join(f"{strokes.DIGITS[k % 7]}5{strokes.DIGITS[k % 6]}5" for k in range(200))
    scribble = "_".join([stroke] * 8)
    response = client.get(PAGE, params={"digit": f"s-{scribble}"}, headers=HTML)
    assert response.status_code == 200
    assert "state=" in response.text


def test_a_drawing_on_a_large_canvas_is_looked_at_small_enough(settings):
    class Stored:
        def get(self, key):
            big = Image.new("RGB", (1024, 700), "white")
            ImageDraw.Draw(big).line((300, 100, 500, 600), fill="black", width=60)
            return np.asarray(big)

    assert Drawing(picture="0" * 32).pixels(Stored()).shape == (273, 400, 3)


@pytest.mark.parametrize(("lang", "sentence"), [("en", "try again in"), ("zh", "秒后")])
def test_a_full_queue_is_one_sentence_and_the_pad_stays(client, monkeypatch, lang, sentence):
    monkeypatch.setattr(client.client.app.state.worker, "queue", -1)
    params = {"digit": drawn(6) + "_0000"}  # not read before
    response = client.get(PAGE, params=params, headers={**HTML, "accept-language": lang})
    assert response.status_code == 503
    assert len(alerts(response.text)) == 1
    assert sentence in alerts(response.text)[0]
    assert "data-pad" in response.text
    assert client.get(f"{API}/live", params=params).headers["retry-after"].isdecimal()

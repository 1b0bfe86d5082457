"""Pictures over HTTP: the upload in its two forms, the picture under its hash, and what is refused."""

import io

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings

URL = "/api/pictures"


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    """A visitor of a running server, whose worker does without torch here."""
    app = create_app(Settings(data=tmp_path_factory.mktemp("data")))
    app.state.worker.preload = ()
    with TestClient(app) as client:
        yield client


@pytest.fixture
def png(rng):
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (6, 4, 3), dtype=np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def raw(visitor, data, kind="image/png", **headers):
    return visitor.post(URL, content=data, headers={"content-type": kind, **headers})


def test_a_form_and_a_body_give_the_same_picture(visitor, png):
    by_form, by_body = visitor.post(URL, files={"file": ("a.png", png)}), raw(visitor, png)
    assert by_form.status_code == by_body.status_code == 200, by_form.text
    assert by_form.json() == by_body.json()
    assert (by_form.json()["width"], by_form.json()["height"]) == (4, 6)
    assert by_form.headers["cache-control"] == "no-store"


def test_an_uploaded_picture_is_served_under_its_hash_for_ever(visitor, png):
    key = raw(visitor, png).json()["picture"]
    answer = visitor.get(f"{URL}/{key}.png")
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    np.testing.assert_array_equal(Image.open(io.BytesIO(answer.content)), Image.open(io.BytesIO(png)))


@pytest.mark.parametrize("key", ["0" * 32, "x", "..%2f..%2fstates"])
def test_a_picture_that_is_not_there_is_404(visitor, key):
    assert visitor.get(f"{URL}/{key}.png").status_code == 404


def test_a_picture_may_be_larger_than_other_requests(visitor, rng):
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (900, 900, 3), dtype=np.uint8)).save(buffer, "BMP")
    assert len(buffer.getvalue()) > 2_000_000
    assert raw(visitor, buffer.getvalue(), "image/bmp").status_code == 200
    assert visitor.post("/api/exhibits/convolution-forward", content=buffer.getvalue()).status_code == 413


@pytest.mark.parametrize(("lang", "words"), [("en", "more than 10 MB"), ("zh", "图片超过 10 MB")])
def test_more_than_the_limit_is_refused_with_and_without_a_length(visitor, lang, words):
    def pieces():
        for _ in range(11):
            yield b"\xff" * 1_000_000

    for body in (b"\xff" * 11_000_000, pieces()):
        answer = raw(visitor, body, **{"accept-language": lang})
        assert answer.status_code == 413
        assert words in answer.json()["error"]


@pytest.mark.parametrize(("lang", "words"), [("en", "is an SVG drawing"), ("zh", "SVG 图形")])
def test_a_fault_comes_back_from_the_worker_in_the_language_of_the_reader(visitor, lang, words):
    answer = visitor.post(URL, files={"file": ("logo.svg", b"<svg/>")}, headers={"accept-language": lang})
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert "logo.svg" in answer.json()["error"]


@pytest.mark.parametrize("options", [
    {}, {"data": {"file": "text"}}, {"files": {"other": ("a.png", b"x")}}, {"content": b"x"}, {"json": {}},
    {"files": {"file": ("", b"")}},
])  # fmt: skip
def test_a_request_without_a_picture_says_how_to_send_one(visitor, options):
    answer = visitor.post(URL, **options)
    assert answer.status_code == 422
    assert "no picture came" in answer.json()["error"]


def test_a_form_that_is_broken_is_refused(visitor):
    assert raw(visitor, b"nonsense", "multipart/form-data; boundary=x").status_code in (400, 422)
    assert raw(visitor, b"nonsense", "multipart/form-data").status_code in (400, 422)

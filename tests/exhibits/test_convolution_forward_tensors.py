"""A learner's own tensor: pasted or uploaded, shown before it is taken, kept in the link or stored."""

import io
import os
import re
import time

import numpy as np
import pytest

from app import tensors
from tests.exhibits.asking import API, HTML, PAGE, alerts, answer, close, query_of, visible

SEVEN = np.arange(147).reshape(3, 7, 7) % 5  # C x H x W


def take(client, text="", **form):
    files = form.pop("files", None)
    return client.post(f"{PAGE}/tensor", data={"text": text, **form}, files=files, headers=HTML)


def preview(response):
    assert response.status_code == 200, response.status_code
    assert alerts(response.text) == []
    panel = re.search(r'(?s)<details class="fold" id="own-tensor".*?</details>', response.text)[0]
    kept = re.search(r'(?s)<textarea id="own-text".*?>(.*?)</textarea>', panel)[1]
    chosen = re.search(r'name="order" value="(\w+)" checked', panel)[1]
    return visible(panel), kept, chosen


@pytest.mark.parametrize(("text", "guess", "words"), [
    (str(SEVEN.tolist()), "chw", "3 × 7 × 7, read as C × H × W"),
    (str(SEVEN.transpose(1, 2, 0).tolist()), "hwc", "7 × 7 × 3, read as H × W × C"),
], ids=["channels first", "channels last"])  # fmt: skip
def test_a_tensor_in_either_axis_order_is_guessed_shown_and_taken(client, text, guess, words):
    told, kept, chosen = preview(take(client, text))
    assert words in told
    assert chosen == guess
    used = take(client, kept, order=chosen, use=1)
    assert answer(client, **query_of(used))["x"] == SEVEN.tolist()


def test_the_guess_can_be_overruled(client):
    used = take(client, str(SEVEN.tolist()), order="hwc", use=1, query="kernel_size=1&padding=0")
    assert np.array_equal(answer(client, **query_of(used))["x"], SEVEN.transpose(2, 0, 1))


def test_the_preview_shows_every_channel(client):
    response = take(client, str(SEVEN.transpose(1, 2, 0).tolist()))
    previews = re.search(r'(?s)<div class="previews".*?</form>', response.text)[0]
    assert previews.count("<tensor-grid") == 3
    assert 'name="use" value="1"' in response.text


def test_a_preview_changes_nothing_yet(client):
    response = take(client, str(SEVEN.tolist()), query="step=4")
    assert response.status_code == 200
    assert 'href="/exhibits/convolution-forward?step=4" data-here data-share' in response.text


@pytest.mark.parametrize(("tensor", "values"), [
    ("x", np.arange(24).reshape(2, 3, 4)),
    ("weight", np.arange(24).reshape(2, 3, 2, 2) - 9),
    ("bias", np.array([0.5, -2])),
], ids=["x", "weight", "bias"])  # fmt: skip
def test_every_tensor_can_be_replaced(client, tensor, values):
    used = take(client, str(values.tolist()), tensor=tensor, order="chw", use=1, query="stride=1")
    assert answer(client, **query_of(used))[tensor] == values.tolist()


def test_filters_in_tensorflow_order_are_turned(client):
    weight = np.arange(24).reshape(2, 3, 2, 2)
    used = take(client, str(weight.transpose(2, 3, 1, 0).tolist()), tensor="weight", order="hwc", use=1)
    assert answer(client, **query_of(used))["weight"] == weight.tolist()


def test_own_input_after_own_filters_makes_the_filters_follow(client):
    first = take(client, "[[[[1, 2], [3, 4]]]]", tensor="weight", use=1)
    second = take(client, str(SEVEN.tolist()), query=first.headers["location"].partition("?")[2], use=1)
    got = answer(client, **query_of(second))
    assert (got["x"], np.shape(got["weight"])) == (SEVEN.tolist(), (1, 3, 2, 2))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int8", "uint8", "int64", "bool", ">f8", "<i2"])
def test_a_npy_file_of_any_real_type_is_taken(client, dtype):
    values = (SEVEN % 2).astype(dtype)
    used = take(client, files={"file": ("x.npy", npy(values))}, use=1)
    assert answer(client, **query_of(used))["x"] == (SEVEN % 2).tolist()


def test_a_file_is_shown_first_and_then_taken_from_the_text_box(client):
    _, kept, chosen = preview(take(client, files={"file": ("x.npy", npy(SEVEN.transpose(1, 2, 0)))}))
    used = take(client, kept, order=chosen, use=1)
    assert answer(client, **query_of(used))["x"] == SEVEN.tolist()


def test_a_csv_file_is_taken(client):
    text = "\n\n".join("\n".join(",".join(map(str, row)) for row in plane) for plane in SEVEN.tolist())
    used = take(client, files={"file": ("x.csv", b"\xef\xbb\xbf" + text.encode())}, use=1)
    assert answer(client, **query_of(used))["x"] == SEVEN.tolist()


def npy(values, **more):
    buffer = io.BytesIO()
    np.save(buffer, values, **more)
    return buffer.getvalue()


BAD_FILES = {
    "pickle": npy(np.array([{"a": 1}], dtype=object), allow_pickle=True),
    "truncated": npy(SEVEN)[:-40],
    "only a header": npy(SEVEN)[:20],
    "magic alone": b"\x93NUMPY",
    "claims to be huge": npy(np.zeros(3)).replace(b"(3,), }          ", b"(99999999999,), }"),
    "complex": npy(np.ones((2, 2), complex)),
    "text": npy(np.array(["a"])),
    "picture": b"\x89PNG\r\n\x1a\n\0\0\0\xff\xfe",
    "empty": b"",
    "nan": npy(np.array([[1, np.nan]])),
    "five axes": npy(np.ones((1, 1, 1, 2, 2))),
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_is_no_tensor_is_refused_in_a_sentence(client, content):
    response = take(client, "[[1]]", files={"file": ("upload.npy", content)}, use=1)
    assert response.status_code in (200, 422)
    assert len(alerts(response.text)) == 1


BAD_TEXTS = {
    "nothing": "",
    "words": "seven times seven",
    "NaN": "[[1, nan], [2, 3]]",
    "ragged": "1 2 3\n4 5",
    "unclosed": "[[1, 2], [3",
    "separators": ",;,",
    "deep": "[" * 5000,
    "one axis": "[1, 2, 3]",
    "four axes": "[[[[1]]]]",
    "nine channels": str(np.ones((9, 2, 2)).tolist()),
    "33 columns": str(np.ones((2, 33)).tolist()),
    "too many": "1 " * 50_000,
}


@pytest.mark.parametrize("query", ["", "weight=1x3x1x1_1_1_1&stride=1"], ids=["preset", "own filters"])
@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_a_text_that_is_no_input_is_explained_and_kept(client, text, query):
    response = take(client, text, use=1, query=query, order="chw")
    assert response.status_code in (200, 422)
    assert len(alerts(response.text)) == 1
    kept = re.search(r'(?s)<textarea id="own-text".*?>(.*?)</textarea>', response.text)[1]
    assert visible(kept) == visible(text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ten_megabytes_are_too_much_and_said_so(client, lang):
    text = "1 " * 5_000_000
    page = client.post(f"{PAGE}/tensor?lang={lang}", data={"text": text}, headers=HTML)
    assert page.status_code == 413
    assert page.headers["content-type"].startswith("text/html")
    assert len(alerts(page.text)) == 1
    assert "1 MB" in alerts(page.text)[0]


@pytest.mark.parametrize("send", ["check", "tensor", "edit"])
def test_too_large_an_upload_is_refused_on_every_form(client, send):
    response = client.post(f"{PAGE}/{send}", files={"file": ("x.csv", b"1," * 1_000_000)}, headers=HTML)
    assert response.status_code == 413


def test_a_body_that_does_not_tell_its_length_is_cut_off(client):
    chunks = (b"text=" + b"1+" * 100_000 for _ in range(10))
    headers = HTML | {"content-type": "application/x-www-form-urlencoded"}
    response = client.post(f"{PAGE}/tensor", content=chunks, headers=headers)
    assert response.status_code == 413
    assert "1 MB" in alerts(response.text)[0]


def test_too_large_a_body_is_refused_by_the_api_in_json(client):
    response = client.post(API, json={"x": "1 " * 5_000_000})
    assert response.status_code == 413
    assert set(response.json()) == {"error"}


def long_query(client):
    rng = np.random.default_rng(5)
    values = rng.integers(0, 99, size=(8, 32, 32)).astype(float)
    return query_of(take(client, tensors.compact(values), use=1, query="step=2")), values


def test_a_long_state_is_stored_and_the_link_is_short(client):
    query, values = long_query(client)
    assert set(query) == {"step", "state"}
    assert re.fullmatch("[0-9a-f]{20}", query["state"])
    close(answer(client, **query)["x"], values)


def test_the_page_says_how_long_the_link_lives(client, settings):
    query, _ = long_query(client)
    html = client.get(PAGE, params=query).text
    assert f"The link lives {settings.state_days} days" in visible(html)
    assert query["state"] in re.search(r'href="([^"]*)" data-here data-share', html)[1]


def test_a_state_just_over_four_kilobytes_is_stored_and_one_below_is_not(client):
    stored, short = (
        query_of(take(client, tensors.compact(np.full((3, side, side), 10.0)), use=1)) for side in (22, 20)
    )
    assert "state" in stored
    assert "state" not in short


def test_options_in_the_link_go_before_those_stored(client):
    query, values = long_query(client)
    got = answer(client, **{**query, "stride": "3"})
    assert got["options"]["stride"] == "3"
    close(got["x"], values)


@pytest.mark.parametrize("path", [PAGE, API, f"{API}/moments", f"{API}.png"])
def test_opening_a_stored_state_renews_it_every_time(client, settings, path):
    query, _ = long_query(client)
    file = settings.data / "states" / query["state"]
    for _ in range(2):
        yesterday = time.time() - 86_400
        os.utime(file, (yesterday, yesterday))
        assert client.get(path, params=query).status_code == 200
        assert file.stat().st_mtime > yesterday + 80_000


@pytest.fixture
def expired(client, settings):
    query, _ = long_query(client)
    old = time.time() - (settings.state_days + 1) * 86_400
    os.utime(settings.data / "states" / query["state"], (old, old))
    return query


def test_an_expired_link_says_so_and_shows_the_preset(client, expired):
    response = client.get(PAGE, params=expired, headers=HTML)
    assert response.status_code == 422
    assert alerts(response.text) == ["the numbers behind this link are no longer stored; the preset is shown instead"]
    assert '<b data-slot="step">3</b>' in response.text


def test_the_api_does_not_pass_the_preset_off_as_an_expired_state(client, expired):
    response = client.get(API, params=expired)
    assert response.status_code == 422
    assert set(response.json()) == {"error"}


@pytest.mark.parametrize("key", ["../../etc/passwd", "0" * 20, "", "x", "A" * 20, "0" * 5000, "%00"])
def test_a_state_that_was_never_stored_is_no_error_of_the_server(client, key):
    assert client.get(PAGE, params={"state": key}).status_code in (200, 422)
    assert client.get(API, params={"state": key}).status_code in (200, 422)


def test_editing_a_stored_tensor_stores_the_new_one(client):
    query, values = long_query(client)
    form = {"query": f"state={query['state']}", "tensor": "x", "place": "7_31_31", "value": "-5"}
    edited = query_of(client.post(f"{PAGE}/edit", data=form, headers=HTML))
    assert edited["state"] != query["state"]
    values[7, 31, 31] = -5
    close(answer(client, **edited)["x"], values)

"""A pure GET is answered again without computing, and only where that is right."""

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings

EXHIBIT = "/exhibits/convolution-forward"
API = "/api/exhibits/convolution-forward"
PURE = ["/", "/exhibits", "/api", "/openapi.json", "/sitemap.xml", EXHIBIT, API, f"{API}/x.npy", f"{API}.png"]


@pytest.fixture
def uncached(tmp_path):
    return TestClient(create_app(Settings(data=tmp_path, answer_cache_bytes=0)))


@pytest.mark.parametrize("url", PURE)
def test_the_second_answer_equals_the_first_and_the_computed_one(client, uncached, url):
    first, second, computed = client.get(url), client.get(url), uncached.get(url)
    assert first.content == second.content == computed.content
    assert first.headers == second.headers == computed.headers


@pytest.mark.parametrize("url", PURE)
def test_a_browser_that_has_the_answer_gets_304(client, url):
    etag = client.get(url).headers["etag"]
    response = client.get(url, headers={"if-none-match": f'"other", {etag}'})
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", etag)


def test_a_304_is_known_before_anything_is_computed(client, uncached):
    etag = client.get(EXHIBIT).headers["etag"]
    assert uncached.get(EXHIBIT, headers={"if-none-match": etag}).status_code == 304


DIFFERENT = {
    "language": {"accept-language": "zh"},
    "language cookie": {"cookie": "lang=zh"},
    "theme": {"cookie": "theme=dark"},
    "encoding": {"accept-encoding": "identity"},
    "host": {"host": "school.example"},
}


@pytest.mark.parametrize("headers", DIFFERENT.values(), ids=DIFFERENT)
def test_another_reader_gets_another_etag(client, headers):
    assert client.get("/").headers["etag"] != client.get("/", headers=headers).headers["etag"]


def test_another_state_gets_another_etag(client):
    one, other = (client.get(EXHIBIT, params={"step": step}) for step in (1, 2))
    assert one.headers["etag"] != other.headers["etag"]


def test_one_host_is_never_answered_with_the_address_of_another(client):
    assert "evil.example" in client.get("/sitemap.xml", headers={"host": "evil.example"}).text
    assert "evil.example" not in client.get("/sitemap.xml").text
    assert "evil.example" not in client.get("/api").text


@pytest.mark.parametrize("url", ["/nowhere", f"{API}?stride=0", "/?lang=zh", "/?theme=dark"])
def test_refusals_and_choices_are_not_kept(client, url):
    assert "etag" not in client.get(url).headers


def test_the_theme_is_written_into_the_page(client):
    assert 'data-theme="dark"' in client.get("/", headers={"cookie": "theme=dark"}).text
    assert "data-theme=" not in client.get("/").text.partition(">\n<head>")[0]


@pytest.mark.parametrize("url", ["/", API])
def test_large_answers_are_compressed(client, url):
    zipped = client.get(url, headers={"accept-encoding": "gzip"})
    plain = client.get(url, headers={"accept-encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.content == plain.content
    assert int(zipped.headers["content-length"]) < len(plain.content) / 2


def test_the_cache_forgets_what_was_asked_longest_ago(tmp_path):
    app = create_app(Settings(data=tmp_path, answer_cache_bytes=200_000))
    browser = TestClient(app)
    for step in range(40):
        browser.get(API, params={"step": step, "stop": 18})
    shelf = _shelf(app)
    assert 0 < shelf.used <= 200_000
    assert shelf.used == sum(len(answer.body) for answer in shelf.kept.values())


def _shelf(app):
    layer = app.middleware_stack
    while not hasattr(layer, "shelf"):
        layer = layer.app
    return layer.shelf

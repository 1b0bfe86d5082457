"""Whatever a link or a form holds, the server answers, and says what was wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exhibits import EXHIBITS
from app.lessons import LESSONS
from app.lessons.asking import questions

EXTRA = "question answer show key embed state start stop guess reveal lang theme nothing".split()
EXHIBIT = EXHIBITS["convolution-forward"]  # has every part that an exhibit can have
NAMES = sorted({*EXTRA, *(name for exhibit in EXHIBITS.values() for name in exhibit.Params.model_fields)})


def routes_of(exhibit):
    """Every address of an exhibit that GET answers."""
    suffixes = ["", *(["/moments"] if exhibit.moments else []), *([".png"] if exhibit.picture else [])]
    suffixes += [f"/{array}.{kind}" for array in list(exhibit.arrays)[:1] for kind in ("npy", "csv")]
    return [exhibit.path, *(exhibit.api + suffix for suffix in suffixes)]


LESSON = next(iter(LESSONS.values()))
LESSON_ROUTES = ["/lessons", "/glossary", LESSON.path, f"{LESSON.path}/worksheet"]
LESSON_ROUTES += [f"/api/lessons/{LESSON.slug}/questions/{name}" for name in questions(LESSON)]
ROUTES = [
    *("/", "/exhibits", "/api", "/sitemap.xml", "/openapi.json", "/favicon.ico"),
    *LESSON_ROUTES,
    *(route for exhibit in EXHIBITS.values() for route in routes_of(exhibit)),
]
TRICKY = [
    "", "0", "-1", "1e9", "nan", "1" * 5000, "[[1]]", "[[[[[", "2x2_1_2_3_4", "1x1x1_0", "same", "0x1x2x3", "true", "7",
    "32", "11", "%", "%(got)s", "{got}", "\0", "\ud7ff", "🙃", "²", "٣", "' OR 1=1 --", "../../x", "1\n2", ",", "_",
]  # fmt: skip
texts = st.sampled_from(TRICKY) | st.text(max_size=30) | st.text("0123456789x_-.,[]e ", max_size=20)
queries = st.dictionaries(st.sampled_from(NAMES), texts, max_size=5)


@pytest.mark.parametrize("route", ROUTES)
@settings(max_examples=25)
@given(query=queries, html=st.booleans())
def test_no_query_breaks_a_route(client, route, query, html):
    response = client.get(route, params=query, headers={"accept": "text/html" if html else "*/*"})
    assert response.status_code < 500
    if response.status_code == 422 and route.startswith("/api/"):
        assert set(response.json()) == {"error"}
        assert response.json()["error"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("route", [EXHIBIT.path, EXHIBIT.api])
@settings(max_examples=4)
@given(text=texts)
def test_no_text_breaks_a_parameter(client, route, name, text):
    assert client.get(route, params={name: text}).status_code < 500


@pytest.mark.parametrize("form", ["edit", "tensor", "check"])
@settings(max_examples=30)
@given(
    fields=st.dictionaries(
        st.sampled_from(["query", "tensor", "place", "value", "text", "order", "use", "file"]),
        texts | st.sampled_from(["x", "weight", "bias", "0_0_0", "1_2_3_4", "preset=gray-5x5", "layer=9", "hwc", "1"]),
    )
)
def test_no_field_breaks_a_form(client, form, fields):
    assert client.post(f"{EXHIBIT.path}/{form}", data=fields).status_code < 500


@pytest.mark.parametrize(
    "raw", ["%ff%fe", "x=%00", "x=%ED%A0%80", "a=b&a=c&stride=1&stride=2", "=", "&&&", "stride", "x[]=1"]
)
@pytest.mark.parametrize("route", ROUTES)
def test_no_raw_query_breaks_a_route(client, route, raw):
    assert client.get(f"{route}?{raw}").status_code < 500


@pytest.mark.parametrize("header", ["accept-language", "cookie", "if-none-match", "host", "accept", "accept-encoding"])
@pytest.mark.parametrize(
    "value", ["", "\x7f", "zh;q=;;,", "lang=%00; theme=\x22", "*", "é".encode("latin-1"), "x" * 5000]
)
def test_no_header_breaks_a_page(client, header, value):
    assert client.get(EXHIBIT.path, headers={header: value}).status_code < 500


def test_an_error_is_told_in_the_language_of_the_reader(client):
    url = f"{EXHIBIT.api}?stride=abc"
    english, chinese = (client.get(url, headers={"accept-language": lang}).json()["error"] for lang in ("en", "zh"))
    assert english != chinese
    assert "abc" in chinese


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_that_is_not_there_says_so_in_one_sentence(client, lang):
    page = client.get("/nowhere", headers={"accept": "text/html", "accept-language": lang})
    program = client.get("/api/nowhere", headers={"accept-language": lang})
    assert (page.status_code, program.status_code) == (404, 404)
    assert program.json()["error"] in page.text


@pytest.mark.parametrize("path", ["/", EXHIBIT.path, EXHIBIT.api, "/nowhere"])
def test_head_answers_like_get_without_the_body(client, path):
    get, head = client.get(path), client.request("HEAD", path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]

"""What every answer carries, and what no page may contain."""

import re

import pytest

from app import paths

ANSWERS = {
    "home": "/",
    "exhibit": "/exhibits/convolution-forward",
    "refused": "/exhibits/convolution-forward?stride=abc",
    "missing": "/nowhere",
    "api": "/api/exhibits/convolution-forward",
    "refused by the api": "/api/exhibits/convolution-forward?stride=0",
    "array": "/api/exhibits/convolution-forward/x.npy",
    "picture": "/api/exhibits/convolution-forward.png",
    "schema": "/openapi.json",
    "sitemap": "/sitemap.xml",
    "palette": "/static/0/palette.css",
    "missing file": "/static/nothing.js",
    "icon": "/favicon.ico",
}
STATIC = sorted(file.relative_to(paths.STATIC).as_posix() for file in paths.STATIC.rglob("*") if file.is_file())
TEMPLATES = sorted(paths.TEMPLATES.rglob("*.html"))
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


def assert_guarded(response):
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "http" not in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("url", ANSWERS.values(), ids=ANSWERS)
def test_every_answer_has_a_strict_policy(client, url):
    first, again = client.get(url), client.get(url)
    assert first.status_code < 500
    assert_guarded(first)
    assert_guarded(again)


@pytest.mark.parametrize(
    ("method", "url"), [("POST", "/"), ("PUT", "/api/exhibits/convolution-forward"), ("DELETE", "/x")]
)
def test_refused_methods_have_it_too(client, method, url):
    response = client.request(method, url, headers={"accept": "text/html"})
    assert response.status_code in (404, 405)
    assert_guarded(response)
    assert "start again" in response.text or "go back" in response.text


def test_too_large_a_body_has_it_too(client):
    assert_guarded(client.post("/exhibits/convolution-forward/check", content=b"x" * 2_000_000))


def test_an_unchanged_answer_has_it_too(client):
    etag = client.get("/").headers["etag"]
    response = client.get("/", headers={"if-none-match": etag})
    assert response.status_code == 304
    assert_guarded(response)


@pytest.mark.parametrize("file", STATIC)
def test_every_static_file_is_served_with_its_type(client, file):
    response = client.get(f"/static/{file}")
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == TYPES[f".{file.rpartition('.')[2]}"]
    assert response.headers["cache-control"] == "no-cache"


def test_a_static_file_named_with_the_build_is_kept_for_ever(client):
    link = re.search(r'src="(/static/\w+/js/site\.js)"', client.get("/").text)[1]
    assert "immutable" in client.get(link).headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["../app/main.py", "..%2fapp/main.py", "%2e%2e/pyproject.toml", "//etc/passwd", "js/../../pyproject.toml"]
)
def test_nothing_outside_the_static_folder_is_served(client, path):
    assert client.get(f"/static/{path}").status_code == 404


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.relative_to(paths.TEMPLATES).as_posix())
def test_a_template_has_nothing_inline_and_asks_no_other_host(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=", text)
    assert "<style" not in text
    assert not re.search(r"""\son[a-z]+\s*=\s*["'{]""", text)
    assert "javascript:" not in text
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert not re.search(r"https?://", text)


@pytest.mark.parametrize("file", [file for file in STATIC if file.endswith((".js", ".css"))])
def test_a_script_or_sheet_asks_no_other_host_and_evaluates_nothing(file):
    text = (paths.STATIC / file).read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://[^\s\"'`)]+", text)) - {"http://www.w3.org/2000/svg"}
    assert hosts == set()
    assert not re.search(r"\beval\(|new Function\(|document\.write\(", text)


@pytest.mark.parametrize("url", ["/", "/exhibits/convolution-forward", "/api"])
def test_a_page_refers_to_this_site_only(client, url):
    html = client.get(url).text
    for link in re.findall(r'(?:href|src|action)="([^"]*)"', html):
        assert link.startswith(("/", "#", "?")), link
        assert not link.startswith("//")


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}"])
def test_what_a_learner_types_is_escaped(client, evil):
    for name in ("preset", "x", "guess", "lang", "theme", "state", "nothing"):
        html = client.get("/exhibits/convolution-forward", params={name: evil, "predict": 1}).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html

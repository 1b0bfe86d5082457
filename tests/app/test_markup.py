"""Every page is valid HTML in both languages, in every state that a learner can reach."""

import re
from collections import Counter

import html5lib
import pytest

from app.exhibits import EXHIBITS
from app.exhibits.convolution_forward.presets import PRESETS
from app.lessons import LESSONS

EXHIBIT = "/exhibits/convolution-forward"
LESSON = "/lessons/convolution-step-by-step"
HTML = {"accept": "text/html"}
PAGES = {
    "home": "/",
    "exhibits": "/exhibits",
    "lessons": "/lessons",
    "glossary": "/glossary",
    "api": "/api",
    "missing": "/nowhere",
    **{slug: lesson.path for slug, lesson in LESSONS.items()},
    "lesson question right": f"{LESSON}?seed=1&question=output-size&show=1",
    "lesson question unread": f"{LESSON}?seed=1&question=one-cell&answer=<b>",
    "worksheet": f"{LESSON}/worksheet?seed=7",
    "worksheet with key": f"{LESSON}/worksheet?seed=7&key=1",
    **{slug: exhibit.path for slug, exhibit in EXHIBITS.items()},
    **{f"{slug} embedded": f"{exhibit.path}?embed=1" for slug, exhibit in EXHIBITS.items()},
    **{preset: f"{EXHIBIT}?preset={preset}&step=3" for preset in PRESETS},
    "second layer": f"{EXHIBIT}?preset=layer&layer=2&step=1000",
    "code": f"{EXHIBIT}?tab=code",
    "channel by channel": f"{EXHIBIT}?step_size=channel&step=7",
    "product by product": f"{EXHIBIT}?step_size=product&step=31",
    "predict": f"{EXHIBIT}?predict=1&step=4",
    "predicted right": f"{EXHIBIT}?predict=1&step=4&guess=7",
    "predicted wrong": f"{EXHIBIT}?predict=1&step=4&guess=6",
    "activation": f"{EXHIBIT}?activation=sigmoid",
    "true convolution": f"{EXHIBIT}?true_convolution=1",
    "shuffled": f"{EXHIBIT}?seed=3&size=9x4&in_channels=2",
    "uneven": f"{EXHIBIT}?stride=3x2&padding=0x1x2x0&dilation=1x2",
    "dark": f"{EXHIBIT}?theme=dark",
    "refused": f"{EXHIBIT}?stride=<b>&padding=77",
    "does not fit": f"{EXHIBIT}?kernel_size=11",
    "expired": f"{EXHIBIT}?state={'0' * 20}",
}
FORMS = {
    "previewed": ("tensor", {"text": "[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]"}),
    "previewed filters": ("tensor", {"text": "[[1, 2], [3, 4]]", "tensor": "weight"}),
    "previewed bias": ("tensor", {"text": "1 2", "tensor": "bias"}),
    "no tensor": ("tensor", {"text": "<b>one</b>"}),
    "checked": ("check", {"text": "1 2 3"}),
    "not checked": ("check", {"text": "</textarea><b>"}),
    "not edited": ("edit", {"tensor": "x", "place": "9_9_9", "value": "1"}),
}
each_language = pytest.mark.parametrize(("lang", "attribute"), [("en", "en"), ("zh", "zh-Hans")])


def assert_well_made(html, attribute):
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    assert tree.get("lang") == attribute
    assert len(tree.findall(".//h1")) == 1
    assert tree.find(".//title").text.strip()
    assert tree.find(".//main") is not None
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    for element in tree.iter():
        for reference in ("for", "aria-describedby", "aria-labelledby"):
            assert element.get(reference) is None or element.get(reference) in ids
    assert not re.search(r"%\(\w+\)|\{\{|\{%|\bNone\b|Undefined", _text(tree))


def _text(tree):
    parts = [tree.text or ""] if isinstance(tree.tag, str) and tree.tag not in ("script", "code") else []
    return " ".join(parts + [_text(child) + " " + (child.tail or "") for child in tree])


@each_language
@pytest.mark.parametrize("url", PAGES.values(), ids=PAGES)
def test_a_page_is_well_made(client, url, lang, attribute):
    response = client.get(url, params=None, headers={**HTML, "accept-language": lang})
    assert response.status_code < 500
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert_well_made(response.text, attribute)


@each_language
@pytest.mark.parametrize(("form", "fields"), FORMS.values(), ids=FORMS)
def test_the_answer_to_a_form_is_well_made(client, form, fields, lang, attribute):
    response = client.post(f"{EXHIBIT}/{form}", data=fields, headers={**HTML, "accept-language": lang})
    assert response.status_code in (200, 422)
    assert_well_made(response.text, attribute)


@pytest.mark.parametrize(
    "url", ["/", "/exhibits", "/lessons", EXHIBIT, f"{EXHIBIT}?step_size=product", f"{EXHIBIT}?tab=code"]
)
def test_a_chinese_page_says_little_in_english(client, url):
    html = client.get(url, headers={"accept-language": "zh"}).text
    text = _text(html5lib.parse(html, namespaceHTMLElements=False))
    phrases = re.findall(r"(?:[A-Za-z]{2,} ){4,}[A-Za-z]{2,}", text)
    assert phrases == []


@pytest.mark.parametrize("url", ["/", "/exhibits", "/lessons", LESSON, EXHIBIT, f"{EXHIBIT}?tab=code"])
def test_every_link_on_a_page_leads_somewhere(client, url):
    links = {
        link.replace("&amp;", "&") for link in re.findall(r'<(?:a|link)[^>]* href="([^"#]+)"', client.get(url).text)
    }
    assert len(links) > 5
    broken = {link: client.get(link).status_code for link in sorted(links) if link.startswith("/")}
    assert {link: status for link, status in broken.items() if status not in (200, 308)} == {}

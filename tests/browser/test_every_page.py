"""Every page, in both languages, on phone and desktop, in light and dark: nothing complains."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.exhibits import EXHIBITS
from app.lessons import LESSONS

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-forward"
LESSON = "/lessons/convolution-step-by-step"
PAGES = {
    "home": "/",
    "exhibits": "/exhibits",
    "api": "/api",
    "lessons": "/lessons",
    "glossary": "/glossary",
    "worksheet": f"{LESSON}/worksheet?seed=7&key=1",
    "answered": f"{LESSON}?seed=7&question=one-cell&answer=1",
    "embedded": f"{EXHIBIT}?embed=1&step=4",
    **{slug: f"{lesson.path}?seed=7" for slug, lesson in LESSONS.items()},
    **{slug: exhibit.path for slug, exhibit in EXHIBITS.items()},
    "cs231n": f"{EXHIBIT}?step=4",
    "second-layer": f"{EXHIBIT}?preset=layer&layer=2&step=500",
    "products": f"{EXHIBIT}?preset=grouped&step_size=product&step=200",
    "asymmetric": f"{EXHIBIT}?preset=asymmetric&activation=sigmoid&true_convolution=1",
    "largest": f"{EXHIBIT}?in_channels=8&size=32&out_channels=16&kernel_size=11",
    "predict": f"{EXHIBIT}?predict=1&step=7&guess=5",
    "code": f"{EXHIBIT}?tab=code",
    "opened": "/exhibits/lenet5?digit=7&beside=4&cell=conv2.3.4.5&step_size=channel&trail=softmax.7,pool2.3.2.2",
    "pixels": "/exhibits/lenet5?digit=2&cell=input.0.9.9",
}
VIEWS = {
    "desktop-light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
    "desktop-dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True},
}
WIDER = "document.documentElement.scrollWidth - innerWidth"


def looks():
    """Every page in every view and language; one of the two languages of each is left to the long run."""
    for p, (page, path) in enumerate(PAGES.items()):
        for v, (view, options) in enumerate(VIEWS.items()):
            for k, locale in enumerate(("en", "zh-CN")):
                turn = (p + v // 2 + v + k) % 2  # light and dark, phone and desktop take turns
                marks = pytest.mark.slow if turn else ()
                yield pytest.param(path, options, locale, id=f"{page}-{view}-{locale}", marks=marks)


@pytest.mark.parametrize(("path", "view", "locale"), list(looks()))
def test_nothing_complains(visit, path, view, locale):
    visited = visit(path, locale=locale, **view)
    page = visited.page
    found = Axe().run(page).response["violations"]
    assert visited.errors == []
    assert visited.elsewhere == []
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert page.evaluate(WIDER) <= 0
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if locale == "zh-CN" else "en")


@pytest.mark.parametrize("width", [700, 820, 1024, 1200, 1920])
@pytest.mark.parametrize("path", ["cs231n", "answered"])
def test_no_width_overflows(visit, width, path):
    page = visit(PAGES[path], viewport={"width": width, "height": 900}).page
    assert page.evaluate(WIDER) <= 0


def test_an_error_is_one_sentence_with_a_way_out(visit):
    page = visit(f"{EXHIBIT}?kernel_size=9").page
    assert "kernel spans 9 but padded input is only 7" in page.locator(".error").inner_text()
    page.locator(".error a", has_text="Padding").click()
    page.locator("tensor-grid[data-tensor=output]").first.wait_for()
    assert "padding=2" in page.url
    assert page.locator(".error").count() == 0

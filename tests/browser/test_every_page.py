"""Every page, in both languages, on phone and desktop, in light and dark: nothing complains."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.exhibits import EXHIBITS
from app.lessons import LESSONS

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-forward"
LAB = "/exhibits/image-lab"
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
    "explained": f"{LAB}?photo=coffee&beside=cat&cell=conv3.7.5.5&step_size=channel&step=2&trail=softmax.1",
    **{f"first-{tab}": f"/exhibits/first-layer?tab={tab}" for tab in ("spectrum", "dead", "aliasing", "shift")},
    "all-points": "/exhibits/critical-points?tab=points&surface=ackley&at=5",
    "chord": "/exhibits/critical-points?tab=convex&f=log(x)",
    "normalised": f"{LAB}?photo=coins&cell=norm1.3.9.9&scale=fixed&colours=viridis&net=zfnet",
}
VIEWS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
}
WIDER = "document.documentElement.scrollWidth - innerWidth"
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}  # all that the dark may spoil
AT_REST = "() => document.getAnimations().every((one) => one.playState !== 'running')"


def looks():
    """Every page in both views and languages; one of the two languages of each is left to the long run."""
    for p, (page, path) in enumerate(PAGES.items()):
        for v, (view, options) in enumerate(VIEWS.items()):
            for k, locale in enumerate(("en", "zh-CN")):
                marks = pytest.mark.slow if (p + v + k) % 2 else ()
                yield pytest.param(path, options, locale, id=f"{page}-{view}-{locale}", marks=marks)


def complaints(page, **options):
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in Axe().run(page, **options).response["violations"]]


@pytest.mark.parametrize(("path", "view", "locale"), list(looks()))
def test_nothing_complains(visit, path, view, locale):
    visited = visit(path, locale=locale, color_scheme="light", **view)
    page = visited.page
    assert complaints(page) == []
    assert page.evaluate(WIDER) <= 0
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if locale == "zh-CN" else "en")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(AT_REST)
    assert complaints(page, options=COLOURS) == []
    assert visited.errors == []
    assert visited.elsewhere == []


def test_a_colour_that_is_too_weak_in_the_dark_is_found(visit):
    page = visit("/api", color_scheme="light").page
    page.emulate_media(color_scheme="dark")
    page.locator("h1").evaluate("it => { it.style.color = 'color-mix(in srgb, Canvas 90%, CanvasText)'; }")
    assert [rule for rule, _ in complaints(page, options=COLOURS)] == ["color-contrast"]


@pytest.mark.parametrize("path", ["cs231n", "answered"])
def test_no_width_overflows(visit, path):
    assert visit(PAGES[path]).too_wide_for((700, 820, 1024, 1200, 1920)) == []


def test_an_error_is_one_sentence_with_a_way_out(visit):
    page = visit(f"{EXHIBIT}?kernel_size=9").page
    assert "kernel spans 9 but padded input is only 7" in page.locator(".error").inner_text()
    page.locator(".error a", has_text="Padding").click()
    page.locator("tensor-grid[data-tensor=output]").first.wait_for()
    assert "padding=2" in page.url
    assert page.locator(".error").count() == 0

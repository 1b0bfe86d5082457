"""The stepper as a hand uses it: keys, buttons, scrubber; every step equal to the server's own page."""

import pytest

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-forward"
OUTPUT = [2, 3, 3, 3, 7, 3, 8, 10, -3, -8, -8, -3, -3, 1, 0, -3, -8, -5]
MINUS = "\N{MINUS SIGN}"

# The first place where what scripts drew differs from what the server draws for the link that scripts wrote.
DIFFERENCE = """async () => {
  const response = await fetch(location.href);
  const wanted = new DOMParser().parseFromString(await response.text(), "text/html");
  const live = ["tabindex", "data-step", "data-cell", "data-part", "data-written", "data-summed"]
    .concat(["aria-live", "aria-disabled"]);
  const plain = (root) => {
    const copy = root.querySelector("article").cloneNode(true);
    for (const control of copy.querySelectorAll("a, input, form, .scrubber, .controls, [data-go]")) control.remove();
    for (const hidden of copy.querySelectorAll("[hidden]")) hidden.replaceChildren();
    for (const one of copy.querySelectorAll("*")) live.forEach((name) => one.removeAttribute(name));
    return copy;
  };
  const differ = (mine, theirs) => {
    if (mine.isEqualNode(theirs)) return null;
    const [a, b] = [[...mine.childNodes], [...theirs.childNodes]];
    const at = a.findIndex((child, index) => !b[index] || !child.isEqualNode(b[index]));
    if (a.length === b.length && at >= 0 && a[at].nodeName === b[at].nodeName && a[at].childNodes.length)
      return differ(a[at], b[at]);
    return [mine.outerHTML ?? mine.nodeValue, theirs.outerHTML ?? theirs.nodeValue].map((text) => text.slice(0, 400));
  };
  return differ(plain(document), plain(wanted));
}"""


def said(page):
    return page.locator("[data-slot=narration]").inner_text()


def wait_for_step(page, number):
    page.locator("[data-slot=step]", has_text=str(number)).wait_for()
    page.wait_for_function("step => new URL(location.href).searchParams.get('step') === String(step)", arg=number - 1)


def test_the_right_arrow_walks_through_the_famous_output(visit):
    page = visit().page
    for step, value in enumerate(OUTPUT):
        expected = str(value).replace("-", MINUS)
        page.wait_for_function(
            "value => document.querySelector('[data-slot=total] mark')?.textContent === value", arg=expected
        )
        assert said(page).endswith(f"{expected}.")
        page.keyboard.press("ArrowRight")
        if step < len(OUTPUT) - 1:
            wait_for_step(page, step + 2)


@pytest.mark.parametrize(
    "state",
    [
        "?x",
        "?step_size=channel",
        "?step_size=product",
        "?preset=grouped&step_size=product",
        "?preset=dilated",
        "?preset=asymmetric&activation=tanh&step_size=channel",
        "?preset=channels-1x1&true_convolution=1",
        "?preset=layer&layer=2",
        "?x=1x3x3_0.123_4.5_-1_0_7_1e-3_2_2_2&weight=1x1x2x2_0.333_1_0.25_-7&padding=0&stride=1&step_size=product",
    ],
)
def test_scripts_draw_what_the_server_draws(visit, state):
    page = visit(EXHIBIT + state).page
    steps = int(page.locator("step-player").get_attribute("data-steps"))
    for step in sorted({1, 2, 3, 17, 40, steps // 2, steps - 2, steps - 1} & set(range(1, steps))):
        page.locator("step-player").evaluate(
            "(player, step) => { player.show(step); player.dispatchEvent(new CustomEvent('step-change', "
            "{ detail: { step, settled: true }, bubbles: true })); }",
            step,
        )
        wait_for_step(page, step + 1)
        assert page.evaluate(DIFFERENCE) is None, f"step {step}"


def test_keys_play_pause_and_jump(visit):
    page = visit().page
    page.keyboard.press("End")
    wait_for_step(page, 18)
    page.keyboard.press("Home")
    wait_for_step(page, 1)
    page.locator("[data-speed]").select_option("8")
    page.locator("h1").click()
    page.keyboard.press(" ")
    page.wait_for_function("() => Number(document.querySelector('[data-slot=step]').textContent) > 3")
    page.keyboard.press("Escape")
    stopped = page.locator("[data-slot=step]").inner_text()
    page.wait_for_timeout(400)
    assert page.locator("[data-slot=step]").inner_text() == stopped
    assert page.locator("[data-go=play]").get_attribute("aria-pressed") == "false"


def test_playing_stops_at_the_end_and_starts_again(visit):
    page = visit(f"{EXHIBIT}?step=15").page
    page.locator("[data-speed]").select_option("8")
    page.locator("[data-go=play]").click()
    wait_for_step(page, 18)
    assert page.locator("[data-go=next]").get_attribute("aria-disabled") == "true"
    page.locator("[data-go=play]").click()
    page.wait_for_function("() => Number(document.querySelector('[data-slot=step]').textContent) < 18")


def test_the_scrubber_goes_anywhere(visit):
    page = visit(f"{EXHIBIT}?preset=layer").page
    page.locator(".scrubber input[name=step]").fill("4703")
    wait_for_step(page, 4704)
    assert "rows 27–31, columns 27–31" in said(page)


def test_step_size_keeps_the_place(visit):
    page = visit(f"{EXHIBIT}?step=4").page
    page.locator("[data-step-size=product]").last.click()
    page.wait_for_url("**step_size=product**")
    assert page.locator("[data-slot=step]").inner_text() == str(4 * 27 + 1)
    page.locator("step-player [data-step-size=output]").click()
    page.wait_for_url(lambda url: "step_size" not in url)
    assert page.locator("[data-slot=step]").inner_text() == "5"


def test_links_and_exports_follow_the_step_that_is_shown(visit):
    page = visit().page
    for number in range(2, 6):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, number)
    page.locator("[data-step-size=product]").last.click()
    wait_for_step(page, 4 * 27 + 1)
    page.locator(".tabs a", has_text="Code").click()
    page.locator("pre").first.wait_for()
    page.locator(".tabs a", has_text="Forward").click()
    wait_for_step(page, 4 * 27 + 1)
    page.locator("a[hreflang=zh]").click()
    page.locator("html[lang=zh-Hans] .count", has_text="109").wait_for()
    assert "lang=" not in page.url


def test_the_channel_being_summed_is_in_view(visit):
    page = visit(f"{EXHIBIT}?in_channels=6&step_size=channel").page
    for number in range(2, 7):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, number)
    box, column = (page.locator(where).bounding_box() for where in (".channels", ".channel[data-channel='5']"))
    assert column["x"] + column["width"] <= box["x"] + box["width"] + 1


def test_space_on_a_button_presses_it(visit):
    page = visit().page
    page.locator("[data-go=next]").focus()
    page.keyboard.press(" ")
    wait_for_step(page, 2)
    assert page.locator("[data-go=play]").get_attribute("aria-pressed") == "false"


def test_a_copied_link_reproduces_the_step(visit):
    first = visit().page
    first.keyboard.press("ArrowRight")
    wait_for_step(first, 2)
    second = visit(first.url.partition("127.0.0.1")[2].partition("/")[2].join(["/", ""])).page
    assert said(second) == said(first)


def test_reduced_motion_moves_nothing(visit):
    page = visit(reduced_motion="reduce").page
    moved = page.locator(".outline .inner").first.evaluate("rect => getComputedStyle(rect).transitionDuration")
    assert moved == "0s"


def test_the_home_page_steps_too(visit):
    page = visit("/").page
    page.locator("[data-go=next]").click()
    page.wait_for_function("() => document.querySelector('[data-slot=total] mark').textContent === '3'")
    assert page.url.endswith("/")

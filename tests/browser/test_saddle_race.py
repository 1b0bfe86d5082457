"""Race at the saddle under a hand: steps, the start, the formula, the surface; and what a link brings back."""

import pytest

from tests.browser.test_stepping import said

pytestmark = pytest.mark.browser

PAGE = "/exhibits/saddle-race"
# What is drawn and printed now, and what the server sends for the address of now; controls that links are apart.
DIFFERENCE = """async () => {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const wanted = new DOMParser().parseFromString(await response.text(), "text/html");
  const parts = [".race-plot svg", ".race-solid svg", ".race-standings table", ".race-cartoon", ".race-numbers",
    ".narration"];
  const plain = (root, part) => {
    const copy = root.querySelector(part)?.cloneNode(true);
    for (const one of copy?.querySelectorAll("a") ?? []) one.removeAttribute("href");
    copy?.removeAttribute("aria-live");
    return copy;
  };
  const differ = (mine, theirs) => {
    if (mine.isEqualNode(theirs)) return null;
    for (let k = 0; k < mine.childNodes.length; k++)
      if (!theirs.childNodes[k] || !mine.childNodes[k].isEqualNode(theirs.childNodes[k]))
        return mine.childNodes[k].childNodes?.length && theirs.childNodes[k]
          ? differ(mine.childNodes[k], theirs.childNodes[k])
          : [mine.childNodes[k].outerHTML ?? mine.nodeValue, theirs.childNodes[k]?.outerHTML].map(String);
    return [mine.cloneNode().outerHTML, theirs.cloneNode().outerHTML];
  };
  for (const part of parts) {
    const [mine, theirs] = [plain(document, part), plain(wanted, part)];
    if (!mine || !theirs) return `${part} is missing`;
    const found = differ(mine, theirs);
    if (found) return [part, ...found.map((text) => text.slice(0, 300))];
  }
  return null;
}"""


def step_shown(page, number):
    page.locator("step-player [data-slot=step]", has_text=str(number)).wait_for()
    page.wait_for_function("step => new URL(location.href).searchParams.get('step') === String(step)", arg=number)


def at(page, x, y):
    """Return where a place of x^2 - y^2 is on the screen."""
    box = page.locator(".race-plot .edge").bounding_box()
    return box["x"] + box["width"] * (x + 2) / 4, box["y"] + box["height"] * (2 - y) / 4


@pytest.mark.parametrize(
    "state",
    [
        "?",
        "?race=sgd,adam,amsgrad&pick=amsgrad&surface=himmelblau",
        "?race=newton,sgd,lion&pick=sgd&set=sgd.lr:1.5&steps=1000&surface=rosenbrock",
        "?f=log(x)%2By^2&turn=35",
        "?surface=bowl&tilt=15&race=adadelta,rmsprop&pick=rmsprop&set=rmsprop.momentum:0.9,rmsprop.centered:1",
    ],
)
def test_every_step_is_shown_as_the_server_draws_it_and_nothing_is_asked(visit, state):
    visited = visit(PAGE + state)
    page, asked = visited.page, []
    page.on("request", lambda request: "exhibits/" in request.url and asked.append(request.url))
    page.keyboard.press("ArrowRight")
    step_shown(page, 31)
    for key, number in (("End", None), ("ArrowLeft", None), ("Home", 0)):
        page.keyboard.press(key)
        if number is not None:
            step_shown(page, number)
        assert asked == []
        assert page.evaluate(DIFFERENCE) is None
        asked.clear()
    assert visited.errors == []


def test_the_race_is_played(visit):
    page = visit(f"{PAGE}?step=0").page
    page.locator("[data-speed]").select_option("8")
    page.locator("h1").click()
    page.keyboard.press(" ")
    page.wait_for_function("() => Number(document.querySelector('step-player [data-slot=step]').textContent) > 4")
    page.keyboard.press("Escape")
    page.wait_for_function("() => Number(new URL(location.href).searchParams.get('step')) > 4")
    assert page.evaluate(DIFFERENCE) is None


def test_the_start_is_dragged_and_the_paths_follow_at_once(visit):
    visited = visit(PAGE)
    page = visited.page
    before = page.locator('[data-racer="adam"] .line').get_attribute("d")
    page.mouse.move(*at(page, -1.5, 0.005))
    page.mouse.down()
    page.mouse.move(*at(page, -1, 0.7))
    page.wait_for_function(
        "before => document.querySelector('[data-racer=\"adam\"] .line').getAttribute('d') !== before", arg=before
    )
    page.mouse.move(*at(page, 1, 0.5), steps=3)
    page.mouse.up()
    page.wait_for_function("() => new URL(location.href).searchParams.has('x')")
    query = page.evaluate("Object.fromEntries(new URL(location.href).searchParams)")
    assert (float(query["x"]), float(query["y"])) == (pytest.approx(1, abs=0.02), pytest.approx(0.5, abs=0.02))
    page.locator(f'[data-plot][data-x="{float(query["x"])}"]').wait_for()
    assert page.evaluate(DIFFERENCE) is None
    assert visited.errors == []


def test_a_finger_drags_the_start_and_a_tap_chooses_another(visit):
    page = visit(PAGE, viewport={"width": 390, "height": 844}, has_touch=True).page
    page.touchscreen.tap(*at(page, 0.5, 1.2))
    page.wait_for_function("() => new URL(location.href).searchParams.has('x')")
    page.locator('[data-plot]:not([data-x="-1.5"])').wait_for()
    x, y = at(page, 0.5, 1.2)
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for k in range(1, 5):
        touch.send(
            "Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x - 5 * k, "y": y + 20 * k}]}
        )
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("() => Number(new URL(location.href).searchParams.get('y')) < 0.4")
    assert page.evaluate("scrollY") == 0


def test_arrow_keys_move_the_start_and_leave_the_step(visit):
    page = visit(PAGE).page
    page.locator("[data-plot]").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => new URL(location.href).searchParams.get('x') === '-1.1'")
    page.locator('[data-plot][data-x="-1.1"]').wait_for()
    assert page.locator("step-player").get_attribute("data-step") == "30"


def test_a_formula_is_drawn_while_it_is_typed_and_a_wrong_one_leaves_the_last_picture(visit):
    visited = visit(PAGE)
    page = visited.page
    field = page.locator("#race-f")
    field.fill("x^2 + 3*y^2")
    page.wait_for_function("() => new URL(location.href).searchParams.get('f') === 'x^2 + 3*y^2'")
    page.locator(".note", has_text="There is no saddle in this frame").wait_for()
    bands = page.locator(".bands").inner_html()
    field.press("End")
    field.press_sequentially(" + $")
    alert = page.locator(".race-surfaces .error")
    alert.wait_for()
    assert "'$' at place 15 cannot be used" in alert.inner_text()
    assert field.input_value() == "x^2 + 3*y^2 + $"
    assert page.locator(".bands").inner_html() == bands
    page.reload()
    assert page.locator("#race-f").input_value() == "x^2 + 3*y^2 + $"
    assert page.locator(".bands").inner_html() == bands
    assert all("422" in error for error in visited.errors)  # what the browser says of a refused formula


def test_the_surface_turns_under_hand_and_keys_and_a_link_brings_the_view_back(visit):
    page = visit(PAGE).page
    box = page.locator(".race-solid").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 120, steps=4)
    page.mouse.up()
    page.wait_for_function("() => new URL(location.href).searchParams.has('turn')")
    page.locator("[data-solid]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => new URL(location.href).searchParams.get('turn') === '176'")
    assert page.evaluate(DIFFERENCE) is None
    drawn = page.locator(".race-solid svg").inner_html()
    page.reload()
    assert page.locator(".race-solid svg").inner_html() == drawn


def test_an_optimizer_is_added_and_a_seventh_is_refused(visit):
    page = visit(PAGE).page
    page.locator(".race-others summary").click()
    page.locator("[role=checkbox][aria-label=Lion]").focus()
    page.keyboard.press(" ")
    alert = page.locator(".race .error")
    alert.wait_for()
    assert "Six race at once at most: take one off first, then Lion can join." in alert.inner_text()
    page.locator("[role=checkbox][aria-label=SGD]").click()
    page.wait_for_function("() => document.querySelectorAll('[role=checkbox][aria-checked=true]').length === 5")
    page.locator("[role=checkbox][aria-label=Lion]").click()
    page.locator('tr[data-row="lion"]').wait_for()
    assert page.locator("tr[data-row]").count() == 6


def test_an_option_is_set_and_shared(visit):
    visited = visit(f"{PAGE}?pick=adam")
    page = visited.page
    page.locator("#race-option-betas").fill("0.5, 0.99")
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URL(location.href).searchParams.get('set') === 'adam.betas:0.5_0.99'")
    page.locator("#race-lr").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => new URL(location.href).searchParams.get('set').includes('adam.lr:')")
    page.locator(".slider output", has_text="0.051").wait_for()
    told, sentence = page.locator(".race-standings").inner_text(), said(page)
    page.reload()
    assert (page.locator(".race-standings").inner_text(), said(page)) == (told, sentence)
    assert visited.errors == []


def test_without_scripts_links_and_forms_do_the_same(visit):
    page = visit(PAGE, java_script_enabled=False).page
    page.locator("[data-go=next]").click()
    assert page.locator("[data-slot=step]").inner_text() == "31"
    page.locator("#race-f").fill("x*y")
    page.locator(".race-formula button").click()
    assert page.locator(".bands path").count() > 4
    page.locator(".race-named a", has_text="Himmelblau").click()
    page.locator(".race-start input[name=x]").fill("1")
    page.locator(".race-start button").click()
    assert page.locator("[data-plot]").get_attribute("data-x") == "1.0"
    page.locator("#race-set").fill("adam.lr:0.2")
    page.locator(".race-own button").click()
    assert page.locator('tr[data-row="adam"] td').first.inner_text() == "0.2"
    page.locator("a", has_text="turn left").click()
    assert "turn=120" in page.url

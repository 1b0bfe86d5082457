"""Matrix view as a hand uses it: keys step, cells of C can be pointed at and chosen, numbers changed."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-matrix"
OUTPUT = ["7", "2", "4", "\N{MINUS SIGN}8"]
MATRIX = "tensor-grid[data-tensor=matrix]"

# The first element of the picture that differs from what the server draws for the link that scripts wrote.
DIFFERENCE = """async () => {
  const wanted = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const plain = (root) => {
    const copy = root.querySelector(".matrix-view").cloneNode(true);
    for (const one of copy.querySelectorAll("[tabindex]")) one.removeAttribute("tabindex");
    return copy.innerHTML;
  };
  return plain(document) === plain(wanted);
}"""


def wait_for_step(page, number):
    page.wait_for_function("step => new URL(location.href).searchParams.get('step') === String(step)", arg=number - 1)
    page.locator("[data-slot=step]", has_text=str(number)).wait_for()


def said(page):
    return page.locator("[data-slot=narration] mark").inner_text()


def test_the_keys_walk_through_the_rows_and_the_page_is_the_servers(visit):
    visited = visit(EXHIBIT)
    page = visited.page
    for step, value in enumerate(OUTPUT):
        page.locator("[data-slot=narration] mark", has_text=value).wait_for()
        assert said(page) == value
        assert page.evaluate(DIFFERENCE)
        if step < len(OUTPUT) - 1:
            page.keyboard.press("ArrowRight")
            wait_for_step(page, step + 2)
    page.keyboard.press("Home")
    page.locator("[data-slot=narration] mark", has_text="7").wait_for()
    page.keyboard.press("End")
    wait_for_step(page, 4)
    assert visited.errors == []


@pytest.mark.parametrize("way", ["gather", "stamp"])
def test_the_keys_walk_back_too(visit, way):
    page = visit(f"{EXHIBIT}?tab=backward&way={way}").page
    for number in range(2, 5):
        page.keyboard.press("ArrowRight")
        wait_for_step(page, number)
        assert page.evaluate(DIFFERENCE)
    assert page.locator(f"{MATRIX} [data-lit]").count() > 0


def test_pointing_at_a_cell_of_c_shows_what_it_joins(visit):
    page = visit(f"{EXHIBIT}?step=1").page
    page.locator(f"{MATRIX} svg").hover(position={"x": 6.5 * 26, "y": 1.5 * 26})
    joined = page.locator("[data-slot=joined]")
    assert joined.inner_text() == "C[1,6] is w[0,0,1,1] = 1: it joins x[0,1,2] to y[0,0,1], forwards and backwards."
    hints = {
        name: page.locator(f"tensor-grid[data-tensor={name}] .hints").get_attribute("d")
        for name in ("x", "weight", "output")
    }
    assert hints == {"x": "M72 36h36v36h-36z", "weight": "M36 36h36v36h-36z", "output": "M48 0h48v48h-48z"}
    page.locator("h1").hover()
    assert joined.inner_text() == ""


def test_a_weight_finds_all_its_places_in_c(visit):
    page = visit(EXHIBIT).page
    page.locator("tensor-grid[data-tensor=weight] [data-row='0'][data-column='0']").focus()
    path = page.locator(f"{MATRIX} .hints").get_attribute("d")
    assert path.count("M") == 4


@pytest.mark.parametrize(("tab", "cell", "keys"), [("forward", "0x2", 2), ("backward", "2x0", 2)])
def test_a_cell_of_c_is_chosen_by_keyboard(visit, tab, cell, keys):
    page = visit(f"{EXHIBIT}?tab={tab}").page
    page.locator(f"{MATRIX} svg").focus()
    for _ in range(keys):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**cell={cell}**")
    assert page.locator("[data-slot=joined]").get_attribute("data-said")
    assert page.locator("[data-slot=joined]").inner_text().startswith(f"C[{cell.replace('x', ',')}]")


def test_a_cell_of_y_is_the_step_that_makes_it(visit):
    page = visit(EXHIBIT).page
    page.locator("tensor-grid[data-tensor=output] [data-row='1'][data-column='0']").click()
    wait_for_step(page, 3)
    assert said(page) == OUTPUT[2]


def test_a_number_typed_into_a_cell_changes_c_and_the_sum(visit):
    page = visit(EXHIBIT).page
    page.locator("tensor-grid[data-tensor=weight] [data-row='0'][data-column='0']").dblclick()
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    page.wait_for_url("**weight=1x1x3x3_6_**")
    page.locator("[data-slot=narration] mark", has_text="17").wait_for()
    assert page.locator(f"{MATRIX} .entries text").first.text_content() == "6"


def test_tabs_keep_the_step_where_it_means_the_same(visit):
    page = visit(f"{EXHIBIT}?step=2").page
    page.locator(".tabs a", has_text="Neurons").click()
    page.wait_for_url("**tab=neurons**")
    assert "step=2" in page.url
    page.locator(".tabs a", has_text="dy").click()
    page.wait_for_url("**tab=backward**")
    assert "step=" not in page.url


def test_without_scripts_links_step_and_the_form_finds_a_cell(visit):
    page = visit(f"{EXHIBIT}?step=1", java_script_enabled=False).page
    page.locator("[data-go=next]").click()
    assert said(page) == OUTPUT[2]
    page.locator("#cell-of-c").fill("2x8")
    page.locator(".cell-form button").click()
    assert page.locator("[data-slot=joined]").inner_text().startswith("C[2,8] is w[0,0,1,0]")
    assert "step=2" in page.url
    page.locator(".tabs a", has_text="Against loops").click()
    page.locator(".matrix-view a.button").click()
    assert page.locator(".costs").count() == 2


@pytest.mark.parametrize(
    "state", ["tab=backward&way=stamp&preset=groups", "tab=neurons", "tab=columns", "tab=loops&timed=1"]
)
def test_no_tab_complains_or_overflows_on_a_phone(visit, state):
    options = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}
    visited = visit(f"{EXHIBIT}?{state}", **options)
    found = Axe().run(visited.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
    assert visited.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert visited.errors == []

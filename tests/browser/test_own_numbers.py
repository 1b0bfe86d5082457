"""The learner's own numbers: typed, pasted, uploaded, predicted, checked; nothing typed is ever lost."""

import io

import numpy as np
import pytest

pytestmark = pytest.mark.browser

EXHIBIT = "/exhibits/convolution-forward"
X00 = "tensor-grid[data-tensor=x][data-place='0'] [data-row='0'][data-column='0']"


def test_typing_into_a_cell_changes_the_sum_and_back_undoes_it(visit):
    page = visit().page
    page.locator(X00).dblclick()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_url("**x=3x5x5_5_0_1**")
    assert page.locator(X00).text_content().strip() == "5"
    page.go_back()
    page.wait_for_function("() => !location.search.includes('x=')")
    page.locator(X00, has_text="0").wait_for()


def test_a_cell_takes_numbers_only_and_says_so(visit):
    page = visit().page
    page.locator(X00).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("nan")
    page.keyboard.press("Enter")
    page.locator(".error", has_text="not a finite number").wait_for()
    assert page.locator(X00).text_content().strip() == "0"


def test_a_teachers_tensor_in_either_axis_order(visit, rng):
    x = rng.integers(0, 10, size=(3, 7, 7))
    page = visit().page
    page.locator("[data-open=own-tensor]").click()
    page.locator("#own-text").fill(str(x.transpose(1, 2, 0).tolist()))
    page.locator("#own-tensor button.primary").click()
    page.locator("#own-tensor .notice", has_text="read as H × W × C").wait_for()
    page.locator("#own-tensor [name=use]").click()
    page.wait_for_url("**x=3x7x7_**")
    shown = page.locator(
        "tensor-grid[data-tensor=x][data-place='2'] [role=gridcell]:not(.padding) text"
    ).all_text_contents()
    assert [int(digit) for digit in shown] == x[2].ravel().tolist()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[1, 2], [3]]", "even the rows out"),
        ("1 2 NaN", "not a finite number"),
        ("one two", "not a number"),
        ("[[[[1]]]]", "2 or 3 axes"),
        ("[[1, 2", "bracket is missing"),
    ],
)
def test_what_is_no_tensor_is_explained_and_kept(visit, text, sentence):
    page = visit().page
    page.locator("[data-open=own-tensor]").click()
    page.locator("#own-text").fill(text)
    page.locator("#own-tensor button.primary").click()
    page.locator("#own-tensor .error", has_text=sentence).wait_for()
    assert page.locator("#own-text").input_value() == text


def test_ten_megabytes_of_text_are_refused_and_kept(visit):
    page = visit().page
    page.locator("[data-open=own-tensor]").click()
    page.locator("#own-text").evaluate("field => { field.value = '1 '.repeat(5_000_000); }")
    page.locator("#own-tensor button.primary").click()
    page.locator("#own-tensor .error", has_text="more than 1 MB").wait_for()
    assert page.locator("#own-text").evaluate("field => field.value.length") == 10_000_000


def test_an_npy_file_is_shown_before_it_is_taken(visit):
    buffer = io.BytesIO()
    np.save(buffer, np.arange(2 * 4 * 6).reshape(2, 4, 6))
    page = visit().page
    page.locator("[data-open=own-tensor]").click()
    page.locator("#own-file").set_input_files(
        {"name": "x.npy", "mimeType": "application/octet-stream", "buffer": buffer.getvalue()}
    )
    page.locator("#own-tensor button.primary").click()
    page.locator("#own-tensor .notice", has_text="2 × 4 × 6").wait_for()
    assert "x=" not in page.url


def test_a_long_state_is_stored_and_says_how_long_it_lives(visit):
    page = visit(f"{EXHIBIT}?in_channels=8&size=32").page
    page.locator("tensor-grid[data-tensor=bias] [role=gridcell]").first.dblclick()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**bias=**")
    page.locator("tensor-grid[data-tensor=x] svg").first.dblclick(position={"x": 20, "y": 20})
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    page.wait_for_url("**state=**")
    assert "lives 90 days" in page.locator(".notice").first.inner_text()


def test_back_undoes_a_drag_as_a_whole(visit):
    page = visit(f"{EXHIBIT}?step=4").page
    box = page.locator("#control-stride").bounding_box()
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) / 7, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    page.wait_for_url("**stride=1**")
    page.go_back()
    page.wait_for_url("**step=4")
    page.locator("output[for=control-stride]", has_text="2").wait_for()


def test_switching_the_language_keeps_what_was_typed(visit):
    page = visit().page
    page.locator("[data-open=own-tensor]").click()
    page.locator("#own-text").fill("1 2 3")
    page.locator("a[hreflang=zh]").click()
    page.locator("h1", has_text="一个窗口").wait_for()
    assert page.locator("#own-text").input_value() == "1 2 3"
    assert page.locator("#own-text").is_visible()


def test_an_edit_by_keyboard_leaves_the_cursor_on_its_cell(visit):
    page = visit().page
    page.locator(X00).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_url("**x=3x5x5_5_0_1**")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.dataset.column") == "1"


def test_playing_stops_at_each_question(visit):
    page = visit(f"{EXHIBIT}?predict=1").page
    page.locator("[data-speed]").select_option("8")
    page.locator("[data-reveal]").click()
    page.locator("[data-slot=total] mark", has_text="2").wait_for()
    page.locator("[data-go=play]").click()
    page.wait_for_url("**step=1**")
    page.wait_for_timeout(600)
    assert page.locator("[data-slot=step]").inner_text() == "2"
    assert page.locator("[data-slot=total]").is_hidden()


def test_a_slider_stops_where_its_numbers_stop_fitting(visit):
    page = visit().page
    page.locator("#control-kernel_size").fill("11")
    page.wait_for_url("**kernel_size=7**")
    assert page.locator("output[for=control-kernel_size]").inner_text() == "7 × 7"
    assert page.locator(".error").count() == 0


def test_predicting_hides_the_value_until_it_is_found(visit):
    page = visit(f"{EXHIBIT}?step=4&predict=1").page
    assert "7" not in page.locator(".dock").inner_text().replace("row 1", "")[:120]
    page.locator("#guess").fill("6")
    page.locator(".quiz button").click()
    page.locator(".quiz .error", has_text="bias").wait_for()
    page.locator("#guess").fill("7")
    page.locator(".quiz button").click()
    page.locator(".quiz .ok").wait_for()
    page.locator("tensor-grid[data-tensor=output] [data-row='1'][data-column='1']", has_text="7").first.wait_for()
    page.locator("[data-go=next]").click()
    page.wait_for_url("**step=5**")
    assert page.locator(".quiz .ok").count() == 0
    page.locator("[data-reveal]").click()
    page.locator("[data-slot=total] mark", has_text="3").wait_for()


def test_a_wrong_answer_is_told_its_likely_cause(visit):
    page = visit().page
    page.locator("#check-answer summary").click()
    page.locator("#answer-text").fill("1 2 2\n2 6 2\n7 9 -4\n\n-8 -8 -3\n-3 1 0\n-3 -8 -5")
    page.locator("#check-answer button").click()
    page.locator("#check-answer .error", has_text="the bias was left out").wait_for()
    assert "is 2, not 1" in page.locator("#check-answer .error").inner_text()

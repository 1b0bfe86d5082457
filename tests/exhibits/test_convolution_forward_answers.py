"""A learner's own numbers: one cell edited, one cell predicted, a whole output checked."""

import json
import re
from urllib.parse import parse_qsl

import numpy as np
import pytest

from app import tensors
from tests.exhibits.asking import HTML, PAGE, alerts, answer, by_torch, query_of, visible

OUTPUT = [[[2, 3, 3], [3, 7, 3], [8, 10, -3]], [[-8, -8, -3], [-3, 1, 0], [-3, -8, -5]]]


def edit(client, tensor, place, value, query=""):
    form = {"query": query, "tensor": tensor, "place": place, "value": value}
    return client.post(f"{PAGE}/edit", data=form, headers=HTML)


@pytest.mark.parametrize("query", ["", "true_convolution=1", "stride=1&padding=0&seed=3"])
@pytest.mark.parametrize(("tensor", "place"), [("x", "2_0_4"), ("weight", "1_2_0_1"), ("bias", "0_1")])
def test_editing_a_cell_changes_that_number_and_no_other(client, tensor, place, query):
    before = answer(client, **dict(part.split("=") for part in query.split("&") if part))
    after = answer(client, **query_of(edit(client, tensor, place, "−7.5", query)))
    changed = np.array(after[tensor], dtype=float) != np.array(before[tensor], dtype=float)
    assert changed.sum() == 1
    assert np.array(after[tensor])[changed] == -7.5
    for other in {"x", "weight", "bias"} - {tensor}:
        assert after[other] == before[other]


def test_editing_reaches_the_cell_that_was_pointed_at(client):
    x = answer(client, **query_of(edit(client, "x", "2_0_4", "9")))["x"]
    bias = answer(client, **query_of(edit(client, "bias", "0_1", "9")))["bias"]
    weight = answer(client, **query_of(edit(client, "weight", "1_2_0_1", "9")))["weight"]
    assert (x[2][0][4], bias[1], weight[1][2][0][1]) == (9, 9, 9)


def test_a_weight_is_edited_where_true_convolution_shows_it(client):
    query = query_of(edit(client, "weight", "0_0_0_2", "9", "true_convolution=1"))
    got = answer(client, **query)
    assert got["steps"][0]["weight"][0][0][2] == 9
    assert got["weight"][0][0][2][0] == 9


def test_editing_keeps_the_rest_of_the_link(client):
    query = query_of(edit(client, "x", "0_0_0", "4", "stride=1&step=11&predict=1"))
    assert {name: query[name] for name in ("stride", "step", "predict")} == {
        "stride": "1",
        "step": "11",
        "predict": "1",
    }


BAD_EDITS = {
    "word": ("x", "0_0_0", "seven"),
    "nothing": ("x", "0_0_0", ""),
    "two numbers": ("x", "0_0_0", "1 2"),
    "NaN": ("x", "0_0_0", "NaN"),
    "too large": ("x", "0_0_0", "1e7"),
    "comma": ("x", "0_0_0", ","),
    "endless digits": ("x", "0_0_0", "9" * 5000 + "_1"),
    "outside": ("x", "3_0_0", "1"),
    "negative place": ("x", "-1_0_0", "1"),
    "too few places": ("x", "0_0", "1"),
    "no place": ("x", "", "1"),
    "gap in the place": ("x", "0__0", "1"),
    "superscript place": ("x", "0_0_²", "1"),
    "endless place": ("x", "0_0_" + "9" * 5000, "1"),
    "unknown tensor": ("y", "0_0_0", "1"),
    "output": ("output", "0_0_0", "1"),
}


@pytest.mark.parametrize(("tensor", "place", "value"), BAD_EDITS.values(), ids=BAD_EDITS)
def test_an_impossible_edit_is_explained_and_changes_nothing(client, tensor, place, value):
    response = edit(client, tensor, place, value, "stride=1&step=3")
    assert response.status_code == 422
    assert len(alerts(response.text)) == 1
    assert 'name="stride" type="range" min="1" max="8" value="1"' in response.text


def check(client, answer, query="", **more):
    text = answer if isinstance(answer, str) else json.dumps(np.asarray(answer).tolist())
    response = client.post(f"{PAGE}/check", data={"query": query, "text": text, **more}, headers=HTML)
    assert response.status_code == 200
    return response.text


def verdict(html):
    words = re.search(r'(?s)<details class="fold" id="check-answer".*?</details>', html)[0]
    return visible(words.partition("</textarea>")[2])


@pytest.mark.parametrize(
    "query", ["", "activation=relu", "activation=sigmoid", "true_convolution=1", "preset=gray-5x5"]
)
def test_the_right_answer_is_right(client, query):
    params = dict(part.split("=") for part in query.split("&") if part)
    assert "Every cell is right." in verdict(check(client, answer(client, **params)["output"], query))


def test_the_right_answer_may_be_a_table(client):
    table = "2\t3\t3\n3\t7\t3\n8\t10\t-3\n\n-8\t-8\t-3\n-3\t1\t0\n-3\t-8\t-5"
    assert "Every cell is right." in verdict(check(client, table))


def test_one_map_may_leave_its_channel_axis_out(client):
    output = answer(client, preset="gray-5x5")["output"][0]
    assert "Every cell is right." in verdict(check(client, output, "preset=gray-5x5"))


def wrong(client, **changes):
    given = answer(client)
    arguments = {"stride": 2, "padding": 1, **{name: given[name] for name in ("x", "weight", "bias")}}
    return by_torch(**{**arguments, **changes})[0]


def test_a_wrong_cell_is_pointed_at(client):
    output = np.array(OUTPUT)
    output[1, 2, 0] = 5
    assert "First difference: output map 1, row 2, column 0 is −3, not 5." in verdict(check(client, output))


def test_a_flipped_kernel_is_recognised(client):
    assert "the kernel was flipped" in verdict(check(client, wrong(client, true_convolution=True)))


def test_a_forgotten_bias_is_recognised(client):
    assert "the bias was left out" in verdict(check(client, wrong(client, bias=[0, 0])))


def test_a_bias_per_channel_is_recognised(client):
    assert "the bias was added once per channel" in verdict(check(client, wrong(client, bias=[3, 0])))


def test_another_stride_is_recognised(client):
    assert "It looks like stride 1." in verdict(check(client, wrong(client, stride=1)))


def test_other_padding_is_recognised(client):
    assert "It looks like padding 0." in verdict(check(client, wrong(client, padding=0)))


def test_channels_in_another_order_are_recognised(client):
    x = np.array(answer(client)["x"])[[2, 0, 1]]
    assert "the input channels were taken in another order" in verdict(check(client, wrong(client, x=x)))


def test_swapped_rows_and_columns_are_recognised(client):
    assert "rows and columns of the output were swapped" in verdict(check(client, np.swapaxes(OUTPUT, 1, 2)))


def test_channels_last_is_recognised(client):
    assert "H × W × C" in verdict(check(client, np.moveaxis(OUTPUT, 0, 2)))


def test_an_answer_before_the_activation_is_recognised(client):
    assert "the sum before the activation" in verdict(check(client, OUTPUT, "activation=relu"))


@pytest.mark.parametrize("text", ["[1, 2, 3]", "5", "[[[[1]]]]", "[[[1, 2], [3, 4]]]"])
def test_another_shape_is_said_with_both_shapes(client, text):
    told = verdict(check(client, text))
    assert "The shapes differ" in told
    assert "the output is 2 × 3 × 3." in told


def test_a_wrong_answer_does_not_get_the_whole_solution(client):
    told = verdict(check(client, np.zeros((2, 3, 3))))
    assert re.findall(r"−?\d+", told) == ["0", "0", "0", "2", "0"]


@pytest.mark.parametrize("text", ["", "seven", "[1, 2", "1 2\n3", "NaN", ",", "<script>alert(1)</script>", "]]"])
def test_garbage_is_explained_and_kept_in_the_box(client, text):
    html = check(client, text)
    kept = re.search(r'(?s)<textarea id="answer-text".*?>(.*?)</textarea>', html)[1]
    assert visible(kept) == visible(text.replace("<", "&lt;").replace(">", "&gt;"))
    assert len(alerts(html)) == 1


def test_an_answer_may_be_a_file(client):
    files = {"file": ("answer.csv", tensors.compact(np.array(OUTPUT, float)).encode())}
    response = client.post(f"{PAGE}/check", data={}, files=files, headers=HTML)
    assert "Every cell is right." in verdict(response.text)


def guess(client, typed, **params):
    response = client.get(PAGE, params={"predict": 1, "step": 4, "guess": typed, **params}, headers=HTML)
    return response, visible(re.search(r'(?s)<div id="guess-verdict".*?</div>', response.text)[0])


@pytest.mark.parametrize("typed", ["7", "7.0", " 7 ", "+7", "7.004"])
def test_a_right_prediction_is_confirmed_with_its_formula(client, typed):
    response, told = guess(client, typed)
    assert response.status_code == 200
    assert told.startswith("Yes:")
    assert told.endswith("= 7")
    assert 'data-predict="shown"' in response.text


HINTS = {
    "no bias": ("6", "the bias was left out"),
    "bias per channel": ("9", "bias"),
    "sign": ("-7", "sign"),
    "far off": ("1234.5", "Multiply and add once more."),
}


@pytest.mark.parametrize(("typed", "hint"), HINTS.values(), ids=HINTS)
def test_a_wrong_prediction_gets_a_hint(client, typed, hint):
    response, told = guess(client, typed)
    assert told.startswith("Not yet.")
    assert hint in told
    assert 'aria-invalid="true"' in response.text


@pytest.mark.parametrize("typed", ["6", "9", "-7", "1234.5", "3", "8", "0", "abc", "NaN", ",", "1e400", "😀", "']; --"])
def test_a_hint_never_tells_the_answer(client, typed):
    response, told = guess(client, typed)
    assert response.status_code == 200
    assert "7" not in told.replace("-7", "").replace("−7", "")
    assert 'data-predict="waiting"' in response.text


def test_the_page_that_waits_for_a_prediction_does_not_tell_it(client):
    html = client.get(PAGE, params={"predict": 1, "step": 7}).text  # the only 10 of the example
    narration = re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1]
    quiz = re.search(r'(?s)<form class="quiz".*?</form>', html)[0]
    assert "10" not in visible(narration)
    assert "10" not in visible(quiz)
    assert 'data-predict="waiting"' in html


def test_cells_to_come_are_marked_until_the_prediction_is_right(client):
    waiting, shown = (guess(client, typed)[0].text for typed in ("5", "7"))
    assert waiting.count('data-state="to-come"') == shown.count('data-state="to-come"') + 1


def test_show_me_reveals_the_value(client):
    html = client.get(PAGE, params={"predict": 1, "step": 4, "reveal": 1}).text
    assert 'data-predict="shown"' in html
    assert "makes 7" in visible(re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1])


def test_a_prediction_before_the_activation_is_recognised(client):
    _, told = guess(client, "-8", step=9, activation="relu")
    assert "the sum before the activation" in told


def test_an_edited_first_layer_feeds_the_second(client):
    query = query_of(edit(client, "x", "0_0_0", "50", "preset=layer"))
    html = client.get(PAGE, params=query).text
    second = re.search(r'<a href="([^"]*layer=2[^"]*)"', html)[1].replace("&amp;", "&")
    params = dict(parse_qsl(second.partition("?")[2]))
    assert answer(client, **params, stop=0)["x"] == answer(client, **query, stop=0)["output"]


def test_both_layers_stay_as_they_were_left(client):
    first = {"preset": "layer", "weight": "1x3x1x1_1_2_3", "bias": "1_0"}
    html = client.get(PAGE, params=first).text
    second = dict(parse_qsl(re.search(r'<a href="[^"]*\?([^"]*layer=2[^"]*)"', html)[1].replace("&amp;", "&")))
    changed = {**second, "stride": "2"}
    html = client.get(PAGE, params=changed).text
    back = re.search(r'<a href="[^"]*\?([^"]*)" data-morph>Layer 1', html)[1].replace("&amp;", "&")
    assert answer(client, **dict(parse_qsl(back)), stop=0)["weight"] == [[[[1]], [[2]], [[3]]]]
    assert "stride=2" in dict(parse_qsl(back))["other"]

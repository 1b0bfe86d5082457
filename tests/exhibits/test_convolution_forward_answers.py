"""A learner's own numbers: one cell edited, a whole output checked."""

import json
import re
from urllib.parse import parse_qsl, urlencode

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


ACTIVATED = {
    "flipped kernel": ({"true_convolution": True}, "the kernel was flipped"),
    "no bias": ({"bias": [0, 0]}, "the bias was left out"),
    "stride": ({"stride": 1}, "It looks like stride 1."),
    "padding": ({"padding": 0}, "It looks like padding 0."),
}


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize(("changes", "cause"), ACTIVATED.values(), ids=ACTIVATED)
def test_a_mistake_before_the_activation_is_recognised(client, activation, changes, cause):
    given = {name: values for name, values in answer(client).items() if name in ("x", "weight", "bias")}
    arguments = {"stride": 2, "padding": 1, **given, **changes, "activation": activation}
    assert cause in verdict(check(client, by_torch(**arguments)[1], f"activation={activation}"))


def test_swapped_axes_and_channels_last_are_recognised_behind_an_activation(client):
    output = np.array(answer(client, activation="relu")["output"])
    assert "rows and columns of the output" in verdict(check(client, output.swapaxes(1, 2), "activation=relu"))
    assert "H × W × C" in verdict(check(client, np.moveaxis(output, 0, 2), "activation=relu"))


SMALL = {"x": "1x2x2_0.004_0.003_0.002_0.001", "weight": "1x1x1x1_1", "bias": "1_0", "stride": "1", "padding": "0"}


@pytest.mark.parametrize("activation", ["none", "relu"])
def test_zeros_are_no_small_numbers(client, activation):
    query = urlencode({**SMALL, "activation": activation})
    told = verdict(check(client, [[0, 0], [0, 0]], query))
    assert "row 0, column 0 is 0.004, not 0." in told
    assert "Every cell is right." in verdict(check(client, [[0.004, 0.003], [0.002, 0.001]], query))


def test_a_nearby_number_is_not_right_behind_an_activation(client):
    query = urlencode({**SMALL, "x": "1x1x1_0.05", "activation": "relu"})
    assert "is 0.05, not 0.054." in verdict(check(client, "[[0.054]]", query))


def test_a_difference_beyond_four_decimals_is_shown(client):
    output = np.array(answer(client, activation="sigmoid")["output"])
    output[0, 0, 0] += 0.000002
    assert "is 0.880797, not 0.880799." in verdict(check(client, output, "activation=sigmoid"))


SHAPES = {
    "stride alone": ((2, 5, 5), "It looks like stride 1."),
    "the same behind an activation": ((2, 5, 5), "It looks like stride 1.", "activation=relu"),
    "another stride": ((2, 2, 2), "It looks like stride 3."),
    "padding alone": ((2, 4, 4), "It looks like padding 2."),
    "dilation alone": ((2, 5, 5), "It looks like dilation 2.", "stride=1&padding=0&size=9"),
    "two options": ((2, 7, 7), "It looks like stride 1. It looks like padding 2."),
}


@pytest.mark.parametrize("case", SHAPES)
def test_a_wrong_shape_names_only_what_differs(client, case):
    shape, sentence, *query = SHAPES[case]
    told = verdict(check(client, np.full(shape, 0.125), *query))
    assert "The shapes differ" in told
    assert re.findall(r"It looks.*", told) == [sentence]


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

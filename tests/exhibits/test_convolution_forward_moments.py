"""What the page prints of a step is true: on the printed figures, to the last decimal."""

import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import tensors
from app.exhibits.convolution_forward.presets import PRESETS
from tests.exhibits.asking import API, visible

NUMBER = re.compile(r"[−+-]?\d+(?:\.\d+)?")


def moments(client, **params):
    response = client.get(f"{API}/moments", params={"lang": "en", **params})
    assert response.status_code == 200, response.text
    return response.json()


def decimal(text):
    return Decimal(text.replace("−", "-") or "0")


def assert_adds_up(moment):
    for terms, total, rounding in zip(moment["terms"], moment["sums"], moment["roundings"], strict=True):
        products = sum(decimal(term["weight"]) * decimal(term["x"]) for term in terms)
        assert products + decimal(rounding) == decimal(total)
    everything = decimal(moment["bias"]) + sum(map(decimal, moment["sums"])) + decimal(moment["rounding"])
    assert everything == decimal(moment["value"])


@pytest.mark.parametrize("preset", PRESETS)
def test_printed_terms_add_up_to_the_printed_sum(client, preset):
    for moment in moments(client, preset=preset, stop=20):
        assert_adds_up(moment)
        assert moment["rounding"] == ""
        assert set(moment["roundings"]) == {""}


def some_numbers(count):
    return st.lists(st.decimals(-99, 99, places=None, allow_nan=False), min_size=count, max_size=count)


@settings(max_examples=40)
@given(x=some_numbers(8), weight=some_numbers(8), bias=some_numbers(1))
def test_arbitrary_decimals_add_up_with_the_printed_rounding(client, x, weight, bias):
    given = {"x": (2, 2, 2), "weight": (1, 2, 2, 2), "bias": (1,)}
    arrays = zip(given.items(), (x, weight, bias), strict=True)
    texts = {name: tensors.compact(np.array(values, float).reshape(shape)) for (name, shape), values in arrays}
    (moment,) = moments(client, **texts, stride=1, padding=0)
    assert_adds_up(moment)


@pytest.mark.parametrize("step_size", ["output", "channel", "product"])
@settings(max_examples=20)
@given(numbers=some_numbers(17))
def test_the_narration_adds_up(client, step_size, numbers):
    x, weight, bias = (
        tensors.compact(np.array(part, float).reshape(shape))
        for part, shape in ((numbers[:8], (2, 2, 2)), (numbers[8:16], (1, 2, 2, 2)), (numbers[16:], (1,)))
    )
    (moment,) = moments(client, x=x, weight=weight, bias=bias, stride=1, padding=0, step_size=step_size)
    narration = visible(moment["parts"][-1]["narration"])
    if step_size == "output":
        total, added, value = (
            decimal(n)
            for n in re.search(r"add up to (\S+), plus bias (\S+)(?: \(.*\))? makes (\S+?)\s*\.$", narration).groups()
        )
        rounding = re.search(r"\((\S+) rounding\)", narration)
        assert total + added + (decimal(rounding[1]) if rounding else 0) == value
    assert narration.removesuffix(".").rstrip().endswith(moment["value"])


def test_a_narrated_cell_names_filter_place_and_sum(client):
    (moment,) = moments(client, start=4, stop=5)
    assert visible(moment["parts"][0]["narration"]) == (
        "Filter W 0 sits on rows 1–3 , columns 1–3 of the input ; its 27 products add up to 6, plus bias 1 makes 7 ."
    ).replace(" ,", ",")


def test_a_cell_on_the_border_tells_its_padding(client):
    (moment,) = moments(client, stop=1)
    assert "rows 0–1, columns 0–1 of the input and 5 padding cells per channel" in visible(
        moment["parts"][0]["narration"]
    )


def test_channels_tell_a_running_total(client):
    (moment,) = moments(client, preset="sum-to-three", stop=1, step_size="channel")
    assert [part["running"] for part in moment["parts"]] == ["1", "3", "3"]
    assert [part["done"] for part in moment["parts"]] == [1, 2, 3]


def test_products_run_up_to_the_value(client):
    (moment,) = moments(client, preset="gray-5x5", stop=1, step_size="product")
    assert [part["running"] for part in moment["parts"]] == "0 0 2 −3 −3 −1 −4 −4 1".split()


def test_a_total_shows_bias_channel_sums_and_value(client):
    (moment,) = moments(client, preset="sum-to-three", stop=1)
    assert visible(moment["totals"]["3"]) == "1 + 0 + 2 + 0 = 3"
    assert visible(moment["formulas"]["3"]).replace(" ", "") == "o0,0,0=1+0+2+0=3"


def test_rounding_is_printed_where_terms_miss_the_sum(client):
    (moment,) = moments(client, x="[[0.0004]]", weight="[[0.5]]", bias="0", stride=1, padding=0)
    assert (moment["terms"][0][0]["x"], moment["terms"][0][0]["weight"]) == ("0.000", "0.5")
    assert (moment["sums"], moment["roundings"]) == (["0.0002"], ["+0.0002"])


@pytest.mark.parametrize(("activation", "printed"), [("relu", "0"), ("sigmoid", "0.0003"), ("tanh", "−1.0000")])
def test_an_activation_is_told_after_the_sum(client, activation, printed):
    (moment,) = moments(client, start=9, stop=10, activation=activation)
    assert (moment["value"], moment["activated"]) == ("−8", printed)
    assert visible(moment["parts"][0]["narration"]).removesuffix(".").rstrip().endswith(f"turns it into {printed}")
    assert_adds_up(moment)


def test_the_question_does_not_hold_the_answer(client):
    (moment,) = moments(client, start=7, stop=8)
    assert moment["value"] == "10"
    assert "10" not in visible(moment["question"])


def test_the_chinese_narration_has_the_same_numbers(client):
    english, chinese = (moments(client, lang=lang, step_size="channel") for lang in ("en", "zh"))
    for one, other in zip(english, chinese, strict=True):
        for mine, yours in zip(one["parts"], other["parts"], strict=True):
            told, said = (NUMBER.findall(visible(part["narration"])) for part in (mine, yours))
            assert sorted(told) == sorted(said)


def test_the_chinese_narration_is_chinese(client):
    (moment,) = moments(client, lang="zh", stop=1)
    for text in (moment["parts"][0]["narration"], moment["question"]):
        assert re.search(r"[\u4e00-\u9fff]", text)
        assert "sits on" not in text


def test_moments_beyond_the_last_cell_are_none(client):
    assert moments(client, start=18) == []


def test_the_sentences_follow_the_language_of_the_browser(client):
    response = client.get(f"{API}/moments", headers={"accept-language": "zh"})
    assert "accept-language" in response.headers["vary"].lower()

"""The largest settings that the sliders reach: nothing breaks, nothing grows without bound."""

import re
from urllib.parse import parse_qsl

import pytest

from app.exhibits.convolution_forward.params import Params
from app.exhibits.convolution_forward.scene import ConvolutionScene
from engine import EngineError
from tests.exhibits.asking import API, HTML, PAGE

LARGEST = {"size": "32", "in_channels": "8", "out_channels": "16", "kernel_size": "11", "padding": "8", "stride": "1"}
PRODUCTS = {**LARGEST, "step_size": "product"}


def test_one_answer_with_moments_stays_small(client):
    answer = client.get(f"{API}/moments", params={**PRODUCTS, "stop": 256})
    assert len(answer.json()) == 1
    assert len(answer.content) < 1_000_000


def test_one_answer_with_steps_stays_small(client):
    answer = client.get(API, params={**LARGEST, "stop": 256})
    assert 1 < len(answer.json()["steps"]) < 256
    assert len(answer.content) < 4_000_000


def test_the_last_step_opens(client):
    html = client.get(PAGE, params=PRODUCTS, headers=HTML).text
    link = re.search(r'data-go="last" href="[^"?]*\?([^"]*)"', html)[1].replace("&amp;", "&")
    last = client.get(PAGE, params=dict(parse_qsl(link)), headers=HTML)
    assert last.status_code == 200


@pytest.mark.parametrize("preset", ["cs231n", "gray-5x5"])
def test_a_preset_of_one_layer_has_no_second(preset):
    with pytest.raises(EngineError, match="there is no layer 2"):
        ConvolutionScene(Params(preset=preset, layer=2))


def test_a_shortened_number_is_there_in_full(client):
    html = client.get(
        PAGE, params={"x": "1x1x1_123456.789", "weight": "1x1x1x1_1", "bias": "1_0", "padding": "0"}, headers=HTML
    ).text
    assert html.count('data-exact="123456.789"') == 2  # input and output

"""What can be changed in convolution backward: numbers, tensors, options; what is refused."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app.exhibits.convolution_backward.controls import sliders
from app.exhibits.convolution_backward.params import Params
from app.exhibits.convolution_backward.presets import PRESETS
from app.exhibits.convolution_backward.resolve import resolve
from app.i18n import words
from engine import RangeError, ShapeError
from tests.exhibits.convolution_backward import API, HTML, PAGE, answer, each_state, page


def test_one_number_can_be_changed(client):
    response = client.post(
        f"{PAGE}/edit", data={"query": "step=2", "tensor": "grad_output", "place": "0_1_0", "value": "5"}
    )
    assert response.status_code == 303
    query = dict(parse_qsl(urlsplit(response.headers["location"]).query))
    assert query == {"step": "2", "grad_output": "1x2x2_1_2_5_-1"}
    assert answer(client, **query)["grad_bias"] == [7]


@pytest.mark.parametrize(
    ("tensor", "text", "shape"),
    [
        ("x", "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]", "2x2x2"),
        ("weight", "1 2 3", "1x1x1x3"),
        ("grad_output", "1 2", "1x1x2"),
    ],
)
def test_a_whole_tensor_is_shown_and_taken(client, tensor, text, shape):
    fields = {"query": "check=0_2_2", "tensor": tensor, "text": text, "order": "chw"}
    preview = client.post(f"{PAGE}/tensor", data=fields, headers=HTML)
    assert preview.status_code == 200
    assert "read as" in preview.text
    taken = client.post(f"{PAGE}/tensor", data={**fields, "use": "1"})
    query = dict(parse_qsl(urlsplit(taken.headers["location"]).query))
    assert query[tensor].startswith(shape)
    assert "check" not in query
    assert client.get(PAGE, params=query).status_code == 200


def test_filters_follow_the_channels_of_the_input():
    backward = resolve(Params(x="3x3x4_" + "_".join(["1"] * 36)))
    assert backward.layer.weight.shape == (1, 3, 2, 2)
    assert backward.grad.shape == (1, 2, 3)
    assert backward.grad[:, :, :2].tolist() == [[[1, 2], [0, -1]]]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"x": "5x1x1_1_1_1_1_1"}, "at most 4 channels of 9 × 9; this has 5 × 1 × 1"),
        ({"weight": "1x1x1x6_1_1_1_1_1_1"}, "at most 4 filters of 5 × 5 here; these have 1 × 1 × 1 × 6"),
        ({"x": "2x9x9_" + "_".join(["1"] * 162)}, "x has at most 108 numbers here"),
        ({"padding": "8"}, "dY has at most 108 numbers here; with these sizes it would be 1 × 18 × 18"),
        ({"dilation": "3"}, "kernel spans 4 but padded input is only 3"),
        ({"preset": "pointwise", "groups": "2"}, "weight expects 2 input channels, x has 3"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_bound(client, asked, sentence):
    assert sentence in client.get(API, params=asked).json()["error"]
    refused = client.get(PAGE, params=asked, headers=HTML)
    assert refused.status_code == 422
    assert sentence in unescape(refused.text)


@each_state
def test_sliders_offer_what_is_accepted(state):
    for slider in sliders(Params.model_validate(state), words("en")):
        for value in range(slider.low, slider.high + 1):
            changed = Params.model_validate({**state, slider.name: str(value)})
            try:
                resolve(changed)
                fits = True
            except (ShapeError, RangeError):
                fits = False
            assert fits == (value in slider.legal), (slider.name, value)
        assert slider.note or len(slider.legal) == slider.high - slider.low + 1


def groups_slider(**state):
    return next(one for one in sliders(Params.model_validate(state), words("en")) if one.name == "groups")


def test_groups_leave_the_input_and_reshape_the_filters(client):
    assert list(groups_slider(preset="grouped").legal) == [1, 2]
    html = page(client, preset="grouped", groups="1")
    assert "only 1, 2: must divide 4 in and 2 out" in unescape(html)
    said = answer(client, preset="grouped", groups="1")
    assert np.shape(said["x"]) == (4, 3, 4)
    assert np.shape(said["weight"]) == (2, 4, 2, 2)
    kept = PRESETS["grouped"].layer.weight
    np.testing.assert_array_equal(np.array(said["weight"])[:, :2], kept)


def test_filters_of_ones_own_fix_the_groups():
    own = groups_slider(preset="grouped", weight="2x2x1x1_1_2_3_4")
    assert list(own.legal) == [2]
    assert own.note == ("only 1, 2: must divide 4 in and 2 out; each of your own filters reads 2 of the 4 channels")


def test_fewer_groups_may_make_too_many_weights():
    state = {"preset": "grouped", "x": "4x3x9_" + "_".join(["1"] * 108), "groups": "2"}
    assert list(groups_slider(**state).legal) == [1, 2]
    wide = {**state, "weight": "4x2x3x4_" + "_".join(["1"] * 96)}
    assert list(groups_slider(**wide).legal) == [2]


def test_groups_that_do_not_fit_offer_a_repair(client):
    refused = client.get(PAGE, params={"preset": "pointwise", "groups": "2"}, headers=HTML)
    assert refused.status_code == 422
    assert re.search(r'<a href="[^"]*groups=1"[^>]*>Use Groups 1</a>', refused.text)


def test_the_largest_page_draws_few_cells(client):
    """Not a stop watch: the number of cells that one page draws is what keeps it quick."""
    x = "3x6x6_" + "_".join(["1"] * 108)
    weight = "4x3x3x3_" + "_".join(["1"] * 108)
    html = page(client, x=x, weight=weight, dx_view="gather", step=100)
    assert 3 * 108 < html.count('role="gridcell"') < 1_200

"""The pooling exhibit: its numbers against torch, its pages against the engine, its edits, its refusals."""

import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from app.exhibits.pooling.controls import BOUNDS, size_lines, sliders
from app.exhibits.pooling.params import Params
from app.exhibits.pooling.pool import FREE
from app.exhibits.pooling.presets import PRESETS
from app.exhibits.pooling.resolve import canonical, other_kind, resolve
from app.exhibits.pooling.scene import PoolingScene
from app.i18n import words
from engine import EngineError
from tests.exhibits.asking import close

PAGE, API = "/exhibits/pooling", "/api/exhibits/pooling"
STATES = {
    **{preset: {"preset": preset} for preset in PRESETS},
    "oblong": {"size": "5x7", "kernel_size": "3x2", "stride": "2x3", "seed": "4", "in_channels": "2"},
    "dilated": {"preset": "ceil", "dilation": "2"},
    "ceil and padding": {
        "size": "6x7",
        "kernel_size": "3",
        "stride": "2",
        "padding": "1",
        "ceil_mode": "1",
        "seed": "1",
    },
    "average without padding": {"preset": "padded", "kind": "average", "count_include_pad": "0", "ceil_mode": "1"},
    "uneven padding": {"preset": "padded", "padding": "1x0x0x1"},
    "eighth power": {"preset": "norm", "norm_type": "8", "ceil_mode": "1", "size": "5", "stride": "3"},
    "large": {"size": "12", "seed": "3"},
    "subsampling by 3x2": {"preset": "lenet", "size": "7x5", "kernel_size": "3x2"},
}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def answer(client, **params):
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def by_torch(got):
    """Return torch's output and its gradient of the input, for what the API says it was asked for."""
    x = torch.tensor(got["x"], dtype=torch.float64, requires_grad=True)
    options = {
        name: [int(part) for part in value.split("x")] for name, value in got["options"].items() if name != "kind"
    }
    kind, kernel = got["options"]["kind"], tuple(options["kernel_size"] * (3 - len(options["kernel_size"])))
    stride = tuple(options["stride"] * (3 - len(options["stride"])))
    sides = options["padding"] * (4 if len(options["padding"]) == 1 else 1)
    top, bottom, left, right = sides if len(sides) == 4 else (sides[0], sides[0], sides[1], sides[1])
    ceil_mode = bool(options["ceil_mode"][0])
    if kind == "max":
        padded = F.pad(x, (left, right, top, bottom), value=-np.inf)
        dilation = tuple(options["dilation"] * (3 - len(options["dilation"])))
        output = F.max_pool2d(padded, kernel, stride, dilation=dilation, ceil_mode=ceil_mode)
    elif kind == "average":
        counted = bool(options["count_include_pad"][0])
        output = F.avg_pool2d(x[None], kernel, stride, (top, left), ceil_mode, count_include_pad=counted)[0]
    elif kind == "lp":
        output = F.lp_pool2d(x[None], options["norm_type"][0], kernel, stride, ceil_mode)[0]
    else:
        weight = torch.tensor(got["weight"], dtype=torch.float64)[:, None, None, None]
        filters = weight.expand(-1, 1, *kernel)
        bias = torch.tensor(got["bias"], dtype=torch.float64)
        output = torch.sigmoid(F.conv2d(x[None], filters, bias, stride=kernel, groups=len(x))[0])
    output.backward(torch.tensor(got["grad_output"], dtype=torch.float64))
    return output.detach().numpy(), x.grad.numpy()


@each_state
def test_output_and_gradient_are_torchs(client, state):
    got = answer(client, **state)
    output, grad = by_torch(got)
    close(got["output"], output)
    close(got["grad_input"], grad)


def test_the_textbook_case(client):
    got = answer(client)
    assert got["output"] == [[[4, 5], [7, 6]]]
    assert got["switches"] == [[[4, 7], [13, 10]]]
    assert got["grad_input"] == [[[0, 0, 0, 0], [1, 0, 0, 2], [0, 0, 4, 0], [0, 3, 0, 0]]]


def test_where_windows_overlap_the_shared_winner_gets_both_gradients(client):
    got = answer(client, preset="overlapping")
    assert got["switches"] == [[[11, 13], [11, 19]]]
    assert got["grad_input"][0][2][1] == 1 + 3


def test_of_equal_cells_the_first_wins(client):
    got = answer(client, preset="ties")
    assert [step["ties"] for step in got["steps"]] == [3, 3, 4, 4]
    assert [step["winner"] for step in got["steps"]] == [[0, 0], [0, 1], [0, 0], [0, 0]]


def test_ceil_has_a_row_and_a_column_of_windows_more(client):
    got = answer(client, preset="ceil")
    assert (got["floor_size"], got["ceil_size"]) == ([2, 2], [3, 3])
    assert got["output"] == [[[5, 4, 6], [6, 7, 6], [8, 4, 5]]]


def test_the_three_four_five_of_the_norm(client):
    assert answer(client, preset="norm")["output"] == [[[5, 10], [3, 6]]]


@each_state
def test_the_steps_add_up_to_the_gradient(client, state):
    got = answer(client, **state)
    total = np.zeros(np.shape(got["x"]))
    for step in got["steps"]:
        _, channel, _, _ = step["index"]
        for u, v in np.argwhere(step["inside"]):
            total[channel, step["rows"][u], step["columns"][v]] += step["shares"][u][v]
    close(total, got["grad_input"])


def accepted(state, name, value):
    try:
        PoolingScene(Params.model_validate({**state, name: str(value)}))
    except EngineError:
        return False
    return True


@each_state
def test_sliders_offer_exactly_what_is_accepted_and_give_the_reason(state):
    for control in sliders(resolve(Params.model_validate(state)), words("en")):
        low, high = BOUNDS[control.name]
        assert list(control.legal) == [n for n in range(low, high + 1) if accepted(state, control.name, n)], (
            control.name
        )
        assert len(control.legal) == high - low + 1 or control.note, control.name


@pytest.mark.parametrize("kind", FREE)
@each_state
def test_every_state_can_be_pooled_in_every_way(state, kind):
    pool = resolve(Params.model_validate(state))
    changes = {name: value for name, value in other_kind(pool, kind).items() if value is not None}
    assert resolve(Params.model_validate({**state, **changes})).kind == kind


@each_state
def test_a_link_says_the_same_when_it_is_shortened(state):
    params = Params.model_validate(state)
    short = canonical(params)
    assert set(short) <= set(state)
    again, first = resolve(Params.model_validate(short)), resolve(params)
    assert np.array_equal(again.output, first.output)
    assert again.options == first.options


@each_state
def test_the_size_formulas_are_true(state):
    pool = resolve(Params.model_validate(state))
    for line in size_lines(pool, words("en")):
        numerator, stride = re.fullmatch(r"[⌊⌈]\((.*)\) / (\d+)[⌋⌉] \+ 1", line["text"]).groups()
        room = eval(numerator.replace("·", "*").replace("−", "-"))
        rounded = -(-room // int(stride)) if line["ceil"] else room // int(stride)
        assert rounded + 1 == line["asked"]
        assert line["asked"] - line["size"] in ((0, 1) if line["ceil"] else (0,))

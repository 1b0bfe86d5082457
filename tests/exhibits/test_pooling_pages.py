"""The pages of the pooling exhibit: printed numbers against the engine's, sentences, edits, refusals."""

import json
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from app import numbers
from app.exhibits.pooling.params import Params
from app.exhibits.pooling.scene import PoolingScene
from app.exhibits.pooling.telling import text
from app.i18n import words
from tests.exhibits.asking import HTML, alerts, close, visible
from tests.exhibits.test_pooling import API, PAGE, answer, each_state


def shown(html, tensor):
    """Return the numbers of a tensor as the page prints them, by channel; None for what is to come."""
    grids = re.findall(rf'(?s)<tensor-grid data-role="\w+" data-tensor="{tensor}".*?</tensor-grid>', html)
    cells = [re.findall(r'(?s)<g role="gridcell"([^>]*)>.*?<text[^>]*>(.*?)</text>', grid) for grid in grids]
    return [
        [None if "to-come" in kind else unescape(value) for kind, value in grid if "padding" not in kind]
        for grid in cells
    ]


def printed(values):
    return [[numbers.short(float(value)) for value in np.ravel(plane)] for plane in values]


@pytest.mark.parametrize("step", [0, 2, 999])
@each_state
def test_the_forward_page_shows_the_engines_numbers_up_to_its_step(client, state, step):
    got = answer(client, **state)
    html = client.get(PAGE, params={**state, "step": step}, headers=HTML).text
    assert shown(html, "x") == printed(got["x"])
    at = min(step, len(got["steps"]) - 1)
    made = np.array(got["output"], dtype=float).reshape(len(got["x"]), -1)
    wanted = printed(made)
    for number in range(at + 1, made.size):
        wanted[number // made.shape[1]][number % made.shape[1]] = None
    assert shown(html, "output") == wanted
    narration = re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1]
    assert visible(narration).endswith(f" {text(made.ravel()[at])} .")


@pytest.mark.parametrize("step", [0, 2, 999])
@each_state
def test_the_backward_page_shows_the_gradient_so_far(client, state, step):
    got = answer(client, **state)
    html = client.get(PAGE, params={**state, "step": step, "tab": "backward"}, headers=HTML).text
    assert shown(html, "grad") == printed(got["grad_output"])
    total = np.zeros(np.shape(got["x"]))
    for one in got["steps"][: step + 1]:
        for u, v in np.argwhere(one["inside"]):
            total[one["index"][1], one["rows"][u], one["columns"][v]] += one["shares"][u][v]
    assert shown(html, "grad_input") == printed(total)


TOLD = {
    "max": (
        {"step": 1},
        "The largest cell of the window stands at row 1, column 3: the output of channel 0 at row 0, column 1 is 5 .",
    ),
    "tie": (
        {"preset": "ties", "step": 0},
        (
            "A tie: 3 cells of the window hold the largest number. The first in row order wins, at row 0, column 0: "
            "the output of channel 0 at row 0, column 0 is 2 ."
        ),
    ),
    "average": (
        {"preset": "average"},
        "The window adds up to 10; divided by its 4 cells, the output of channel 0 at row 0, column 0 is 2.5 .",
    ),
    "norm": (
        {"preset": "norm"},
        "The powers with p = 2 add up to 25; the root of order 2, the output of channel 0 at row 0, column 0, is 5 .",
    ),
    "subsampling": (
        {"preset": "lenet"},
        (
            "The window adds up to 8; times the weight 0.25, plus the bias −2, that is 0. Squashed, "
            "the output of channel 0 at row 0, column 0 is 0.5 ."
        ),
    ),
    "max, backward": (
        {"tab": "backward", "step": 1},
        (
            "The gradient 2 at row 0, column 1 goes whole to the winner of its window, "
            "at row 1, column 3 of channel 0: the gradient there is 2 ."
        ),
    ),
    "overlap, backward": (
        {"preset": "overlapping", "tab": "backward", "step": 2},
        (
            "The gradient 3 at row 1, column 0 goes to the winner of its window, at row 2, column 1. "
            "Another window gave it 1 already; they add: the gradient there is 4 ."
        ),
    ),
    "average, backward": (
        {"preset": "average", "tab": "backward", "step": 1},
        (
            "The gradient 2 at row 0, column 1 is spread evenly: divided by 4, "
            "each of the 4 cells of its window in channel 0 gets 0.5 ."
        ),
    ),
    "norm, backward": (
        {"preset": "norm", "tab": "backward"},
        (
            "The gradient 1 at row 0, column 0 is shared: each cell gets it times (cell / norm) to the power p − 1. "
            "The largest share, at row 0, column 1 of channel 0, is 0.8 ."
        ),
    ),
    "subsampling, backward": (
        {"preset": "lenet", "tab": "backward"},
        (
            "The gradient 1 at row 0, column 0, through the slope of the sigmoid, is 0.25; times the weight 0.25, "
            "each cell of its window in channel 0 gets 0.0625 ."
        ),
    ),
}


@pytest.mark.parametrize(("query", "sentence"), TOLD.values(), ids=TOLD)
def test_the_narration_tells_the_step(client, query, sentence):
    html = client.get(PAGE, params=query, headers=HTML).text
    assert visible(re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1]) == sentence


def test_a_rounded_formula_says_so():
    scene = PoolingScene(Params(preset="lenet", tab="backward", step=2))
    assert "<mo>≈</mo>" in scene.moment(2, words("en")).formulas["1"]
    assert "≈" not in scene.moment(0, words("en")).formulas["1"]


def test_padding_shows_minus_infinity_and_what_lies_behind_it_nothing(client):
    html = client.get(PAGE, params={"preset": "padded", "size": "6", "ceil_mode": "1"}, headers=HTML).text
    padding = re.findall(r'class="padding".*?<text[^>]*>(.*?)</text>', html)
    assert set(padding) == {"−∞", ""}
    assert padding.count("−∞") == 8 * 8 - 6 * 6


SHIFTS = {
    "a column": ({"shift_columns": 1}, 3, False),
    "a whole stride": ({"shift_columns": 2}, 4, True),
    "nothing": ({}, 0, False),
}


@pytest.mark.parametrize(("shift", "changed", "equivariant"), SHIFTS.values(), ids=SHIFTS)
def test_the_experiment_counts_the_output_cells_that_a_shift_changes(client, shift, changed, equivariant):
    got = answer(client, **shift)
    x = np.array(got["x"])
    columns = shift.get("shift_columns", 0)
    expected = np.pad(x, ((0, 0), (0, 0), (columns, 0)))[:, :, : x.shape[2]]
    assert got["shifted_x"] == expected.tolist()
    close(got["shifted_output"], F.max_pool2d(torch.tensor(expected, dtype=torch.float64), 2))
    assert np.sum(np.array(got["shifted_output"]) != np.array(got["output"])) == changed
    said = visible(client.get(PAGE, params={**shift, "tab": "shift"}, headers=HTML).text)
    assert ("equivariance" in said) is equivariant
    assert (f"after the pool {changed} of the 4 output cells" in said) is bool(shift)


def test_a_shift_that_no_window_notices_is_called_invariant(client):
    query = {"x": "1x4x4_0_0_0_0_9_0_7_0_0_0_0_0_5_0_3_0", "shift_columns": 1, "tab": "shift"}
    said = visible(client.get(PAGE, params=query, headers=HTML).text)
    assert "after the pool 0 of the 4 output cells" in said
    assert "To this shift the pool is invariant" in said


def query_of(response):
    assert response.status_code == 303, visible(response.text)[:600]
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


@pytest.mark.parametrize(("tensor", "place", "field"), [
    ("x", "1_2_0", "x"), ("grad", "1_0_1", "grad_output"), ("weight", "0_1", "weight"), ("bias", "0_0", "bias"),
])  # fmt: skip
def test_editing_a_cell_changes_that_number_and_no_other(client, tensor, place, field):
    form = {"query": "preset=lenet&step=1", "tensor": tensor, "place": place, "value": "−7.5"}
    query = query_of(client.post(f"{PAGE}/edit", data=form, headers=HTML))
    before, after = (np.array(answer(client, **q)[field], dtype=float) for q in ({"preset": "lenet"}, query))
    assert (before != after).sum() == 1
    assert after[before != after] == -7.5
    assert query["step"] == "1"


def test_an_own_input_is_taken_whole(client):
    form = {"query": "kernel_size=3", "tensor": "x", "text": "[[1, 2, 3], [4, 5, 6], [7, 8, 10]]", "use": "1"}
    got = answer(client, **query_of(client.post(f"{PAGE}/tensor", data=form, headers=HTML)))
    assert got["output"] == [[[10]]]


def test_an_own_gradient_of_another_shape_is_refused(client):
    form = {"query": "", "tensor": "grad", "text": "1 2 3", "use": "1"}
    response = client.post(f"{PAGE}/tensor", data=form, headers=HTML)
    assert alerts(response.text) == ["wanted: 1 × 2 × 2 numbers; got 1 × 1 × 3"]


@pytest.mark.parametrize(("query", "sentence"), [
    ({"kernel_size": "5"}, "kernel spans 5 but padded input is only 4; raise padding or lower dilation"),
    ({"padding": "2"}, "padding of a pooling may be at most half its kernel_size (2, 2), got (2, 2)"),
    ({"kind": "lp", "padding": "1"}, "lp pooling has no padding here; leave it out"),
    ({"kind": "average", "dilation": "2"}, "average pooling has no dilation here; leave it out"),
    ({"kind": "subsampling", "stride": "1"}, "subsampling pooling has no stride here; leave it out"),
    ({"size": "12", "in_channels": "4"}, "a page shows at most 600 cells, this would be 1440; take fewer channels"),
    ({"x": "5x1x1_1_2_3_4_5"}, "an input here has at most 4 channels of 12 × 12; this has 5 × 1 × 1"),
])  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_reason(client, query, sentence):
    api = client.get(API, params=query)
    assert api.status_code == 422
    assert sentence in json.dumps(api.json(), ensure_ascii=False)
    page = client.get(PAGE, params=query, headers=HTML)
    assert page.status_code == 422
    assert sentence in alerts(page.text)[0]


def test_the_switch_of_the_step_is_worked_out_under_the_switches(client):
    html = client.get(PAGE, params={"step": 2}, headers=HTML).text
    assert "3 · 4 + 1 = 13" in visible(html)  # the 7 in row 3, column 1 of a map 4 wide


def test_the_formula_of_a_single_gradient_says_whose_it_is(client):
    html = client.get(PAGE, params={"preset": "overlapping", "tab": "backward", "step": 3}, headers=HTML).text
    formula = re.search(r'(?s)<formula-line data-slot="formula">(.*?)</formula-line>', html)[1]
    assert visible(formula) == "d x 0 , 3 , 4 = d o 0 , 1 , 1 = 4"

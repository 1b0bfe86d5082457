"""Convolution, backward: every printed number against the engine and torch."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
import torch
from torch.nn import functional

import engine
from app.exhibits.convolution_backward import EXHIBIT
from app.exhibits.convolution_backward.below import Update, check, compare
from app.exhibits.convolution_backward.controls import sliders
from app.exhibits.convolution_backward.figures import Precision
from app.exhibits.convolution_backward.params import Params
from app.exhibits.convolution_backward.presets import PRESETS
from app.exhibits.convolution_backward.resolve import resolve
from app.exhibits.convolution_backward.scene import BackwardScene
from app.exhibits.convolution_backward.views import VIEWS
from app.i18n import words
from engine import RangeError, ShapeError

PAGE, API = EXHIBIT.path, EXHIBIT.api
HTML = {"accept": "text/html"}
TABS = {
    "scatter": {},
    "gather": {"dx_view": "gather"},
    "stamps": {"tab": "dw"},
    "weights": {"tab": "dw", "dw_view": "weights"},
    "bias": {"tab": "db"},
}
STATES = {
    **{preset: {"preset": preset} for preset in PRESETS},
    "padding larger than the kernel": {"padding": "3x2"},
    "uneven": {"preset": "stride", "stride": "2x1", "padding": "0x1x2x0"},
    "decimals": {"grad_output": "1x2x2_0.5_-1.25_3_0.125", "weight": "1x1x2x2_0.1_0.2_-0.3_1.5"},
    "shuffled": {"preset": "grouped", "seed": "7"},
}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)
each_view = pytest.mark.parametrize("view", TABS.values(), ids=TABS)


def answer(client, **params):
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def page(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200
    return response.text


def grids(html, tensor, where=""):
    """Return the printed cells of each slice of a tensor, top to bottom; padding and cells to come are left out."""
    found = []
    for grid in re.findall(rf'(?s)<tensor-grid [^>]*data-tensor="{tensor}"[^>]*>.*?</tensor-grid>', html):
        cells = re.findall(r'(?s)<g role="gridcell"([^>]*)>.*?<text[^>]*>(.*?)</text>', grid)
        found.append([number(text) for attributes, text in cells if "padding" not in attributes])
    return found


def number(text):
    return float(text.replace("\N{MINUS SIGN}", "-"))


def shown(html, slot):
    return number(re.search(rf'data-slot="{slot}">([^<]*)<', html).group(1))


def narration(html):
    part = re.search(r'(?s)<p class="narration".*?>(.*?)</p>', html).group(1)
    return unescape(re.sub(r"<[^>]+>", "", part))


def test_the_small_example_is_the_one_worked_by_hand(client):
    said = answer(client)
    assert said["grad_input"] == [[[1, 1, -2], [2, 3, 1], [0, -2, 0]]]
    assert said["grad_weight"] == [[[[0, 4], [3, 0]]]]
    assert said["grad_bias"] == [2]
    assert said["output"] == [[[7, 0], [2, 5]]]
    assert said["loss"] == 7 + 0 + 0 - 5


def test_the_first_stamp_is_told(client):
    said = narration(page(client))
    assert said == (
        "dY0 at row 0, column 0 is 1: 1 times W0 is added onto rows 0–1, columns 0–1 of dX; "
        "row 0, column 0 of channel 0 goes from 0 to 1."
    )


def test_the_middle_cell_is_gathered(client):
    html = page(client, dx_view="gather", step=4)
    assert narration(html) == (
        "Row 1, column 1 of dX, channel 0: its window covers 4 cells of dY; "
        "times the filters rotated by 180° that makes 3."
    )
    assert "rotated by 180°" in html
    assert grids(html, "weight")[0] == [0, 2, -1, 1]


@each_state
def test_the_gradients_are_those_of_autograd(client, state):
    said = answer(client, **state)
    backward = resolve(Params.model_validate(state))
    layer = backward.layer
    x, weight, bias = (torch.tensor(v, requires_grad=True) for v in (layer.x, layer.weight, layer.bias))
    (top, bottom), (left, right) = layer.geometry.padding
    padded = functional.pad(x, (left, right, top, bottom))
    out = functional.conv2d(padded, weight, bias, layer.stride, 0, layer.dilation, layer.groups)
    (out * torch.tensor(backward.grad)).sum().backward()
    for name, tensor in (("grad_input", x), ("grad_weight", weight), ("grad_bias", bias)):
        np.testing.assert_allclose(np.array(said[name], float), tensor.grad, rtol=1e-10, atol=1e-12)


@each_state
@pytest.mark.parametrize("tab", ["dx", "dw"])
def test_both_ways_end_at_the_same_gradient(client, state, tab):
    comparison = compare(resolve(Params.model_validate(state)), tab)
    assert comparison.apart <= 1e-12
    panels = grids(page(client, **state, tab=tab), "check")
    half = len(panels) // 2
    assert panels[:half] == panels[half:]
    expected = [plane.ravel() for plane in comparison.ways[0].result.reshape(-1, *comparison.ways[0].result.shape[-2:])]
    np.testing.assert_allclose(panels[:half], expected, atol=0.005)


@each_state
@each_view
def test_every_step_is_drawn_and_ends_in_a_number(state, view):
    scene = BackwardScene(Params.model_validate({**state, **view}))
    for at in sorted({0, 1, scene.steps // 2, scene.steps - 1} & set(range(scene.steps))):
        picture = scene.view.picture(at, words("en"))
        assert re.search(r"<mark>−?[\d.]+</mark>\.$", str(picture["narration"])), picture["narration"]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_stamp_shows_the_gradient_so_far(client, preset):
    backward = resolve(Params(preset=preset))
    trace = VIEWS["scatter"](backward).trace
    for at in (0, len(trace) // 2, len(trace) - 1):
        expected = sorted(plane.ravel().tolist() for plane in trace.running(at + 1))
        assert sorted(grids(page(client, preset=preset, step=at), "dx")) == expected


@pytest.mark.parametrize("preset", PRESETS)
@each_view
def test_written_products_add_up_to_what_is_printed(preset, view):
    scene = BackwardScene(Params.model_validate({"preset": preset, **view}))
    for at in range(scene.steps):
        for column in scene.view.picture(at, words("en"))["columns"]:
            terms = [term for row in column.terms for term in row]
            products = [number(term.left) * number(term.right) for term in terms]
            if column.sum:
                assert sum(products) == number(column.sum)
                continue
            for term, product in zip(terms, products, strict=True):
                assert term.lost or number(term.before) + product == number(term.after)


@pytest.mark.parametrize(("view", "size"), [("gather", "channel"), ("gather", "product"), ("weights", "product")])
@pytest.mark.parametrize("preset", PRESETS)
def test_finer_steps_add_up_to_the_cell(preset, view, size):
    scene = BackwardScene(Params.model_validate({"preset": preset, **TABS[view], "step_size": size}))
    for cell in {0, scene.cells // 2, scene.cells - 1}:
        step, reached = scene.view.trace[cell], [scene.view.reached(size, part) for part in range(scene.parts)]
        pictures = [scene.view.picture(cell, words("en"), one) for one in reached]
        products = step.products.reshape(-1, step.products[0].size)
        ends = [products.ravel()[: k + 1].sum() for k in range(products.size)]
        wanted = ends if size == "product" else ends[products.shape[1] - 1 :: products.shape[1]]
        marks = [re.search(r"<mark>([^<]*)</mark>\.$", str(one["narration"])).group(1) for one in pictures]
        assert [number(text) for text in marks] == wanted
        assert [bool(one["running"]) for one in pictures] == [True] * (scene.parts - 1) + [False]
        told = [sum(term.told for column in one["columns"] for row in column.terms for term in row) for one in pictures]
        assert told == [k + 1 if size == "product" else (k + 1) * products.shape[1] for k in range(scene.parts)]


def test_one_product_of_a_gathered_cell_is_told(client):
    html = page(client, dx_view="gather", step_size="product", step=4 * 4 + 1)
    assert narration(html) == ("dY0 at row 0, column 1, times its weight of the rotated W0: 2 × 2 = 4; so far 4.")
    current = re.findall(r'(?s)<td[^>]*aria-current="step"[^>]*>(.*?)</td>', html)
    assert [re.sub(r"<[^>]+>|\s", "", one) for one in current] == ["+2·2"]
    assert html.count('data-state="to-come"') > 2


def test_one_product_of_a_weight_is_told(client):
    html = page(client, tab="dw", dw_view="weights", step_size="product", step=4 + 1)
    assert narration(html) == (
        "For dY0 at row 0, column 1 this weight met the input at row 0, column 2: 2 × 2 = 4; so far 4."
    )


def test_a_cell_is_known_once_its_last_product_is(client):
    for step, known in ((6, 1), (7, 2)):
        cells = re.search(
            r'(?s)data-tensor="dx".*?</tensor-grid>', page(client, dx_view="gather", step_size="product", step=step)
        ).group()
        assert cells.count("gridcell") - cells.count("to-come") == known


def test_a_stamp_has_no_finer_steps(client):
    html = page(client, step_size="product", step=3)
    assert 'data-step-size="product"' not in html
    assert 'step <b data-slot="step">4</b> of 4' in html


def test_a_product_that_rounding_spoils_is_not_called_equal():
    precision = Precision.of(np.array([1 / 3]), np.array([1 / 3]), np.array([0.5]))
    ((term,),) = precision.stamp(1 / 3, np.array([[1 / 3]]), np.zeros((1, 1)), np.ones((1, 1), bool), "input")
    assert (term.left, term.right, term.equals) == ("0.333", "0.333", "≈")


def test_a_gather_window_shows_zeros_between_the_cells(client):
    html = page(client, preset="stride", dx_view="gather")
    assert grids(html, "spread")[0] == [1, 0, -1, 0, 0, 0, 2, 0, 3]
    assert html.count("data-filler") == 5


def test_a_gradient_has_its_own_frame(client):
    html = page(client)
    frames = re.findall(r'data-role="gradient"', html)
    assert len(frames) == html.count("frame-gap") > 3


@each_state
@pytest.mark.parametrize("tab", ["dx", "dw", "db"])
def test_a_checked_cell_agrees_with_its_difference_quotient(client, state, tab):
    html = page(client, **state, tab=tab)
    check_text = re.search(r'data-check="([\d_]+)"', html).group(1)
    cell = tuple(map(int, check_text.split("_")))
    backward = resolve(Params.model_validate(state))
    part, grad = {
        "dx": (backward.layer.x, backward.gradients.input),
        "dw": (backward.layer.weight, backward.gradients.weight),
        "db": (backward.layer.bias, backward.gradients.bias),
    }[tab]
    moved = part.copy()
    moved[cell] += 0.001
    name = {"dx": "x", "dw": "weight", "db": "bias"}[tab]
    assert abs(shown(html, "above") - backward.loss(**{name: moved})) < 1e-9
    assert abs(shown(html, "grad") - grad[cell]) < 1e-9
    assert abs(shown(html, "numerical") - grad[cell]) < 1e-7
    assert "they agree" in html


def test_a_chosen_cell_is_checked_with_the_chosen_epsilon(client):
    html = page(client, check="0_1_1", eps="0.1")
    assert [shown(html, slot) for slot in ("above", "below", "numerical", "grad")] == [2.3, 1.7, 3, 3]


def test_the_check_follows_the_steps_until_a_cell_is_chosen():
    assert BackwardScene(Params(dx_view="gather", step=5)).check_cell == (0, 1, 2)
    assert BackwardScene(Params(dx_view="gather", step=5, check="0_2_0")).check_cell == (0, 2, 0)


def test_a_cell_that_is_not_there_cannot_be_checked(client):
    with pytest.raises(RangeError, match="there is no cell 0_3_0 in dx"):
        check(resolve(Params()), "dx", (0, 3, 0), 0.1)
    assert client.get(API, params={"check": "0_3_0"}).status_code == 422
    assert client.get(API, params={"check": "-1"}).json()["error"].startswith("Cell to check: wanted the indices")


@each_state
def test_the_update_takes_the_gradient_from_the_weights(client, state):
    said = answer(client, **state, lr=0.25)
    backward = resolve(Params.model_validate(state))
    weight = torch.nn.Parameter(torch.tensor(backward.layer.weight))
    weight.grad = torch.tensor(backward.gradients.weight)
    torch.optim.SGD([weight], lr=0.25).step()
    np.testing.assert_allclose(said["updated"]["weight"], weight.detach(), rtol=1e-10)
    html = page(client, **state, lr=0.25)
    expected = weight.detach().numpy().reshape(len(grids(html, "updated")), -1)
    np.testing.assert_allclose(grids(html, "updated"), expected, atol=0.0051)
    assert abs(shown(html, "loss-before") - said["loss"]) < 1e-4
    assert abs(shown(html, "loss-after") - said["updated"]["loss"]) < 1e-4


def test_the_loss_falls_by_lr_times_the_squared_gradient():
    before, after = Update(resolve(Params()), 0.1).losses
    assert abs((before - after) - 0.1 * (4**2 + 3**2 + 2**2)) < 1e-12


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


def test_steps_of_the_api_are_the_engines(client):
    said = answer(client, preset="cs231n", dx_view="gather", start=3, stop=5)
    backward = resolve(Params(preset="cs231n"))
    trace = engine.trace.conv2d_grad_input(
        backward.grad, backward.layer.x, backward.layer.weight, view="gather", stride=2, padding=1
    )
    assert [step["value"] for step in said["steps"]] == [step.value for step in trace[3:5]]
    assert said["steps"][0]["products"] == trace[3].products.tolist()
    assert said["view"] == "gather"


def test_a_link_says_only_what_differs():
    params = Params.model_validate({"stride": "1", "padding": "0", "lr": "0.5", "dx_view": "gather", "groups": "1"})
    assert EXHIBIT.canonical(params) == {"lr": "0.5", "dx_view": "gather"}

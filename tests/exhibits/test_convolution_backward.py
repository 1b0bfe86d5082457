"""Convolution, backward, step by step: every printed number against the engine and torch."""

import re

import numpy as np
import pytest
import torch
from torch.nn import functional

import engine
from app.exhibits.convolution_backward import EXHIBIT
from app.exhibits.convolution_backward.below import compare
from app.exhibits.convolution_backward.figures import Precision
from app.exhibits.convolution_backward.params import Params
from app.exhibits.convolution_backward.presets import PRESETS
from app.exhibits.convolution_backward.resolve import resolve
from app.exhibits.convolution_backward.scene import BackwardScene
from app.exhibits.convolution_backward.views import VIEWS
from app.i18n import words
from tests.exhibits.convolution_backward import TABS, answer, each_state, each_view, grids, narration, number, page


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

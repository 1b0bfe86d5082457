"""Below the steps of convolution backward: one cell checked by a difference quotient, and the update."""

import re

import numpy as np
import pytest
import torch

from app.exhibits.convolution_backward.below import Update, check
from app.exhibits.convolution_backward.params import Params
from app.exhibits.convolution_backward.resolve import resolve
from app.exhibits.convolution_backward.scene import BackwardScene
from engine import RangeError
from tests.exhibits.convolution_backward import API, answer, each_state, grids, page, shown


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

"""Directions by hand, and what filter normalisation is for: a network that computes the same has the same picture."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engine import RangeError
from engine.landscape.directions import filter_normalised_direction, flat, plain_direction, rescaled
from engine.landscape.network_loss import loss_along, unflattened
from tests.engine.landscape.tiny_net import COUNT, examples, tiny_net

ALPHAS = [-1.0, -0.3, 0.0, 0.4, 1.0]


def linear(weight, bias):
    """Return one linear layer with these numbers."""
    layer = nn.Linear(2, 2).double()
    layer.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    return layer.double()


def test_a_filter_of_a_direction_is_as_long_as_the_filter_of_the_weights_by_hand():
    # rows (3, 4) and (0, -2) have the lengths 5 and 2; each drawn row keeps its direction
    net = linear([[3.0, 4.0], [0.0, -2.0]], [7.0, 8.0])
    drawn = np.random.default_rng(5).standard_normal((2, 2))
    rows = drawn / np.hypot(drawn[:, 0], drawn[:, 1])[:, None] * [[5], [2]]
    np.testing.assert_allclose(filter_normalised_direction(net, 5), [*rows[0], *rows[1], 0, 0], rtol=1e-12)


def test_a_plain_direction_is_as_long_as_all_weights_together_by_hand():
    # 3^2 + 4^2 + 2^2 = 29; biases are not part of it
    net = linear([[3.0, 4.0], [0.0, -2.0]], [7.0, 8.0])
    drawn = np.random.default_rng(5).standard_normal(4)
    wanted = np.append(drawn / np.sqrt(drawn @ drawn) * np.sqrt(29), [0, 0])
    np.testing.assert_allclose(plain_direction(net, 5), wanted, rtol=1e-12)


def test_filters_of_a_convolution_reach_over_all_channels():
    net = tiny_net()
    direction = unflattened(net, filter_normalised_direction(net, 3))
    weight, own = net.get_parameter("conv1.weight"), direction["conv1.weight"]
    np.testing.assert_allclose(own.flatten(1).norm(dim=1), weight.detach().flatten(1).norm(dim=1), rtol=1e-12)
    assert not any(direction[name].any() for name in direction if name.endswith("bias"))
    assert flat(net).shape == filter_normalised_direction(net, 3).shape == (COUNT,)


def test_a_seed_draws_the_same_direction_and_another_one_another():
    net = tiny_net()
    for make in (filter_normalised_direction, plain_direction):
        assert torch.equal(make(net, 1), make(net, 1))
        assert not torch.allclose(make(net, 1), make(net, 2))


def test_a_filter_of_zeros_stays_where_it_is():
    direction = filter_normalised_direction(linear([[0.0, 0.0], [1.0, 0.0]], [0.0, 0.0]), 0)
    assert not direction[:2].any()
    assert direction[2:4].norm() == pytest.approx(1)


@settings(max_examples=20)
@given(factor=st.floats(1e-2, 1e2), seed=st.integers(0, 1000))
def test_the_filter_normalised_picture_does_not_change_when_relu_layers_are_rescaled(factor, seed):
    net, (x, y) = tiny_net(), examples()
    same = rescaled(net, "conv1", "fc1", factor)
    torch.testing.assert_close(same(x), net(x), rtol=1e-9, atol=1e-12)
    line, other = (loss_along(one, filter_normalised_direction(one, seed), ALPHAS, x, y) for one in (net, same))
    np.testing.assert_allclose(other.loss, line.loss, rtol=1e-9)


def test_the_plain_picture_does_change():
    net, (x, y) = tiny_net(), examples()
    same = rescaled(net, "conv1", "fc1", 10.0)
    line, other = (loss_along(one, plain_direction(one, 0), ALPHAS, x, y) for one in (net, same))
    assert other.loss[2] == pytest.approx(line.loss[2], rel=1e-12)  # in the middle it is the same network
    assert (abs(other.loss - line.loss)[[0, 1, 3, 4]] > 0.05 * line.loss[[0, 1, 3, 4]]).all()


@pytest.mark.parametrize("factor", [0.0, -2.0, float("inf"), float("nan")])
def test_a_factor_that_relu_does_not_let_through_is_refused(factor):
    with pytest.raises(RangeError, match="the factor must be above 0, got"):
        rescaled(tiny_net(), "conv1", "fc1", factor)


def test_rescaling_leaves_the_network_alone():
    net = tiny_net()
    before = flat(net)
    rescaled(net, "conv1", "fc1", 3.0)
    assert torch.equal(flat(net), before)

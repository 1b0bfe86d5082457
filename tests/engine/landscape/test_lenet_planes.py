"""The learner's digits on planes of LeNet-5's weights: the network with those weights says the same."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engine import RangeError, nets
from engine.digit import network_input
from engine.landscape.directions import filter_normalised_direction, flat
from engine.landscape.lenet_planes import LINE, digits_plane
from engine.landscape.recorded import recorded

SIDES = (-0.5, 0.5, -0.5, 0.5)


@pytest.fixture
def digits(rng):
    return rng.integers(0, 256, (3, 28, 28)).astype(np.uint8), np.array([1, 5, 5])


def loss_with(weights, digits, labels):
    """Return loss and error of LeNet-5 with other weights."""
    net = nets.build("lenet5", weights="shipped")
    nn.utils.vector_to_parameters(weights, net.parameters())
    with torch.no_grad():
        logits = net(torch.from_numpy(network_input(digits)))
    y = torch.from_numpy(labels)
    return F.cross_entropy(logits, y).item(), (logits.argmax(1) != y).double().mean().item()


def test_each_place_is_lenet_with_those_weights(digits):
    net = nets.build("lenet5", weights="shipped")
    found = digits_plane(*digits, "filter", SIDES, 3, seed=4)
    across, up = (filter_normalised_direction(net, seed) for seed in (4, 5))
    for row, column, alpha, beta in ((1, 1, 0.0, 0.0), (0, 2, 0.5, -0.5), (2, 1, 0.0, 0.5)):
        loss, error = loss_with(flat(net) + alpha * across + beta * up, *digits)
        assert found.loss[row, column] == pytest.approx(loss, rel=1e-5)
        assert found.error[row, column] == pytest.approx(error)


def test_on_the_paths_plane_a_place_is_the_recorded_axes(digits):
    sides = (0.0, 8.0, -2.0, 0.0)
    found = digits_plane(*digits, "path", sides, 3)
    across, up = torch.from_numpy(recorded().axes)
    trained = flat(nets.build("lenet5", weights="shipped"))
    assert found.loss[2, 0] == pytest.approx(loss_with(trained, *digits)[0], rel=1e-5)
    assert found.loss[0, 1] == pytest.approx(loss_with(trained + 4 * across - 2 * up, *digits)[0], rel=1e-5)
    assert found.lines.shape == (3, 0)


def test_rescaled_layers_change_the_plain_picture_only(digits):
    for kind, changes in (("filter", False), ("plain", True)):
        own, other = (digits_plane(*digits, kind, SIDES, 3, factor=factor).loss for factor in (1.0, 4.0))
        assert own[1, 1] == pytest.approx(other[1, 1], rel=1e-4)
        assert np.allclose(own, other, rtol=1e-3) is not changes


def test_lines_compare_both_kinds_of_the_same_draw(digits):
    filtered, plain = (digits_plane(*digits, kind, SIDES, 3) for kind in ("filter", "plain"))
    np.testing.assert_array_equal(filtered.lines, plain.lines)
    assert filtered.lines.shape == (3, LINE)
    alphas, by_filter, by_plain = filtered.lines
    np.testing.assert_allclose(alphas[[0, LINE // 2, -1]], [-0.5, 0, 0.5])
    np.testing.assert_allclose(by_filter[[0, LINE // 2, -1]], filtered.loss[1], rtol=1e-5)
    np.testing.assert_allclose(by_plain[[0, LINE // 2, -1]], plain.loss[1], rtol=1e-5)


def test_another_plane_is_refused(digits):
    with pytest.raises(RangeError, match="there is no plane banana; there are path, filter, plain"):
        digits_plane(*digits, "banana", SIDES, 3)

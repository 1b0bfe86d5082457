"""The loss along directions: by hand for one weight, and against the network with the weights put in."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engine import ShapeError
from engine.landscape.directions import flat
from engine.landscape.network_loss import loss_along, loss_plane
from tests.engine.landscape.tiny_net import COUNT, examples, tiny_net


def squared(logits, labels):
    return ((logits[:, 0] - labels) ** 2).mean()


def test_a_line_and_a_plane_by_hand():
    # w = 3, b = 1 on x = 2 with the label 0: the loss (2w + b)^2 is 49; one step in w adds 2, one in b adds 1
    net = nn.Linear(1, 1).double()
    net.load_state_dict({"weight": torch.tensor([[3.0]]), "bias": torch.tensor([1.0])})
    x, y = torch.tensor([[2.0]], dtype=torch.float64), torch.tensor([0])
    across, up = torch.tensor([1.0, 0.0]).double(), torch.tensor([0.0, 1.0]).double()
    line = loss_along(net, across, [-3, 0, 1], x, y, squared)
    np.testing.assert_allclose(line.loss, [1, 49, 81])
    plane = loss_plane(net, across, up, [0, 1], [-1, 0, 2], x, y, squared)
    np.testing.assert_allclose(plane.loss, [[36, 64], [49, 81], [81, 121]])  # rows: b = 0, 1, 3
    assert not plane.error.any()  # one output only: nothing else can be read


def test_each_place_is_the_network_with_those_weights():
    net, (x, y) = tiny_net(), examples()
    generator = torch.Generator().manual_seed(3)
    across, up = (torch.randn(COUNT, generator=generator, dtype=torch.float64) for _ in range(2))
    before = flat(net)
    found = loss_plane(net, across, up, [-0.5, 0.0, 0.7, 2.0], [0.0, 0.3, 1.0], x, y)
    assert found.loss.shape == found.error.shape == (3, 4)
    assert torch.equal(flat(net), before)
    moved = tiny_net(seed=9)
    nn.utils.vector_to_parameters(before + 0.7 * across + 0.3 * up, moved.parameters())
    logits = moved(x)
    assert found.loss[1, 2] == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-12)
    assert found.error[1, 2] == pytest.approx((logits.argmax(1) != y).double().mean().item())


def test_the_error_is_a_share_of_the_pictures():
    net, (x, _) = tiny_net(), examples()
    read = net(x).argmax(1)
    labels = read.clone()
    labels[:2] = (labels[:2] + 1) % 3
    assert loss_along(net, torch.zeros(COUNT).double(), [0.0], x, labels).error[0] == pytest.approx(2 / 7)


def test_a_direction_of_another_length_is_refused():
    net, (x, y) = tiny_net(), examples()
    with pytest.raises(ShapeError, match=rf"as long as all weights together, {COUNT}, got the shape \(3,\)"):
        loss_along(net, torch.zeros(3), [0.0], x, y)

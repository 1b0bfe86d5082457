import numpy as np
import pytest
import torch
from torch.nn import functional as F

from engine import RangeError
from engine.landscape import output_descent

LOSSES = {
    ("sigmoid", "mse_loss"): lambda z: ((torch.sigmoid(z) - 1) ** 2).sum(),
    ("sigmoid", "cross_entropy"): lambda z: F.binary_cross_entropy_with_logits(z, torch.ones(1, dtype=torch.float64)),
    ("softmax", "mse_loss"): lambda z: ((torch.softmax(z, 0) - torch.eye(3, dtype=torch.float64)[0]) ** 2).sum(),
    ("softmax", "cross_entropy"): lambda z: F.cross_entropy(z, torch.tensor(0)),
}


@pytest.mark.parametrize(("output", "loss"), LOSSES)
def test_each_descent_is_that_of_torch(output, loss):
    run = output_descent(output, loss, start=-3.5, lr=0.7, steps=12)
    z = torch.tensor([-3.5, 0, 0][: run.logits.shape[1]], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([z], lr=0.7)
    for step in range(13):
        np.testing.assert_allclose(run.logits[step], z.detach(), rtol=1e-10)
        value = LOSSES[output, loss](z)
        optimizer.zero_grad()
        value.backward()
        assert run.losses[step] == pytest.approx(value.item(), rel=1e-10)
        np.testing.assert_allclose(run.gradients[step], z.grad, rtol=1e-10)
        optimizer.step()


def test_the_first_gradients_by_hand():
    # p = 1/4 at z = -log 3: p - 1 = -3/4 for cross-entropy, 2 (p - 1) p (1 - p) = -9/32 for the square
    start = -np.log(3)
    sure = output_descent("sigmoid", "cross_entropy", start=start, lr=1, steps=0)
    square = output_descent("sigmoid", "mse_loss", start=start, lr=1, steps=0)
    assert sure.gradients.item() == pytest.approx(-3 / 4, rel=1e-14)
    assert square.gradients.item() == pytest.approx(-9 / 32, rel=1e-14)
    assert square.losses.item() == pytest.approx(9 / 16, rel=1e-14)


def test_a_sure_and_wrong_output_is_taught_by_cross_entropy_alone():
    square, sure = (output_descent("sigmoid", loss, start=-8, lr=1, steps=60) for loss in ("mse_loss", "cross_entropy"))
    assert square.p[-1, 0] < 0.001
    assert sure.p[-1, 0] > 0.95


def test_what_is_not_there_is_refused():
    with pytest.raises(RangeError, match="no descent for l1_loss through sigmoid"):
        output_descent("sigmoid", "l1_loss", start=0, lr=1, steps=1)
    with pytest.raises(RangeError, match="lr must be a number from 0 on"):
        output_descent("sigmoid", "mse_loss", start=0, lr=-1, steps=1)

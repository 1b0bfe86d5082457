import numpy as np
import pytest
import torch

from engine import RangeError, ShapeError, conv2d, conv2d_backward, gradient_check, gradient_step, linear_loss


def test_the_linear_loss_adds_each_number_times_its_gradient():
    assert linear_loss([[1, 2], [3, 4]], [[5, 0], [-1, 2]]) == 5 + 0 - 3 + 8


def test_its_gradient_is_the_given_one(rng):
    y, grad = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
    assert gradient_check(lambda y: linear_loss(y, grad), y, grad).passed
    assert not gradient_check(lambda y: linear_loss(y, grad), y, 1.01 * grad).passed


def test_small_integers_do_not_overflow():
    assert linear_loss(np.full(4, 200, np.uint8), np.full(4, 100, np.int8)) == 80_000


def test_a_step_goes_against_the_gradient():
    assert gradient_step([3.0, -1.0, 2.0], [1, -2, 0], 0.5).tolist() == [2.5, 0.0, 2.0]


def test_whole_weights_take_a_step_that_is_not_whole():
    assert gradient_step([3, -1], [1, 2], 0.25).tolist() == [2.75, -1.5]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_is_torchs_and_leaves_the_weights_as_they_were(rng, dtype):
    x, grad = rng.normal(size=(3, 2, 4)).astype(dtype), rng.normal(size=(3, 2, 4)).astype(dtype)
    before, weight = x.copy(), torch.tensor(x, requires_grad=True)
    weight.grad = torch.tensor(grad)
    torch.optim.SGD([weight], lr=0.3).step()
    stepped = gradient_step(x, grad, 0.3)
    assert stepped.dtype == dtype
    np.testing.assert_allclose(stepped, weight.detach(), rtol=1e-6 if dtype == np.float32 else 1e-12)
    np.testing.assert_array_equal(x, before)


def test_a_linear_loss_falls_by_lr_times_the_squared_gradient(rng):
    x, weight, grad = rng.normal(size=(3, 5, 6)), rng.normal(size=(4, 3, 2, 3)), rng.normal(size=(4, 4, 4))
    slopes = conv2d_backward(grad, x, weight).weight
    after = linear_loss(conv2d(x, gradient_step(weight, slopes, 0.1)), grad)
    np.testing.assert_allclose(linear_loss(conv2d(x, weight), grad) - after, 0.1 * (slopes**2).sum(), rtol=1e-10)


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: linear_loss([1, 2], [1]), ShapeError, r"the output's shape \(2,\), got \(1,\)"),
    (lambda: gradient_step([1, 2], [1], 0.1), ShapeError, r"grad must have the shape of x \(2,\), got \(1,\)"),
    (lambda: gradient_step([1], [1], -0.1), RangeError, r"lr must be a number from 0 on, got -0\.1"),
    (lambda: gradient_step([1], [1], float("nan")), RangeError, "lr must be a number from 0 on, got nan"),
    (lambda: gradient_step([1], [1], "0.1"), RangeError, "lr must be a number from 0 on, got '0.1'"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(call, error, text):
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("lr", [10**400, True, "0.1", None, float("nan")])
def test_what_is_no_finite_rate_is_refused(lr):
    with pytest.raises(RangeError, match="lr must be a number from 0 on"):
        gradient_step([1.0], [1.0], lr)

import math

import numpy as np
import pytest
import torch

import engine
from engine import RangeError, ShapeError, linear, linear_backward, softmax, softmax_backward


def test_a_linear_layer_is_weighted_sums_plus_biases():
    assert linear([1, 2, 3], [[1, 0, -1], [2, 2, 2]], [10, 20]).tolist() == [8, 32]


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 5)])
@pytest.mark.parametrize("biased", [True, False])
def test_linear_equals_torch(rng, shape, biased):
    x, weight, bias = rng.normal(size=shape), rng.normal(size=(4, 5)), rng.normal(size=4) if biased else None
    wanted = torch.nn.functional.linear(
        torch.tensor(x), torch.tensor(weight), torch.tensor(bias) if bias is not None else None
    )
    np.testing.assert_allclose(linear(x, weight, bias), wanted, rtol=1e-10)


def test_a_linear_layer_is_the_convolution_whose_filter_covers_the_whole_input(rng):
    x, weight, bias = rng.normal(size=(3, 4, 2)), rng.normal(size=(5, 24)), rng.normal(size=5)
    whole = engine.conv2d(x, weight.reshape(5, 3, 4, 2), bias)
    np.testing.assert_allclose(linear(x.ravel(), weight, bias), whole.ravel(), rtol=1e-10)


def test_linear_keeps_float32_and_counts_integers_in_int64():
    assert linear(np.ones(2, np.float32), np.ones((1, 2), np.float32)).dtype == np.float32
    assert linear(np.full(2, 200, np.uint8), np.full((1, 2), 200, np.uint8)).tolist() == [80_000]


def test_linear_says_which_shapes_do_not_fit():
    with pytest.raises(ShapeError, match=r"got \(2, 4\)"):
        linear([1, 2, 3], np.ones((2, 4)))
    with pytest.raises(ShapeError, match="each of 2 filters"):
        linear([1, 2, 3], np.ones((2, 3)), [1])


def test_softmax_of_logarithms_gives_their_shares():
    np.testing.assert_allclose(softmax([math.log(1), math.log(2), math.log(5)]), [0.125, 0.25, 0.625], rtol=1e-12)


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
def test_softmax_equals_torch_along_every_axis(rng, dim):
    x = rng.normal(scale=30, size=(4, 3, 5))
    np.testing.assert_allclose(softmax(x, dim), torch.softmax(torch.tensor(x), dim), rtol=1e-10, atol=1e-300)


def test_large_logits_do_not_overflow():
    assert softmax([1000, 1000]).tolist() == [0.5, 0.5]


def test_softmax_without_that_axis_is_refused():
    with pytest.raises(RangeError, match="no axis 1"):
        softmax([1, 2], 1)


def test_the_steps_of_softmax_show_powers_and_total(rng):
    x = rng.normal(size=6)
    trace = engine.trace.softmax(x)
    np.testing.assert_allclose(trace.replay(), softmax(x), rtol=1e-12)
    step = engine.trace.softmax([0, math.log(3)])[0]
    np.testing.assert_allclose((step.powers[0], step.total, step.value), (1 / 3, 4 / 3, 0.25), rtol=1e-12)


def test_the_steps_of_softmax_need_one_vector():
    with pytest.raises(ShapeError, match="one vector"):
        engine.trace.softmax([[1, 2]])


@pytest.mark.parametrize("shape", [(5,), (3, 5), (2, 3, 5)])
def test_the_gradients_of_linear_equal_torch(rng, shape):
    x, weight, bias = (torch.tensor(rng.normal(size=size), requires_grad=True) for size in (shape, (4, 5), (4,)))
    output = torch.nn.functional.linear(x, weight, bias)
    grad = rng.normal(size=output.shape)
    output.backward(torch.tensor(grad))
    ours = linear_backward(grad, x.detach().numpy(), weight.detach().numpy())
    for mine, theirs in zip(ours, (x, weight, bias), strict=True):
        np.testing.assert_allclose(mine, theirs.grad, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("dim", [0, 1, -1])
def test_the_gradient_of_softmax_equals_torch(rng, dim):
    x = torch.tensor(rng.normal(size=(4, 3, 5)), requires_grad=True)
    grad = rng.normal(size=x.shape)
    torch.softmax(x, dim).backward(torch.tensor(grad))
    np.testing.assert_allclose(softmax_backward(grad, x.detach().numpy(), dim), x.grad, rtol=1e-10, atol=1e-14)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match="output's shape"):
        linear_backward([1, 2], [1, 2, 3], np.ones((1, 3)))
    with pytest.raises(ShapeError, match="shape of x"):
        softmax_backward([1, 2], [1, 2, 3])

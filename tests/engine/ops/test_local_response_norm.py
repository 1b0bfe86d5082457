"""Normalisation across maps: by hand, beside torch, by finite differences, step by step."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import engine
from engine import RangeError, ShapeError
from tests.engine.numerical import numerical_gradient

CASES = [
    {"size": 5, "alpha": 5e-4, "beta": 0.75, "k": 2.0},
    {"size": 5},
    {"size": 3, "alpha": 0.3, "beta": 0.5, "k": 1.0},
    {"size": 4, "alpha": 0.3},
    {"size": 2, "alpha": 1.0, "beta": 1.0, "k": 0.5},
    {"size": 1, "alpha": 1.0},
    {"size": 11, "alpha": 0.7, "beta": 0.6},
]
SHAPES = [(2, 7, 3, 5), (6, 2, 4), (1, 1, 2, 3)]


@pytest.fixture(params=SHAPES, ids=str)
def x(request, rng):
    return 3 * rng.normal(size=request.param)


def test_three_maps_of_one_pixel_by_hand():
    # size 3: map 0 sees maps 0, 1; map 1 all; map 2 maps 1, 2. d = 1 + 3 / 3 * (sum of squares), beta 1
    x = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    got = engine.local_response_norm(x, 3, alpha=3, beta=1, k=1)
    np.testing.assert_allclose(got.ravel(), [1 / (1 + 1 + 4), 2 / (1 + 1 + 4 + 9), 3 / (1 + 4 + 9)])


def test_the_papers_constants_by_hand():
    # alpha 1e-4 as printed is 5e-4 here: 100 / (2 + 1e-4 * 100 ** 2) ** 0.75 = 100 / 3 ** 0.75
    x = np.array([100.0, 0, 0]).reshape(3, 1, 1)
    got = engine.local_response_norm(x, 5, alpha=5e-4, beta=0.75, k=2)
    np.testing.assert_allclose(got.ravel(), [100 / 3**0.75, 0, 0])


def by_torch(x, **options):
    """Return torch's result; it reads three axes as (N, C, L), so that a picture needs its batch axis."""
    return F.local_response_norm(x.reshape(-1, *x.shape[-3:]), **options).reshape(x.shape)


@pytest.mark.parametrize("options", CASES, ids=str)
def test_it_is_torchs(x, options):
    expected = by_torch(torch.from_numpy(x), **options).numpy()
    np.testing.assert_allclose(engine.local_response_norm(x, **options), expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("options", CASES, ids=str)
def test_its_gradient_is_torchs(x, options, rng):
    grad_output, leaf = rng.normal(size=x.shape), torch.from_numpy(x).requires_grad_()
    by_torch(leaf, **options).backward(torch.from_numpy(grad_output))
    got = engine.local_response_norm_backward(grad_output, x, **options)
    np.testing.assert_allclose(got, leaf.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("options", CASES[2:5], ids=str)
def test_its_gradient_is_that_of_finite_differences(options, rng):
    x, grad_output = rng.normal(size=(4, 2, 3)), rng.normal(size=(4, 2, 3))
    expected = numerical_gradient(lambda v: float((engine.local_response_norm(v, **options) * grad_output).sum()), x)
    np.testing.assert_allclose(engine.local_response_norm_backward(grad_output, x, **options), expected, rtol=1e-6)


@pytest.mark.parametrize("options", CASES, ids=str)
def test_the_trace_replays_it(x, options):
    trace = engine.trace.local_response_norm(x, **options)
    np.testing.assert_allclose(trace.replay(), engine.local_response_norm(x, **options), rtol=1e-12)


def test_a_step_knows_its_neighbours(rng):
    x = rng.normal(size=(6, 3, 4))
    step = engine.trace.local_response_norm(x, 5, alpha=0.1)[(1 * 3 + 2) * 4 + 3]
    assert step.index == (0, 1, 2, 3)
    assert step.channels == range(4)
    np.testing.assert_array_equal(step.window, x[:4, 2, 3])
    assert step.x == x[1, 2, 3]
    assert step.divisor == pytest.approx(1 + 0.1 / 5 * (x[:4, 2, 3] ** 2).sum())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_type_is_kept(dtype, rng):
    x = rng.normal(size=(3, 2, 4)).astype(dtype)
    assert engine.local_response_norm(x, 5).dtype == dtype
    assert engine.local_response_norm_backward(x, x, 5).dtype == dtype


def test_whole_numbers_become_float64():
    assert engine.local_response_norm([[[3]]], 1, alpha=1, beta=1).item() == pytest.approx(3 / 10)


def test_what_cannot_be_normalised_is_refused():
    with pytest.raises(ShapeError, match=r"x must be \(N, C, H, W\) or \(C, H, W\), got shape \(3, 4\)"):
        engine.local_response_norm(np.ones((3, 4)), 5)
    with pytest.raises(RangeError, match=r"size must be at least 1, got 0"):
        engine.local_response_norm(np.ones((3, 1, 1)), 0)
    with pytest.raises(RangeError, match=r"k must be above 0, got alpha 0\.1, k 0"):
        engine.local_response_norm(np.ones((3, 1, 1)), 5, alpha=0.1, k=0)
    with pytest.raises(ShapeError, match="grad_output must have the shape of x"):
        engine.local_response_norm_backward(np.ones((3, 1, 2)), np.ones((3, 1, 1)), 5)

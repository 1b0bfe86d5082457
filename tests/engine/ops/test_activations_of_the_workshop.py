"""Activations beyond relu, sigmoid and tanh: torch where it has them, hand-worked numbers where it has not."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

import engine
from engine import RangeError, ShapeError

PLACES = [0.0, -0.0, 1e-9, -1e-9, 1.0, -1.0, 19.999, 20.0, 20.001, 30.0, -30.0, 90.0, -90.0, 1000.0, -1000.0]
CASES = {
    "relu": {},
    "sigmoid": {},
    "tanh": {},
    "leaky_relu": {},
    "leaky_relu steep": {"negative_slope": 0.3},
    "leaky_relu falling": {"negative_slope": -1.5},
    "elu": {},
    "elu alpha": {"alpha": 0.4},
    "selu": {},
    "softplus": {},
    "softplus beta": {"beta": 2.5},
    "softplus threshold": {"beta": 0.5, "threshold": 3.0},
    "gelu": {},
    "gelu tanh": {"approximate": "tanh"},
    "silu": {},
}
each_case = pytest.mark.parametrize(("case", "options"), CASES.items(), ids=CASES)


def peer(name):
    return getattr(F, name) if hasattr(F, name) else getattr(torch, name)


def x_of(rng):
    return np.concatenate([rng.normal(scale=3, size=45), PLACES]).reshape(3, 5, 4)


@each_case
def test_values_and_gradients_are_those_of_torch(rng, case, options):
    name, x, grad = case.partition(" ")[0], x_of(rng), rng.normal(size=(3, 5, 4))
    tensor = torch.tensor(x, requires_grad=True)
    output = peer(name)(tensor, **options)
    output.backward(torch.from_numpy(grad))
    ours, back = getattr(engine, name)(x, **options), getattr(engine, f"{name}_backward")(grad, x, **options)
    np.testing.assert_allclose(ours, output.detach(), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(back, tensor.grad, rtol=1e-10, atol=1e-14)


@each_case
def test_singles_give_singles_close_to_those_of_torch(rng, case, options):
    name, x = case.partition(" ")[0], x_of(rng).astype(np.float32)
    ours = getattr(engine, name)(x, **options)
    back = getattr(engine, f"{name}_backward")(np.ones_like(x), x, **options)
    assert (ours.dtype, back.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(ours, peer(name)(torch.from_numpy(x), **options), rtol=2e-6, atol=2e-6)


@each_case
def test_no_input_is_changed_and_whole_numbers_become_doubles(rng, case, options):
    name, x, grad = case.partition(" ")[0], x_of(rng), np.ones((3, 5, 4))
    before = x.copy()
    getattr(engine, name)(x, **options)[:] = 9
    getattr(engine, f"{name}_backward")(grad, x, **options)[:] = 9
    assert np.array_equal(x, before)
    assert (grad == 1).all()
    assert getattr(engine, name)([1, 2], **options).dtype == (np.int64 if name == "relu" else np.float64)


@each_case
def test_a_layer_of_several_tiles_is_its_rows_one_by_one(rng, case, options):
    name, x = case.partition(" ")[0], rng.normal(scale=3, size=(3, 20_011))
    rows = np.stack([getattr(engine, name)(row, **options) for row in x])
    assert np.array_equal(getattr(engine, name)(x, **options), rows)
    assert np.array_equal(getattr(engine, name)(x.T, **options), rows.T)


@each_case
def test_a_gradient_of_another_shape_is_refused(case, options):
    with pytest.raises(ShapeError, match=r"grad_output must have the shape of x \(2,\), got \(3,\)"):
        getattr(engine, f"{case.partition(' ')[0]}_backward")([1, 2, 3], [1.0, 2.0], **options)


@given(st.lists(st.floats(-800, 800), min_size=1, max_size=8))
def test_the_identities_between_activations_hold(xs):
    x = np.array(xs)
    np.testing.assert_allclose(engine.sigmoid(x) + engine.sigmoid(-x), 1, rtol=1e-12)
    np.testing.assert_allclose(engine.tanh(x), 2 * engine.sigmoid(2 * x) - 1, atol=1e-12)
    np.testing.assert_allclose(engine.softplus(x) - engine.softplus(-x), x, rtol=1e-8, atol=1e-8)  # threshold: 2e-9
    np.testing.assert_allclose(engine.gelu(x) - engine.gelu(-x), x, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(engine.silu(x) - engine.silu(-x), x, rtol=1e-12, atol=1e-12)
    assert np.array_equal(engine.leaky_relu(x, 0), np.maximum(x, 0))
    assert np.array_equal(engine.leaky_relu(x, 1), x)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=8))
def test_what_rises_everywhere_keeps_the_order(xs):
    x = np.sort(xs)
    for name in ("relu", "leaky_relu", "elu", "selu", "softplus", "sigmoid", "tanh", "scaled_tanh"):
        assert (np.diff(getattr(engine, name)(x)) >= -1e-15).all(), name


def test_scaled_tanh_meets_one_at_one_and_bends_at_its_scale():
    # 1.7159 tanh(2/3): exp(4/3) = 3.793668, (3.793668 - 1) / (3.793668 + 1) = 0.582783, times 1.7159 = 0.999998
    assert float(engine.scaled_tanh([1.0])[0]) == pytest.approx(0.999998, abs=1e-6)
    assert engine.scaled_tanh([1000.0, -1000.0]).tolist() == [1.7159, -1.7159]
    assert float(engine.scaled_tanh_backward([1.0], [0.0])[0]) == pytest.approx(1.7159 * 2 / 3, rel=1e-14)


def test_scaled_tanh_is_a_stretched_sigmoid(rng):
    x = rng.normal(scale=3, size=50)
    np.testing.assert_allclose(
        engine.scaled_tanh(x, 2.0, 0.25), 2 * (2 * engine.sigmoid(0.5 * x) - 1), rtol=1e-12, atol=1e-13
    )


def test_selu_of_minus_infinity_is_minus_scale_times_alpha():
    assert float(engine.selu([-1000.0])[0]) == pytest.approx(-1.0507009873554805 * 1.6732632423543772, rel=1e-15)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 5, 4), (3,), ()])
@pytest.mark.parametrize("count", [1, 3])
def test_prelu_and_both_its_gradients_are_those_of_torch(rng, shape, count):
    if count == 3 and len(shape) < 2:
        pytest.skip("one channel only")
    x, weight, grad = rng.normal(size=shape), rng.normal(size=count), rng.normal(size=shape)
    tensor, slopes = torch.tensor(x, requires_grad=True), torch.tensor(weight, requires_grad=True)
    output = F.prelu(tensor, slopes)
    output.backward(torch.tensor(grad))
    ours, gradients = engine.prelu(x, weight), engine.prelu_backward(grad, x, weight)
    np.testing.assert_allclose(ours, output.detach(), rtol=1e-12)
    np.testing.assert_allclose(gradients.input, tensor.grad, rtol=1e-12)
    np.testing.assert_allclose(gradients.weight, slopes.grad, rtol=1e-12)
    assert engine.prelu(np.float32(x), np.float32(weight)).dtype == np.float32


def test_prelu_wants_one_slope_or_one_for_each_channel():
    with pytest.raises(ShapeError, match=r"one number, or one for each of 3 channels, got shape \(2,\)"):
        engine.prelu(np.ones((2, 3, 4)), [0.1, 0.2])


def test_maxout_takes_the_largest_of_its_pieces():
    x = np.array([[1, 5, -2, -3, 4, 4]])
    assert engine.maxout(x, 2).tolist() == [[5, -2, 4]]
    assert engine.maxout(x, 3).tolist() == [[5, 4]]
    assert engine.maxout_backward([[10, 20, 30]], x, 2).tolist() == [[0, 10, 20, 0, 30, 0]]  # of the two 4s, the first


def test_maxout_is_max_pooling_across_the_channels(rng):
    x = rng.normal(size=(2, 6, 3, 4))
    pooled = F.max_pool3d(torch.from_numpy(x)[:, None], (3, 1, 1))[:, 0]
    np.testing.assert_array_equal(engine.maxout(x, 3), pooled)
    assert engine.maxout(x.astype(np.float32), 3).dtype == np.float32


def test_maxout_of_x_and_its_negative_is_the_size(rng):
    x = rng.normal(size=(5, 7))
    np.testing.assert_array_equal(engine.maxout(np.stack([x, -x], axis=2), 2, dim=2)[..., 0], np.abs(x))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: engine.maxout(np.ones((2, 5)), 2), ShapeError, "pieces must divide the 5 entries along axis 1, got 2"),
        (lambda: engine.maxout(np.ones((2, 4)), 0), RangeError, "pieces must be at least 1"),
        (lambda: engine.maxout(np.ones(4), 2), RangeError, "no axis 1"),
        (lambda: engine.maxout_backward([1], np.ones((2, 4))), ShapeError, r"output's shape \(2, 2\), got \(1,\)"),
        (lambda: engine.gelu([1], approximate="fast"), RangeError, "approximate must be none or tanh, got 'fast'"),
        (lambda: engine.softplus([1], beta=0), RangeError, "beta must not be 0"),
        (lambda: engine.elu([1], alpha=math.nan), RangeError, "alpha must be a finite number, got nan"),
        (lambda: engine.leaky_relu([1], "steep"), RangeError, "negative_slope must be a finite number"),
        (lambda: engine.silu("text"), ShapeError, "x must hold real numbers"),
    ],
)
def test_what_is_not_allowed_is_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_not_a_number_and_infinity_stay_visible():
    for name in ("sigmoid", "tanh", "leaky_relu", "elu", "selu", "softplus", "gelu", "silu"):
        out = getattr(engine, name)([np.nan, np.inf])
        assert np.isnan(out[0])
        assert out[1] == (1 if name in ("sigmoid", "tanh") else pytest.approx(np.inf))

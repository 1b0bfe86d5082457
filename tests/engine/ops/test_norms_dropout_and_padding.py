import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

import engine
from engine import RangeError, ShapeError

SHAPE = (4, 3, 5, 2)


def tensors(*arrays):
    return [None if array is None else torch.tensor(array, requires_grad=True) for array in arrays]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_batch_norm_and_its_gradients_are_those_of_torch(rng, training, affine, eps):
    x, grad = rng.normal(2, 3, size=SHAPE), rng.normal(size=SHAPE)
    mean, var = rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    weight, bias = (rng.normal(size=3), rng.normal(size=3)) if affine else (None, None)
    there = tensors(x, weight, bias)
    output = F.batch_norm(there[0], *map(torch.tensor, (mean, var)), *there[1:], training=training, eps=eps)
    output.backward(torch.tensor(grad))
    ours = engine.batch_norm2d(x, mean, var, weight, bias, training=training, eps=eps)
    back = engine.batch_norm2d_backward(grad, x, mean, var, weight, training=training, eps=eps)
    np.testing.assert_allclose(ours, output.detach(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(back.input, there[0].grad, rtol=1e-10, atol=1e-12)
    if affine:
        np.testing.assert_allclose(back.weight, there[1].grad, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(back.bias, there[2].grad, rtol=1e-10, atol=1e-12)


def test_batch_norm_by_hand():
    # channel 0: 1, 3: mean 2, variance 1: -1, 1; channel 1: 5, 5: variance 0: 0, 0
    x = np.array([[[[1.0]], [[5.0]]], [[[3.0]], [[5.0]]]])
    normed = engine.batch_norm2d(x, None, None, [2, 1], [10, 7], training=True, eps=0.0 + 1e-300)
    assert normed[:, :, 0, 0].tolist() == [[8, 7], [12, 7]]


def test_batch_statistics_are_those_that_torch_remembers(rng):
    x, mean, var = rng.normal(2, 3, size=SHAPE), rng.normal(size=3), rng.uniform(0.5, 2, size=3)
    running_mean, running_var = torch.tensor(mean), torch.tensor(var)
    F.batch_norm(torch.tensor(x), running_mean, running_var, training=True, momentum=0.3)
    told = engine.batch_norm2d_statistics(x, mean, var, momentum=0.3)
    np.testing.assert_allclose(told.running_mean, running_mean, rtol=1e-12)
    np.testing.assert_allclose(told.running_var, running_var, rtol=1e-12)
    np.testing.assert_allclose(told.mean, x.mean(axis=(0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(told.var, x.var(axis=(0, 2, 3)), rtol=1e-12)
    fresh = engine.batch_norm2d_statistics(x, momentum=1)
    np.testing.assert_allclose(fresh.running_var, x.var(axis=(0, 2, 3), ddof=1), rtol=1e-12)


@pytest.mark.parametrize("axes", [2, (2,), (5, 2), (3, 5, 2)])
@pytest.mark.parametrize("affine", [True, False])
def test_layer_norm_and_its_gradients_are_those_of_torch(rng, axes, affine):
    shape = axes if isinstance(axes, tuple) else (axes,)
    x, grad = rng.normal(2, 3, size=SHAPE), rng.normal(size=SHAPE)
    weight, bias = (rng.normal(size=shape), rng.normal(size=shape)) if affine else (None, None)
    there = tensors(x, weight, bias)
    output = F.layer_norm(there[0], shape, *there[1:], eps=0.01)
    output.backward(torch.tensor(grad))
    back = engine.layer_norm_backward(grad, x, axes, weight, eps=0.01)
    np.testing.assert_allclose(engine.layer_norm(x, axes, weight, bias, eps=0.01), output.detach(), atol=1e-12)
    np.testing.assert_allclose(back.input, there[0].grad, rtol=1e-10, atol=1e-12)
    if affine:
        np.testing.assert_allclose(back.weight, there[1].grad, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(back.bias, there[2].grad, rtol=1e-10, atol=1e-12)


def test_a_batch_that_grows_leaves_layer_norm_alone_but_not_batch_norm(rng):
    x = rng.normal(size=SHAPE)
    np.testing.assert_array_equal(engine.layer_norm(x, (3, 5, 2))[:2], engine.layer_norm(x[:2], (3, 5, 2)))
    alone = engine.batch_norm2d(x[:2], None, None, training=True)
    assert np.abs(engine.batch_norm2d(x, None, None, training=True)[:2] - alone).max() > 0.01


@given(st.integers(0, 2**32), st.floats(-50, 50), st.floats(0.1, 9))
def test_a_normalised_channel_has_mean_0_and_variance_1_wherever_it_came_from(seed, shift, scale):
    x = np.random.default_rng(seed).normal(shift, scale, size=SHAPE)
    normed = engine.batch_norm2d(x, None, None, training=True, eps=0)
    np.testing.assert_allclose(normed.mean(axis=(0, 2, 3)), 0, atol=1e-11)
    np.testing.assert_allclose(normed.var(axis=(0, 2, 3)), 1, rtol=1e-10)


@given(st.integers(0, 2**32), st.floats(0, 1), st.integers(0, 999))
def test_dropout_keeps_divided_numbers_or_drops_them(x_seed, p, seed):
    x = np.random.default_rng(x_seed).normal(size=(3, 7))
    mask, out = engine.dropout_mask(x.shape, p, seed=seed), engine.dropout(x, p, seed=seed)
    np.testing.assert_allclose(out, np.where(mask, x, 0) / ((1 - p) or 1), rtol=1e-12)
    np.testing.assert_array_equal(engine.dropout_backward(x, p, seed=seed), out)
    np.testing.assert_array_equal(engine.dropout(x, p, training=False, seed=seed), x)


def test_dropout_drops_its_share_and_keeps_the_mean():
    out = engine.dropout(np.ones((400, 500)), 0.3, seed=5)
    assert (out == 0).mean() == pytest.approx(0.3, abs=0.005)  # 5 standard errors of 200,000 draws
    assert out.mean() == pytest.approx(1, abs=0.01)
    assert set(np.unique(out).tolist()) == {0, 1 / 0.7}


def test_the_same_seed_drops_the_same_and_another_others():
    first, again, other = (engine.dropout_mask((50,), 0.5, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


PADS = {
    "reflect": [((2, 1), (4, 3)), ((4, 0, 1, 2), (4, 5)), ((1, 2, 2, 0), (2, 3, 4, 5)), ((1, 1), (2, 3, 5))],
    "replicate": [((2, 6), (4, 3)), ((4, 0, 7, 2), (1, 4, 5)), ((1, 2, 2, 0), (2, 3, 4, 5))],
    "circular": [((2, 3), (4, 3)), ((4, 0, 1, 2), (1, 4, 5)), ((1, 2, 2, 0), (2, 3, 4, 5))],
    "constant": [((2, 1), (4,)), ((4, 0, 1, 2), (4, 5)), ((1, 2, 2, 0, 3, 1), (2, 3, 4, 5)), ((-1, 2, 1, -2), (4, 5))],
}
each_pad = pytest.mark.parametrize(
    ("mode", "pad", "shape"), [(mode, *case) for mode, cases in PADS.items() for case in cases]
)


@each_pad
def test_padding_and_its_gradient_are_those_of_torch(rng, mode, pad, shape):
    x = rng.normal(size=shape)
    options = {"value": 2.5} if mode == "constant" else {}
    tensor = torch.tensor(x, requires_grad=True)
    short = mode != "constant" and len(shape) == len(pad) // 2  # torch wants a channel axis
    wanted = F.pad(tensor[None] if short else tensor, pad, mode, **options)
    wanted = wanted[0] if short else wanted
    grad = rng.normal(size=tuple(wanted.shape))
    wanted.backward(torch.tensor(grad))
    np.testing.assert_array_equal(engine.pad(x, pad, mode, **options), wanted.detach())
    np.testing.assert_allclose(engine.pad_backward(grad, shape, pad, mode), tensor.grad, rtol=1e-12, atol=1e-14)
    assert engine.pad(x.astype(np.float32), pad, mode).dtype == np.float32


def test_the_four_modes_by_hand():
    x = [1, 2, 3]
    assert engine.pad(x, (2, 2)).tolist() == [0, 0, 1, 2, 3, 0, 0]
    assert engine.pad(x, (2, 2), "reflect").tolist() == [3, 2, 1, 2, 3, 2, 1]
    assert engine.pad(x, (2, 2), "replicate").tolist() == [1, 1, 1, 2, 3, 3, 3]
    assert engine.pad(x, (2, 2), "circular").tolist() == [2, 3, 1, 2, 3, 1, 2]
    assert engine.pad_backward([1] * 7, (3,), (2, 2), "replicate").tolist() == [3, 1, 3]


NUMPY_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap", "constant": "constant"}


@given(st.sampled_from(list(NUMPY_MODES)), st.tuples(*[st.integers(0, 3)] * 4), st.integers(0, 99))
def test_padding_any_array_is_what_numpy_pads(mode, pad, seed):
    x = np.random.default_rng(seed).integers(-9, 10, size=(2, 4, 5))
    wanted = np.pad(x, ((0, 0), pad[2:], pad[:2]), NUMPY_MODES[mode])
    ours = engine.pad(x, pad, mode)
    assert (ours.dtype, ours.tolist()) == (x.dtype, wanted.tolist())
    assert not np.shares_memory(ours, x)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: engine.pad([1, 2, 3], (3, 0), "reflect"), RangeError, r"at most 2 cells to an axis of 3, got \(3,"),
        (lambda: engine.pad([1, 2, 3], (0, 4), "circular"), RangeError, "at most 3 cells"),
        (lambda: engine.pad([1, 2, 3], (1,)), ShapeError, "two numbers for each of the last axes, at most 1 axes"),
        (lambda: engine.pad([1, 2, 3], (1, 1, 1, 1)), ShapeError, "at most 1 axes"),
        (lambda: engine.pad([1, 2, 3], (-1, 1), "reflect"), RangeError, "pad must be at least 0, got -1"),
        (lambda: engine.pad([1, 2, 3], (-2, -1)), ShapeError, "nothing is left of an axis of 3"),
        (lambda: engine.pad([1, 2], (1, 1), "mirror"), RangeError, "unknown padding mode: 'mirror'; have constant"),
        (lambda: engine.pad([1, 2], (1, 1), value=np.inf), RangeError, "value must be a number that x can hold"),
        (lambda: engine.pad_backward([1], (2,), (1, 1)), ShapeError, r"output's shape \(4,\), got \(1,\)"),
        (lambda: engine.dropout([1], 1.5), RangeError, r"p must be between 0 and 1, got 1\.5"),
        (lambda: engine.dropout([1], 0.5, seed=-1), RangeError, "seed must be at least 0"),
        (lambda: engine.layer_norm(np.ones((2, 3)), 2), ShapeError, r"axes \(2,\) of normalized_shape, got shape"),
        (lambda: engine.layer_norm(np.ones((2, 3)), 3, [1]), ShapeError, r"weight must have the shape"),
        (lambda: engine.layer_norm(np.ones((2, 3)), 3, eps=-1), RangeError, "eps must be a number from 0 on, got -1"),
        (lambda: engine.batch_norm2d(np.ones((2, 3)), None, None), ShapeError, r"x must be \(N, C, H, W\)"),
        (lambda: engine.batch_norm2d(np.ones(SHAPE), None, None), ShapeError, "needed unless training"),
        (lambda: engine.batch_norm2d(np.ones(SHAPE), [1], [1]), ShapeError, "running_mean must hold one number"),
        (lambda: engine.batch_norm2d(np.ones(SHAPE), [1] * 3, [-1] * 3), RangeError, "eps must be above 0"),
        (lambda: engine.batch_norm2d(np.ones((1, 3, 1, 1)), None, None, training=True), ShapeError, "more than one"),
        (lambda: engine.batch_norm2d_statistics(np.ones(SHAPE), momentum=2), RangeError, "momentum must be between"),
        (
            lambda: engine.batch_norm2d_backward([1], np.ones(SHAPE), None, None, training=True),
            ShapeError,
            "grad_output must have the shape of x",
        ),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_singles_stay_singles_and_nothing_is_changed(rng):
    x = rng.normal(size=SHAPE).astype(np.float32)
    before, ones = x.copy(), np.ones(3)
    for out in (
        engine.batch_norm2d(x, ones, ones, ones, ones),
        engine.batch_norm2d(x, None, None, training=True),
        engine.batch_norm2d_backward(x, x, ones, ones).input,
        engine.layer_norm(x, 2, [1.0, 2.0], [0.0, 1.0]),
        engine.layer_norm_backward(x, x, 2).input,
        engine.dropout(x),
        engine.pad(x, (1, 1)),
    ):
        assert out.dtype == np.float32
        out[:] = 9
    assert np.array_equal(x, before)

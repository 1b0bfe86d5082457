import math

import numpy as np
import pytest
import torch
from torch.nn import functional

import engine
from engine import RangeError, ShapeError, cross_entropy, cross_entropy_backward, log_softmax, log_softmax_backward
from tests.engine.numerical import numerical_gradient

SHAPES = {"one sample": (3,), "a batch": (5, 3), "a picture": (2, 3, 4, 5)}
each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
each_reduction = pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
each_kind = pytest.mark.parametrize("kind", ["classes", "probabilities"])


def target_for(rng, shape, kind):
    if kind == "classes":
        return rng.integers(0, 3, size=shape[:1] + shape[2:] if len(shape) > 1 else ())
    return rng.dirichlet(np.ones(3), size=1).reshape(3)[(...,) + (None,) * (len(shape) - 2)] * np.ones(shape)


def test_log_softmax_of_logarithms_gives_their_shares():
    wanted = [math.log(0.125), math.log(0.25), math.log(0.625)]
    np.testing.assert_allclose(log_softmax([math.log(1), math.log(2), math.log(5)]), wanted, rtol=1e-12)


def test_the_loss_is_minus_the_logarithm_of_the_right_class_share():
    assert float(cross_entropy([0, math.log(3)], 0)) == pytest.approx(math.log(4), rel=1e-12)
    assert float(cross_entropy([0, math.log(3)], 1)) == pytest.approx(math.log(4 / 3), rel=1e-12)
    assert float(cross_entropy([0, 0], [0.5, 0.5])) == pytest.approx(math.log(2), rel=1e-12)


def test_the_gradient_of_the_logits_is_p_minus_onehot():
    np.testing.assert_allclose(cross_entropy_backward(1, [0, math.log(3)], 0), [0.25 - 1, 0.75], rtol=1e-12)


@pytest.mark.parametrize("dim", [0, 1, 2, -1])
def test_log_softmax_and_its_gradient_equal_torch_along_every_axis(rng, dim):
    x = torch.tensor(rng.normal(scale=30, size=(4, 3, 5)), requires_grad=True)
    grad = rng.normal(size=x.shape)
    output = torch.log_softmax(x, dim)
    output.backward(torch.tensor(grad))
    np.testing.assert_allclose(log_softmax(x.detach().numpy(), dim), output.detach(), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(log_softmax_backward(grad, x.detach().numpy(), dim), x.grad, rtol=1e-10, atol=1e-13)


@each_kind
@each_reduction
@each_shape
def test_loss_and_gradient_equal_torch(rng, shape, reduction, kind):
    logits = torch.tensor(rng.normal(scale=4, size=shape), requires_grad=True)
    target = target_for(rng, shape, kind)
    losses = functional.cross_entropy(logits, torch.tensor(target), reduction=reduction)
    grad = rng.normal(size=tuple(losses.shape))
    losses.backward(torch.tensor(grad))
    ours = cross_entropy(logits.detach().numpy(), target, reduction=reduction)
    assert ours.shape == tuple(losses.shape)
    np.testing.assert_allclose(ours, losses.detach(), rtol=1e-10)
    mine = cross_entropy_backward(grad, logits.detach().numpy(), target, reduction=reduction)
    np.testing.assert_allclose(mine, logits.grad, rtol=1e-10, atol=1e-13)


@each_kind
def test_the_gradient_equals_central_differences(rng, kind):
    logits, target = rng.normal(size=(4, 3)), target_for(rng, (4, 3), kind)
    measured = numerical_gradient(lambda z: float(cross_entropy(z, target)), logits)
    np.testing.assert_allclose(cross_entropy_backward(1, logits, target), measured, rtol=1e-6, atol=1e-9)


def test_a_target_that_does_not_add_up_to_one_has_the_gradient_of_torch():
    logits = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64, requires_grad=True)
    functional.cross_entropy(logits, torch.tensor([0.5, 0.5, 0.5], dtype=torch.float64)).backward()
    mine = cross_entropy_backward(1, logits.detach().numpy(), [0.5, 0.5, 0.5])
    np.testing.assert_allclose(mine, logits.grad, rtol=1e-10)


@pytest.mark.parametrize("size", [1e3, 1e8, 1e300])
def test_large_logits_give_a_finite_loss(size):
    assert float(cross_entropy([size, 0.0], 1)) == size
    assert float(cross_entropy([size, 0.0], 0)) == 0
    assert cross_entropy_backward(1, [size, 0.0], 1).tolist() == [1, -1]
    assert log_softmax([size, 0.0]).tolist() == [0, -size]


def test_the_dtype_is_kept_and_integers_become_float64():
    assert cross_entropy(np.zeros(3, np.float32), 1).dtype == np.float32
    assert cross_entropy_backward(np.float64(1), np.zeros(3, np.float32), 1).dtype == np.float32
    assert cross_entropy([1, 2], 0).dtype == log_softmax([1, 2]).dtype == np.float64


def test_nothing_that_is_given_changes(rng):
    logits, target = rng.normal(size=(2, 3)), np.array([0, 2])
    before = logits.copy()
    cross_entropy_backward(1, logits, target)
    assert np.array_equal(logits, before)
    assert target.tolist() == [0, 2]


@each_kind
@each_shape
def test_replaying_the_trace_gives_one_loss_for_each_sample(rng, shape, kind):
    logits, target = rng.normal(size=shape), target_for(rng, shape, kind)
    replayed = engine.trace.cross_entropy(logits, target).replay()
    np.testing.assert_allclose(replayed, cross_entropy(logits, target, reduction="none"), rtol=1e-12)


def test_a_step_shows_logits_powers_and_shares():
    step = engine.trace.cross_entropy([[5, 5], [0, math.log(3)]], [0, 1])[1]
    assert (step.index, step.label, step.target.tolist()) == ((1,), 1, [0, 1])
    np.testing.assert_allclose(step.powers, [1 / 3, 1], rtol=1e-12)
    np.testing.assert_allclose(step.probabilities, [0.25, 0.75], rtol=1e-12)
    assert step.value == pytest.approx(math.log(4 / 3), rel=1e-12)


@pytest.mark.parametrize(
    ("logits", "target", "options", "sentence"),
    [
        ([[1, 2]], [2], {}, r"classes 0\.\.1, got 2"),
        ([1, 2], -1, {}, r"classes 0\.\.1, got -1"),
        ([1, 2], 1.0, {}, "whole numbers where it names classes"),
        ([1, 2], 1, {"reduction": "max"}, "mean, sum or none, got max"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(logits, target, options, sentence):
    with pytest.raises(RangeError, match=sentence):
        cross_entropy(logits, target, **options)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match=r"classes \(4,\) or probabilities \(4, 3\), got shape \(3,\)"):
        cross_entropy(np.ones((4, 3)), [0, 1, 2])
    with pytest.raises(ShapeError, match=r"\(C,\), \(N, C\)"):
        cross_entropy(1.0, 0)
    with pytest.raises(ShapeError, match="output's shape"):
        cross_entropy_backward([1, 1], [[1, 2], [3, 4]], [0, 1])
    with pytest.raises(ShapeError, match="shape of x"):
        log_softmax_backward([1, 2], [1, 2, 3])
    with pytest.raises(RangeError, match="no axis 1"):
        log_softmax([1, 2], 1)

"""Every loss beside cross_entropy of one target: torch where it has them, hand-worked numbers where it has not."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

import engine
from engine import RangeError, ShapeError

SHAPE = (4, 3, 5)
REDUCTIONS = ("mean", "sum", "none")
each_reduction = pytest.mark.parametrize("reduction", REDUCTIONS)


def numbers(rng):
    x = rng.normal(scale=2, size=SHAPE)
    target = x + rng.choice([0, 0.3, -0.3, 1, -1, 4], size=SHAPE)
    return x, target


def probabilities(rng):
    return rng.choice([0, 1, 1e-9, 0.5, 0.3, 1 - 1e-9], size=SHAPE), rng.choice([0, 1, 0.25], size=SHAPE)


def logits(rng):
    return rng.choice([0, 3.5, -2, 40, -40, 1000, -1000], size=SHAPE), rng.choice([0, 1, 0.25], size=SHAPE)


WEIGHT = np.arange(1.0, 6) / 3
CASES = {
    "mse_loss": (numbers, {}),
    "l1_loss": (numbers, {}),
    "smooth_l1_loss": (numbers, {}),
    "smooth_l1_loss beta": (numbers, {"beta": 0.3}),
    "smooth_l1_loss beta 0": (numbers, {"beta": 0.0}),
    "huber_loss": (numbers, {}),
    "huber_loss delta": (numbers, {"delta": 0.3}),
    "binary_cross_entropy": (probabilities, {}),
    "binary_cross_entropy weight": (probabilities, {"weight": WEIGHT}),
    "binary_cross_entropy_with_logits": (logits, {}),
    "binary_cross_entropy_with_logits weight": (logits, {"weight": WEIGHT}),
    "binary_cross_entropy_with_logits pos_weight": (logits, {"pos_weight": WEIGHT}),
    "binary_cross_entropy_with_logits both": (logits, {"pos_weight": WEIGHT, "weight": WEIGHT[::-1].copy()}),
}
each_case = pytest.mark.parametrize(("case", "draw", "options"), [(k, *v) for k, v in CASES.items()], ids=CASES)


def torches(options):
    return {k: torch.from_numpy(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}


def compared(name, x, target, options, atol=1e-13):
    """Compare loss and gradient with torch's in each reduction."""
    tensor = torch.tensor(x, requires_grad=True)
    losses = getattr(F, name)(tensor, torch.tensor(target), **torches(options))
    grad = np.random.default_rng(3).normal(size=tuple(losses.shape))
    losses.backward(torch.tensor(grad))
    ours = getattr(engine, name)(x, target, **options)
    back = getattr(engine, f"{name}_backward")(grad, x, target, **options)
    assert ours.shape == tuple(losses.shape)
    np.testing.assert_allclose(ours, losses.detach(), rtol=1e-10, atol=atol)
    np.testing.assert_allclose(back, tensor.grad, rtol=1e-10, atol=atol)


@each_reduction
@each_case
def test_loss_and_gradient_are_those_of_torch(rng, case, draw, options, reduction):
    compared(case.partition(" ")[0], *draw(rng), {**options, "reduction": reduction})


@each_reduction
@each_case
def test_singles_give_singles_and_nothing_is_changed(rng, case, draw, options, reduction):
    name = case.partition(" ")[0]
    x, target = (part.astype(np.float32) for part in draw(rng))
    before = x.copy(), target.copy()
    loss = getattr(engine, name)(x, target, **options, reduction=reduction)
    back = getattr(engine, f"{name}_backward")(np.ones_like(loss), x, target, **options, reduction=reduction)
    assert (loss.dtype, back.dtype, back.shape) == (np.float32, np.float32, x.shape)
    assert np.isfinite(loss).all()
    assert np.array_equal(x, before[0])
    assert np.array_equal(target, before[1])


CLASS_SHAPES = {"one sample": (3,), "a batch": (7, 3), "a picture": (2, 3, 4, 5)}
CLASS_CASES = {
    "plain": {},
    "weight": {"weight": np.array([0.5, 2.0, 3.25])},
    "ignore_index": {"ignore_index": 1},
    "both": {"weight": np.array([0.5, 2.0, 3.25]), "ignore_index": 2},
}


def classes_of(rng, shape):
    target = rng.integers(0, 3, size=shape[:1] + shape[2:] if len(shape) > 1 else ())
    return target if target.ndim else np.array(0)


@each_reduction
@pytest.mark.parametrize("options", CLASS_CASES.values(), ids=CLASS_CASES)
@pytest.mark.parametrize("shape", CLASS_SHAPES.values(), ids=CLASS_SHAPES)
def test_nll_loss_is_that_of_torch(rng, shape, options, reduction):
    logs = engine.log_softmax(rng.normal(scale=3, size=shape), 0 if len(shape) == 1 else 1)
    compared("nll_loss", logs, classes_of(rng, shape), {**options, "reduction": reduction})


@each_reduction
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("options", CLASS_CASES.values(), ids=CLASS_CASES)
@pytest.mark.parametrize("shape", CLASS_SHAPES.values(), ids=CLASS_SHAPES)
def test_cross_entropy_with_weights_is_that_of_torch(rng, shape, options, smoothing, reduction):
    options = {**options, "label_smoothing": smoothing, "reduction": reduction}
    compared("cross_entropy", rng.normal(scale=3, size=shape), classes_of(rng, shape), options)


@each_reduction
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_weights_of_probabilities_are_those_of_torch(rng, smoothing, reduction):
    target = np.moveaxis(rng.dirichlet(np.ones(3), size=(4, 5)), -1, 1)
    options = {"weight": np.array([0.5, 2.0, 3.25]), "label_smoothing": smoothing, "reduction": reduction}
    compared("cross_entropy", rng.normal(size=(4, 3, 5)), target, options)


@each_reduction
@pytest.mark.parametrize("options", [{}, {"p": 2}, {"margin": 0.4}, {"p": 2, "weight": np.array([0.5, 2.0, 3.25])}])
@pytest.mark.parametrize("shape", [(3,), (7, 3)])
def test_multi_margin_loss_is_that_of_torch(rng, shape, options, reduction):
    compared("multi_margin_loss", rng.normal(size=shape), classes_of(rng, shape), {**options, "reduction": reduction})


def test_cross_entropy_is_nll_loss_of_log_softmax(rng):
    x, target = rng.normal(scale=100, size=(6, 4)), np.array([0, 3, 1, 2, 2, 0])
    np.testing.assert_allclose(
        engine.cross_entropy(x, target), engine.nll_loss(engine.log_softmax(x, 1), target), rtol=1e-13
    )


def test_the_mean_of_ignored_samples_alone_is_no_number_as_in_torch():
    logs = np.log([[0.5, 0.5], [0.25, 0.75]])
    for name in ("nll_loss", "cross_entropy"):
        assert np.isnan(getattr(engine, name)(logs, [-100, -100]))
        assert getattr(engine, name)(logs, [-100, -100], reduction="none").tolist() == [0, 0]
        assert getattr(engine, name)(logs, [-100, -100], reduction="sum") == 0


def test_msle_measures_the_ratio():
    # log 4 - log 2 = log 2, and log 1 - log 4 = -2 log 2: squares (log 2)^2 and 4 (log 2)^2, their mean 2.5 (log 2)^2
    assert float(engine.msle_loss([3.0, 0.0], [1.0, 3.0])) == pytest.approx(2.5 * math.log(2) ** 2, rel=1e-14)
    # 2 (log 4 - log 2) / 4 and 2 (log 1 - log 4) / 1
    gradient = engine.msle_loss_backward(1.0, [3.0, 0.0], [1.0, 3.0], reduction="sum")
    np.testing.assert_allclose(gradient, [math.log(2) / 2, -4 * math.log(2)], rtol=1e-14)


def test_mape_is_a_share_of_what_was_wanted():
    # |9 - 10| / 10 = 10 %, |3 + 2| / 2 = 250 %: their mean 130
    assert float(engine.mape_loss([9.0, 3.0], [10.0, -2.0])) == pytest.approx(130, rel=1e-14)
    assert engine.mape_loss_backward(1.0, [9.0, 3.0], [10.0, -2.0]).tolist() == [-5, 25]
    assert float(engine.mape_loss([1.0], [0.0], eps=0.5)) == 200


def test_hinge_is_silent_beyond_the_margin():
    # max(0, 1 - 0.25), max(0, 1 + 0.5), max(0, 1 - 2)
    x, target = [0.25, 0.5, -2.0], [1, -1, -1]
    assert engine.hinge_loss(x, target, reduction="none").tolist() == [0.75, 1.5, 0]
    assert engine.hinge_loss(x, target).item() == 0.75
    assert engine.hinge_loss_backward(1, x, target, reduction="sum").tolist() == [-1, 1, 0]
    assert engine.hinge_loss(x, target, margin=3, reduction="none").tolist() == [2.75, 3.5, 1]


def test_exponential_grows_with_the_wrong_side():
    loss = engine.exponential_loss([math.log(2), math.log(3)], [1, -1], reduction="none")
    np.testing.assert_allclose(loss, [0.5, 3], rtol=1e-14)
    back = engine.exponential_loss_backward([1, 1], [math.log(2), math.log(3)], [1, -1], reduction="none")
    np.testing.assert_allclose(back, [-0.5, 3], rtol=1e-14)


def test_the_four_without_torch_follow_from_those_with_it(rng):
    x, target = rng.uniform(0.1, 9, size=SHAPE), rng.uniform(0.1, 9, size=SHAPE)
    signs = rng.choice([-1.0, 1.0], size=SHAPE)
    tensors = [torch.tensor(part) for part in (x, target, signs)]
    wanted = {
        "msle_loss": F.mse_loss(tensors[0].log1p(), tensors[1].log1p()),
        "mape_loss": 100 * F.l1_loss(tensors[0] / tensors[1], torch.ones(SHAPE, dtype=torch.float64)),
        "hinge_loss": F.relu(1 - tensors[0] * tensors[2]).mean(),
        "exponential_loss": (-tensors[0] * tensors[2]).exp().mean(),
    }
    for name, value in wanted.items():
        other = signs if name in ("hinge_loss", "exponential_loss") else target
        np.testing.assert_allclose(getattr(engine, name)(x, other), value, rtol=1e-12, err_msg=name)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=1, max_size=6), st.floats(0.1, 5))
def test_what_holds_between_losses_holds_for_all_numbers(pairs, delta):
    x, target = np.array(pairs).T
    huber = engine.huber_loss(x, target, delta=delta, reduction="none")
    smooth = engine.smooth_l1_loss(x, target, beta=delta, reduction="none")
    np.testing.assert_allclose(huber, delta * smooth, rtol=1e-12, atol=1e-300)
    assert (huber <= engine.mse_loss(x, target, reduction="none") / 2 + 1e-9).all()
    assert (huber <= delta * engine.l1_loss(x, target, reduction="none") + 1e-9).all()
    share = (target > 0).astype(float)
    logistic = engine.binary_cross_entropy_with_logits(x, share, reduction="none")
    np.testing.assert_allclose(logistic, engine.softplus(np.where(share == 1, -x, x), threshold=99), rtol=1e-12)
    two = engine.cross_entropy(np.stack([np.zeros_like(x), x], axis=1), share.astype(int), reduction="none")
    np.testing.assert_allclose(two, logistic, rtol=1e-9, atol=1e-12)
    signs = np.where(target > 0, 1, -1)
    assert (engine.hinge_loss(x, signs, reduction="none") <= engine.exponential_loss(x, signs, reduction="none")).all()


PLAIN = ("mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss", "msle_loss", "mape_loss", "binary_cross_entropy",
         "binary_cross_entropy_with_logits", "hinge_loss", "exponential_loss")  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_shapes_and_reductions_that_do_not_fit_are_refused(name):
    loss, back = getattr(engine, name), getattr(engine, f"{name}_backward")
    with pytest.raises(ShapeError, match=r"target must have the shape of x \(2,\), got \(3,\)"):
        loss([1.0, 1.0], [1.0, 1.0, 1.0])
    with pytest.raises(RangeError, match="mean, sum or none, got max"):
        loss([1.0], [1.0], reduction="max")
    with pytest.raises(ShapeError, match=r"output's shape \(\), got \(2,\)"):
        back([1, 1], [1.0, 1.0], [1.0, 1.0])
    with pytest.raises(ShapeError, match=r"output's shape \(2,\), got \(\)"):
        back(1, [1.0, 1.0], [1.0, 1.0], reduction="none")


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: engine.msle_loss([-1.0], [0.0]), RangeError, r"x must be above -1, got -1\.0"),
        (lambda: engine.msle_loss([0.0], [-2.0]), RangeError, r"target must be above -1, got -2\.0"),
        (lambda: engine.mape_loss([1], [1], eps=0), RangeError, "eps must be above 0, got 0"),
        (lambda: engine.huber_loss([1], [1], delta=0), RangeError, "delta must be above 0, got 0"),
        (lambda: engine.smooth_l1_loss([1], [1], beta=-1), RangeError, "beta must be a number from 0 on, got -1"),
        (lambda: engine.hinge_loss([1], [0]), RangeError, r"target must hold -1 and 1, got 0\.0"),
        (lambda: engine.binary_cross_entropy([1.5], [1]), RangeError, r"x must hold probabilities .*, got 1\.5"),
        (lambda: engine.binary_cross_entropy([0.5], [2]), RangeError, r"target must hold probabilities"),
        (lambda: engine.binary_cross_entropy([0.5], [1], [1, 2]), ShapeError, "weight must broadcast"),
        (
            lambda: engine.binary_cross_entropy_with_logits([0.5], [1], pos_weight=[1, 2]),
            ShapeError,
            "pos_weight must broadcast",
        ),
        (lambda: engine.nll_loss([[0.0, 0]], [2]), RangeError, r"classes 0\.\.1, got 2"),
        (lambda: engine.nll_loss([[0.0, 0]], [0, 1]), ShapeError, r"one class for each sample \(1,\), got shape"),
        (lambda: engine.nll_loss([[0.0, 0]], [0], [1]), ShapeError, r"one number for each of 2 classes"),
        (lambda: engine.nll_loss(1.0, 0), ShapeError, r"x must be \(C,\)"),
        (lambda: engine.cross_entropy([0.0, 0], 0, label_smoothing=2), RangeError, "between 0 and 1, got 2"),
        (lambda: engine.multi_margin_loss([0.0, 0], 0, p=3), RangeError, "p must be 1 or 2, got 3"),
        (lambda: engine.multi_margin_loss([0.0, 0], -1), RangeError, r"classes 0\.\.1, got -1"),
        (lambda: engine.multi_margin_loss(np.ones((2, 2, 2)), [0, 0]), ShapeError, r"x must be \(C,\) or \(N, C\)"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_refused(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()

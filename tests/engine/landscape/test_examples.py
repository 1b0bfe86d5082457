"""Drawn examples, their parts of the loss, and the weights of least loss."""

import math

import numpy as np
import pytest

from engine import RangeError
from engine.landscape import Regression, critical_points, curvature, examples, lowest, terms

CASES = [(model, inputs, count) for model in ("linear", "logistic") for inputs in ("bias", "two") for count in (7, 40)]


def test_gradient_and_curvature_of_two_points_by_hand():
    """(x1, 1) = (1, 1), (3, 1), targets 2, 4; at w = (0, 0): z - t = -2, -4.

    gradient = mean of 2 (z - t) x = ((2 (-2) 1 + 2 (-4) 3) / 2, (2 (-2) + 2 (-4)) / 2) = (-14, -6)
    Hessian = 2 [[mean x^2, mean x], [mean x, 1]] = [[10, 4], [4, 2]]: eigenvalues 6 +- sqrt(32)
    """
    line = Regression("linear", [[1, 1], [3, 1]], [2, 4])
    assert line.gradient(0.0, 0.0) == (-14, -6)
    assert line.hessian(0.0, 0.0) == (10, 4, 2)
    largest = curvature(line, (0.0, 0.0)).values[1]
    assert largest == pytest.approx(6 + math.sqrt(32))
    assert 2 / largest == pytest.approx(0.1715728752538)
    assert lowest(line) == pytest.approx((1, 1))


def test_terms_of_two_points_by_hand():
    """z = log 3, 0 gives p = 3/4, 1/2; with targets 1, 1 the likelihood is 3/8."""
    logistic = Regression("logistic", [[1, 0], [0, 1]], [1, 1])
    got = terms(logistic, math.log(3), 0.0)
    np.testing.assert_allclose(got.p, [0.75, 0.5])
    np.testing.assert_allclose(got.factor, [0.75, 0.5])
    np.testing.assert_allclose(got.slope, [-0.25, -0.5])
    assert got.factor.prod() == pytest.approx(3 / 8)
    assert got.loss.mean() == pytest.approx(-math.log(3 / 8) / 2)
    line = terms(Regression("linear", [[1, 0], [0, 1]], [1, 1]), 3.0, 1.0)
    assert line.loss.tolist() == [4, 0]
    assert line.slope.tolist() == [4, 0]
    np.testing.assert_allclose(line.factor, [math.exp(-4), 1])


@pytest.mark.parametrize(("model", "inputs", "count"), CASES)
def test_terms_add_up_to_the_loss_and_its_gradient(model, inputs, count):
    made = examples(model, inputs, count, seed=3, noise=0.7)
    got = terms(made, 0.4, -1.3)
    assert got.loss.mean() == pytest.approx(made.value(0.4, -1.3), rel=1e-12)
    np.testing.assert_allclose(got.slope @ made.features / count, made.gradient(0.4, -1.3), rtol=1e-10)
    np.testing.assert_allclose(-np.log(got.factor), got.loss, atol=1e-12)


@pytest.mark.parametrize(("model", "inputs", "count"), CASES)
def test_examples_are_the_same_for_the_same_seed(model, inputs, count):
    first, again, other = (examples(model, inputs, count, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.features, again.features)
    np.testing.assert_array_equal(first.targets, again.targets)
    assert not np.array_equal(first.features, other.features)
    assert (first.features[:, 1] == 1).all() == (inputs == "bias")
    assert first.features.shape == (count, 2)
    if model == "logistic":
        assert set(first.targets) <= {0, 1}


@pytest.mark.parametrize(("model", "inputs"), [(model, inputs) for model, inputs, count in CASES if count == 40])
def test_the_lowest_point_is_the_one_minimum(model, inputs):
    made = examples(model, inputs, 40, seed=1, noise=0.8)
    found = lowest(made)
    assert found == pytest.approx(np.linalg.lstsq(made.features, made.targets)[0]) or model == "logistic"
    np.testing.assert_allclose(made.gradient(*found), 0, atol=1e-12)
    (minimum,) = critical_points(made, (-12, 12, -12, 12))
    assert (minimum.x, minimum.y) == pytest.approx(found, abs=1e-6)


def test_without_noise_the_line_is_found_again():
    assert lowest(examples("linear", "bias", 9, noise=0)) == pytest.approx((1.5, -2))


def test_targets_that_a_line_parts_have_no_lowest_point_nor_have_two_features_that_are_one():
    assert lowest(Regression("logistic", [[-1, 1], [1, 1]], [0, 1])) is None
    assert lowest(Regression("linear", [[1, 1], [2, 2]], [0, 1])) is None


@pytest.mark.parametrize(
    "wrong", [{"inputs": "three"}, {"count": 1}, {"count": 2.5}, {"seed": -1}, {"noise": -1}, {"noise": math.nan}]
)
def test_what_cannot_be_drawn_is_refused(wrong):
    asked = {"model": "linear", "inputs": "bias", "count": 5, **wrong}
    with pytest.raises(RangeError):
        examples(asked.pop("model"), asked.pop("inputs"), asked.pop("count"), **asked)

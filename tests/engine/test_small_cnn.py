"""A whole small network by hand, by torch, and by moving every number a little."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine import RangeError, ShapeError, small_cnn
from engine.small_cnn import Parameters

CASES = {
    "one channel": ((1, 6, 6), (2, 1, 3, 3), 8, 2),
    "nothing is square": ((3, 7, 9), (4, 3, 2, 3), 36, 5),  # 6x7 maps: the last column is never pooled
}
NAMES = ("conv", "relu", "pool", "flat", "logits", "probabilities")


def network(rng, case):
    x, weight, features, classes = CASES[case]
    sizes = (weight, (weight[0],), (classes, features), (classes,))
    return Parameters(*(rng.normal(size=size) for size in sizes)), rng.normal(size=x)


def by_torch(parameters, x, target):
    """Return every number and its gradient, by autograd."""
    tensors = [torch.tensor(values, requires_grad=True) for values in (*parameters, x)]
    weight, bias, linear_weight, linear_bias, picture = tensors
    conv = functional.conv2d(picture, weight, bias)
    rectified = torch.relu(conv)
    pool = functional.max_pool2d(rectified, 2)
    flat = pool.flatten()
    logits = functional.linear(flat, linear_weight, linear_bias)
    probabilities = torch.softmax(logits, 0)
    passed = dict(zip(NAMES, (conv, rectified, pool, flat, logits, probabilities), strict=True))
    for tensor in passed.values():
        tensor.retain_grad()
    loss = -torch.log(probabilities[target])
    loss.backward()
    return passed, loss, tensors


@pytest.mark.parametrize("case", CASES)
def test_every_number_forward_and_backward_equals_torch(rng, case):
    parameters, x = network(rng, case)
    passed, loss, (*own, picture) = by_torch(parameters, x, 1)
    activations = small_cnn.forward(parameters, x, 1)
    gradients = small_cnn.backward(parameters, x, 1, activations)
    assert activations.loss == pytest.approx(float(loss.detach()), rel=1e-10)
    for name, wanted in passed.items():
        np.testing.assert_allclose(getattr(activations, name), wanted.detach(), rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(getattr(gradients, name), wanted.grad, rtol=1e-10, atol=1e-13)
    for mine, theirs in zip((*gradients.parameters, gradients.x), (*own, picture), strict=True):
        np.testing.assert_allclose(mine, theirs.grad, rtol=1e-10, atol=1e-13)


def test_a_network_of_ones_worked_by_hand():
    x = [[[1, 0, 0], [0, 0, 0], [0, 0, 2]]]
    parameters = Parameters(*map(np.array, ([[[[1, 1], [1, 1]]]], [0.5], [[1], [0]], [0, 0])))
    passed = small_cnn.forward(parameters, x, 1)
    assert passed.conv.tolist() == [[[1.5, 0.5], [0.5, 2.5]]]
    assert (passed.pool.tolist(), passed.switches.tolist(), passed.logits.tolist()) == ([[[2.5]]], [[[3]]], [2.5, 0])
    share = math.exp(2.5) / (math.exp(2.5) + 1)
    assert passed.loss == pytest.approx(-math.log(1 - share), rel=1e-12)
    gradients = small_cnn.backward(parameters, x, 1, passed)
    np.testing.assert_allclose(gradients.logits, [share, -share], rtol=1e-12)
    np.testing.assert_allclose(gradients.conv, [[[0, 0], [0, share]]], rtol=1e-12)  # 1 * share, to the winner alone
    np.testing.assert_allclose(gradients.parameters.weight, [[[[0, 0], [0, 2 * share]]]], rtol=1e-12)
    np.testing.assert_allclose(gradients.x, [[[0, 0, 0], [0, share, share], [0, share, share]]], rtol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_the_gradient_check_passes_for_every_number(rng, case):
    parameters, x = network(rng, case)
    gradients = small_cnn.backward(parameters, x, 1, small_cnn.forward(parameters, x, 1))
    checked = small_cnn.gradient_check(parameters, x, 1, gradients)
    assert len(checked) == sum(tensor.size for tensor in (*parameters, x))
    assert max(one.relative_error for one in checked) < 1e-6
    assert max(abs(one.numerical) for one in checked) > 0.01


def test_what_the_check_measures_is_the_loss_of_the_network_with_one_number_moved(rng):
    parameters, x = network(rng, "nothing is square")
    gradients = small_cnn.backward(parameters, x, 1, small_cnn.forward(parameters, x, 1))
    measured = {(one.tensor, one.place): one.numerical for one in small_cnn.gradient_check(parameters, x, 1, gradients)}
    for name, place in (("weight", (3, 2, 1, 0)), ("bias", (2,)), ("linear_weight", (4, 7)), ("linear_bias", (1,))):
        losses = []
        for by in (1e-5, -1e-5):
            moved = getattr(parameters, name).copy()
            moved[place] += by
            losses.append(small_cnn.forward(parameters._replace(**{name: moved}), x, 1).loss)
        assert measured[name, place] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-6, abs=1e-9)


def test_the_gradient_check_fails_on_a_wrong_gradient(rng):
    parameters, x = network(rng, "one channel")
    gradients = small_cnn.backward(parameters, x, 1, small_cnn.forward(parameters, x, 1))
    wrong = gradients.parameters._replace(weight=gradients.parameters.weight * 1.01)
    checked = small_cnn.gradient_check(parameters, x, 1, gradients._replace(parameters=wrong))
    assert max(one.relative_error for one in checked if one.tensor == "weight") > 1e-3
    assert max(one.relative_error for one in checked if one.tensor != "weight") < 1e-6


def test_the_gradient_check_fails_at_a_kink_and_the_kink_is_found():
    x, ones = np.zeros((1, 3, 3)), np.ones((1, 1, 2, 2))
    parameters = Parameters(ones, np.zeros(1), np.array([[1.0], [0.0]]), np.zeros(2))
    passed = small_cnn.forward(parameters, x, 0)
    assert small_cnn.kinks(passed) == (4, 0)
    checked = small_cnn.gradient_check(parameters, x, 0, small_cnn.backward(parameters, x, 0, passed))
    (bias,) = [one for one in checked if one.tensor == "bias"]
    assert (bias.analytic, bias.relative_error) == (0, 1)  # one side slopes, the other does not
    above = small_cnn.forward(parameters._replace(bias=np.ones(1)), x, 0)
    assert small_cnn.kinks(above) == (0, 1)


def test_an_update_goes_against_the_gradient_and_lowers_the_loss(rng):
    parameters, x = network(rng, "one channel")
    before = small_cnn.forward(parameters, x, 0)
    gradients = small_cnn.backward(parameters, x, 0, before)
    after = small_cnn.update(parameters, gradients, 0.01)
    for old, new, gradient in zip(parameters, after, gradients.parameters, strict=True):
        np.testing.assert_allclose(new, old - 0.01 * gradient, rtol=1e-12)
    assert small_cnn.forward(after, x, 0).loss < before.loss
    assert small_cnn.update(parameters, gradients, 0).weight.tolist() == parameters.weight.tolist()


@pytest.mark.parametrize("case", CASES)
def test_the_terms_of_every_gradient_add_up_to_it(rng, case):
    parameters, x = network(rng, case)
    passed = small_cnn.forward(parameters, x, 1)
    gradients = small_cnn.backward(parameters, x, 1, passed)
    tensors = {**gradients.parameters._asdict(), **gradients._asdict()}
    for name in ("x", *Parameters._fields, *NAMES[:-1]):
        for place, wanted in np.ndenumerate(tensors[name]):
            terms = small_cnn.gradient_terms(name, place, parameters, x, passed, gradients)
            total = sum(term.value for term in terms)
            assert total == pytest.approx(float(wanted), rel=1e-9, abs=1e-12), (name, place)


def test_a_cell_that_lost_its_window_has_no_terms():
    parameters = Parameters(np.ones((1, 1, 2, 2)), np.ones(1), np.array([[1.0], [0.0]]), np.zeros(2))
    x = np.array([[[1.0, 0, 0], [0, 0, 0], [0, 0, 2]]])
    passed = small_cnn.forward(parameters, x, 1)
    gradients = small_cnn.backward(parameters, x, 1, passed)
    terms = [
        small_cnn.gradient_terms("relu", (0, *place), parameters, x, passed, gradients) for place in np.ndindex(2, 2)
    ]
    assert [len(found) for found in terms] == [0, 0, 0, 1]
    assert (terms[3][0].gradient.tensor, terms[3][0].gradient.place) == ("pool", (0, 0, 0))


def test_what_does_not_fit_is_refused(rng):
    parameters, x = network(rng, "one channel")
    with pytest.raises(RangeError, match=r"classes 0\.\.1, got 2"):
        small_cnn.forward(parameters, x, 2)
    with pytest.raises(ShapeError, match="in_features"):
        small_cnn.forward(parameters, x[:, :4, :4], 0)
    passed = small_cnn.forward(parameters, x, 0)
    gradients = small_cnn.backward(parameters, x, 0, passed)
    with pytest.raises(RangeError, match="no tensor loss"):
        small_cnn.gradient_terms("loss", (), parameters, x, passed, gradients)
    with pytest.raises(RangeError, match=r"no cell \(2, 0\) in linear_weight"):
        small_cnn.gradient_terms("linear_weight", (2, 0), parameters, x, passed, gradients)
    assert math.isfinite(passed.loss)


def test_a_probability_too_small_for_a_float_has_an_infinite_gradient_and_all_others_are_finite():
    parameters = Parameters(np.ones((1, 1, 2, 2)), np.ones(1), np.array([[1e4], [0.0]]), np.zeros(2))
    passed = small_cnn.forward(parameters, np.ones((1, 3, 3)), 1)
    gradients = small_cnn.backward(parameters, np.ones((1, 3, 3)), 1, passed)
    assert gradients.probabilities.tolist() == [0, -math.inf]
    assert gradients.logits.tolist() == [1, -1]
    assert all(np.isfinite(tensor).all() for tensor in (*gradients.parameters, gradients.x))

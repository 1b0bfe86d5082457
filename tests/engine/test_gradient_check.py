import numpy as np
import pytest

import engine
from engine import RangeError, ShapeError, gradient_check
from engine.gradient_check import check_cell


def test_the_square_has_slope_six_at_three():
    check = gradient_check(lambda x: x.sum() ** 2, [3.0], [6.0])
    assert abs(check.numerical[0] - 6) < 1e-8
    assert check.passed


@pytest.mark.parametrize(
    "wrong",
    [
        lambda grad: -grad,
        lambda grad: grad[:, :, ::-1, ::-1],  # the filter turned once too often
        lambda grad: grad * (1 + 1e-4),
        lambda grad: grad + 1e-3,
        lambda grad: np.where(np.arange(grad.size).reshape(grad.shape) == 7, 0, grad),
    ],
    ids=["sign", "turned", "a little too large", "shifted", "one cell left out"],
)
def test_a_wrong_gradient_fails(rng, wrong):
    x, weight = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(2, 3, 3, 2))
    grad_output = rng.normal(size=(2, 2, 3, 3))
    right = engine.conv2d_backward(grad_output, x, weight).weight

    def loss(changed):
        return (engine.conv2d(x, changed) * grad_output).sum()

    assert gradient_check(loss, weight, right).passed
    assert not gradient_check(loss, weight, wrong(right)).passed


def test_the_worst_place_is_the_one_that_is_wrong(rng):
    x = rng.normal(size=(3, 4))
    grad = 2 * x
    grad[1, 2] += 0.1
    check = gradient_check(lambda x: (x**2).sum(), x, grad)
    assert check.worst == (1, 2)
    assert check.relative_error.shape == (3, 4)


def test_a_kink_of_relu_fails_although_the_gradient_is_right_and_the_reason_is_told():
    check = gradient_check(lambda x: engine.relu(x).sum(), [1.0, 0.0], engine.relu_backward([1.0, 1.0], [1.0, 0.0]))
    np.testing.assert_allclose(check.numerical, [1, 0.5], atol=1e-9)
    assert (check.worst, check.passed) == ((1,), False)
    assert check.reason == "at (1,) f has slope 0 on one side, 1 on the other: a kink or a tie"


def test_a_kink_within_eps_fails_and_beyond_eps_passes():
    def check(x):
        return gradient_check(lambda x: engine.relu(x).sum(), [x], engine.relu_backward([1.0], [x]), 1e-3)

    assert check(0.0005).reason == "at (0,) f has slope 0.5 on one side, 1 on the other: a kink or a tie"
    assert check(-0.0005).reason == "at (0,) f has slope 0 on one side, 0.5 on the other: a kink or a tie"
    assert check(0.0015).passed
    assert check(-0.0015).passed


def test_a_tie_of_max_fails_although_the_gradient_is_right_and_the_reason_is_told():
    x = np.array([[[2.0, 2.0, 1.0]]])
    grad = engine.max_pool2d_backward([[[1.0]]], engine.max_pool2d(x, (1, 3)).switches, x.shape)
    check = gradient_check(lambda x: engine.max_pool2d(x, (1, 3)).output.sum(), x, grad)
    np.testing.assert_allclose(check.numerical, [[[0.5, 0.5, 0]]], atol=1e-9)
    assert not check.passed
    winner, loser, last = check.cells
    np.testing.assert_allclose([winner.sides, loser.sides, last.sides], [(0, 1), (0, 1), (0, 0)], atol=1e-9)
    assert (winner.at_kink, loser.at_kink, last.at_kink) == (True, True, False)
    assert check.reason == "at (0, 0, 1) f has slope 0 on one side, 1 on the other: a kink or a tie"


def test_a_wrong_gradient_is_not_excused_by_a_kink():
    check = gradient_check(lambda x: engine.relu(x).sum(), [0.0], [3.0])
    assert check.reason == "at (0,) the difference quotient is 0.5, grad says 3"


def test_a_wrong_gradient_of_a_curved_function_is_not_taken_for_a_kink():
    check = gradient_check(lambda x: np.exp(10 * x).sum(), [0.3], [10 * np.exp(3) * (1 + 3e-5)])
    assert (check.passed, check.cells[0].at_kink) == (False, False)


def test_many_arrays_at_once_give_what_one_by_one_gives(rng):
    x, counts = rng.normal(size=(3, 4)), []

    def losses(stack):
        counts.append(len(stack))
        return (stack**3).sum(axis=(1, 2))

    one_by_one = gradient_check(lambda x: (x**3).sum(), x, 3 * x**2)
    at_once = gradient_check(losses, x, 3 * x**2, stacked=True)
    assert counts == [1, 12, 12]
    assert at_once.passed
    np.testing.assert_allclose(at_once.numerical, one_by_one.numerical, rtol=1e-9)
    with pytest.raises(ShapeError, match=r"one number for each of 1 arrays, got shape \(\)"):
        gradient_check(np.sum, x, x, stacked=True)


def test_one_cell_tells_its_numbers():
    cell = check_cell(lambda x: (x**2).sum(), [1, 3], [2, 6], (1,), eps=0.5)
    assert (cell.above, cell.below) == (1 + 3.5**2, 1 + 2.5**2)
    assert (cell.numerical, cell.grad, cell.relative_error) == (6.0, 6.0, 0.0)


def test_rounding_where_the_gradient_is_zero_is_no_error(rng):
    terms = rng.normal(size=50) * 1e3
    check = gradient_check(lambda x: (terms * (1 + x[0] - x[1])).sum(), [0.1, 0.2], [terms.sum(), -terms.sum()])
    assert check.passed
    flat = gradient_check(lambda x: (terms * np.cos(x[0])).sum(), [0.0], [0.0])
    assert flat.passed


def test_what_is_not_a_number_does_not_pass():
    check = gradient_check(lambda x: np.nan, [1.0, 2.0], [0.0, 0.0])
    assert not check.passed
    assert check.worst == (0,)
    assert check.reason == "at (0,) f or grad is not finite"


def test_x_and_grad_stay_as_they_are():
    x, grad = np.array([1.0, 2.0]), np.array([2.0, 4.0])

    def greedy(values):
        total = (values**2).sum()
        values[:] = 0
        return total

    assert gradient_check(greedy, x, grad).passed
    assert (x.tolist(), grad.tolist()) == ([1, 2], [2, 4])


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match=r"grad must have the shape of x \(2,\), got \(3,\)"):
        gradient_check(np.sum, [1, 2], [1, 2, 3])
    with pytest.raises(RangeError, match="eps must be above 0, got 0"):
        gradient_check(np.sum, [1, 2], [1, 1], 0)
    with pytest.raises(ShapeError, match=r"f must return one number, got shape \(2,\)"):
        gradient_check(lambda x: x, [1, 2], [1, 1])
    with pytest.raises(RangeError, match=r"no cell \(2,\) in x of shape \(2,\)"):
        check_cell(np.sum, [1, 2], [1, 1], (2,))

import numpy as np
import pytest

import engine
from engine import RangeError, ShapeError, gradient_check
from engine.gradient_check import check_cell

OPTIONS = [
    {},
    {"stride": (2, 1), "padding": ((2, 0), (1, 3))},
    {"dilation": (1, 2), "padding": 1, "groups": 2},
]


@pytest.fixture
def away_from_kinks(rng):
    """Numbers of which no two are closer than 0.01 and none is near 0."""
    values = (np.arange(1, 61) * 0.013 + 0.02) * rng.choice([-1, 1], size=60)
    return rng.permutation(values).reshape(3, 4, 5)


def test_the_square_has_slope_six_at_three():
    check = gradient_check(lambda x: x.sum() ** 2, [3.0], [6.0])
    assert abs(check.numerical[0] - 6) < 1e-8
    assert check.passed


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_gradient_of_conv2d_passes(rng, options, part):
    arrays = [
        rng.normal(size=(2, 4, 5, 6)),
        rng.normal(size=(2, 4 // options.get("groups", 1), 3, 2)),
        rng.normal(size=2),
    ]
    grad_output = rng.normal(size=engine.conv2d(*arrays, **options).shape)

    def loss(changed):
        return (engine.conv2d(*arrays[:part], changed, *arrays[part + 1 :], **options) * grad_output).sum()

    grad = engine.conv2d_backward(grad_output, *arrays[:2], **options)[part]
    assert gradient_check(loss, arrays[part], grad).passed


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "softmax"])
def test_the_gradients_of_activations_pass(rng, away_from_kinks, name):
    operation, backward = getattr(engine, name), getattr(engine, f"{name}_backward")
    grad_output = rng.normal(size=away_from_kinks.shape)
    grad = backward(grad_output, away_from_kinks)
    assert gradient_check(lambda x: (operation(x) * grad_output).sum(), away_from_kinks, grad).passed


def test_the_gradient_of_max_pooling_passes(rng, away_from_kinks):
    pooled = engine.max_pool2d(away_from_kinks, 2, stride=1, padding=1)
    grad_output = rng.normal(size=pooled.output.shape)
    grad = engine.max_pool2d_backward(grad_output, pooled.switches, away_from_kinks.shape)
    check = gradient_check(
        lambda x: (engine.max_pool2d(x, 2, stride=1, padding=1).output * grad_output).sum(), away_from_kinks, grad
    )
    assert check.passed


@pytest.mark.parametrize("part", [0, 1, 2])
def test_the_gradients_of_linear_pass(rng, part):
    arrays = [rng.normal(size=(3, 5)), rng.normal(size=(4, 5)), rng.normal(size=4)]
    grad_output = rng.normal(size=(3, 4))
    grad = engine.linear_backward(grad_output, *arrays[:2])[part]
    check = gradient_check(
        lambda x: (engine.linear(*arrays[:part], x, *arrays[part + 1 :]) * grad_output).sum(), arrays[part], grad
    )
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


def test_a_kink_of_relu_fails_although_the_gradient_is_right():
    check = gradient_check(lambda x: engine.relu(x).sum(), [0.0, 1.0], engine.relu_backward([1.0, 1.0], [0.0, 1.0]))
    assert abs(check.numerical[0] - 0.5) < 1e-9
    assert (check.worst, check.passed) == ((0,), False)


def test_a_tie_of_max_fails_although_the_gradient_is_right():
    x = np.array([[[2.0, 2.0]]])
    grad = engine.max_pool2d_backward([[[1.0]]], engine.max_pool2d(x, (1, 2)).switches, x.shape)
    check = gradient_check(lambda x: engine.max_pool2d(x, (1, 2)).output.sum(), x, grad)
    np.testing.assert_allclose(check.numerical, [[[0.5, 0.5]]], atol=1e-9)
    assert not check.passed


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

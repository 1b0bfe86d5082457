"""Every gradient of the engine against difference quotients: the right one passes, one with a wrong cell does not."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest

import engine
from engine import gradient_check
from engine.gradient_check import check_cell


class Case(NamedTuple):
    """An operation on tensors, and the gradient of each."""

    draw: Callable[[np.random.Generator], list[np.ndarray]]
    forward: Callable[..., np.ndarray]  # of the tensors
    backward: Callable[..., tuple[np.ndarray, ...]]  # of grad_output and the tensors


def normal(*shapes):
    return lambda rng: [rng.normal(size=shape) for shape in shapes]


def apart(*shape):
    """Numbers of which no two are closer than 0.013, and none is near 0: no kink or tie within reach."""

    def draw(rng):
        sizes = 0.02 + 0.013 * np.arange(1, np.prod(shape) + 1)
        return [rng.permutation(sizes * rng.choice([-1, 1], size=sizes.size)).reshape(shape)]

    return draw


def above_zero(*shape):
    return lambda rng: [rng.uniform(0.2, 3, size=shape)]


def convolution(**options):
    groups = options.get("groups", 1)
    return Case(
        normal((2, 4, 7, 6), (6, 4 // groups, 3, 2), (6,)),
        partial(engine.conv2d, **options),
        lambda grad, x, weight, bias: engine.conv2d_backward(grad, x, weight, **options),
    )


def transposed(**options):
    groups = options.get("groups", 1)
    return Case(
        normal((2, 4, 3, 5), (4, 6 // groups, 3, 2), (6,)),
        partial(engine.conv_transpose2d, **options),
        lambda grad, x, weight, bias: engine.conv_transpose2d_backward(grad, x, weight, **options),
    )


def maximum(**options):
    def backward(grad, x):
        return (engine.max_pool2d_backward(grad, engine.max_pool2d(x, **options).switches, x.shape),)

    return Case(apart(2, 3, 7, 6), lambda x: engine.max_pool2d(x, **options).output, backward)


def of_shape(name, shape, *arguments, **options):
    """An operation whose gradient needs of x the shape alone."""
    forward, backward = getattr(engine, name), getattr(engine, f"{name}_backward")
    return Case(
        normal(shape),
        lambda x: forward(x, *arguments, **options),
        lambda grad, x: (backward(grad, x.shape, *arguments, **options),),
    )


def of_values(name, draw, *arguments, **options):
    """An operation whose gradient needs x itself."""
    forward, backward = getattr(engine, name), getattr(engine, f"{name}_backward")
    return Case(
        draw,
        lambda x: forward(x, *arguments, **options),
        lambda grad, x: (backward(grad, x, *arguments, **options),),
    )


def unpooling(**options):
    switches = engine.max_pool2d(np.random.default_rng(7).normal(size=(2, 3, 7, 6)), **options).switches
    return Case(
        normal(switches.shape),
        lambda x: engine.max_unpool2d(x, switches, (7, 6)),
        lambda grad, x: (engine.max_unpool2d_backward(grad, switches),),
    )


def batch_norm(training):
    running, options = ([0.2, -1], [2, 0.5]), {"training": training, "eps": 0.1}
    return Case(
        normal((3, 2, 4, 5), (2,), (2,)),
        lambda x, weight, bias: engine.batch_norm2d(x, *running, weight, bias, **options),
        lambda grad, x, weight, bias: engine.batch_norm2d_backward(grad, x, *running, weight, **options),
    )


def padded(mode):
    def backward(grad, x):
        return (engine.pad_backward(2 * grad * engine.pad(x, SIDES, mode), x.shape, SIDES, mode),)

    return Case(normal((2, 4, 5)), lambda x: engine.pad(x, SIDES, mode) ** 2, backward)


SIDES = (1, 2, 3, 0)
WINDOWS = {"kernel_size": (3, 2), "stride": (2, 1), "padding": ((1, 0), (0, 1)), "dilation": (1, 2)}
BORDERS = {"kernel_size": (3, 2), "stride": (2, 3), "padding": ((1, 0), (0, 1))}
CLASSES, SHARES = np.array([2, 0, 1]), np.array([[0.1, 0.2, 0.7, 0], [0, 1, 0, 0], [0.25, 0.25, 0.25, 0.25]])
CASES = {
    "conv2d": convolution(),
    "conv2d stride": convolution(stride=(2, 3)),
    "conv2d asymmetric padding": convolution(padding=((2, 0), (1, 3)), stride=(1, 2)),
    "conv2d same": convolution(padding="same", stride=2),
    "conv2d dilation": convolution(dilation=(2, 3), padding=1),
    "conv2d groups": convolution(groups=2),
    "conv2d everything": convolution(stride=(2, 1), padding=((0, 2), (1, 0)), dilation=(1, 2), groups=2),
    "conv_transpose2d": transposed(),
    "conv_transpose2d stride": transposed(stride=(3, 2)),
    "conv_transpose2d asymmetric padding": transposed(padding=((2, 0), (1, 0)), stride=(1, 2)),
    "conv_transpose2d output_padding": transposed(stride=(2, 3), output_padding=(1, 2)),
    "conv_transpose2d dilation": transposed(dilation=(2, 3)),
    "conv_transpose2d groups": transposed(groups=2),
    "conv_transpose2d everything": transposed(
        stride=(2, 1), padding=((0, 2), (1, 0)), output_padding=(1, 0), dilation=(1, 2), groups=2
    ),
    "max_pool2d": maximum(kernel_size=2),
    "max_pool2d overlapping": maximum(kernel_size=3, stride=2),
    "max_pool2d everything": maximum(**WINDOWS),
    "max_pool2d ceil": maximum(**BORDERS, ceil_mode=True),
    "max_unpool2d": unpooling(kernel_size=2),
    "max_unpool2d gaps": unpooling(kernel_size=2, stride=3),
    "avg_pool2d": of_shape("avg_pool2d", (2, 3, 7, 6), 2),
    "avg_pool2d overlapping": of_shape("avg_pool2d", (2, 3, 7, 6), 3, stride=2),
    "avg_pool2d padding counts": of_shape("avg_pool2d", (2, 3, 7, 6), **BORDERS, count_include_pad=True),
    "avg_pool2d padding does not count": of_shape("avg_pool2d", (2, 3, 7, 6), **BORDERS, count_include_pad=False),
    "avg_pool2d ceil": of_shape("avg_pool2d", (2, 3, 7, 6), **BORDERS, ceil_mode=True),
    "avg_pool2d ceil, padding does not count": of_shape(
        "avg_pool2d", (2, 3, 7, 6), **BORDERS, ceil_mode=True, count_include_pad=False
    ),
    "global_avg_pool2d": of_shape("global_avg_pool2d", (2, 3, 7, 6)),
    **{
        f"lp_pool2d p={power:g}": of_values("lp_pool2d", above_zero(2, 3, 7, 6), power, 3, stride=2)
        for power in (1, 1.5, 2, 3)
    },
    "lp_pool2d ceil": of_values("lp_pool2d", above_zero(2, 3, 7, 6), 2, (3, 2), stride=(3, 4), ceil_mode=True),
    "subsample2d": Case(
        normal((2, 3, 7, 6), (3,), (3,)),
        lambda x, weight, bias: engine.subsample2d(x, weight, bias, (3, 2)),
        lambda grad, x, weight, bias: engine.subsample2d_backward(grad, x, weight, (3, 2)),
    ),
    "upsample_nearest2d": of_shape("upsample_nearest2d", (2, 3, 2, 4), 2),
    "upsample_nearest2d fraction": of_shape("upsample_nearest2d", (2, 3, 2, 4), (2.5, 1.5)),
    "upsample_nearest2d size": of_shape("upsample_nearest2d", (2, 3, 2, 4), size=(5, 3)),
    "upsample_bilinear2d": of_shape("upsample_bilinear2d", (2, 3, 2, 4), 2),
    "upsample_bilinear2d aligned": of_shape("upsample_bilinear2d", (2, 3, 2, 4), (2, 3), align_corners=True),
    "upsample_bilinear2d size": of_shape("upsample_bilinear2d", (2, 3, 2, 4), size=(5, 3)),
    "unfold": Case(
        normal((2, 3, 7, 6)),
        lambda x: engine.unfold(x, **WINDOWS),
        lambda grad, x: (engine.unfold_backward(grad, (7, 6), **WINDOWS),),
    ),
    "fold": Case(
        normal(engine.unfold(np.ones((2, 3, 7, 6)), **WINDOWS).shape),
        lambda columns: engine.fold(columns, (7, 6), **WINDOWS),
        lambda grad, columns: (engine.fold_backward(grad, **WINDOWS),),
    ),
    "relu": of_values("relu", apart(3, 5, 4)),
    "sigmoid": of_values("sigmoid", normal((3, 5, 4))),
    "tanh": of_values("tanh", normal((3, 5, 4))),
    "local_response_norm": of_values("local_response_norm", normal((2, 6, 2, 3)), 5, alpha=0.3, beta=0.75, k=2),
    "local_response_norm of an even size": of_values("local_response_norm", normal((5, 2, 3)), 4, alpha=1),
    "linear": Case(
        normal((3, 5), (4, 5), (4,)),
        engine.linear,
        lambda grad, x, weight, bias: engine.linear_backward(grad, x, weight),
    ),
    "flatten": Case(
        normal((2, 3, 4, 5)),
        lambda x: engine.flatten(x) ** 2,  # of the shape alone the gradient would be 1 everywhere
        lambda grad, x: (engine.flatten_backward(2 * grad * engine.flatten(x), x.shape),),
    ),
    **{
        f"{name} along {dim}": of_values(name, normal((3, 5, 4)), dim)
        for name in ("softmax", "log_softmax")
        for dim in (0, 1, -1)
    },
    **{
        f"cross_entropy of {kind}, {reduction}": of_values("cross_entropy", normal((3, 4)), target, reduction=reduction)
        for kind, target in (("classes", CLASSES), ("probabilities", SHARES))
        for reduction in ("mean", "sum", "none")
    },
}
CASES |= {
    **{
        name: of_values(name.partition(" ")[0], apart(3, 5, 4), **options)
        for name, options in {
            "leaky_relu": {"negative_slope": 0.2},
            "elu": {"alpha": 0.7},
            "softplus": {"beta": 2},
            "gelu tanh": {"approximate": "tanh"},
            **{key: {} for key in ("gelu", "scaled_tanh", "selu", "silu")},
            "maxout": {"pieces": 2, "dim": -1},
        }.items()
    },
    "prelu": Case(
        lambda rng: apart(2, 3, 4)(rng) + normal((3,))(rng),
        engine.prelu,
        lambda grad, x, weight: engine.prelu_backward(grad, x, weight),
    ),
    "dropout": Case(
        normal((6, 5)),
        lambda x: engine.dropout(x, 0.4, seed=1) ** 2,
        lambda grad, x: (engine.dropout_backward(2 * grad * engine.dropout(x, 0.4, seed=1), 0.4, seed=1),),
    ),
    **{f"batch_norm2d training={training}": batch_norm(training) for training in (True, False)},
    "layer_norm": Case(
        normal((3, 2, 4), (2, 4), (2, 4)),
        lambda x, w, b: engine.layer_norm(x, (2, 4), w, b, eps=0.1),
        lambda g, x, w, b: engine.layer_norm_backward(g, x, (2, 4), w, eps=0.1),
    ),
    **{f"pad {mode}": padded(mode) for mode in ("constant", "reflect", "replicate", "circular")},
    **{
        f"{name} {reduction}": of_values(name, draw, target, reduction=reduction)
        for name, draw, target in (
            ("mse_loss", apart(3, 4), np.zeros((3, 4))),
            ("l1_loss", apart(3, 4), np.zeros((3, 4))),
            ("huber_loss", apart(3, 4), np.full((3, 4), 1.111)),
            ("smooth_l1_loss", apart(3, 4), np.full((3, 4), 1.111)),
            ("msle_loss", above_zero(3, 4), np.ones((3, 4))),
            ("mape_loss", apart(3, 4), np.full((3, 4), 0.5)),
            ("binary_cross_entropy", lambda rng: [rng.uniform(0.1, 0.9, size=(3, 4))], np.eye(3, 4)),
            ("binary_cross_entropy_with_logits", normal((3, 4)), np.eye(3, 4)),
            ("hinge_loss", apart(3, 4), np.where(np.eye(3, 4), 1, -1)),
            ("exponential_loss", normal((3, 4)), np.where(np.eye(3, 4), 1, -1)),
            ("nll_loss", normal((3, 4)), CLASSES),
            ("multi_margin_loss", apart(3, 4), CLASSES),
        )
        for reduction in ("mean", "sum", "none")
    },
}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def losses(rng, case):
    """Yield each tensor of a case, the loss as a function of it alone, and its gradient."""
    tensors = case.draw(rng)
    grad_output = rng.normal(size=case.forward(*tensors).shape)
    gradients = case.backward(grad_output, *tensors)
    assert len(gradients) == len(tensors)
    for part, (tensor, gradient) in enumerate(zip(tensors, gradients, strict=True)):

        def loss(changed, part=part):
            return (case.forward(*tensors[:part], changed, *tensors[part + 1 :]) * grad_output).sum()

        yield tensor, loss, gradient


@each_case
def test_the_gradient_passes(rng, case):
    for tensor, loss, gradient in losses(rng, case):
        check = gradient_check(loss, tensor, gradient)
        assert check.passed, check.reason
        assert check.reason == ""
        assert np.abs(check.numerical).max() > 0.01  # there was something to compare


@each_case
def test_one_cell_that_is_one_per_cent_off_fails_and_is_found(rng, case):
    for tensor, loss, gradient in losses(rng, case):
        (cell,) = rng.choice(np.argwhere(np.abs(gradient) > 0.1 * np.abs(gradient).max()), 1)
        cell, wrong = tuple(int(k) for k in cell), np.array(gradient)
        wrong[cell] *= 1.01
        check = gradient_check(loss, tensor, wrong)
        assert (check.passed, check.worst) == (False, cell)
        assert check.relative_error[cell] == pytest.approx(0.01 / 1.01, rel=1e-3)
        assert (check.relative_error > check.tolerance).sum() == 1
        assert "grad says" in check.reason


@each_case
def test_any_cell_that_is_wrong_fails(rng, case):
    for tensor, loss, gradient in losses(rng, case):
        cells = np.argwhere(np.ones(gradient.shape))
        for cell in map(tuple, rng.choice(cells, min(12, len(cells)), replace=False).tolist()):
            wrong = np.array(gradient)
            wrong[cell] += 0.01 * np.abs(gradient).max()  # a gradient of 0, where a loser or the border lies, too
            assert check_cell(loss, tensor, gradient, cell).relative_error <= 1e-6
            assert check_cell(loss, tensor, wrong, cell).relative_error > 1e-3


def test_no_gradient_of_the_engine_is_left_out():
    checked = {name.partition(" ")[0] for name in CASES}
    assert checked == {name.removesuffix("_backward") for name in engine.__all__ if name.endswith("_backward")}

"""Whether the derived gradients are right: each number moved a little both ways, the loss measured."""

from typing import NamedTuple

import numpy as np

from engine.gradient_check import GradientCheck
from engine.gradient_check import gradient_check as check_gradient
from engine.ops.activation import relu
from engine.ops.arrays import Array
from engine.ops.conv2d import conv2d
from engine.ops.flatten import flatten
from engine.ops.loss import cross_entropy
from engine.ops.pooling import max_pool2d
from engine.small_cnn.passes import POOL, Activations, Gradients, Parameters

EPS = 1e-5


class Checked(NamedTuple):
    """One number's gradient, derived and measured."""

    tensor: str  # a field of Parameters, or x
    place: tuple[int, ...]
    analytic: float
    numerical: float
    relative_error: float  # as engine.gradient_check has it


class Kinks(NamedTuple):
    """Where the loss has no single slope, so that measuring and deriving may differ."""

    at_zero: int  # cells that enter ReLU as exactly 0
    ties: int  # pooling windows whose largest number, above 0, stands there more than once


def gradient_check(
    parameters: Parameters, x: object, target: int, gradients: Gradients, eps: float = EPS
) -> list[Checked]:
    """Return the gradient of each parameter, then of each input cell, derived and measured.

    measured = (loss(w + eps) - loss(w - eps)) / (2 * eps), w that number alone
    All the moved networks are computed as one batch.
    """
    tensors = {**parameters._asdict(), "x": np.asarray(x, np.float64)}
    derived = {**gradients.parameters._asdict(), "x": gradients.x}
    return [
        Checked(name, cell.index, cell.grad, cell.numerical, cell.relative_error)
        for name in tensors
        for cell in _check(name, tensors, derived[name], target, eps).cells
    ]


def kinks(activations: Activations) -> Kinks:
    """Return how many cells and windows stand at a kink."""
    filters, rows, columns = activations.pool.shape
    read = activations.relu[:, : rows * POOL, : columns * POOL]
    windows = read.reshape(filters, rows, POOL, columns, POOL)
    winners = (windows == activations.pool[:, :, None, :, None]).sum(axis=(2, 4))
    ties = int(((winners > 1) & (activations.pool > 0)).sum())
    return Kinks(int((activations.conv == 0).sum()), ties)


def _check(name: str, tensors: dict[str, Array], grad: Array, target: int, eps: float) -> GradientCheck:
    def losses(moved: Array) -> Array:
        return _losses({**tensors, name: moved}, name, target)

    return check_gradient(losses, tensors[name], grad, eps, stacked=True)


def _losses(tensors: dict[str, Array], stacked: str, target: int) -> Array:
    """Return the loss of many networks at once, which differ in the tensor that is `stacked` on a first axis."""
    weight, bias, x = tensors["weight"], tensors["bias"], tensors["x"]
    copies = len(tensors[stacked])
    if stacked == "weight":  # the filters of all copies slide over the one picture together
        maps = conv2d(x, weight.reshape(-1, *weight.shape[2:])).reshape(copies, len(bias), *_sizes(x, weight))
    else:
        maps = conv2d(x if stacked == "x" else x[None], weight)
    biases = bias if stacked == "bias" else bias[None]
    pooled = max_pool2d(relu(maps + biases[:, :, None, None]), POOL).output
    rows = flatten(pooled)[:, :, None]  # (copies or 1, features, 1)
    logits = (tensors["linear_weight"] @ rows)[..., 0] + tensors["linear_bias"]
    return cross_entropy(logits, np.full(copies, target), reduction="none")


def _sizes(x: Array, weight: Array) -> tuple[int, int]:
    return x.shape[1] - weight.shape[-2] + 1, x.shape[2] - weight.shape[-1] + 1

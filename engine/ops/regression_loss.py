"""Losses of a number that was predicted: how far it is from what was wanted, and the gradients.

Each is a rule of one cell; x and target have the same shape. reduction is "mean" over all cells, "sum", or "none": one
loss for each cell. The result has the dtype that x and target have in common, float64 for integers. Each raises
ShapeError if the shapes differ and RangeError on another reduction; each gradient is that with respect to x, and raises
ShapeError unless grad_output has the shape of the loss.
"""

import numpy as np

from engine.errors import RangeError
from engine.ops.arrays import Array, plain_number
from engine.ops.cellwise import Rule
from engine.ops.reduction import gradient_of, loss_of, pair


def mse_loss(x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return (x - target)^2, the mean squared error."""
    return loss_of(lambda x, t: (x - t) ** 2, reduction, *pair(x, target))


def mse_loss_backward(grad_output: object, x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return the gradient of mse_loss: 2 * (x - target) in each cell."""
    return gradient_of(lambda x, t: 2 * (x - t), grad_output, reduction, *pair(x, target))


def l1_loss(x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return |x - target|, the mean absolute error."""
    return loss_of(lambda x, t: np.abs(x - t), reduction, *pair(x, target))


def l1_loss_backward(grad_output: object, x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return the gradient of l1_loss: the sign of x - target in each cell, 0 where they are equal (as torch)."""
    return gradient_of(lambda x, t: np.sign(x - t), grad_output, reduction, *pair(x, target))


def huber_loss(x: object, target: object, *, reduction: str = "mean", delta: float = 1.0) -> Array:
    """Return d^2 / 2 where |d| <= delta, else delta * (|d| - delta / 2), d = x - target.

    Raises RangeError unless delta is above 0.
    Source: Huber 1964, Robust Estimation of a Location Parameter.
    """
    return loss_of(_huber(_above_zero(delta, "delta")), reduction, *pair(x, target))


def huber_loss_backward(
    grad_output: object, x: object, target: object, *, reduction: str = "mean", delta: float = 1.0
) -> Array:
    """Return the gradient of huber_loss: x - target, no larger than delta and no smaller than -delta."""
    most = _above_zero(delta, "delta")
    return gradient_of(lambda x, t: (x - t).clip(-most, most), grad_output, reduction, *pair(x, target))


def smooth_l1_loss(x: object, target: object, *, reduction: str = "mean", beta: float = 1.0) -> Array:
    """Return d^2 / (2 * beta) where |d| < beta, else |d| - beta / 2, d = x - target: huber_loss over its delta.

    With beta 0 it is l1_loss. Raises RangeError if beta is below 0.
    Source: Girshick 2015, Fast R-CNN (arXiv:1504.08083).
    """
    width = _from_zero(beta, "beta")
    if width == 0:
        return l1_loss(x, target, reduction=reduction)
    rule = _huber(width)
    return loss_of(lambda x, t: rule(x, t) / width, reduction, *pair(x, target))


def smooth_l1_loss_backward(
    grad_output: object, x: object, target: object, *, reduction: str = "mean", beta: float = 1.0
) -> Array:
    """Return the gradient of smooth_l1_loss: (x - target) / beta, between -1 and 1."""
    width = _from_zero(beta, "beta")
    if width == 0:
        return l1_loss_backward(grad_output, x, target, reduction=reduction)
    return gradient_of(lambda x, t: ((x - t) / width).clip(-1, 1), grad_output, reduction, *pair(x, target))


def msle_loss(x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return (log(1 + x) - log(1 + target))^2, the mean squared logarithmic error: it measures the ratio.

    Raises RangeError unless all numbers are above -1.
    """
    return loss_of(lambda x, t: (np.log1p(x) - np.log1p(t)) ** 2, reduction, *_above_minus_one(x, target))


def msle_loss_backward(grad_output: object, x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return the gradient of msle_loss: 2 * (log(1 + x) - log(1 + target)) / (1 + x) in each cell."""
    values, wanted = _above_minus_one(x, target)
    return gradient_of(lambda x, t: 2 * (np.log1p(x) - np.log1p(t)) / (1 + x), grad_output, reduction, values, wanted)


def mape_loss(x: object, target: object, *, reduction: str = "mean", eps: float = 1e-7) -> Array:
    """Return 100 * |x - target| / max(|target|, eps), the mean absolute percentage error.

    eps keeps a target of 0 from dividing by it. Raises RangeError unless eps is above 0.
    """
    least = _above_zero(eps, "eps")
    return loss_of(lambda x, t: 100 * np.abs(x - t) / np.maximum(np.abs(t), least), reduction, *pair(x, target))


def mape_loss_backward(
    grad_output: object, x: object, target: object, *, reduction: str = "mean", eps: float = 1e-7
) -> Array:
    """Return the gradient of mape_loss: 100 * sign(x - target) / max(|target|, eps) in each cell."""
    least = _above_zero(eps, "eps")
    return gradient_of(
        lambda x, t: 100 * np.sign(x - t) / np.maximum(np.abs(t), least), grad_output, reduction, *pair(x, target)
    )


def _huber(delta: float) -> Rule:
    def rule(x: Array, t: Array) -> Array:
        size = x - t
        np.abs(size, out=size)
        near = np.minimum(size, delta)
        size -= near * x.dtype.type(0.5)
        size *= near  # near * (size - near / 2) is both branches at once
        return size

    return rule


def _above_minus_one(x: object, target: object) -> tuple[Array, Array]:
    values, wanted = pair(x, target)
    for name, numbers in (("x", values), ("target", wanted)):
        if (numbers <= -1).any():
            raise RangeError("{name} must be above -1, got {got}", name=name, got=float(numbers.min()))
    return values, wanted


def _above_zero(value: object, name: str) -> float:
    number = plain_number(value)
    if not 0 < number < np.inf:
        raise RangeError("{name} must be above 0, got {got}", name=name, got=repr(value)[:40])
    return number


def _from_zero(value: object, name: str) -> float:
    number = plain_number(value)
    if not 0 <= number < np.inf:
        raise RangeError("{name} must be a number from 0 on, got {got}", name=name, got=repr(value)[:40])
    return number

"""From one loss for each sample to one number, and the way back."""

import math
from collections.abc import Callable

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, real_array
from engine.ops.cellwise import cellwise, cellwise_sum, floats

REDUCTIONS = ("mean", "sum", "none")


def checked_reduction(reduction: object) -> str:
    """Return reduction. Raises RangeError unless it is mean, sum or none."""
    if reduction not in REDUCTIONS:
        raise RangeError("reduction must be mean, sum or none, got {got}", got=reduction)
    return str(reduction)


def reduced(losses: Array, reduction: str, divisor: float | None = None) -> Array:
    """Return losses as they are, their sum, or their sum over divisor: their number, unless another is given."""
    if reduction == "none":
        return losses
    total = losses.sum()
    if reduction == "sum":
        return np.asarray(total)
    with np.errstate(invalid="ignore"):  # 0 / 0, where every sample is ignored: not a number, as torch
        return np.asarray(total / losses.dtype.type(losses.size if divisor is None else divisor))


def spread(grad_output: object, shape: tuple[int, ...], reduction: str, divisor: float | None = None) -> Array:
    """Return what each loss of that shape counts: grad_output, divided by their number (or divisor) for a mean.

    Raises ShapeError unless grad_output has the shape of the reduced losses.
    """
    grad, wanted = np.asarray(real_array(grad_output, "grad_output")), shape if reduction == "none" else ()
    if grad.shape != wanted:
        raise ShapeError("grad_output must have the output's shape {wanted}, got {got}", wanted=wanted, got=grad.shape)
    if reduction != "mean":
        return grad
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(grad / np.float64(math.prod(shape) if divisor is None else divisor))


def pair(x: object, target: object) -> tuple[Array, Array]:
    """Return x and target as floats of their common dtype. Raises ShapeError if their shapes differ."""
    values, wanted = floats(x), np.asarray(real_array(target, "target"))
    if wanted.shape != values.shape:
        raise ShapeError("target must have the shape of x {wanted}, got {got}", wanted=values.shape, got=wanted.shape)
    dtype = np.result_type(values, wanted) if wanted.dtype.kind == "f" else values.dtype
    return values.astype(dtype, copy=False), wanted.astype(dtype, copy=False)


def loss_of(rule: Callable[..., Array], reduction: str, x: Array, *others: Array) -> Array:
    """Return the loss whose value in each cell is rule(x, ...)."""
    if checked_reduction(reduction) == "none":
        return cellwise(rule, x, *others)
    return np.asarray(cellwise_sum(rule, x, *others) / (x.size if reduction == "mean" else 1), x.dtype)


def gradient_of(slope: Callable[..., Array], grad_output: object, reduction: str, x: Array, *others: Array) -> Array:
    """Return the gradient of loss_of with respect to x, where slope(x, ...) is the derivative in each cell."""
    each = spread(grad_output, x.shape, checked_reduction(reduction)).astype(x.dtype, copy=False)
    slopes = cellwise(slope, x, *others)
    slopes *= each
    return slopes

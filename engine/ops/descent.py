"""What a gradient is for: a step against it lowers the loss. And the loss whose gradient is any that one likes."""

import math

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, computing_dtype, plain_number, real_array


def linear_loss(y: object, grad_output: object) -> Array:
    """Return L = sum of grad_output * y, the loss whose gradient with respect to y is grad_output.

    With it, any grad_output that is sent backwards through an operation belongs to a number that can be measured:
    gradient_check(lambda x: linear_loss(conv2d(x, weight), grad_output), x, ...) checks conv2d_backward.

    y, grad_output   any shape, both the same
    returns          (); common dtype, int64 (exact) for integers
    Raises ShapeError if the shapes differ.
    """
    values, grad = real_array(y, "y"), real_array(grad_output, "grad_output")
    if grad.shape != values.shape:
        raise ShapeError(
            "grad_output must have the output's shape {wanted}, got {got}", wanted=values.shape, got=grad.shape
        )
    dtype = computing_dtype(values, grad)
    return np.asarray((grad.astype(dtype, copy=False) * values.astype(dtype, copy=False)).sum())


def gradient_step(x: object, grad: object, lr: float) -> Array:
    """Return x - lr * grad: one step of gradient descent, as torch.optim.SGD takes it.

    x         what is learned, any shape; not changed
    grad      gradient of the loss with respect to x, the same shape
    lr        learning rate, 0 or more
    returns   shape of x; common dtype, float64 for integers
    The loss falls by about lr * sum of grad ** 2, exactly so if it is linear in x.
    Raises ShapeError if the shapes differ, RangeError if lr is no number from 0 on.
    """
    values, slopes = real_array(x, "x"), real_array(grad, "grad")
    if slopes.shape != values.shape:
        raise ShapeError("grad must have the shape of x {wanted}, got {got}", wanted=values.shape, got=slopes.shape)
    return np.asarray(values - _checked_rate(lr) * slopes)


def _checked_rate(lr: object) -> float:
    rate = plain_number(lr)
    if not 0 <= rate < math.inf:
        raise RangeError("lr must be a number from 0 on, got {got}", got=repr(lr)[:40])
    return rate

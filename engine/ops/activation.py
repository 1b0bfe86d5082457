"""Activation functions, cell by cell, and their gradients."""

from collections.abc import Callable

import numpy as np

from engine.errors import ShapeError
from engine.ops.arrays import Array, real_array
from engine.ops.cellwise import cellwise, floats, same_shape


def identity(x: object) -> Array:
    """Return x unchanged: the activation of a layer that has none."""
    return real_array(x, "x")


def relu(x: object) -> Array:
    """Return max(x, 0), in the dtype of x.

    Source: Nair & Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines.
    """
    values = real_array(x, "x")
    return np.asarray(np.maximum(values, values.dtype.type(0)))


def relu_backward(grad_output: object, x: object) -> Array:
    """Return grad_output where x > 0, else 0; at x = 0 the gradient is 0 (as torch)."""
    grad, values = real_array(grad_output, "grad_output"), real_array(x, "x")
    if grad.shape != values.shape:
        raise ShapeError(
            "grad_output must have the shape of x {wanted}, got {got}", wanted=values.shape, got=grad.shape
        )
    return np.where(values > 0, grad, grad.dtype.type(0))


def sigmoid(x: object) -> Array:
    """Return 1 / (1 + exp(-x)); dtype of x, float64 for integers. No x overflows."""
    return cellwise(lambda x: 1 / (1 + np.exp(-x)), floats(x))  # exp(-x) = inf, and 1 / inf is 0: right below -709


def sigmoid_backward(grad_output: object, x: object) -> Array:
    """Return grad_output * s * (1 - s), s = sigmoid(x).

    1 - sigmoid(x) is written sigmoid(-x), which keeps its digits where s is close to 1.
    """
    values = floats(x)
    return same_shape(grad_output, values) * sigmoid(values) * sigmoid(-values)


def tanh(x: object) -> Array:
    """Return (exp(x) - exp(-x)) / (exp(x) + exp(-x)); dtype of x, float64 for integers."""
    return np.asarray(np.tanh(floats(x)))


def tanh_backward(grad_output: object, x: object) -> Array:
    """Return grad_output * (1 - tanh(x)^2)."""
    values = floats(x)
    return np.asarray(same_shape(grad_output, values) * (1 - np.tanh(values) ** 2))


ACTIVATIONS: dict[str, Callable[[object], Array]] = {
    "none": identity,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
}

"""Activation functions, cell by cell, and their gradients."""

from collections.abc import Callable

import numpy as np

from engine.errors import ShapeError
from engine.ops.arrays import Array, real_array


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
    grad, values = _same_shape(grad_output, x)
    return np.where(values > 0, grad, grad.dtype.type(0))


def sigmoid(x: object) -> Array:
    """Return 1 / (1 + exp(-x)); dtype of x, float64 for integers. No x overflows."""
    values = _floats(x)
    small = np.exp(-np.abs(values))  # exp of a negative number only
    return np.asarray(np.where(values >= 0, 1, small) / (1 + small), values.dtype)


def sigmoid_backward(grad_output: object, x: object) -> Array:
    """Return grad_output * s * (1 - s), s = sigmoid(x).

    1 - sigmoid(x) is written sigmoid(-x), which keeps its digits where s is close to 1.
    """
    grad, values = _same_shape(grad_output, _floats(x))
    return grad * sigmoid(values) * sigmoid(-values)


def tanh(x: object) -> Array:
    """Return (exp(x) - exp(-x)) / (exp(x) + exp(-x)); dtype of x, float64 for integers."""
    return np.asarray(np.tanh(_floats(x)))


def tanh_backward(grad_output: object, x: object) -> Array:
    """Return grad_output * (1 - tanh(x)^2)."""
    grad, values = _same_shape(grad_output, _floats(x))
    return np.asarray(grad * (1 - np.tanh(values) ** 2))


ACTIVATIONS: dict[str, Callable[[object], Array]] = {
    "none": identity,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
}


def _floats(x: object) -> Array:
    values = real_array(x, "x")
    return values if values.dtype.kind == "f" else values.astype(np.float64)


def _same_shape(grad_output: object, x: object) -> tuple[Array, Array]:
    grad, values = real_array(grad_output, "grad_output"), real_array(x, "x")
    if grad.shape != values.shape:
        raise ShapeError(
            "grad_output must have the shape of x {wanted}, got {got}", wanted=values.shape, got=grad.shape
        )
    return grad, values

"""The family of relu: straight above zero, and not quite silent below it. Cell by cell, with their gradients."""

from typing import NamedTuple

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, plain_number, real_array
from engine.ops.cellwise import cellwise, floats, same_shape
from engine.ops.elementary import expm1

# Of Klambauer et al. 2017: with these two, mean 0 and variance 1 are a fixed point from layer to layer.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def leaky_relu(x: object, negative_slope: float = 0.01) -> Array:
    """Return x where x > 0, else negative_slope * x; dtype of x, float64 for integers.

    Source: Maas, Hannun & Ng 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models.
    """
    slope = checked_number(negative_slope, "negative_slope")
    return cellwise(lambda x: _bent(x, slope, usual=0 < slope <= 1), floats(x))


def leaky_relu_backward(grad_output: object, x: object, negative_slope: float = 0.01) -> Array:
    """Return grad_output where x > 0, else negative_slope * grad_output (at x = 0 too, as torch).

    Raises ShapeError if grad_output has not the shape of x.
    """
    values, slope = floats(x), checked_number(negative_slope, "negative_slope")
    return cellwise(lambda x, grad: np.where(x > 0, grad, slope * grad), values, same_shape(grad_output, values))


def prelu(x: object, weight: object) -> Array:
    """Return x where x > 0, else weight[c] * x: leaky_relu whose slopes are learned.

    x         (N, C, ...), or any shape if there is one slope
    weight    (C,), or one number for all channels
    returns   shape of x; its dtype, float64 for integers
    Raises ShapeError if weight holds neither one number nor one for each channel.
    Source: He et al. 2015, Delving Deep into Rectifiers (arXiv:1502.01852).
    """
    values = floats(x)
    slopes = _slopes(values, weight)
    usual = bool(((slopes > 0) & (slopes <= 1)).all())
    return np.asarray(_bent(values, slopes, usual=usual), values.dtype)


class PReLUGradients(NamedTuple):
    """Gradients of a loss with respect to what prelu was given."""

    input: Array  # shape of x
    weight: Array  # shape of weight


def prelu_backward(grad_output: object, x: object, weight: object) -> PReLUGradients:
    """Return the gradients of prelu with respect to input and weight.

    input     = grad_output where x > 0, else weight[c] * grad_output
    weight[c] = sum over the cells of channel c with x <= 0 of grad_output * x

    Raises ShapeError if grad_output has not the shape of x; otherwise as prelu.
    """
    values = floats(x)
    grad, slopes, shape = same_shape(grad_output, values), _slopes(values, weight), np.asarray(weight).shape
    shares = grad * np.minimum(values, 0)
    axes = None if slopes.size == 1 else tuple(k for k in range(values.ndim) if k != 1)
    return PReLUGradients(
        np.asarray(np.where(values > 0, grad, slopes * grad), values.dtype), shares.sum(axis=axes).reshape(shape)
    )


def elu(x: object, alpha: float = 1.0) -> Array:
    """Return x where x > 0, else alpha * (exp(x) - 1); dtype of x, float64 for integers.

    Source: Clevert, Unterthiner & Hochreiter 2016 (arXiv:1511.07289).
    """
    below = checked_number(alpha, "alpha")
    return cellwise(lambda x: np.maximum(x, 0) + below * expm1(np.minimum(x, 0)), floats(x))


def elu_backward(grad_output: object, x: object, alpha: float = 1.0) -> Array:
    """Return grad_output where x > 0, else grad_output * alpha * exp(x) (at x = 0 too, as torch).

    Raises ShapeError if grad_output has not the shape of x.
    """
    values, below = floats(x), checked_number(alpha, "alpha")
    grad = same_shape(grad_output, values)
    return cellwise(lambda x, grad: grad * np.where(x > 0, 1, below * np.exp(np.minimum(x, 0))), values, grad)


def selu(x: object) -> Array:
    """Return scale * elu(x, alpha), scale = 1.0507..., alpha = 1.6733...; dtype of x, float64 for integers.

    Source: Klambauer, Unterthiner, Mayr & Hochreiter 2017 (arXiv:1706.02515).
    """
    below = SELU_SCALE * SELU_ALPHA
    return cellwise(lambda x: SELU_SCALE * np.maximum(x, 0) + below * expm1(np.minimum(x, 0)), floats(x))


def selu_backward(grad_output: object, x: object) -> Array:
    """Return scale * elu_backward(grad_output, x, alpha). Raises ShapeError if grad_output has not the shape of x."""
    gradient = elu_backward(grad_output, x, SELU_ALPHA)
    return np.asarray(gradient * gradient.dtype.type(SELU_SCALE))


def checked_number(value: object, name: str) -> float:
    """Return value as a float. Raises RangeError unless it is a finite number."""
    number = plain_number(value)
    if not np.isfinite(number):
        raise RangeError("{name} must be a finite number, got {got}", name=name, got=repr(value)[:40])
    return number


def _bent(x: Array, slope: float | Array, *, usual: bool) -> Array:
    """Return x above zero and slope * x below; with the usual slopes, in 0..1 but not 0, the larger of the two."""
    return np.maximum(x, slope * x) if usual else np.asarray(np.maximum(x, 0) + slope * np.minimum(x, 0))


def _slopes(x: Array, weight: object) -> Array:
    """Return weight with the axes of x, so that it meets the channels."""
    slopes = np.asarray(real_array(weight, "weight")).astype(x.dtype, copy=False)
    channels = x.shape[1] if x.ndim > 1 else 1
    if slopes.ndim > 1 or slopes.size not in (1, channels):
        raise ShapeError(
            "weight must hold one number, or one for each of {channels} channels, got shape {shape}",
            channels=channels,
            shape=slopes.shape,
        )
    return slopes.reshape(()) if slopes.size == 1 else slopes.reshape(1, -1, *(1,) * (x.ndim - 2))

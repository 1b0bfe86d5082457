"""Activations without a corner: scaled_tanh, softplus, gelu and silu, cell by cell, with their gradients."""

import math
from typing import Literal

import numpy as np

from engine.errors import RangeError
from engine.ops.arrays import Array
from engine.ops.cellwise import cellwise, floats, same_shape
from engine.ops.elementary import erf, log1p
from engine.ops.rectifiers import checked_number

Approximation = Literal["none", "tanh"]
GELU_CUBE = 0.044715


def scaled_tanh(x: object, scale: float = 1.7159, slope: float = 2 / 3) -> Array:
    """Return scale * tanh(slope * x); dtype of x, float64 for integers.

    With the scale and slope of LeNet-5, scaled_tanh(1) is 1: targets of 1 and -1 lie where the curve still bends.
    Source: LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition, appendix A.
    """
    a, s = checked_number(scale, "scale"), checked_number(slope, "slope")
    return cellwise(lambda x: a * np.tanh(s * x), floats(x))


def scaled_tanh_backward(grad_output: object, x: object, scale: float = 1.7159, slope: float = 2 / 3) -> Array:
    """Return grad_output * scale * slope * (1 - tanh(slope * x)^2). Raises ShapeError if the shapes differ."""
    values, a, s = floats(x), checked_number(scale, "scale"), checked_number(slope, "slope")
    return cellwise(lambda x, grad: grad * (a * s * (1 - np.tanh(s * x) ** 2)), values, same_shape(grad_output, values))


def softplus(x: object, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """Return log(1 + exp(beta * x)) / beta, and x itself where beta * x > threshold (as torch).

    Written max(z, 0) + log(1 + exp(-|z|)), z = beta * x, which neither overflows nor loses digits.
    returns   shape of x; its dtype, float64 for integers
    Raises RangeError unless beta is a number other than 0.
    Source: Dugas et al. 2001, Incorporating Second-Order Functional Knowledge for Better Option Pricing.
    """
    sharp, limit = _checked_beta(beta), checked_number(threshold, "threshold")

    def rule(x: Array) -> Array:
        z = sharp * x
        soft = (np.maximum(z, 0) + log1p(np.exp(-np.abs(z)))) / sharp
        np.copyto(soft, x, where=z > limit)
        return np.asarray(soft)

    return cellwise(rule, floats(x))


def softplus_backward(grad_output: object, x: object, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """Return grad_output * sigmoid(beta * x), and grad_output itself where beta * x > threshold.

    Raises ShapeError if grad_output has not the shape of x; otherwise as softplus.
    """
    values, sharp, limit = floats(x), _checked_beta(beta), checked_number(threshold, "threshold")

    def rule(x: Array, grad: Array) -> Array:
        z = sharp * x
        return np.where(z > limit, grad, grad / (1 + np.exp(-z)))

    return cellwise(rule, values, same_shape(grad_output, values))


def gelu(x: object, approximate: Approximation = "none") -> Array:
    """Return x * Phi(x): x times the share of a standard normal distribution that lies below x.

    approximate   "none": Phi(x) = (1 + erf(x / sqrt(2))) / 2
                  "tanh": Phi(x) = (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2
    returns       shape of x; its dtype, float64 for integers
    Raises RangeError on another approximation.
    Source: Hendrycks & Gimpel 2016 (arXiv:1606.08415).
    """
    exact = _checked_approximation(approximate) == "none"
    return cellwise(_gelu_of_erf if exact else _gelu_of_tanh, floats(x))


def gelu_backward(grad_output: object, x: object, approximate: Approximation = "none") -> Array:
    """Return grad_output * (Phi(x) + x * Phi'(x)), Phi as in gelu.

    Raises ShapeError if grad_output has not the shape of x; otherwise as gelu.
    """
    values, exact = floats(x), _checked_approximation(approximate) == "none"
    slope = _gelu_slope_of_erf if exact else _gelu_slope_of_tanh
    return cellwise(lambda x, grad: grad * slope(x), values, same_shape(grad_output, values))


def silu(x: object) -> Array:
    """Return x * sigmoid(x); dtype of x, float64 for integers. Also called swish.

    Source: Elfwing, Uchibe & Doya 2017 (arXiv:1702.03118).
    """
    return cellwise(lambda x: x / (1 + np.exp(-x)), floats(x))


def silu_backward(grad_output: object, x: object) -> Array:
    """Return grad_output * s * (1 + x * (1 - s)), s = sigmoid(x). Raises ShapeError if the shapes differ."""
    values = floats(x)

    def rule(x: Array, grad: Array) -> Array:
        s = 1 / (1 + np.exp(-x))
        return np.asarray(grad * s * (1 + x * (1 - s)))

    return cellwise(rule, values, same_shape(grad_output, values))


def _gelu_of_erf(x: Array) -> Array:
    share = erf(x * x.dtype.type(math.sqrt(0.5)))
    share += 1
    share *= x
    share *= x.dtype.type(0.5)
    return share


def _gelu_of_tanh(x: Array) -> Array:
    return np.asarray(0.5 * x * (1 + np.tanh(_bent(x))))


def _gelu_slope_of_erf(x: Array) -> Array:
    share, density = (1 + erf(x * math.sqrt(0.5))) / 2, np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return np.asarray(share + x * density)


def _gelu_slope_of_tanh(x: Array) -> Array:
    t, steepness = np.tanh(_bent(x)), math.sqrt(2 / math.pi) * (1 + 3 * GELU_CUBE * x * x)
    return np.asarray(0.5 * (1 + t) + 0.5 * x * (1 - t * t) * steepness)


def _bent(x: Array) -> Array:
    return np.asarray(math.sqrt(2 / math.pi) * x * (1 + GELU_CUBE * x * x))


def _checked_beta(beta: object) -> float:
    number = checked_number(beta, "beta")
    if number == 0:
        raise RangeError("beta must not be 0")
    return number


def _checked_approximation(approximate: object) -> str:
    if approximate not in ("none", "tanh"):
        raise RangeError("approximate must be none or tanh, got {got}", got=repr(approximate)[:40])
    return str(approximate)

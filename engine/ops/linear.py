"""The fully connected layer."""

from typing import NamedTuple

import numpy as np

from engine.errors import ShapeError
from engine.ops.arrays import Array, computing_dtype, real_array


def linear(x: object, weight: object, bias: object = None) -> Array:
    """Return the weighted sums of x, plus the biases.

    y[..., o] = bias[o] + sum over k of weight[o, k] * x[..., k]

    x         (..., in_features)
    weight    (out_features, in_features)
    bias      (out_features,) or None
    returns   (..., out_features); common dtype of the inputs, int64 (exact) for integers
    Raises ShapeError if the shapes do not fit.
    """
    values, weights = real_array(x, "x"), real_array(weight, "weight")
    if weights.ndim != 2 or values.ndim == 0 or values.shape[-1] != weights.shape[1]:
        raise ShapeError(
            "weight must be (out_features, in_features) with in_features that of x {x}, got {weight}",
            x=values.shape,
            weight=weights.shape,
        )
    biases = np.zeros(len(weights), weights.dtype) if bias is None else real_array(bias, "bias")
    if biases.shape != weights.shape[:1]:
        raise ShapeError(
            "bias must hold one number for each of {filters} filters, got shape {shape}",
            filters=len(weights),
            shape=biases.shape,
        )
    dtype = computing_dtype(values, weights, biases)
    return np.asarray(values.astype(dtype, copy=False) @ weights.astype(dtype, copy=False).T + biases.astype(dtype))


class LinearGradients(NamedTuple):
    """Gradients of a loss with respect to what linear was given."""

    input: Array  # shape of x
    weight: Array  # (out_features, in_features)
    bias: Array  # (out_features,)


def linear_backward(grad_output: object, x: object, weight: object) -> LinearGradients:
    """Return the gradients of linear with respect to input, weight and bias.

    input[..., k] = sum over o of grad_output[..., o] * weight[o, k]
    weight[o, k]  = sum over all leading axes of grad_output[..., o] * x[..., k]
    bias[o]       = sum over all leading axes of grad_output[..., o]

    Raises ShapeError if grad_output has not the shape of linear's result.
    """
    grad, values, weights = (
        real_array(given, name) for given, name in ((grad_output, "grad_output"), (x, "x"), (weight, "weight"))
    )
    wanted = linear(values, weights).shape
    if grad.shape != wanted:
        raise ShapeError("grad_output must have the output's shape {wanted}, got {got}", wanted=wanted, got=grad.shape)
    dtype = computing_dtype(grad, values, weights)
    rows = grad.astype(dtype, copy=False).reshape(-1, len(weights))
    return LinearGradients(
        (rows @ weights.astype(dtype, copy=False)).reshape(values.shape),
        rows.T @ values.astype(dtype, copy=False).reshape(-1, values.shape[-1]),
        rows.sum(axis=0),
    )

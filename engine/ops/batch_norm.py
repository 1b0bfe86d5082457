"""Batch normalisation of maps: each channel brought to mean 0 and variance 1, then scaled and moved as learned."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, plain_number, real_array
from engine.ops.cellwise import floats, same_shape
from engine.ops.lazy import LazyTrace

EACH_MAP = (0, 2, 3)


class BatchStatistics(NamedTuple):
    """What a batch tells of its channels, and what is remembered of it; (C,) each."""

    mean: Array
    var: Array  # of the batch, divided by the count: what training divides by
    running_mean: Array
    running_var: Array  # of count - 1 in the share that is new, as torch


class NormGradients(NamedTuple):
    """Gradients of a loss with respect to what a normalisation was given."""

    input: Array
    weight: Array
    bias: Array


class BatchNormInputs(NamedTuple):
    """Checked arguments of batch_norm2d, and with which mean and variance it works."""

    x: Array  # (N, C, H, W), float
    mean: Array  # (1, C, 1, 1), as the others
    var: Array
    weight: Array
    bias: Array
    eps: float
    training: bool

    @classmethod
    def of(
        cls,
        x: object,
        running_mean: object,
        running_var: object,
        weight: object = None,
        bias: object = None,
        *,
        training: bool = False,
        eps: float = 1e-5,
    ) -> Self:
        """Return the arguments, checked. Raises ShapeError or RangeError."""
        values, small = _maps(x), checked_eps(eps)
        remembered = [
            _each_channel(given, values, name)
            for given, name in ((running_mean, "running_mean"), (running_var, "running_var"))
        ]
        if training:
            remembered = [statistic.reshape(1, -1, 1, 1) for statistic in _moments(values)]
        mean, var = remembered
        if mean is None or var is None:
            raise ShapeError("running_mean and running_var are needed unless training")
        if (var + small <= 0).any():
            raise RangeError("running_var + eps must be above 0, got {got}", got=float((var + small).min()))
        scale, shift = _each_channel(weight, values, "weight"), _each_channel(bias, values, "bias")
        one, zero = np.ones_like(mean), np.zeros_like(mean)
        return cls(
            values, mean, var, one if scale is None else scale, zero if shift is None else shift, small, training
        )

    @property
    def inverse_deviation(self) -> Array:
        """1 / sqrt(var + eps), (1, C, 1, 1)."""
        return np.asarray(1 / np.sqrt(self.var + self.var.dtype.type(self.eps)))


def batch_norm2d(
    x: object,
    running_mean: object,
    running_var: object,
    weight: object = None,
    bias: object = None,
    *,
    training: bool = False,
    eps: float = 1e-5,
) -> Array:
    """Return x with each channel brought to mean 0 and variance 1, times its weight, plus its bias.

    y[n, c, i, j] = (x[n, c, i, j] - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c]

    x                           (N, C, H, W)
    running_mean, running_var   (C,) used unless training, when the batch's own mean and variance (divided by the
                                count) take their place; may be None then. batch_norm2d_statistics renews them.
    weight, bias                (C,) or None: 1 and 0
    returns                     shape of x; its dtype, float64 for integers
    Raises ShapeError if the shapes do not fit or a batch has one number only for a channel, RangeError unless
    eps is 0 or more and no variance + eps is 0.
    Source: Ioffe & Szegedy 2015 (arXiv:1502.03167).
    """
    inputs = BatchNormInputs.of(x, running_mean, running_var, weight, bias, training=training, eps=eps)
    scale = inputs.weight * inputs.inverse_deviation
    output = inputs.x - inputs.mean
    output *= scale
    output += inputs.bias
    return output


def batch_norm2d_statistics(
    x: object, running_mean: object = None, running_var: object = None, *, momentum: float = 0.1
) -> BatchStatistics:
    """Return mean and variance of each channel of a batch, and the running ones after it.

    running <- (1 - momentum) * running + momentum * this batch's; running ones that are None begin as 0 and 1.
    The variance in it is divided by count - 1, that of the batch by count (as torch).
    Raises ShapeError if the shapes do not fit, RangeError unless momentum is between 0 and 1.
    """
    values, share = _maps(x), plain_number(momentum)
    if not 0 <= share <= 1:
        raise RangeError("momentum must be between 0 and 1, got {got}", got=repr(momentum)[:40])
    mean, var = _moments(values)
    count = values.size // values.shape[1]
    old_mean, old_var = (
        _each_channel(given, values, name)
        for given, name in ((running_mean, "running_mean"), (running_var, "running_var"))
    )
    before_mean = np.zeros_like(mean) if old_mean is None else old_mean.reshape(-1)
    before_var = np.ones_like(var) if old_var is None else old_var.reshape(-1)
    return BatchStatistics(
        mean,
        var,
        (1 - share) * before_mean + share * mean,
        (1 - share) * before_var + share * var * (count / (count - 1)),
    )


def batch_norm2d_backward(
    grad_output: object,
    x: object,
    running_mean: object,
    running_var: object,
    weight: object = None,
    *,
    training: bool = False,
    eps: float = 1e-5,
) -> NormGradients:
    """Return the gradients of batch_norm2d with respect to input, weight and bias.

    h[n, c, i, j] = (x - mean[c]) / sqrt(var[c] + eps);   bias[c] = sum of dy;   weight[c] = sum of dy * h
    input = weight[c] / sqrt(var[c] + eps) * dy                                            unless training
    input = weight[c] / sqrt(var[c] + eps) * (dy - bias[c] / m - h * weight[c]'s / m)      while training,

    m the number of values of a channel: mean and variance depend on x then.
    Raises ShapeError if grad_output has not the shape of x; otherwise as batch_norm2d.
    """
    inputs = BatchNormInputs.of(x, running_mean, running_var, weight, None, training=training, eps=eps)
    grad, inverse = same_shape(grad_output, inputs.x), inputs.inverse_deviation
    h = (inputs.x - inputs.mean) * inverse
    sums, products = (part.sum(axis=EACH_MAP, keepdims=True) for part in (grad, grad * h))
    count = inputs.x.size // inputs.x.shape[1]
    centred = grad - sums / count - h * (products / count) if training else grad
    return NormGradients(centred * (inputs.weight * inverse), products.reshape(-1), sums.reshape(-1))


@dataclass(frozen=True, slots=True, eq=False)
class NormalisedStep:
    """One output cell of a normalisation, from its own number on."""

    index: tuple[int, ...]
    x: float
    mean: float
    var: float
    eps: float
    weight: float
    bias: float

    @property
    def normalised(self) -> float:
        """(x - mean) / sqrt(var + eps)"""
        return float((self.x - self.mean) / np.sqrt(self.var + self.eps))

    @property
    def value(self) -> float:
        """The output cell: normalised * weight + bias."""
        return self.normalised * self.weight + self.bias


class BatchNormTrace(LazyTrace[NormalisedStep]):
    """The steps of batch_norm2d, one for each output cell."""

    def __init__(self, inputs: BatchNormInputs) -> None:
        super().__init__(inputs.x.shape, inputs.x.shape, inputs.x.dtype)
        self.inputs = inputs

    def step_at(self, index: tuple[int, ...]) -> NormalisedStep:
        """Return the step of output cell (n, channel, row, column)."""
        place, inputs = self.checked_index(index), self.inputs
        mean, var, weight, bias = (
            float(part[0, place[1], 0, 0]) for part in (inputs.mean, inputs.var, inputs.weight, inputs.bias)
        )
        return NormalisedStep(place, float(inputs.x[place]), mean, var, inputs.eps, weight, bias)


def _maps(x: object) -> Array:
    values = floats(x)
    if values.ndim != 4:
        raise ShapeError("x must be (N, C, H, W), got shape {shape}", shape=values.shape)
    return values


def _moments(values: Array) -> tuple[Array, Array]:
    if values.size == values.shape[1]:
        raise ShapeError("a batch needs more than one number for each channel, got shape {shape}", shape=values.shape)
    return values.mean(axis=EACH_MAP), values.var(axis=EACH_MAP)


def _each_channel(given: object, values: Array, name: str) -> Array | None:
    """Return one number for each channel as (1, C, 1, 1), in the dtype of values; None if none were given."""
    if given is None:
        return None
    numbers = np.asarray(real_array(given, name))
    if numbers.shape != values.shape[1:2]:
        raise ShapeError(
            "{name} must hold one number for each of {channels} channels, got shape {shape}",
            name=name,
            channels=values.shape[1],
            shape=numbers.shape,
        )
    return numbers.astype(values.dtype, copy=False).reshape(1, -1, 1, 1)


def checked_eps(eps: object) -> float:
    """Return eps as a float. Raises RangeError unless it is a number from 0 on."""
    number = plain_number(eps)
    if not 0 <= number < np.inf:
        raise RangeError("eps must be a number from 0 on, got {got}", got=repr(eps)[:40])
    return number

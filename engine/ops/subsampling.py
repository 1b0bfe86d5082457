"""LeNet-5's trainable subsampling: a pooling with one weight and one bias for each map."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from engine.errors import ShapeError
from engine.geometry import IntOrPair
from engine.ops.arrays import Array, computing_dtype, real_array
from engine.ops.pool_windows import PoolInputs, PoolStep, PoolTrace, PoolWindow, spread, window_sums


class SubsampleInputs(NamedTuple):
    """Checked arguments of subsample2d."""

    pool: PoolInputs
    weight: Array  # (C,)
    bias: Array  # (C,)

    @classmethod
    def of(cls, x: object, weight: object, bias: object, kernel_size: object) -> Self:
        """Return the arguments of subsample2d, checked. Raises ShapeError or RangeError."""
        pool = PoolInputs.of(x, kernel_size)
        return cls(pool, _one_per_map(weight, "weight", pool), _one_per_map(bias, "bias", pool))


def subsample2d(x: object, weight: object, bias: object, kernel_size: IntOrPair = 2) -> Array:
    """Return the sum of each window times the weight of its map, plus the bias of its map.

    output[n, c, i, j] = bias[c] + weight[c] * sum over u, v of x[n, c, i * K_h + u, j * K_w + v]

    x              (N, C, H, W) or (C, H, W)
    weight, bias   (C,)
    returns        (N, C, H_out, W_out) or (C, H_out, W_out); common dtype, int64 (exact) for integers
    Windows lie side by side. LeNet-5 squashes the result afterwards (sigmoid).
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    Source: LeCun, Bottou, Bengio & Haffner 1998, Gradient-Based Learning Applied to Document Recognition, II.B.
    """
    inputs = SubsampleInputs.of(x, weight, bias, kernel_size)
    dtype = computing_dtype(inputs.pool.x, inputs.weight, inputs.bias)
    sums = window_sums(np.asarray(inputs.pool.x).astype(dtype, copy=False), inputs.pool.geometry)
    weights, biases = (values.astype(dtype)[:, None, None] for values in (inputs.weight, inputs.bias))
    return inputs.pool.unbatched(sums * weights + biases)


class SubsampleGradients(NamedTuple):
    """Gradients of a loss with respect to what subsample2d was given."""

    input: Array  # shape of x
    weight: Array  # (C,)
    bias: Array  # (C,)


def subsample2d_backward(
    grad_output: object, x: object, weight: object, kernel_size: IntOrPair = 2
) -> SubsampleGradients:
    """Return the gradients of subsample2d with respect to input, weight and bias.

    input      = each cell of a window gets grad_output * weight[c]
    weight[c]  = sum over n, i, j of grad_output[n, c, i, j] * (sum of its window)
    bias[c]    = sum over n, i, j of grad_output[n, c, i, j]

    grad_output   shape of subsample2d's result; the other arguments as they went into it
    Raises ShapeError if grad_output has another shape; otherwise as subsample2d.
    """
    inputs = SubsampleInputs.of(x, weight, weight, kernel_size)
    pool, grad = inputs.pool, inputs.pool.gradient(grad_output)
    dtype = computing_dtype(grad, pool.x, inputs.weight)
    grad, values = grad.astype(dtype, copy=False), np.asarray(pool.x).astype(dtype, copy=False)
    return SubsampleGradients(
        pool.unbatched(spread(grad * inputs.weight.astype(dtype)[:, None, None], pool.geometry)),
        (grad * window_sums(values, pool.geometry)).sum(axis=(0, 2, 3)),
        grad.sum(axis=(0, 2, 3)),
    )


def _one_per_map(given: object, name: str, pool: PoolInputs) -> Array:
    values = np.asarray(real_array(given, name))
    if values.shape != (pool.x.shape[1],):
        raise ShapeError(
            "{name} must hold one number for each of {maps} maps, got shape {shape}",
            name=name,
            maps=pool.x.shape[1],
            shape=values.shape,
        )
    return values


@dataclass(frozen=True, slots=True, eq=False)
class SubsampleStep(PoolStep):
    """One output cell: the window it reads, and the weight and bias of its map."""

    weight: int | float
    bias: int | float

    @property
    def total(self) -> int | float:
        """Sum of the window."""
        total: int | float = self.window.sum().item()
        return total

    @property
    def value(self) -> int | float:
        """The output cell."""
        return self.total * self.weight + self.bias

    @property
    def slopes(self) -> Array:
        """The weight, everywhere."""
        return np.full(self.window.shape, self.weight)


class SubsampleTrace(PoolTrace[SubsampleStep]):
    """The steps of subsample2d, in C order over (n, channel, row, column)."""

    def __init__(self, inputs: SubsampleInputs) -> None:
        dtype = computing_dtype(inputs.pool.x, inputs.weight, inputs.bias)
        super().__init__(inputs.pool, dtype, dtype)
        self.weight, self.bias = inputs.weight, inputs.bias

    def made(self, seen: PoolWindow) -> SubsampleStep:
        weight, bias = (values[seen.index[1]].item() for values in (self.weight, self.bias))
        return SubsampleStep(seen, weight=weight, bias=bias)

"""LP pooling: between the sum of a window (p = 1) and, for positive numbers, its maximum (p to infinity)."""

import math
from dataclasses import dataclass

import numpy as np

from engine.errors import RangeError
from engine.geometry import Geometry, IntOrPair
from engine.ops.arrays import Array, plain_number
from engine.ops.pool_windows import PoolInputs, PoolStep, PoolTrace, PoolWindow, spread, window_sums


def lp_pool2d(
    x: object,
    norm_type: float,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Return the p-norm of each window, p = norm_type.

    output[n, c, i, j] = (weight[i, j] * sum over u, v of x[n, c, i * stride + u, j * stride + v] ** p) ** (1 / p)

    x           (N, C, H, W) or (C, H, W)
    norm_type   p, above 0
    stride      kernel_size if None: windows side by side
    ceil_mode   as max_pool2d's
    returns     (N, C, H_out, W_out) or (C, H_out, W_out) in the dtype of x, float64 for integers
    The sign of x stays, as in torch: an odd p of negative numbers gives NaN where their sum is below 0 (p = 1 does
    not). weight is 1; only where ceil mode's last window leaves the input it is K_h * K_w over the cells it has
    left, because torch takes the mean of those cells times K_h * K_w.
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    """
    inputs, power = PoolInputs.of(x, kernel_size, stride=stride, ceil_mode=ceil_mode), _checked_power(norm_type)
    return inputs.unbatched(_norms(_floats(inputs), inputs.geometry, power))


def lp_pool2d_backward(
    grad_output: object,
    x: object,
    norm_type: float,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Return the gradient of lp_pool2d; 0 for a window whose norm is 0, where it has none.

    input = sum over the windows that read a cell of grad_output * weight * (x / output) ** (p - 1)

    grad_output   shape of lp_pool2d's result; the other arguments as they went into lp_pool2d
    Raises as lp_pool2d.
    """
    inputs, power = PoolInputs.of(x, kernel_size, stride=stride, ceil_mode=ceil_mode), _checked_power(norm_type)
    values, geometry = _floats(inputs), inputs.geometry
    output = _norms(values, geometry, power)
    grad = inputs.gradient(grad_output).astype(output.dtype, copy=False) * _weights(geometry).astype(output.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        amounts = np.where(output == 0, 0, grad * output ** (1 - power))
        return inputs.unbatched(spread(amounts, geometry) * values ** (power - 1))


def _checked_power(norm_type: object) -> float:
    power = plain_number(norm_type)
    if not 0 < power < math.inf:
        raise RangeError("norm_type must be a number above 0, got {got}", got=str(norm_type)[:40])
    return power


def _floats(inputs: PoolInputs) -> Array:
    images = np.asarray(inputs.x)
    return images if images.dtype.kind == "f" else images.astype(np.float64)


def _weights(geometry: Geometry) -> Array:
    return math.prod(geometry.kernel_size) / geometry.window_sizes(padding=True)


def _norms(values: Array, geometry: Geometry, power: float) -> Array:
    with np.errstate(invalid="ignore"):
        sums = window_sums(values**power, geometry) * _weights(geometry).astype(values.dtype)
        return np.asarray(sums ** (1 / power))


@dataclass(frozen=True, slots=True, eq=False)
class LpPool2dStep(PoolStep):
    """One output cell: the window it reads (0 behind the input), the power, and the weight of the sum."""

    power: float
    weight: float  # 1, but where ceil mode's last window leaves the input

    @property
    def powers(self) -> Array:
        """Each cell of the window to the power; 0 behind the input."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.window**self.power)

    @property
    def value(self) -> float:
        """The output cell."""
        with np.errstate(invalid="ignore"):
            total = np.float64(self.weight * self.powers.sum())
            return float(total ** (1 / self.power))

    @property
    def slopes(self) -> Array:
        """weight * (cell / value) ** (power - 1); 0 behind the input, and everywhere if the value is 0."""
        value = self.value
        if value == 0:
            return np.zeros(self.window.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = self.weight * value ** (1 - self.power) * self.window ** (self.power - 1)
        return np.where(self.inside, slopes, 0.0)


class LpPool2dTrace(PoolTrace[LpPool2dStep]):
    """The steps of lp_pool2d, in C order over (n, channel, row, column)."""

    def __init__(self, inputs: PoolInputs, norm_type: float) -> None:
        dtype = _floats(inputs).dtype
        super().__init__(inputs, dtype, np.dtype(np.float64))
        self.power, self.weights = _checked_power(norm_type), _weights(inputs.geometry)

    def made(self, seen: PoolWindow) -> LpPool2dStep:
        weight = float(self.weights[seen.index[2:]])
        return LpPool2dStep(seen, power=self.power, weight=weight)

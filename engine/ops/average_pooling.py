"""Average pooling: the mean of each window, or of the whole map."""

import math
from dataclasses import dataclass

import numpy as np

from engine.geometry import IntOrPair, Padding
from engine.ops.arrays import Array, image_batch, image_shape, real_array
from engine.ops.pool_windows import PoolInputs, PoolStep, PoolTrace, PoolWindow, spread, summing, window_sums


def avg_pool2d(
    x: object,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the mean of each window.

    output[n, c, i, j] = sum over u, v of padded[n, c, i * stride + u, j * stride + v] / divisor[i, j]

    x                   (N, C, H, W) or (C, H, W)
    stride              kernel_size if None: windows side by side
    padding, ceil_mode  as max_pool2d's; padding is 0
    count_include_pad   divisor: the window's cells on the input and its padding; False: on the input alone.
                        What ceil mode's last window has behind the padding never counts
    returns             (N, C, H_out, W_out) or (C, H_out, W_out) in the dtype of x, float64 for integers
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    """
    inputs = PoolInputs.of(x, kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)
    sums = window_sums(summing(np.asarray(inputs.x)), inputs.geometry)
    return inputs.unbatched(_divided(sums, inputs, count_include_pad))


def avg_pool2d_backward(
    grad_output: object,
    input_shape: tuple[int, ...],
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the gradient of avg_pool2d: each cell of a window gets grad_output / divisor, overlaps add.

    grad_output   shape of avg_pool2d's result
    input_shape   shape of x; the other arguments as they went into avg_pool2d
    returns       input_shape, dtype of grad_output (float64 for integers)
    Raises as avg_pool2d.
    """
    grad = np.asarray(real_array(grad_output, "grad_output"))
    # a plane of that shape without its memory: the gradient does not depend on the numbers of x
    plane = np.broadcast_to(np.zeros((), grad.dtype), image_shape(input_shape))
    inputs = PoolInputs.of(plane, kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)
    shares = _divided(inputs.gradient(grad), inputs, count_include_pad)
    return inputs.unbatched(spread(shares, inputs.geometry))


def global_avg_pool2d(x: object) -> Array:
    """Return the mean of each map, (N, C, 1, 1) or (C, 1, 1): as torch's adaptive_avg_pool2d to size 1.

    Raises ShapeError if x is no (N, C, H, W) or (C, H, W).
    """
    return avg_pool2d(x, _map_size(x))


def global_avg_pool2d_backward(grad_output: object, input_shape: tuple[int, ...]) -> Array:
    """Return the gradient of global_avg_pool2d: every cell of a map gets grad_output / (H * W)."""
    shape = image_shape(input_shape)
    return avg_pool2d_backward(grad_output, shape, (shape[-2], shape[-1]))


def _map_size(x: object) -> tuple[int, int]:
    images, _ = image_batch(x)
    return images.shape[2], images.shape[3]


def _divided(values: Array, inputs: PoolInputs, count_include_pad: bool) -> Array:
    geometry = inputs.geometry
    if geometry.is_padded or geometry.ceil_mode:
        sizes = geometry.window_sizes(padding=count_include_pad)
        return np.asarray(values / sizes.astype(values.dtype) if values.dtype.kind == "f" else values / sizes)
    size = math.prod(geometry.kernel_size)
    return np.asarray(values / values.dtype.type(size))


@dataclass(frozen=True, slots=True, eq=False)
class AvgPool2dStep(PoolStep):
    """One output cell: the window it reads (0 at padding), and what its sum is divided by."""

    divisor: int

    @property
    def total(self) -> int | float:
        """Sum of the window."""
        total: int | float = self.window.sum().item()
        return total

    @property
    def value(self) -> float:
        """The output cell."""
        return self.total / self.divisor

    @property
    def slopes(self) -> Array:
        """1 / divisor on the input, 0 at padding."""
        return np.where(self.inside, 1 / self.divisor, 0.0)


class AvgPool2dTrace(PoolTrace[AvgPool2dStep]):
    """The steps of avg_pool2d, in C order over (n, channel, row, column)."""

    def __init__(self, inputs: PoolInputs, count_include_pad: bool) -> None:
        window_dtype = summing(inputs.x[:1, :1, :1, :1]).dtype
        super().__init__(
            inputs, np.result_type(window_dtype, *([] if window_dtype.kind == "f" else [np.float64])), window_dtype
        )
        self.sizes = inputs.geometry.window_sizes(padding=count_include_pad)

    def made(self, seen: PoolWindow) -> AvgPool2dStep:
        divisor = int(self.sizes[seen.index[2:]])
        return AvgPool2dStep(seen, divisor=divisor)


def global_trace(x: object) -> AvgPool2dTrace:
    """Return the steps of global_avg_pool2d: one for each map."""
    return AvgPool2dTrace(PoolInputs.of(x, _map_size(x)), True)

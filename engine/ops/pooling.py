"""Max pooling: the largest cell of each window, and where it lay."""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import Geometry, IntOrPair, pair
from engine.ops.arrays import Array, DType, computing_dtype, real_array
from engine.ops.lazy import LazyTrace
from engine.ops.windows import window_view


class Pooled(NamedTuple):
    """What max_pool2d returns."""

    output: Array  # (N, C, H_out, W_out)
    switches: NDArray[np.int64]  # same shape; flat H * W index of each maximum


class PoolInputs(NamedTuple):
    """Checked arguments of a pooling; x has its batch axis, nothing is copied."""

    x: Array  # (N, C, H, W)
    geometry: Geometry
    batched: bool

    @classmethod
    def of(cls, x: object, kernel_size: object, stride: object, padding: object, dilation: object) -> Self:
        """Return the arguments of max_pool2d, checked. Raises ShapeError or RangeError."""
        images = real_array(x, "x")
        if images.ndim not in (3, 4):
            raise ShapeError("x must be (N, C, H, W) or (C, H, W), got shape {shape}", shape=images.shape)
        kernel, pads = pair(kernel_size, "kernel_size", minimum=1), pair(padding, "padding")
        if any(2 * pad > size for pad, size in zip(pads, kernel, strict=True)):
            raise RangeError(
                "padding of a pooling may be at most half its kernel_size {kernel}, got {padding}",
                kernel=kernel,
                padding=pads,
            )
        steps = kernel if stride is None else stride
        geometry = Geometry.of(images.shape[-2:], kernel, stride=steps, padding=pads, dilation=dilation)
        return cls(images if images.ndim == 4 else images[None], geometry, images.ndim == 4)

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        """(N, C, H_out, W_out)"""
        return (self.x.shape[0], self.x.shape[1], *self.geometry.output_size)


def max_pool2d(
    x: object,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> Pooled:
    """Return the largest cell of each window and its place.

    output[n, c, i, j] = max over u, v of padded[n, c, i * stride + u * dilation, j * stride + v * dilation]

    x         (N, C, H, W) or (C, H, W)
    stride    kernel_size if None: windows side by side
    padding   at most half the kernel; a padded cell never wins
    returns   .output (N, C, H_out, W_out) in the dtype of x, .switches: flat H * W indices, int64
    Of equal cells the first in C order wins, as in torch; a NaN beats every number.
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    """
    inputs = PoolInputs.of(x, kernel_size, stride, padding, dilation)
    geometry, images = inputs.geometry, np.asarray(inputs.x)
    padded = np.pad(images, ((0, 0), (0, 0), *geometry.padding), constant_values=_lowest(images.dtype))
    windows = window_view(padded, geometry, geometry.output_size[0])
    flat = windows.transpose(0, 1, 4, 5, 2, 3).reshape(*inputs.output_shape, -1)
    best = flat.argmax(axis=-1)
    output = np.take_along_axis(flat, best[..., None], axis=-1)[..., 0]
    u, v = np.unravel_index(best, geometry.kernel_size)
    height, width = geometry.output_size
    rows = geometry.window_rows[np.arange(height)[:, None], u]
    columns = geometry.window_columns[np.arange(width), v]
    switches = (rows * geometry.input_size[1] + columns).astype(np.int64)
    return Pooled(output, switches) if inputs.batched else Pooled(output[0], switches[0])


def max_pool2d_backward(grad_output: object, switches: object, input_shape: tuple[int, ...]) -> Array:
    """Return the gradient of max_pool2d: each grad_output cell goes to its window's winner, overlaps add.

    grad_output, switches   (N, C, H_out, W_out) or (C, H_out, W_out)
    input_shape             shape of x
    returns                 input_shape, dtype of grad_output (int64 for integers)
    Raises ShapeError if the shapes do not fit, RangeError if a switch lies outside the input.
    """
    grad, places = real_array(grad_output, "grad_output"), real_array(switches, "switches")
    planes, cells = math.prod(input_shape[:-2]), math.prod(input_shape[-2:])
    if grad.shape != places.shape or grad.shape[:-2] != tuple(input_shape[:-2]):
        raise ShapeError(
            "grad_output {grad}, switches {switches} and input_shape {input} do not belong together",
            grad=grad.shape,
            switches=places.shape,
            input=tuple(input_shape),
        )
    if places.min() < 0 or places.max() >= cells:
        raise RangeError("switches must lie in 0..{last}, got {got}", last=cells - 1, got=int(places.max()))
    flat = np.zeros((planes, cells), computing_dtype(grad))
    np.add.at(flat, (np.arange(planes)[:, None], places.reshape(planes, -1)), grad.reshape(planes, -1))
    return flat.reshape(input_shape)


@dataclass(frozen=True, slots=True, eq=False)
class MaxPool2dStep:
    """One output cell: the window it reads, and which cell of it wins."""

    index: tuple[int, int, int, int]  # n, channel, row, column of the output cell
    rows: tuple[int, ...]  # input row under each kernel row; outside the input is padding
    columns: tuple[int, ...]
    inside: NDArray[np.bool_]  # (K_h, K_w); False where the window lies on padding
    window: Array  # (K_h, K_w); the lowest number of its dtype at padding
    winner: tuple[int, int]  # kernel row and column of the maximum
    switch: int  # flat H * W index of the maximum

    @property
    def value(self) -> int | float:
        """The output cell."""
        value: int | float = self.window[self.winner].item()
        return value


class MaxPool2dTrace(LazyTrace[MaxPool2dStep]):
    """The steps of max_pool2d, in C order over (n, channel, row, column)."""

    def __init__(self, inputs: PoolInputs) -> None:
        shape = inputs.output_shape
        super().__init__(shape if inputs.batched else shape[1:], shape, inputs.x.dtype)
        self.inputs = inputs

    def step_at(self, index: tuple[int, ...]) -> MaxPool2dStep:
        """Return the step of output cell (n, channel, row, column)."""
        n, c, i, j = self.checked_index(index)
        geometry = self.inputs.geometry
        rows, columns = geometry.window(i, j)
        height, width = geometry.input_size
        inside = np.array([[0 <= r < height and 0 <= k < width for k in columns] for r in rows])
        window = np.full(inside.shape, _lowest(self.dtype), self.dtype)
        for u, v in np.argwhere(inside):
            window[u, v] = self.inputs.x[n, c, rows[u], columns[v]]
        u, v = (int(k) for k in np.unravel_index(int(window.argmax()), window.shape))
        for array in (window, inside):
            array.flags.writeable = False
        switch = rows[u] * width + columns[v]
        return MaxPool2dStep((n, c, i, j), tuple(rows), tuple(columns), inside, window, (u, v), switch)


def _lowest(dtype: DType) -> float | int | bool:
    """Return the number that loses against every other: what padding holds."""
    if dtype.kind == "f":
        return -np.inf
    return False if dtype.kind == "b" else int(np.iinfo(dtype).min)

"""How each number of a convolution's output is made, step by step."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.ops.arrays import Array, DType
from engine.ops.conv2d import Conv2dInputs
from engine.ops.lazy import LazyTrace

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Conv2dStep:
    """One output cell: the window it reads, the filter, and what they add up to.

    value = bias + sum over c, u, v of window[c, u, v] * weight[c, u, v]

    Arrays are read-only copies in the type of the computation.
    """

    index: tuple[int, int, int, int]  # n, filter, row, column of the output cell
    channels: range  # input channels that the filter reads
    rows: tuple[int, ...]  # input row under each kernel row; negative or >= H is padding
    columns: tuple[int, ...]  # input column under each kernel column
    inside: NDArray[np.bool_]  # (K_h, K_w); False where the window lies on padding
    window: Array  # (C_in / groups, K_h, K_w); 0 at padding
    weight: Array  # the same shape
    bias: int | float

    @property
    def products(self) -> Array:
        """window * weight, cell by cell."""
        return self.window * self.weight

    @property
    def channel_sums(self) -> Array:
        """Sum of the products of each channel, (C_in / groups,)."""
        return np.asarray(self.products.sum(axis=(1, 2)))

    @property
    def value(self) -> int | float:
        """The output cell."""
        value: int | float = (self.channel_sums.sum() + self.window.dtype.type(self.bias)).item()
        return value

    @property
    def partial_sums(self) -> Array:
        """Running sum after each product, the bias first; C order, shape of products."""
        products = self.products
        return np.cumsum(np.append(products.dtype.type(self.bias), products))[1:].reshape(products.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Conv2dSteps:
    """Many steps at once: what Conv2dStep holds for one cell, with an axis in front that counts the steps."""

    index: Array  # (steps, 4): n, filter, row, column
    channels: Array  # (steps, C_in / groups)
    rows: Array  # (steps, K_h)
    columns: Array  # (steps, K_w)
    inside: Array  # (steps, K_h, K_w)
    window: Array  # (steps, C_in / groups, K_h, K_w)
    weight: Array  # the same shape
    products: Array  # the same shape
    channel_sums: Array  # (steps, C_in / groups)
    bias: Array  # (steps,)
    value: Array  # (steps,)


class Conv2dTrace(LazyTrace[Conv2dStep]):
    """The steps of conv2d, in C order over (n, filter, row, column)."""

    def __init__(self, inputs: Conv2dInputs) -> None:
        shape = inputs.output_shape
        super().__init__(shape if inputs.batched else shape[1:], shape, inputs.dtype)
        self.inputs = inputs

    def step_at(self, index: tuple[int, ...]) -> Conv2dStep:
        """Return the step of output cell (n, filter, row, column)."""
        n, f, i, j = self.checked_index(index)
        inputs, geometry = self.inputs, self.inputs.geometry
        channels = inputs.channels_of(f)
        rows, columns = geometry.window(i, j)
        window, inside = read_window(inputs.x, (n, as_slice(channels)), rows, columns, inputs.dtype)
        weight = frozen(np.array(inputs.weight[f], inputs.dtype))
        bias = 0 if inputs.bias is None else inputs.bias[f].item()
        return Conv2dStep((n, f, i, j), channels, tuple(rows), tuple(columns), inside, window, weight, bias)

    def stacked(self) -> Conv2dSteps:
        """Return all steps of this (sub-)trace as arrays; for many cells far faster than one by one."""
        inputs, geometry = self.inputs, self.inputs.geometry
        n, f, i, j = index = np.stack(np.unravel_index(self.positions, self.grid))
        channels = f // (inputs.weight.shape[0] // inputs.groups) * inputs.weight.shape[1]
        channels = channels[:, None] + np.arange(inputs.weight.shape[1])
        rows, columns = geometry.window_rows[i], geometry.window_columns[j]
        height, width = geometry.input_size
        inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None]
        u, v = rows.clip(0, height - 1)[:, None, :, None], columns.clip(0, width - 1)[:, None, None]
        read = np.asarray(inputs.x[n[:, None, None, None], channels[:, :, None, None], u, v])
        window = np.where(inside[:, None], read, 0).astype(inputs.dtype, copy=False)
        weight = np.asarray(inputs.weight[f]).astype(inputs.dtype, copy=False)
        products = window * weight
        sums = products.sum(axis=(2, 3))
        bias = (
            np.zeros(len(f), inputs.dtype) if inputs.bias is None else np.asarray(inputs.bias)[f].astype(inputs.dtype)
        )
        value = sums.sum(axis=1) + bias
        return Conv2dSteps(index.T, channels, rows, columns, inside, window, weight, products, sums, bias, value)


def read_window(
    x: Array, planes: tuple[int | slice, int | slice], rows: range, columns: range, dtype: DType
) -> tuple[Array, NDArray[np.bool_]]:
    """Return the cells of x[planes] where rows and columns cross, 0 outside, and which of them lie inside.

    x        (N, C, H, W); only the cells of the window are read
    planes   an index and a slice, or a slice and an index
    """
    u, v = _inside(rows, x.shape[2]), _inside(columns, x.shape[3])
    read = x[(*planes, as_slice(rows[u]), as_slice(columns[v]))]
    window = np.zeros((len(read), len(rows), len(columns)), dtype)
    window[:, u, v] = read
    inside = np.zeros(window.shape[1:], np.bool_)
    inside[u, v] = True
    return frozen(window), frozen(inside)


def frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return array, from now on read-only: what a step holds."""
    array.flags.writeable = False
    return array


def _inside(cells: range, size: int) -> slice:
    """Which positions of a window's axis lie on the input: always one run."""
    hits = [k for k, cell in enumerate(cells) if 0 <= cell < size]
    return slice(hits[0], hits[-1] + 1) if hits else slice(0, 0)


def as_slice(cells: range) -> slice:
    """Return the slice that reads these cells."""
    return slice(cells.start, cells.stop, cells.step)

"""How a transposed convolution is made, in two views that give the same numbers.

Stamp: every cell of x, times its filter, is added onto the output. Gather: every cell of the output
is one window of an ordinary convolution, over x with zeros between its cells, with the filter rotated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.ops.arrays import Array
from engine.ops.conv_transpose2d import ConvTranspose2dInputs
from engine.ops.lazy import LazyTrace


@dataclass(frozen=True, slots=True, eq=False)
class StampStep:
    """One cell of x: what it adds to which cells of the output.

    output[f, rows[u], columns[v]] += x * weight[f, u, v]    where inside[u, v]

    Arrays are read-only copies in the type of the computation.
    """

    index: tuple[int, int, int, int]  # n, channel, row, column of the cell of x
    filters: range  # output channels that it stamps
    rows: tuple[int, ...]  # output row under each kernel row; negative or >= H_out is cropped
    columns: tuple[int, ...]  # output column under each kernel column
    inside: NDArray[np.bool_]  # (K_h, K_w); False where the stamp is cropped
    weight: Array  # (C_out / groups, K_h, K_w)
    x: int | float

    @property
    def products(self) -> Array:
        """x * weight: the stamp, what is cropped included."""
        return np.asarray(self.weight.dtype.type(self.x) * self.weight)

    @property
    def value(self) -> int | float:
        """The cell of x."""
        return self.x


class StampTrace(LazyTrace[StampStep]):
    """The stamps of conv_transpose2d, in C order over (n, channel, row, column) of x."""

    def __init__(self, inputs: ConvTranspose2dInputs) -> None:
        shape = inputs.output_shape
        super().__init__(shape if inputs.batched else shape[1:], inputs.x.shape, inputs.dtype)
        self.inputs = inputs

    def step_at(self, index: tuple[int, ...]) -> StampStep:
        """Return the step of x's cell (n, channel, row, column)."""
        n, c, i, j = self.checked_index(index)
        inputs = self.inputs
        rows, columns = inputs.geometry.window(i, j)
        size = inputs.weight.shape[1]
        first = c // (inputs.x.shape[1] // inputs.groups) * size
        inside = _within(rows, inputs.geometry.input_size[0])[:, None] & _within(columns, inputs.geometry.input_size[1])
        weight = np.array(inputs.weight[c], inputs.dtype)
        for array in (inside, weight):
            array.flags.writeable = False
        x: int | float = inputs.dtype.type(inputs.x[n, c, i, j]).item()
        return StampStep((n, c, i, j), range(first, first + size), tuple(rows), tuple(columns), inside, weight, x)

    def after(self, steps: int) -> Array:
        """Return the output as it stands after this many stamps of the whole trace, bias included."""
        output = np.zeros(self.inputs.output_shape, self.dtype)
        if self.inputs.bias is not None:
            output += np.asarray(self.inputs.bias, self.dtype)[:, None, None]
        for position in range(steps):
            step = self.step_at(tuple(int(k) for k in np.unravel_index(position, self.grid)))
            plane, products = output[step.index[0], step.filters.start : step.filters.stop], step.products
            u, v = step.inside.any(axis=1), step.inside.any(axis=0)
            rows, columns = np.array(step.rows)[u], np.array(step.columns)[v]
            plane[:, rows[:, None], columns] += products[:, u][:, :, v]
        return output.reshape(self.output_shape)

    def replay(self) -> Array:
        """Return the whole output, put together from stamps."""
        return self.after(self.inputs.x.size)


@dataclass(frozen=True, slots=True, eq=False)
class GatherStep:
    """One output cell: its window of the zero-inserted x, and the rotated filter.

    value = bias + sum over c, u, v of window[c, u, v] * weight[c, u, v]

    Arrays are read-only copies in the type of the computation.
    """

    index: tuple[int, int, int, int]  # n, filter, row, column of the output cell
    channels: range  # channels of x that are read
    rows: tuple[int, ...]  # row of the zero-inserted x under each kernel row; outside it is padding
    columns: tuple[int, ...]
    read: NDArray[np.bool_]  # (K_h, K_w); False where an inserted zero or padding lies
    window: Array  # (C_in / groups, K_h, K_w) of the zero-inserted x
    weight: Array  # the same shape; the filter turned by 180 degrees, channel axes swapped
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


class GatherTrace(LazyTrace[GatherStep]):
    """The steps of conv_transpose2d, in C order over (n, filter, row, column) of its output."""

    def __init__(self, inputs: ConvTranspose2dInputs) -> None:
        shape = inputs.output_shape
        super().__init__(shape if inputs.batched else shape[1:], shape, inputs.dtype)
        self.inputs = inputs

    @property
    def padding(self) -> tuple[int, int]:
        """p' = dilation * (kernel_size - 1) - p: rows above and columns left of the zero-inserted x.

        Negative where the transposed convolution crops more than a stamp reaches over.
        """
        geometry = self.inputs.geometry
        return (
            geometry.span[0] - 1 - geometry.padding[0][0],
            geometry.span[1] - 1 - geometry.padding[1][0],
        )

    def step_at(self, index: tuple[int, ...]) -> GatherStep:
        """Return the step of output cell (n, filter, row, column)."""
        n, f, i, j = self.checked_index(index)
        inputs, geometry = self.inputs, self.inputs.geometry
        size = inputs.x.shape[1] // inputs.groups
        group, k = divmod(f, inputs.weight.shape[1])
        channels = range(group * size, (group + 1) * size)
        rows, columns = (
            range(place - self.padding[axis], place - self.padding[axis] + geometry.span[axis], geometry.dilation[axis])
            for axis, place in ((0, i), (1, j))
        )
        read = _read(rows, geometry.stride[0], geometry.output_size[0])[:, None] & _read(
            columns, geometry.stride[1], geometry.output_size[1]
        )
        window = np.zeros((size, *geometry.kernel_size), inputs.dtype)
        for u, v in np.argwhere(read):
            place = rows[u] // geometry.stride[0], columns[v] // geometry.stride[1]
            window[:, u, v] = inputs.x[n, channels.start : channels.stop, place[0], place[1]]
        weight = np.array(inputs.weight[channels.start : channels.stop, k, ::-1, ::-1], inputs.dtype)
        for array in (read, window, weight):
            array.flags.writeable = False
        bias = 0 if inputs.bias is None else inputs.bias[f].item()
        return GatherStep((n, f, i, j), channels, tuple(rows), tuple(columns), read, window, weight, bias)


def _within(cells: range, size: int) -> NDArray[np.bool_]:
    """Which positions of an axis lie on the output."""
    return np.array([0 <= cell < size for cell in cells])


def _read(cells: range, stride: int, size: int) -> NDArray[np.bool_]:
    """Which positions of an axis of the zero-inserted x hold a cell of x."""
    return np.array([cell % stride == 0 and 0 <= cell // stride < size for cell in cells])

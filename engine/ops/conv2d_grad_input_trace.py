"""How each number of a convolution's grad_input is made, in two ways that give the same.

Scatter goes through grad_output: every cell of it stamps its filter onto the window that it was made from.
Gather goes through grad_input: every cell of it collects what the stamps leave there, which is a correlation
of grad_output, spread out and padded with zeros, with the filters turned by 180 degrees.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.geometry import Geometry
from engine.ops.arrays import Array
from engine.ops.conv2d import Conv2dInputs, conv2d_backward
from engine.ops.conv2d_trace import frozen
from engine.ops.lazy import LazyTrace


@dataclass(frozen=True, slots=True, eq=False)
class GradInputScatterStep:
    """One cell of grad_output: what it stamps, and where.

    grad_input[n, channels, rows, columns] += grad * weight

    Arrays are read-only copies in the type of the computation.
    """

    index: tuple[int, int, int, int]  # n, filter, row, column of the grad_output cell
    channels: range  # input channels that its filter reads
    rows: tuple[int, ...]  # input row under each kernel row; negative or >= H is padding
    columns: tuple[int, ...]
    inside: NDArray[np.bool_]  # (K_h, K_w); False where the stamp falls on padding and is lost
    grad: int | float
    weight: Array  # (C_in / groups, K_h, K_w)

    @property
    def value(self) -> int | float:
        """The grad_output cell that is stamped."""
        return self.grad

    @property
    def stamp(self) -> Array:
        """grad * weight, cell by cell."""
        return np.asarray(self.weight * self.weight.dtype.type(self.grad))

    def add_to(self, grad_input: Array) -> None:
        """Add the stamp to grad_input (N, C_in, H, W), in place."""
        u, v = self.inside.any(axis=1), self.inside.any(axis=0)
        place = np.ix_(np.array(self.channels), np.array(self.rows)[u], np.array(self.columns)[v])
        grad_input[self.index[0]][place] += self.stamp[:, u][:, :, v]


class GradInputScatterTrace(LazyTrace[GradInputScatterStep]):
    """The stamps of grad_input, in C order over the cells (n, filter, row, column) of grad_output."""

    def __init__(self, grad: Array, inputs: Conv2dInputs) -> None:
        shape = inputs.x.shape
        super().__init__(shape if inputs.batched else shape[1:], grad.shape, inputs.dtype)
        self.grad, self.inputs = grad, inputs

    def step_at(self, index: tuple[int, ...]) -> GradInputScatterStep:
        """Return the stamp of grad_output cell (n, filter, row, column)."""
        n, f, i, j = self.checked_index(index)
        inputs, (height, width) = self.inputs, self.inputs.geometry.input_size
        rows, columns = inputs.geometry.window(i, j)
        inside = np.outer([0 <= r < height for r in rows], [0 <= c < width for c in columns])
        weight = np.array(inputs.weight[f], inputs.dtype)
        grad = inputs.dtype.type(self.grad[n, f, i, j]).item()
        channels = inputs.channels_of(f)
        return GradInputScatterStep(
            (n, f, i, j), channels, tuple(rows), tuple(columns), frozen(inside), grad, frozen(weight)
        )

    def replay(self) -> Array:
        """Return grad_input, put together from all stamps."""
        total = np.zeros(self.inputs.x.shape, self.dtype)
        for index in np.ndindex(self.grid):
            self.step_at(index).add_to(total)
        return total.reshape(self.output_shape)

    def running(self, count: int) -> Array:
        """Return grad_input after the first count stamps: the gradient if all later cells were zero."""
        return backward_of_first(self.grad, self.inputs, count)[0].reshape(self.output_shape)


@dataclass(frozen=True, slots=True, eq=False)
class GradInputGatherStep:
    """One cell of grad_input: the window of the spread grad_output that it reads, and the turned filters.

    value = sum over filters, u, v of window[f, u, v] * weight[f, u, v]

    The spread grad_output has stride - 1 zeros between neighbours; rows and columns count in it.
    """

    index: tuple[int, int, int, int]  # n, channel, row, column of the grad_input cell
    filters: range  # the maps of grad_output that this channel took part in
    rows: tuple[int, ...]  # row of the spread grad_output under each kernel row; outside it is padding
    columns: tuple[int, ...]
    grad_rows: tuple[int, ...]  # the grad_output row that lies there, -1 for a zero
    grad_columns: tuple[int, ...]
    inside: NDArray[np.bool_]  # (K_h, K_w); True where a cell of grad_output lies, not a zero put in or padding
    window: Array  # (C_out / groups, K_h, K_w)
    weight: Array  # the same shape: slice `channel` of each filter, turned by 180 degrees

    @property
    def products(self) -> Array:
        """window * weight, cell by cell."""
        return self.window * self.weight

    @property
    def filter_sums(self) -> Array:
        """Sum of the products of each filter, (C_out / groups,)."""
        return np.asarray(self.products.sum(axis=(1, 2)))

    @property
    def value(self) -> int | float:
        """The grad_input cell."""
        value: int | float = self.filter_sums.sum().item()
        return value


class GradInputGatherTrace(LazyTrace[GradInputGatherStep]):
    """The cells of grad_input, in C order over (n, channel, row, column)."""

    def __init__(self, grad: Array, inputs: Conv2dInputs) -> None:
        shape = inputs.x.shape
        super().__init__(shape if inputs.batched else shape[1:], shape, inputs.dtype)
        self.grad, self.inputs = grad, inputs

    def step_at(self, index: tuple[int, ...]) -> GradInputGatherStep:
        """Return the step of grad_input cell (n, channel, row, column)."""
        n, c, i, j = self.checked_index(index)
        inputs = self.inputs
        group, channel = divmod(c, inputs.weight.shape[1])
        size = inputs.weight.shape[0] // inputs.groups
        filters = range(group * size, (group + 1) * size)
        rows, columns = spread_window(inputs.geometry, i, j)
        grad_rows, grad_columns = (_origins(cells, inputs.geometry, axis) for axis, cells in enumerate((rows, columns)))
        u, v = np.flatnonzero(np.array(grad_rows) >= 0), np.flatnonzero(np.array(grad_columns) >= 0)
        inside = np.zeros(inputs.geometry.kernel_size, np.bool_)
        inside[np.ix_(u, v)] = True
        window = np.zeros((size, *inside.shape), inputs.dtype)
        read = np.ix_(np.array(filters), np.array(grad_rows)[u], np.array(grad_columns)[v])
        window[np.ix_(np.arange(size), u, v)] = self.grad[n][read]
        weight = np.array(inputs.weight[filters.start : filters.stop, channel, ::-1, ::-1], inputs.dtype)
        return GradInputGatherStep(
            (n, c, i, j),
            filters,
            tuple(rows),
            tuple(columns),
            grad_rows,
            grad_columns,
            frozen(inside),
            frozen(window),
            frozen(weight),
        )


def spread(grad: Array, geometry: Geometry) -> Array:
    """Return grad_output (..., H_out, W_out) with stride - 1 zeros between neighbours."""
    (rows, columns), (stride_h, stride_w) = geometry.output_size, geometry.stride
    wide = np.zeros((*grad.shape[:-2], (rows - 1) * stride_h + 1, (columns - 1) * stride_w + 1), grad.dtype)
    wide[..., ::stride_h, ::stride_w] = grad
    return wide


def spread_window(geometry: Geometry, row: int, column: int) -> tuple[range, range]:
    """Return the rows and columns of the spread grad_output that make one cell of grad_input.

    Weight u of the filter put grad_output row i onto input row i * stride + u * dilation - top; asked the other way
    round, the turned filter starts at row + top - (K_h - 1) * dilation and takes every dilation-th row.
    """
    starts = [
        cell + geometry.padding[axis][0] - (geometry.kernel_size[axis] - 1) * geometry.dilation[axis]
        for axis, cell in enumerate((row, column))
    ]
    rows, columns = (
        range(start, start + geometry.span[axis], geometry.dilation[axis]) for axis, start in enumerate(starts)
    )
    return rows, columns


def backward_of_first(grad: Array, inputs: Conv2dInputs, count: int) -> tuple[Array, Array]:
    """Return grad_input and grad_weight of the first count cells of grad_output alone, with their batch axis."""
    first = np.where(np.arange(grad.size).reshape(grad.shape) < count, grad, grad.dtype.type(0))
    geometry = inputs.geometry
    gradients = conv2d_backward(
        first,
        inputs.x,
        inputs.weight,
        stride=geometry.stride,
        padding=geometry.padding,
        dilation=geometry.dilation,
        groups=inputs.groups,
    )
    return gradients.input, gradients.weight


def _origins(cells: range, geometry: Geometry, axis: int) -> tuple[int, ...]:
    """Return which grad_output row (axis 0) or column lies on each cell of the spread one, -1 for none."""
    stride, size = geometry.stride[axis], geometry.output_size[axis]
    return tuple(k // stride if k >= 0 and k % stride == 0 and k // stride < size else -1 for k in cells)

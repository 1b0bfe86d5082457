"""How each number of a convolution's grad_weight is made, in two ways that give the same, and of its grad_bias.

Stamps go through grad_output: every cell of it, times the window that it was made from, is added to grad_weight.
Weights go through grad_weight: every weight collects the products of grad_output with the inputs that it met.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.ops.arrays import Array, computing_dtype
from engine.ops.conv2d import Conv2dInputs
from engine.ops.conv2d_grad_input_trace import backward_of_first
from engine.ops.conv2d_trace import as_slice, frozen, read_window
from engine.ops.lazy import LazyTrace


@dataclass(frozen=True, slots=True, eq=False)
class GradWeightStampStep:
    """One cell of grad_output: the window that it was made from, times the cell.

    grad_weight[filter] += grad * window

    Arrays are read-only copies in the type of the computation.
    """

    index: tuple[int, int, int, int]  # n, filter, row, column of the grad_output cell
    channels: range  # input channels that its filter reads
    rows: tuple[int, ...]  # input row under each kernel row; negative or >= H is padding
    columns: tuple[int, ...]
    inside: NDArray[np.bool_]  # (K_h, K_w); False where the window lies on padding
    grad: int | float
    window: Array  # (C_in / groups, K_h, K_w); 0 at padding

    @property
    def value(self) -> int | float:
        """The grad_output cell that is stamped."""
        return self.grad

    @property
    def stamp(self) -> Array:
        """grad * window, cell by cell."""
        return np.asarray(self.window * self.window.dtype.type(self.grad))


class GradWeightStampTrace(LazyTrace[GradWeightStampStep]):
    """The stamps of grad_weight, in C order over the cells (n, filter, row, column) of grad_output."""

    def __init__(self, grad: Array, inputs: Conv2dInputs) -> None:
        super().__init__(inputs.weight.shape, grad.shape, inputs.dtype)
        self.grad, self.inputs = grad, inputs

    def step_at(self, index: tuple[int, ...]) -> GradWeightStampStep:
        """Return the stamp of grad_output cell (n, filter, row, column)."""
        n, f, i, j = self.checked_index(index)
        inputs = self.inputs
        channels = inputs.channels_of(f)
        rows, columns = inputs.geometry.window(i, j)
        window, inside = read_window(inputs.x, (n, as_slice(channels)), rows, columns, inputs.dtype)
        grad = inputs.dtype.type(self.grad[n, f, i, j]).item()
        return GradWeightStampStep((n, f, i, j), channels, tuple(rows), tuple(columns), inside, grad, window)

    def replay(self) -> Array:
        """Return grad_weight, put together from all stamps."""
        total = np.zeros(self.output_shape, self.dtype)
        for index in np.ndindex(self.grid):
            total[index[1]] += self.step_at(index).stamp
        return total

    def running(self, count: int) -> Array:
        """Return grad_weight after the first count stamps: the gradient if all later cells were zero."""
        return backward_of_first(self.grad, self.inputs, count)[1]


@dataclass(frozen=True, slots=True, eq=False)
class GradWeightStep:
    """One weight: the inputs that it met, one for each cell of grad_output.

    value = sum over n, i, j of grad[n, i, j] * window[n, i, j]

    window[n, i, j] = padded x[n, channel, i * stride + u * dilation, j * stride + v * dilation]
    """

    index: tuple[int, int, int, int]  # filter, slice, kernel row, kernel column of the weight
    channel: int  # the input channel that this slice reads
    rows: tuple[int, ...]  # input row that the weight met at each row of grad_output; outside is padding
    columns: tuple[int, ...]
    inside: NDArray[np.bool_]  # (H_out, W_out); False where it met padding
    window: Array  # (N, H_out, W_out); 0 at padding
    grad: Array  # (N, H_out, W_out)

    @property
    def products(self) -> Array:
        """window * grad, cell by cell."""
        return self.window * self.grad

    @property
    def value(self) -> int | float:
        """The entry of grad_weight."""
        value: int | float = self.products.sum().item()
        return value


class GradWeightTrace(LazyTrace[GradWeightStep]):
    """The entries of grad_weight, in C order over (filter, slice, kernel row, kernel column)."""

    def __init__(self, grad: Array, inputs: Conv2dInputs) -> None:
        super().__init__(inputs.weight.shape, inputs.weight.shape, inputs.dtype)
        self.grad, self.inputs = grad, inputs

    def step_at(self, index: tuple[int, ...]) -> GradWeightStep:
        """Return the step of weight (filter, slice, kernel row, kernel column)."""
        f, c, u, v = self.checked_index(index)
        inputs, geometry = self.inputs, self.inputs.geometry
        channel = inputs.channels_of(f)[c]
        starts = [k * geometry.dilation[axis] - geometry.padding[axis][0] for axis, k in enumerate((u, v))]
        rows, columns = (
            range(start, start + geometry.output_size[axis] * geometry.stride[axis], geometry.stride[axis])
            for axis, start in enumerate(starts)
        )
        window, inside = read_window(inputs.x, (slice(None), channel), rows, columns, inputs.dtype)
        grad = frozen(np.array(self.grad[:, f], inputs.dtype))
        return GradWeightStep((f, c, u, v), channel, tuple(rows), tuple(columns), inside, window, grad)


@dataclass(frozen=True, slots=True, eq=False)
class GradBiasStep:
    """One bias: all of its filter's grad_output, added up.

    value = sum over n, i, j of grad[n, i, j]
    """

    index: tuple[int]  # filter
    grad: Array  # (N, H_out, W_out)

    @property
    def value(self) -> int | float:
        """The entry of grad_bias."""
        value: int | float = self.grad.sum().item()
        return value


class GradBiasTrace(LazyTrace[GradBiasStep]):
    """The entries of grad_bias, one for each filter."""

    def __init__(self, grad: Array) -> None:
        super().__init__(grad.shape[1:2], grad.shape[1:2], computing_dtype(grad))
        self.grad = grad

    def step_at(self, index: tuple[int, ...]) -> GradBiasStep:
        """Return the step of bias (filter,)."""
        (f,) = self.checked_index(index)
        return GradBiasStep((f,), frozen(np.array(self.grad[:, f], self.dtype)))

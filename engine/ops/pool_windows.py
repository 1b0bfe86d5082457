"""What every pooling shares: its checked arguments, one step of it, and how a gradient goes back through it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Generic, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import Geometry, Sides, pair, remembered
from engine.ops.arrays import Array, DType, computing_dtype, image_batch, real_array
from engine.ops.lazy import LazyTrace


class PoolInputs(NamedTuple):
    """Checked arguments of a pooling; x has its batch axis, nothing is copied."""

    x: Array  # (N, C, H, W)
    geometry: Geometry
    batched: bool

    @classmethod
    def of(
        cls,
        x: object,
        kernel_size: object,
        *,
        stride: object = None,
        padding: object = 0,
        dilation: object = 1,
        ceil_mode: bool = False,
    ) -> Self:
        """Return the arguments of a pooling, checked. Raises ShapeError or RangeError."""
        images, batched = image_batch(x)
        geometry = _geometry(images.shape[-2:], kernel_size, stride, padding, dilation, ceil_mode)
        return cls(images, geometry, batched)

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        """(N, C, H_out, W_out)"""
        return (*self.x.shape[:2], *self.geometry.output_size)

    def unbatched(self, array: Array) -> Array:
        """Return array without its batch axis if the caller's x had none."""
        return array if self.batched else array[0]

    def gradient(self, grad_output: object) -> Array:
        """Return grad_output with its batch axis. Raises ShapeError if it has not the output's shape."""
        grad = np.asarray(real_array(grad_output, "grad_output"))
        wanted = self.output_shape if self.batched else self.output_shape[1:]
        if grad.shape != wanted:
            raise ShapeError(
                "grad_output must have the output's shape {wanted}, got {got}", wanted=wanted, got=grad.shape
            )
        return grad.reshape(self.output_shape)


@remembered
def _geometry(
    size: tuple[int, ...], kernel_size: object, stride: object, padding: object, dilation: object, ceil_mode: bool
) -> Geometry:
    kernel = pair(kernel_size, "kernel_size", minimum=1)
    steps = kernel if stride is None else stride
    geometry = Geometry.of(size, kernel, stride=steps, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    _check_padding(geometry)
    return geometry


def _check_padding(geometry: Geometry) -> None:
    sides = zip(geometry.padding, geometry.kernel_size, strict=True)
    if geometry.is_padded and any(2 * max(pads) > size for pads, size in sides):
        raise RangeError(
            "padding of a pooling may be at most half its kernel_size {kernel}, got {padding}",
            kernel=geometry.kernel_size,
            padding=short_padding(geometry.padding),
        )
    # only a dilated window can step over the whole input
    if geometry.dilation != (1, 1) and not geometry.window_sizes(padding=False).all():
        raise RangeError(
            "a window lies wholly on padding; lower padding or dilation {dilation}", dilation=geometry.dilation
        )


def short_padding(sides: Sides) -> object:
    """Return padding as it is mostly given: (rows, columns) where both ends are alike."""
    (top, bottom), (left, right) = sides
    return (top, left) if top == bottom and left == right else sides


def window_sums(values: Array, geometry: Geometry) -> Array:
    """Return the sum of each window of values (N, C, H, W), (N, C, H_out, W_out): along its rows first."""
    return _sums_along(_sums_along(values, geometry, 1), geometry, 0)


def _sums_along(values: Array, geometry: Geometry, axis: int) -> Array:
    lead, reads = (slice(None),) * (axis + 2), _reads(geometry, axis)
    if reads.whole:
        return reduce(np.add, [values[(*lead, read)] for _, read in reads.places])
    total = np.zeros((*values.shape[: axis + 2], geometry.output_size[axis], *values.shape[axis + 3 :]), values.dtype)
    for cells, read in reads.places:  # padding takes no part in a sum
        total[(*lead, cells)] += values[(*lead, read)]
    return total


class _Reads(NamedTuple):
    places: tuple[tuple[slice, slice], ...]  # as Geometry.reads has them
    whole: bool  # whether every window lies on the input, all of it


@lru_cache(maxsize=128)  # the same for every tensor of a size
def _reads(geometry: Geometry, axis: int) -> _Reads:
    places, everything = tuple(geometry.reads(axis)), slice(0, geometry.output_size[axis])
    return _Reads(places, all(cells == everything for cells, _ in places))


def spread(amounts: Array, geometry: Geometry) -> Array:
    """Return the input (N, C, H, W) onto which each amount (N, C, H_out, W_out) was added, all over its window."""
    height, width = geometry.input_size
    down = np.zeros((*amounts.shape[:2], height, amounts.shape[3]), amounts.dtype)
    for cells, read in _reads(geometry, 0).places:
        down[:, :, read] += amounts[:, :, cells]
    grad = np.zeros((*amounts.shape[:2], height, width), amounts.dtype)
    for cells, read in _reads(geometry, 1).places:
        grad[..., read] += down[..., cells]
    return grad


def summing(values: Array) -> Array:
    """Return values in the type in which they are summed: int64 for integers and booleans."""
    return values.astype(computing_dtype(values), copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class PoolWindow:
    """What one output cell reads; which pooling makes something of it is not known yet. Arrays are read-only copies."""

    index: tuple[int, int, int, int]  # n, channel, row, column of the output cell
    rows: tuple[int, ...]  # input row under each kernel row; outside the input is padding
    columns: tuple[int, ...]
    inside: NDArray[np.bool_]  # (K_h, K_w); False where the window lies on padding
    cells: Array  # (K_h, K_w)


@dataclass(frozen=True, slots=True, eq=False)
class PoolStep(ABC):
    """One output cell of a pooling: the window it reads, and what the pooling makes of it."""

    seen: PoolWindow

    @property
    @abstractmethod
    def value(self) -> int | float:
        """The output cell."""

    @property
    @abstractmethod
    def slopes(self) -> Array:
        """Derivative of the value with respect to each cell of the window, (K_h, K_w); 0 at padding."""

    @property
    def index(self) -> tuple[int, int, int, int]:
        """Which output cell: n, channel, row, column."""
        return self.seen.index

    @property
    def rows(self) -> tuple[int, ...]:
        """Input row under each kernel row; outside the input is padding."""
        return self.seen.rows

    @property
    def columns(self) -> tuple[int, ...]:
        """Input column under each kernel column; outside the input is padding."""
        return self.seen.columns

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which cells of the window lie on the input, (K_h, K_w)."""
        return self.seen.inside

    @property
    def window(self) -> Array:
        """The cells of the window, (K_h, K_w)."""
        return self.seen.cells


Step = TypeVar("Step", bound=PoolStep)


class PoolTrace(LazyTrace[Step], Generic[Step]):
    """The steps of a pooling, in C order over (n, channel, row, column)."""

    outside: float = 0  # what a window holds where it lies on padding

    def __init__(self, inputs: PoolInputs, dtype: DType, window_dtype: DType) -> None:
        shape = inputs.output_shape
        super().__init__(shape if inputs.batched else shape[1:], shape, dtype)
        self.inputs, self.window_dtype = inputs, window_dtype

    @abstractmethod
    def made(self, seen: PoolWindow) -> Step:
        """Return the step in which this pooling makes something of a window."""

    def step_at(self, index: tuple[int, ...]) -> Step:
        """Return the step of output cell (n, channel, row, column)."""
        n, c, i, j = self.checked_index(index)
        rows, columns = self.inputs.geometry.window(i, j)
        height, width = self.inputs.geometry.input_size
        down, across = np.array(rows), np.array(columns)
        u, v = (down >= 0) & (down < height), (across >= 0) & (across < width)
        inside = np.logical_and.outer(u, v)
        window = np.full(inside.shape, self.outside, self.window_dtype)
        window[inside] = np.asarray(self.inputs.x[n, c, down[u][:, None], across[v]]).ravel()
        for array in (window, inside):
            array.flags.writeable = False
        return self.made(PoolWindow((n, c, i, j), tuple(rows), tuple(columns), inside, window))


@dataclass(frozen=True, slots=True, eq=False)
class PoolGradientStep:
    """What one cell of grad_output adds to the gradient of the input, over its window."""

    forward: PoolStep  # how the output cell was made
    grad: int | float  # the cell of grad_output
    shares: Array  # (K_h, K_w): what each cell of the window gets; 0 at padding

    @property
    def value(self) -> int | float:
        """Everything that the window gets."""
        value: int | float = self.shares.sum().item()
        return value


class PoolGradientTrace(LazyTrace[PoolGradientStep]):
    """The steps of a pooling's gradient: one for each cell of grad_output, in C order. Overlaps add."""

    def __init__(self, forward: PoolTrace[Step], grad_output: object) -> None:
        self.grad = forward.inputs.gradient(grad_output)
        super().__init__(forward.output_shape, forward.grid, computing_dtype(self.grad, forward.inputs.x))
        self.forward = forward

    def step_at(self, index: tuple[int, ...]) -> PoolGradientStep:
        """Return the step of grad_output's cell (n, channel, row, column)."""
        made = self.forward.step_at(index)
        grad = self.grad[made.index].item()
        return PoolGradientStep(made, grad, np.where(made.inside, grad * made.slopes, 0))

    def replay(self) -> Array:
        """Return the gradient of the input, put together from the steps of this (sub-)trace."""
        inputs = self.forward.inputs
        total = np.zeros(inputs.x.shape, np.result_type(self.dtype, self[0].shares.dtype))
        for step in self:
            n, c, _, _ = step.forward.index
            u, v = np.nonzero(step.forward.inside)
            rows, columns = np.array(step.forward.rows)[u], np.array(step.forward.columns)[v]
            total[n, c, rows, columns] += step.shares[u, v]  # the cells of one window are all different
        return inputs.unbatched(total)

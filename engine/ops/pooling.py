"""Max pooling: the largest cell of each window, and where it lay."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import LARGEST, Geometry, IntOrPair, Padding
from engine.ops.arrays import Array, DType, computing_dtype, image_shape, real_array
from engine.ops.pool_windows import PoolInputs, PoolStep, PoolTrace, PoolWindow


class Pooled(NamedTuple):
    """What max_pool2d returns."""

    output: Array  # (N, C, H_out, W_out)
    switches: NDArray[np.int64]  # same shape; flat H * W index of each maximum


def max_pool2d(
    x: object,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    ceil_mode: bool = False,
) -> Pooled:
    """Return the largest cell of each window and its place.

    output[n, c, i, j] = max over u, v of padded[n, c, i * stride + u * dilation, j * stride + v * dilation]

    x           (N, C, H, W) or (C, H, W)
    stride      kernel_size if None: windows side by side
    padding     as conv2d's, on each side at most half the kernel; a padded cell never wins
    ceil_mode   the output size is rounded up, so a last window may reach over the end (as Caffe and
                torch); it has to start on the input or on the padding before it
    returns     .output (N, C, H_out, W_out) in the dtype of x, .switches: flat H * W indices, int64
    Of equal cells the first in C order wins, a NaN beats every number, of several the last: as in torch.
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    """
    inputs = PoolInputs.of(x, kernel_size, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    images, geometry = np.asarray(inputs.x), inputs.geometry
    output, switches = _pooled(images, geometry, has_nan=False)
    if output.dtype.kind == "f" and np.isnan(output.max()):  # rare, and it takes another comparison
        output, switches = _pooled(images, geometry, has_nan=True)
    return Pooled(inputs.unbatched(output), inputs.unbatched(switches))


def max_pool2d_backward(grad_output: object, switches: object, input_shape: tuple[int, ...]) -> Array:
    """Return the gradient of max_pool2d: each grad_output cell goes to its window's winner, overlaps add.

    grad_output, switches   (N, C, H_out, W_out) or (C, H_out, W_out)
    input_shape             shape of x
    returns                 input_shape, dtype of grad_output (int64 for integers)
    Raises ShapeError if the shapes do not fit, RangeError if a switch lies outside the input or is no whole number.
    """
    shape = image_shape(input_shape)
    planes, cells = math.prod(shape[:-2]), math.prod(shape[-2:])
    grad, places = real_array(grad_output, "grad_output"), checked_switches(switches, cells)
    if grad.shape != places.shape or grad.shape[:-2] != shape[:-2]:
        raise ShapeError(
            "grad_output {grad}, switches {switches} and input_shape {input} do not belong together",
            grad=grad.shape,
            switches=places.shape,
            input=shape,
        )
    flat = np.zeros((planes, cells), computing_dtype(grad))
    np.add.at(flat, (np.arange(planes)[:, None], places.reshape(planes, -1)), grad.reshape(planes, -1))
    return flat.reshape(shape)


def checked_switches(switches: object, cells: int) -> NDArray[np.int64]:
    """Return switches as an array of flat indices into planes of this many cells.

    Raises RangeError if one lies outside or is no whole number.
    """
    places = np.asarray(real_array(switches, "switches"))
    if places.dtype.kind not in "iu":
        raise RangeError("switches must be whole numbers, got {dtype}", dtype=places.dtype)
    low, high = int(places.min()), int(places.max())
    if low < 0 or high >= cells:
        raise RangeError("switches must lie in 0..{last}, got {got}", last=cells - 1, got=low if low < 0 else high)
    return places.astype(np.int64, copy=False)


class _Reads(NamedTuple):
    """What the windows of one axis read at one place of the kernel."""

    cells: slice | NDArray[np.int64]  # an input cell for each window; instead of padding, a cell of the same window
    inside: NDArray[np.bool_]  # which of them are no stand-ins, ready to be broadcast along the axis


def _pooled(images: Array, geometry: Geometry, *, has_nan: bool) -> tuple[Array, Array]:
    """Return each window's largest cell and its flat index, both (N, C, H_out, W_out)."""
    cells = math.prod(geometry.input_size)
    flat = np.arange(cells, dtype=np.int32 if cells <= LARGEST else np.int64)  # four bytes: half the traffic
    # the winners of each input row first, then the best of the rows: fewer comparisons than cell by cell
    across = _winners(images, flat.reshape(1, 1, *geometry.input_size), geometry, 1, has_nan)
    output, switches = _winners(*across, geometry, 0, has_nan)
    if geometry.kernel_size == (1, 1):  # nothing was compared: these still are views
        output, switches = output.copy(), np.broadcast_to(switches, output.shape)
    return np.ascontiguousarray(output), switches.astype(np.int64, order="C")


@lru_cache(maxsize=128)  # the same for every tensor of a size
def _reads(geometry: Geometry, axis: int) -> tuple[_Reads, ...]:
    windows = geometry.window_rows if axis == 0 else geometry.window_columns
    inside = (windows >= 0) & (windows < geometry.input_size[axis])
    first = windows[np.arange(len(windows)), inside.argmax(axis=1)]
    reads = []
    for cells, real in zip(windows.T, inside.T, strict=True):
        step = geometry.stride[axis]
        strip = slice(int(cells[0]), int(cells[-1]) + 1, step) if real.all() else np.where(real, cells, first)
        reads.append(_Reads(strip, real.reshape(-1, *[1] * (1 - axis))))
    return tuple(reads)


def _winners(values: Array, places: Array, geometry: Geometry, axis: int, has_nan: bool) -> tuple[Array, Array]:
    """Return the largest value under each kernel along one axis (0 rows, 1 columns), and its entry of places."""
    lead = (slice(None),) * (axis + 2)
    first, *others = _reads(geometry, axis)
    best, won = values[(*lead, first.cells)], places[(*lead, first.cells)]
    for cells, inside in others:
        candidate = values[(*lead, cells)]
        better = candidate > best
        if has_nan:
            better |= np.isnan(candidate) & inside
        won = np.where(better, places[(*lead, cells)], won)
        best = np.maximum(best, candidate)
    return best, won


@dataclass(frozen=True, slots=True, eq=False)
class MaxPool2dStep(PoolStep):
    """One output cell: the window it reads, and which cell of it wins."""

    winner: tuple[int, int]  # kernel row and column of the maximum
    switch: int  # flat H * W index of the maximum

    @property
    def value(self) -> int | float:
        """The output cell."""
        value: int | float = self.window[self.winner].item()
        return value

    @property
    def ties(self) -> int:
        """How many cells of the window hold the maximum."""
        return int(np.sum((self.window == self.window[self.winner]) & self.inside))

    @property
    def slopes(self) -> Array:
        """1 at the winner, 0 elsewhere; where cells tie there is no derivative, and the winner still takes all."""
        slopes = np.zeros(self.window.shape, np.int64)
        slopes[self.winner] = 1
        return slopes


class MaxPool2dTrace(PoolTrace[MaxPool2dStep]):
    """The steps of max_pool2d, in C order over (n, channel, row, column)."""

    def __init__(self, inputs: PoolInputs) -> None:
        super().__init__(inputs, inputs.x.dtype, inputs.x.dtype)
        self.outside = _lowest(inputs.x.dtype)

    def made(self, seen: PoolWindow) -> MaxPool2dStep:
        flat, inside = seen.cells.ravel(), np.flatnonzero(seen.inside)
        cells = flat[inside]
        nan = np.flatnonzero(np.isnan(cells)) if cells.dtype.kind == "f" else inside[:0]
        best = inside[nan[-1] if len(nan) else cells.argmax()]
        u, v = (int(k) for k in np.unravel_index(best, seen.cells.shape))
        switch = seen.rows[u] * self.inputs.geometry.input_size[1] + seen.columns[v]
        return MaxPool2dStep(seen, winner=(u, v), switch=switch)


def _lowest(dtype: DType) -> float | int | bool:
    """Return the number that loses against every other: what a trace shows at padding."""
    if dtype.kind == "f":
        return -np.inf
    return False if dtype.kind == "b" else int(np.iinfo(dtype).min)

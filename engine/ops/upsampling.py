"""Upsampling without weights to learn: the nearest cell, or a blend of four, as torch's interpolate."""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import LARGEST, Size, pair
from engine.ops.arrays import Array, DType, computing_dtype, image_batch, image_shape, real_array
from engine.ops.lazy import LazyTrace

Factor = float | tuple[float, float]


class Axis(NamedTuple):
    """Where the output cells of one axis read: two neighbours and the weight of each."""

    cells: NDArray[np.int64]  # (out, 2)
    weights: NDArray[np.float64]  # (out, 2), each row adds up to 1

    @classmethod
    def nearest(cls, size: int, out: int, factor: float | None) -> Self:
        """Return the cell that covers the beginning of each output cell."""
        places = np.arange(out)
        if factor is None or out in (size, 2 * size):  # torch takes these two sizes as exactly once and twice
            cells = places * size // out
        elif factor == int(factor):
            cells = places // int(factor)
        else:
            cells = np.floor(places / factor).astype(np.int64)
        cells = cells.clip(max=size - 1)
        return cls(np.stack([cells, cells], axis=1), np.tile([1.0, 0.0], (out, 1)))

    @classmethod
    def linear(cls, size: int, out: int, factor: float | None, align_corners: bool) -> Self:
        """Return the two cells between which the centre (or corner) of each output cell lies."""
        places = np.arange(out, dtype=np.float64)
        if out == size:  # whatever the factor (as torch)
            at = places
        elif align_corners:
            at = places * (size - 1) / max(1, out - 1)
        else:
            at = ((places + 0.5) * size / out if factor is None else (places + 0.5) / factor) - 0.5
            at = at.clip(min=0)
        first = np.floor(at).astype(np.int64).clip(max=size - 1)
        far = (at - first).clip(0, 1)
        return cls(np.stack([first, (first + 1).clip(max=size - 1)], axis=1), np.stack([1 - far, far], axis=1))

    def blended(self, x: Array, axis: int) -> Array:
        """Return x with this axis (of any length) upsampled."""
        shape = [1] * x.ndim
        shape[axis] = -1
        near, far = (self.weights[:, k].astype(x.dtype).reshape(shape) for k in (0, 1))
        with np.errstate(invalid="ignore"):  # infinity times a weight of 0 is no number, in torch as well
            return np.asarray(x.take(self.cells[:, 0], axis) * near + x.take(self.cells[:, 1], axis) * far)

    def matrix(self, size: int, dtype: DType) -> Array:
        """Return the weights as a matrix R (out, size): upsampled = R x."""
        rows = np.zeros((len(self.cells), size), dtype)
        for k in (0, 1):
            np.add.at(rows, (np.arange(len(rows)), self.cells[:, k]), self.weights[:, k].astype(dtype))
        return rows


class UpsampleInputs(NamedTuple):
    """Checked arguments of an upsampling."""

    x: Array  # (N, C, H, W)
    rows: Axis
    columns: Axis
    batched: bool

    @classmethod
    def nearest(cls, x: object, scale_factor: object, size: object) -> Self:
        """Return the arguments of upsample_nearest2d, checked. Raises ShapeError or RangeError."""
        images, batched = image_batch(x)
        factors, out = _sizes(images.shape[-2:], scale_factor, size)
        rows, columns = (Axis.nearest(images.shape[2 + i], out[i], factors and factors[i]) for i in (0, 1))
        return cls(images, rows, columns, batched)

    @classmethod
    def bilinear(cls, x: object, scale_factor: object, size: object, align_corners: bool) -> Self:
        """Return the arguments of upsample_bilinear2d, checked. Raises ShapeError or RangeError."""
        images, batched = image_batch(x)
        factors, out = _sizes(images.shape[-2:], scale_factor, size)
        rows, columns = (
            Axis.linear(images.shape[2 + i], out[i], factors and factors[i], align_corners) for i in (0, 1)
        )
        return cls(images, rows, columns, batched)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """(N, C, H_out, W_out), without N if x had none."""
        shape = (*self.x.shape[:2], len(self.rows.cells), len(self.columns.cells))
        return shape if self.batched else shape[1:]


def upsample_nearest2d(x: object, scale_factor: Factor | None = None, *, size: Size | int | None = None) -> Array:
    """Return x enlarged, every output cell a copy of the cell it lies on.

    y[n, c, i, j] = x[n, c, floor(i / scale_factor), floor(j / scale_factor)]
    where an axis stays as long as it was or doubles exactly, by 1 or 2 whatever the factor (as torch)

    x              (N, C, H, W) or (C, H, W)
    scale_factor   one number or (rows, columns); or else
    size           (H_out, W_out): i / scale_factor is then i * H / H_out
    returns        (N, C, floor(H * scale_factor), floor(W * scale_factor)), dtype of x
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    Source: torch.nn.functional.interpolate(mode="nearest").
    """
    inputs = UpsampleInputs.nearest(x, scale_factor, size)
    copied = inputs.x[:, :, inputs.rows.cells[:, :1], inputs.columns.cells[:, 0]]
    return np.ascontiguousarray(copied).reshape(inputs.output_shape)


def upsample_bilinear2d(
    x: object, scale_factor: Factor | None = None, *, size: Size | int | None = None, align_corners: bool = False
) -> Array:
    """Return x enlarged, every output cell blended of the four cells around its place.

    y[n, c, i, j] = sum over a, b in {0, 1} of rows.weights[i, a] * columns.weights[j, b]
                    * x[n, c, rows.cells[i, a], columns.cells[j, b]]

    x               (N, C, H, W) or (C, H, W)
    scale_factor    one number or (rows, columns); or else size (H_out, W_out)
    align_corners   False: the place of row i is (i + 0.5) / scale_factor - 0.5, at least 0;
                    True: i * (H - 1) / (H_out - 1), so that corners keep their values.
                    An axis that stays as long as it was is copied, whatever the factor (as torch)
    returns         (N, C, floor(H * scale_factor), floor(W * scale_factor)); float64 for integers
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    Source: torch.nn.functional.interpolate(mode="bilinear").
    """
    inputs = UpsampleInputs.bilinear(x, scale_factor, size, align_corners)
    images = inputs.x if inputs.x.dtype.kind == "f" else inputs.x.astype(np.float64)
    return inputs.columns.blended(inputs.rows.blended(images, 2), 3).reshape(inputs.output_shape)


def upsample_nearest2d_backward(
    grad_output: object,
    input_shape: tuple[int, ...],
    scale_factor: Factor | None = None,
    *,
    size: Size | int | None = None,
) -> Array:
    """Return the gradient of upsample_nearest2d: each cell of x adds up what its copies received.

    grad_output   shape of upsample_nearest2d's result
    input_shape   shape of x
    returns       input_shape, dtype of grad_output (int64 for integers)
    Raises ShapeError if grad_output has another shape; otherwise as upsample_nearest2d.
    """
    grad = real_array(grad_output, "grad_output")
    inputs = UpsampleInputs.nearest(np.broadcast_to(grad.dtype.type(0), image_shape(input_shape)), scale_factor, size)
    return _spread_back(grad, inputs)


def upsample_bilinear2d_backward(
    grad_output: object,
    input_shape: tuple[int, ...],
    scale_factor: Factor | None = None,
    *,
    size: Size | int | None = None,
    align_corners: bool = False,
) -> Array:
    """Return the gradient of upsample_bilinear2d: each cell of x adds up what it was blended into.

    x[n, c] = R^T grad_output[n, c] C, where R and C hold the weights of rows and columns

    grad_output   shape of upsample_bilinear2d's result
    input_shape   shape of x
    returns       input_shape; float64 for integers
    Raises ShapeError if grad_output has another shape; otherwise as upsample_bilinear2d.
    """
    grad = real_array(grad_output, "grad_output")
    grad = grad if grad.dtype.kind == "f" else grad.astype(np.float64)
    zeros = np.broadcast_to(grad.dtype.type(0), image_shape(input_shape))
    return _spread_back(grad, UpsampleInputs.bilinear(zeros, scale_factor, size, align_corners))


@dataclass(frozen=True, slots=True, eq=False)
class UpsampleStep:
    """One output cell: the cells of x around its place, and the weight of each.

    value = sum of window * weight. Cells at the border may coincide; the nearest cell alone is 1 x 1.
    """

    index: tuple[int, int, int, int]  # n, channel, row, column of the output cell
    rows: tuple[int, ...]  # of x
    columns: tuple[int, ...]
    window: Array  # (rows, columns)
    weight: Array  # the same shape; adds up to 1

    @property
    def products(self) -> Array:
        """window * weight, cell by cell."""
        return self.window * self.weight

    @property
    def value(self) -> int | float:
        """The output cell."""
        value: int | float = self.products.sum(axis=0).sum().item()
        return value


class UpsampleTrace(LazyTrace[UpsampleStep]):
    """The steps of an upsampling, in C order over (n, channel, row, column) of its output.

    neighbours   cells read along each axis: 1 for nearest, 2 for bilinear
    """

    def __init__(self, inputs: UpsampleInputs, neighbours: int) -> None:
        shape = inputs.output_shape
        dtype = inputs.x.dtype if neighbours == 1 or inputs.x.dtype.kind == "f" else np.dtype(np.float64)
        super().__init__(shape, shape if inputs.batched else (1, *shape), dtype)
        self.inputs, self.neighbours = inputs, neighbours

    def step_at(self, index: tuple[int, ...]) -> UpsampleStep:
        """Return the step of output cell (n, channel, row, column)."""
        n, c, i, j = self.checked_index(index)
        inputs, count = self.inputs, self.neighbours
        rows, columns = inputs.rows.cells[i, :count].tolist(), inputs.columns.cells[j, :count].tolist()
        window = inputs.x[n, c][np.ix_(rows, columns)].astype(self.dtype)
        weight = np.outer(inputs.rows.weights[i, :count], inputs.columns.weights[j, :count]).astype(self.dtype)
        for array in (window, weight):
            array.flags.writeable = False
        return UpsampleStep((n, c, i, j), tuple(rows), tuple(columns), window, weight)


def _sizes(input_size: tuple[int, ...], scale_factor: object, size: object) -> tuple[tuple[float, float] | None, Size]:
    """Return the factors, if they were given, and the size of the output."""
    if (scale_factor is None) == (size is None):
        raise RangeError("an upsampling needs scale_factor or size, not both")
    if size is not None:
        return None, pair(size, "size", minimum=1)
    factors = scale_factor if isinstance(scale_factor, tuple | list) else (scale_factor, scale_factor)
    if len(factors) != 2:
        raise ShapeError("scale_factor must be one number or two, got {got}", got=len(factors))
    rows, columns = (_factor(factor) for factor in factors)
    out = math.floor(input_size[0] * rows), math.floor(input_size[1] * columns)
    if min(out) < 1 or max(out) > LARGEST:
        raise RangeError(
            "scale_factor {got} leaves no cell or too many of {size}", got=(rows, columns), size=input_size
        )
    return (rows, columns), out


def _factor(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise RangeError("scale_factor must be a number above 0, got {got}", got=repr(value)[:40])
    if not 0 < value <= LARGEST:
        raise RangeError("scale_factor must be a number above 0, got {got}", got=repr(value)[:40])
    return float(value)


def _spread_back(grad: Array, inputs: UpsampleInputs) -> Array:
    """Return what each cell of x receives: the transposed weights times grad."""
    if grad.shape != inputs.output_shape:
        raise ShapeError(
            "grad_output must have the output's shape {wanted}, got {got}", wanted=inputs.output_shape, got=grad.shape
        )
    dtype, (height, width) = computing_dtype(grad), inputs.x.shape[2:]
    planes = np.asarray(grad).astype(dtype, copy=False).reshape(-1, *grad.shape[-2:])
    spread = inputs.rows.matrix(height, dtype).T @ planes @ inputs.columns.matrix(width, dtype)
    return np.asarray(spread).reshape(inputs.x.shape if inputs.batched else inputs.x.shape[1:])

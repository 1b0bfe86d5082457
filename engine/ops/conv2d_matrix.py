"""A convolution as one sparse matrix C: y = C x forwards, dx = C^T dy backwards.

Shows what conv2d is, for inputs small enough to look at; conv2d itself never builds it.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import IntOrPair, Padding, pair, whole
from engine.ops.arrays import Array, computing_dtype, real_array
from engine.ops.conv2d import Conv2dInputs
from engine.ops.lazy import LazyTrace

MOST_ENTRIES = 1_000_000  # entries, padding counted, and columns: some 40 MB
MOST_DENSE = 16_000_000  # cells of the matrix written out: 128 MB


@dataclass(frozen=True, slots=True, eq=False)
class SparseMatrix:
    """A matrix of which only some cells are stored, row by row and in each row from left to right.

    Made by conv2d_matrix; a stored cell may be 0 where its weight is. Arrays are read-only.
    """

    __array_ufunc__: ClassVar[None] = None  # array @ matrix is refused instead of tried cell by cell

    shape: tuple[int, int]
    rows: NDArray[np.int64]  # (entries,)
    columns: NDArray[np.int64]
    values: Array
    weights: NDArray[np.int64]  # flat index into the weight that each entry is

    def __post_init__(self) -> None:
        for array in (self.rows, self.columns, self.values, self.weights):
            array.flags.writeable = False

    @property
    def entries(self) -> int:
        """How many cells are stored."""
        return len(self.values)

    @property
    def T(self) -> "SparseMatrix":  # noqa: N802 - the name that NumPy gave it
        """The transposed matrix, its entries again row by row."""
        order = np.argsort(self.columns, kind="stable")
        parts = (part[order] for part in (self.columns, self.rows, self.values, self.weights))
        return SparseMatrix(self.shape[::-1], *parts)

    def row(self, index: int) -> slice:
        """Return which entries stand in a row."""
        first, stop = np.searchsorted(self.rows, (index, index + 1))
        return slice(int(first), int(stop))

    def dense(self) -> Array:
        """Return the whole matrix. Raises RangeError beyond 16 million cells."""
        if math.prod(self.shape) > MOST_DENSE:
            raise RangeError(
                "a matrix written out may have {most} cells, this has {rows} x {columns}",
                most=MOST_DENSE,
                rows=self.shape[0],
                columns=self.shape[1],
            )
        whole_matrix = np.zeros(self.shape, self.values.dtype)
        whole_matrix[self.rows, self.columns] = self.values
        return whole_matrix

    def __matmul__(self, other: object) -> Array:
        """Return the product with a vector (columns,) or a matrix (columns, K); integers are exact."""
        array = self.factor(other)
        values = self.values.reshape(-1, *(1 for _ in array.shape[1:]))
        product = np.zeros((self.shape[0], *array.shape[1:]), computing_dtype(self.values, array))
        np.add.at(product, self.rows, values * array[self.columns])
        return product

    def factor(self, other: object) -> NDArray[Any]:
        """Return what stands to the right of this matrix, checked. Raises ShapeError."""
        array = np.asarray(real_array(other, "x"))
        if array.ndim not in (1, 2) or len(array) != self.shape[1]:
            raise ShapeError(
                "a matrix of {columns} columns multiplies ({columns},) or ({columns}, K), got shape {got}",
                columns=self.shape[1],
                got=array.shape,
            )
        return array


def conv2d_matrix(
    weight: object,
    input_size: IntOrPair,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> SparseMatrix:
    """Return the matrix C with conv2d(x, weight).ravel() = C @ x.ravel().

    C[(f * H_out + i) * W_out + j, (c * H + r) * W + s] = weight[f, c, u, v]
        where r = i * stride + u * dilation - padding, and so for the column s; 0 where no u, v gives r, s

    weight       (C_out, C_in / groups, K_h, K_w)
    input_size   (H, W); x is (C_in, H, W)
    returns      shape (C_out * H_out * W_out, C_in * H * W); a row's entries in the order of its filter
    C.T @ grad_output.ravel() is conv2d_backward's gradient of the input; what lies on padding has no column.
    Raises RangeError beyond a million entries or input cells, otherwise as conv2d.
    Source: Dumoulin & Visin 2016 (arXiv:1603.07285), sec. 4.1.
    """
    inputs = _inputs(weight, input_size, stride, padding, dilation, groups)
    geometry, filters = inputs.geometry, np.asarray(inputs.weight)
    (height, width), (_, channels, *kernel) = geometry.input_size, filters.shape
    grid = (len(filters), *geometry.output_size, channels, *kernel)  # f, i, j, c, u, v
    if math.prod(grid) > MOST_ENTRIES:
        raise RangeError(
            "the matrix of a convolution may have {most} entries, this has {got}",
            most=MOST_ENTRIES,
            got=math.prod(grid),
        )
    f, i, j, c, u, v = np.ogrid[tuple(slice(size) for size in grid)]
    r, s = geometry.window_rows[i, u], geometry.window_columns[j, v]
    channel = f // (len(filters) // inputs.groups) * channels + c
    inside = np.broadcast_to((r >= 0) & (r < height) & (s >= 0) & (s < width), grid)
    row = np.ravel_multi_index((f, i, j), grid[:3])
    source = np.ravel_multi_index((f, c, u, v), filters.shape)
    rows, columns, weights = (
        np.broadcast_to(index, grid)[inside].astype(np.int64)
        for index in (row, (channel * height + r) * width + s, source)
    )
    values = filters.astype(inputs.dtype).ravel()[weights]
    return SparseMatrix((math.prod(grid[:3]), len(inputs.x[0]) * height * width), rows, columns, values, weights)


@dataclass(frozen=True, slots=True, eq=False)
class MatrixRowStep:
    """One cell of a product: the entries of a row and the numbers they meet.

    value = sum of the products; 0 for a row without entries
    """

    index: tuple[int]  # the row
    columns: NDArray[np.int64]  # of the entries; also the places of x
    weights: NDArray[np.int64]  # flat index into the weight that each entry is
    entries: Array
    x: Array  # the number that each entry meets

    @property
    def products(self) -> Array:
        """entries * x, one by one."""
        return self.entries * self.x

    @property
    def partial_sums(self) -> Array:
        """Running sum after each product."""
        return np.cumsum(self.products)

    @property
    def value(self) -> int | float:
        """The cell of the product."""
        value: int | float = self.products.sum().item()
        return value


class MatrixProductTrace(LazyTrace[MatrixRowStep]):
    """The steps of matrix @ x for one vector x, one row of the matrix at a time."""

    def __init__(self, matrix: SparseMatrix, x: object) -> None:
        vector = matrix.factor(x)
        if vector.ndim != 1:
            raise ShapeError("a traced product takes one vector, got shape {got}", got=vector.shape)
        dtype = computing_dtype(matrix.values, vector)
        super().__init__((matrix.shape[0],), (matrix.shape[0],), dtype)
        self.matrix, self.vector = matrix, vector

    def step_at(self, index: tuple[int, ...]) -> MatrixRowStep:
        """Return the step of one row."""
        (row,) = self.checked_index(index)
        here = self.matrix.row(row)
        columns = self.matrix.columns[here]
        entries = self.matrix.values[here].astype(self.dtype, copy=False)
        return MatrixRowStep(
            (row,), columns, self.matrix.weights[here], entries, self.vector[columns].astype(self.dtype)
        )


def _inputs(
    weight: object, input_size: object, stride: object, padding: object, dilation: object, groups: object
) -> Conv2dInputs:
    """Return the arguments of a conv2d with these filters; its x is a picture of nothing that takes no memory."""
    filters = np.asarray(real_array(weight, "weight"))
    if filters.ndim != 4:
        raise ShapeError("weight must be (C_out, C_in / groups, K_h, K_w), got shape {shape}", shape=filters.shape)
    size, parts = pair(input_size, "input_size", minimum=1), whole(groups, "groups", minimum=1)
    shape = (filters.shape[1] * parts, *size)
    if math.prod(shape) > MOST_ENTRIES:
        raise RangeError(
            "the matrix of a convolution may have {most} columns, this has {got}",
            most=MOST_ENTRIES,
            got=math.prod(shape),
        )
    nothing = np.broadcast_to(np.zeros((), filters.dtype), shape)
    return Conv2dInputs.of(nothing, filters, stride=stride, padding=padding, dilation=dilation, groups=parts)

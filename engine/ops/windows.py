"""Windows as matrix columns (im2col) and back (col2im), a tile of output rows at a time.

A whole layer's columns are K_h * K_w times its input and would stream through memory; a tile
stays in the processor's cache between being written and being multiplied.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.geometry import Geometry, Size
from engine.ops.arrays import Array, DType
from engine.ops.room import Room

# Large enough that filters are not repacked for few columns, small enough for the last cache level:
# best of 0.25 to 8 MB over the layers of AlexNet and VGG-16; AlexNet's conv2 (4.7 MB) stays in one piece.
TILE_BYTES = 5 << 20


class Tile(NamedTuple):
    """Some output rows of some images, all columns."""

    images: slice
    rows: slice
    cells: slice  # the same rows in the flattened output plane
    columns: Array  # (images, C * K_h * K_w, rows * W_out); overwritten by the next tile


def column_tiles(x: Array, geometry: Geometry, dtype: DType) -> Iterator[Tile]:
    """Yield the windows of x (N, C, H, W) as columns of dtype, channels outermost, zeros at padding."""
    if x.dtype == dtype and _is_pointwise(geometry):
        everything = slice(0, math.prod(geometry.output_size))
        yield Tile(slice(0, len(x)), slice(0, x.shape[2]), everything, x.reshape(*x.shape[:2], -1))
        return
    width = geometry.output_size[1]
    band = _Band(x, geometry, dtype) if geometry.is_padded else None
    size = x.shape[1] * math.prod(geometry.kernel_size)
    with Room(dtype) as room:
        for images, rows in tiles(x.shape[0], size * dtype.itemsize, geometry.output_size):
            count, height = images.stop - images.start, rows.stop - rows.start
            padded = band.read(images, rows) if band else x[images, :, rows.start * geometry.stride[0] :]
            windows = window_view(padded, geometry, height)
            columns = room.shaped(*windows.shape)
            np.copyto(columns, windows)
            cells = slice(rows.start * width, rows.stop * width)
            yield Tile(images, rows, cells, columns.reshape(count, size, height * width))


def add_columns(columns: Array, padded: Array, geometry: Geometry, rows: slice) -> None:
    """Add each window's column back onto the cells it was cut from, in place (col2im).

    columns   (N, C * K_h * K_w, rows * W_out)
    padded    (N, C, H_padded, W_padded), a C-contiguous array
    """
    first = rows.start * geometry.stride[0]
    windows = window_view(padded[:, :, first:], geometry, rows.stop - rows.start)
    columns = columns.reshape(windows.shape)
    for i, j in np.ndindex(geometry.kernel_size):  # windows overlap, the cells under one weight do not
        windows[:, :, i, j] += columns[:, :, i, j]


def window_view(padded: Array, geometry: Geometry, rows: int) -> Array:
    """Return the windows of the first `rows` output rows as a view, (N, C, K_h, K_w, rows, W_out)."""
    n, c, h, w = padded.strides
    (dilation_h, dilation_w), (stride_h, stride_w) = geometry.dilation, geometry.stride
    shape = (*padded.shape[:2], *geometry.kernel_size, rows, geometry.output_size[1])
    strides = (n, c, h * dilation_h, w * dilation_w, h * stride_h, w * stride_w)
    if padded.flags.c_contiguous:  # nearly always, and as_strided takes as long as a small layer
        return np.ndarray(shape, padded.dtype, padded, strides=strides)
    return as_strided(padded, shape, strides)


def _is_pointwise(geometry: Geometry) -> bool:
    """Whether the input already is its own matrix of columns."""
    single = geometry.kernel_size == geometry.stride == (1, 1) and not geometry.is_padded
    return single and geometry.input_size == geometry.output_size  # an output_padding is no window's


class _Band:
    """Only the padded input rows under one tile: padding the whole input would leave the cache."""

    def __init__(self, x: Array, geometry: Geometry, dtype: DType) -> None:
        self.x, self.geometry, self.dtype = x, geometry, dtype
        self.buffer = np.zeros((0, 0, 0, 0), dtype)

    def read(self, images: slice, rows: slice) -> Array:
        geometry, height = self.geometry, self.x.shape[2]
        first = rows.start * geometry.stride[0] - geometry.padding[0][0]
        stop = (rows.stop - 1) * geometry.stride[0] - geometry.padding[0][0] + geometry.span[0]
        shape = (images.stop - images.start, self.x.shape[1], stop - first, geometry.padded_size[1])
        if shape != self.buffer.shape:
            self.buffer = np.zeros(shape, self.dtype)  # left and right margins are never written
        above, below = min(max(-first, 0), stop - first), max(min(height, stop) - first, 0)
        left = geometry.padding[1][0]
        self.buffer[:, :, :above] = 0
        self.buffer[:, :, below:] = 0
        inside = slice(max(first, 0), max(min(height, stop), 0))
        self.buffer[:, :, above:below, left : left + self.x.shape[3]] = self.x[images, :, inside]
        return self.buffer


def tiles(images: int, cell_bytes: int, output_size: Size) -> Iterator[tuple[slice, slice]]:
    """Yield (images, rows): whole images while several fit into TILE_BYTES, otherwise rows of one image, evenly."""
    height, width = output_size
    most_rows = max(1, TILE_BYTES // (cell_bytes * width))
    if most_rows >= height:
        batch = most_rows // height
        for n in range(0, images, batch):
            yield slice(n, min(n + batch, images)), slice(0, height)
        return
    rows = math.ceil(height / math.ceil(height / most_rows))
    for n in range(images):
        for row in range(0, height, rows):
            yield slice(n, n + 1), slice(row, min(row + rows, height))

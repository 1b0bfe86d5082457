"""Windows as the columns of a matrix (im2col), and columns added back where they came from (col2im).

Each is the other's gradient: unfold only copies, so its gradient adds up what was copied, and fold
only adds, so its gradient copies.
"""

import math

import numpy as np

from engine.errors import ShapeError
from engine.geometry import Geometry, IntOrPair, Padding, pair
from engine.ops.arrays import Array, computing_dtype, image_batch, real_array
from engine.ops.windows import add_columns, window_view


def unfold(
    x: object,
    kernel_size: IntOrPair,
    *,
    dilation: IntOrPair = 1,
    padding: Padding = 0,
    stride: IntOrPair = 1,
) -> Array:
    """Return the window of each output cell as a column.

    columns[n, (c * K_h + u) * K_w + v, i * W_out + j] =
        padded[n, c, i * stride + u * dilation, j * stride + v * dilation]

    x         (N, C, H, W) or (C, H, W)
    padding   as conv2d's; torch's numbers are among them
    returns   (N, C * K_h * K_w, H_out * W_out) or (C * K_h * K_w, H_out * W_out), a copy in the dtype of x
    With the filters as rows, conv2d is one product of matrices: weight.reshape(C_out, -1) @ columns.
    unfold_backward(grad_output, (H, W), kernel_size, ...) is fold.
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    """
    batch, batched = image_batch(x)
    geometry = Geometry.of(batch.shape[-2:], kernel_size, stride=stride, padding=padding, dilation=dilation)
    padded = np.pad(batch, ((0, 0), (0, 0), *geometry.padding))
    windows = window_view(padded, geometry, geometry.output_size[0])
    rows = batch.shape[1] * math.prod(geometry.kernel_size)
    return windows.reshape(*batch.shape[: int(batched)], rows, math.prod(geometry.output_size)).copy()


def fold(
    columns: object,
    output_size: IntOrPair,
    kernel_size: IntOrPair,
    *,
    dilation: IntOrPair = 1,
    padding: Padding = 0,
    stride: IntOrPair = 1,
) -> Array:
    """Return the image that each column is added to where unfold would have read it.

    y[n, c, r, s] = sum of columns[n, (c * K_h + u) * K_w + v, i * W_out + j]
        over all u, v, i, j with i * stride + u * dilation - padding = r, and so for the column s

    columns       (N, C * K_h * K_w, L) or (C * K_h * K_w, L), L the number of windows
    output_size   (H, W) of the image
    returns       (N, C, H, W) or (C, H, W) in the dtype of columns, int64 (exact) for integers
    What stands on padding is dropped. fold does not undo unfold: a pixel that k windows read comes back k times.
    fold_backward(grad_output, kernel_size, ...) is unfold.
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    """
    stacked = np.asarray(real_array(columns, "columns"))
    size = pair(output_size, "output_size", minimum=1)
    geometry = Geometry.of(size, kernel_size, stride=stride, padding=padding, dilation=dilation)
    channels = _channels(stacked, geometry)
    batch = stacked.reshape(-1, *stacked.shape[-2:])
    padded = np.zeros((len(batch), channels, *geometry.padded_size), computing_dtype(stacked))
    add_columns(batch, padded, geometry, slice(0, geometry.output_size[0]))
    (top, _), (left, _) = geometry.padding
    image = padded[:, :, top : top + size[0], left : left + size[1]]
    return np.ascontiguousarray(image).reshape(*stacked.shape[:-2], channels, *size)


unfold_backward = fold  # (grad_output, (H, W) of x, kernel_size, ...)
fold_backward = unfold  # (grad_output, kernel_size, ...)


def _channels(columns: Array, geometry: Geometry) -> int:
    """Return how many channels the columns hold. Raises ShapeError if they do not belong to the geometry."""
    if columns.ndim not in (2, 3):
        raise ShapeError(
            "columns must be (N, C * K_h * K_w, L) or (C * K_h * K_w, L), got shape {shape}", shape=columns.shape
        )
    kernel, windows = math.prod(geometry.kernel_size), math.prod(geometry.output_size)
    if columns.shape[-2] % kernel:
        raise ShapeError(
            "a column holds {kernel} numbers for each channel; {got} is no multiple of it",
            kernel=kernel,
            got=columns.shape[-2],
        )
    if columns.shape[-1] != windows:
        raise ShapeError(
            "these options make {wanted} windows, columns has {got}", wanted=windows, got=columns.shape[-1]
        )
    return int(columns.shape[-2]) // kernel

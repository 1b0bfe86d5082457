"""Transposed convolution and its gradients, as torch.nn.functional.conv_transpose2d.

It is the gradient of a convolution with respect to its input, used forwards: every cell of x stamps
a filter onto the output. It inverts shapes, not values; hence no "deconvolution" here.
"""

from typing import NamedTuple, Self

import numpy as np

from engine.errors import ShapeError
from engine.geometry import Geometry, IntOrPair, Padding, pair, transposed_geometry, whole
from engine.ops.arrays import Array, DType, computing_dtype, image_batch, real_array
from engine.ops.conv2d import checked_bias, checked_gradient
from engine.ops.windows import add_columns, column_tiles, tiles


class ConvTranspose2dInputs(NamedTuple):
    """Checked arguments of a transposed convolution; x has its batch axis, nothing is copied.

    geometry is that of the convolution it transposes: its output_size is the size of x.
    """

    x: Array  # (N, C_in, H, W)
    weight: Array  # (C_in, C_out / groups, K_h, K_w)
    bias: Array | None  # (C_out,)
    groups: int
    geometry: Geometry
    dtype: DType  # in which products and sums are computed
    batched: bool

    @classmethod
    def of(
        cls,
        x: object,
        weight: object,
        bias: object = None,
        *,
        stride: object = 1,
        padding: object = 0,
        output_padding: object = 0,
        dilation: object = 1,
        groups: object = 1,
    ) -> Self:
        """Return the arguments of conv_transpose2d, checked. Raises ShapeError or RangeError."""
        (images, batched), filters = image_batch(x), real_array(weight, "weight")
        parts = whole(groups, "groups", minimum=1)
        _check_channels(images, filters, parts)
        biases = None if bias is None else checked_bias(bias, filters.shape[1] * parts)
        geometry = transposed_geometry(
            images.shape[-2:],
            filters.shape[2:],
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            dilation=dilation,
        )
        dtype = computing_dtype(images, filters, *([] if biases is None else [biases]))
        return cls(images, filters, biases, parts, geometry, dtype, batched)

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        """(N, C_out, H_out, W_out)"""
        return (self.x.shape[0], self.weight.shape[1] * self.groups, *self.geometry.input_size)

    @property
    def input_rows(self) -> Array:
        """x with its planes flattened, (N, groups, C_in / groups, H * W)."""
        cells = np.asarray(self.x).astype(self.dtype, copy=False)
        return cells.reshape(cells.shape[0], self.groups, cells.shape[1] // self.groups, -1)

    def filter_matrices(self) -> Array:
        """Return what one cell of x stamps, as rows: (groups, C_in / groups, C_out / groups * K_h * K_w)."""
        filters = np.asarray(self.weight).astype(self.dtype, copy=False)
        return filters.reshape(self.groups, self.weight.shape[0] // self.groups, -1)

    def uncropped(self) -> Array:
        """Return zeros in the shape of the output before its padding is cropped."""
        return np.zeros((*self.output_shape[:2], *self.geometry.padded_size), self.dtype)

    def cropped(self, plane: Array) -> Array:
        """Return what is left of `plane` (N, C, H_padded, W_padded) inside the padding, a view."""
        (top, _), (left, _) = self.geometry.padding
        height, width = self.geometry.input_size
        return plane[:, :, top : top + height, left : left + width]

    def unbatched(self, array: Array) -> Array:
        """Return array without its batch axis if the caller's x had none."""
        return array if self.batched else array[0]


def conv_transpose2d(
    x: object,
    weight: object,
    bias: object = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    output_padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """Return what the cells of x, each stamping its filter, add up to, plus the bias.

    y[n, f, i * stride + u * dilation - padding, j * stride + v * dilation - padding] +=
        x[n, c, i, j] * weight[c, f, u, v]    for all c, i, j, u, v; y begins as bias[f]

    x                (N, C_in, H, W) or (C_in, H, W)
    weight           (C_in, C_out / groups, K_h, K_w)
    bias             (C_out,) or None
    padding          crops: one number, (rows, columns) or ((top, bottom), (left, right))
    output_padding   more rows at the bottom and columns at the right; below stride or dilation
    returns          (N, C_out, H_out, W_out) or (C_out, H_out, W_out); dtype as conv2d,
                     H_out = (H - 1) * stride - top - bottom + dilation * (K_h - 1) + 1 + output_padding
    Equals conv2d_backward(x, ...).input of the convolution with these options.
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    Source: Dumoulin & Visin 2016 (arXiv:1603.07285), chapter 4.
    """
    inputs = ConvTranspose2dInputs.of(
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
    )
    geometry, cells, stamped = inputs.geometry, inputs.input_rows, inputs.uncropped()
    stamps = inputs.filter_matrices().swapaxes(1, 2)
    width, bytes_of_cell = geometry.output_size[1], stamps.shape[0] * stamps.shape[1] * inputs.dtype.itemsize
    for images, rows in tiles(len(cells), bytes_of_cell, geometry.output_size):
        block = cells[images, :, :, rows.start * width : rows.stop * width]
        columns = np.matmul(stamps, block).reshape(len(block), -1, block.shape[3])
        add_columns(columns, stamped[images], geometry, rows)
    output = inputs.cropped(stamped)
    if inputs.bias is not None:
        return inputs.unbatched(output + np.asarray(inputs.bias, inputs.dtype)[:, None, None])
    return inputs.unbatched(np.ascontiguousarray(output))


class ConvTranspose2dGradients(NamedTuple):
    """Gradients of a loss with respect to what conv_transpose2d was given."""

    input: Array  # shape of x
    weight: Array  # shape of weight
    bias: Array  # (C_out,)


def conv_transpose2d_backward(
    grad_output: object,
    x: object,
    weight: object,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    output_padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> ConvTranspose2dGradients:
    """Return the gradients of conv_transpose2d with respect to input, weight and bias.

    window[n, f, u, v, i, j] = grad_output where x[n, c, i, j] was stamped, 0 where that was cropped
    input[n, c, i, j]        = sum over f, u, v of weight[c, f, u, v] * window[n, f, u, v, i, j]
    weight[c, f, u, v]       = sum over n, i, j of x[n, c, i, j] * window[n, f, u, v, i, j]
    bias[f]                  = sum over n, i, j of grad_output[n, f, i, j]

    grad_output   shape of conv_transpose2d's result; the other arguments as they went into it
    The gradient of x is an ordinary convolution of grad_output.
    Raises ShapeError if grad_output has another shape; otherwise as conv_transpose2d.
    """
    inputs = ConvTranspose2dInputs.of(
        x, weight, stride=stride, padding=padding, output_padding=output_padding, dilation=dilation, groups=groups
    )
    grad = checked_gradient(grad_output, inputs.output_shape, batched=inputs.batched)
    inputs = inputs._replace(dtype=computing_dtype(grad, inputs.x, inputs.weight))
    cells, filters = inputs.input_rows, inputs.filter_matrices()
    grad_cells, grad_filters = np.empty_like(cells), np.zeros_like(filters)
    for tile in column_tiles(grad, inputs.geometry, inputs.dtype):
        windows = tile.columns.reshape(len(tile.columns), inputs.groups, -1, tile.columns.shape[2])
        grad_cells[tile.images, :, :, tile.cells] = np.matmul(filters, windows)
        for product in np.matmul(cells[tile.images, :, :, tile.cells], windows.swapaxes(2, 3)):
            grad_filters += product
    return ConvTranspose2dGradients(
        inputs.unbatched(grad_cells.reshape(inputs.x.shape)),
        grad_filters.reshape(inputs.weight.shape),
        grad.astype(inputs.dtype, copy=False).sum(axis=(0, 2, 3)),
    )


def zero_insert(x: object, stride: IntOrPair) -> Array:
    """Return x with stride - 1 zeros between neighbouring cells: what the gather view slides over.

    returns   (..., (H - 1) * stride + 1, (W - 1) * stride + 1), dtype of x
    """
    cells = np.asarray(real_array(x, "x"))
    if cells.ndim < 2:
        raise ShapeError("x must have rows and columns, got shape {shape}", shape=cells.shape)
    rows, columns = pair(stride, "stride", minimum=1)
    size = (cells.shape[-2] - 1) * rows + 1, (cells.shape[-1] - 1) * columns + 1
    spread = np.zeros((*cells.shape[:-2], *size), cells.dtype)
    spread[..., ::rows, ::columns] = cells
    return spread


def _check_channels(x: Array, weight: Array, groups: int) -> None:
    if weight.ndim != 4:
        raise ShapeError("weight must be (C_in, C_out / groups, K_h, K_w), got shape {shape}", shape=weight.shape)
    wanted, got = weight.shape[0], x.shape[1]
    if wanted != got:
        raise ShapeError("weight expects {wanted} input channels, x has {got}", wanted=wanted, got=got)
    if wanted % groups:
        raise ShapeError(
            "{channels} input channels cannot be divided into {groups} groups", channels=wanted, groups=groups
        )

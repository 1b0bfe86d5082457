"""Two-dimensional convolution and its gradients, with the semantics of torch.nn.functional.conv2d.

What deep learning calls convolution is cross-correlation: the filter is not flipped.
"""

from typing import NamedTuple, Self

import numpy as np

from engine.errors import ShapeError
from engine.geometry import Geometry, IntOrPair, Padding, remembered, whole
from engine.ops.arrays import Array, DType, computing_dtype, image_batch, real_array
from engine.ops.room import Room
from engine.ops.windows import add_columns, column_tiles


class Conv2dInputs(NamedTuple):
    """Checked arguments of a convolution; x has its batch axis, nothing is copied."""

    x: Array  # (N, C_in, H, W)
    weight: Array  # (C_out, C_in / groups, K_h, K_w)
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
        dilation: object = 1,
        groups: object = 1,
    ) -> Self:
        """Return the arguments of conv2d, checked. Raises ShapeError or RangeError."""
        (images, batched), filters = image_batch(x), real_array(weight, "weight")
        parts = whole(groups, "groups", minimum=1)
        _check_channels(images, filters, parts)
        biases = None if bias is None else checked_bias(bias, filters.shape[0])
        geometry = _geometry((*images.shape[-2:], *filters.shape[2:]), stride, padding, dilation)
        dtype = computing_dtype(images, filters, *([] if biases is None else [biases]))
        return cls(images, filters, biases, parts, geometry, dtype, batched)

    @property
    def output_shape(self) -> tuple[int, int, int, int]:
        """(N, C_out, H_out, W_out)"""
        return (self.x.shape[0], self.weight.shape[0], *self.geometry.output_size)

    def channels_of(self, f: int) -> range:
        """Return the input channels that filter f reads: those of its group."""
        size = self.weight.shape[1]
        first = f // (self.weight.shape[0] // self.groups) * size
        return range(first, first + size)

    def filter_matrices(self) -> Array:
        """Return the filters as rows, (groups, C_out / groups, C_in / groups * K_h * K_w)."""
        filters = np.asarray(self.weight).astype(self.dtype, copy=False)
        return filters.reshape(self.groups, self.weight.shape[0] // self.groups, -1)

    def by_group(self, columns: Array) -> Array:
        """Return a tile's columns as (images, groups, C_in / groups * K_h * K_w, cells)."""
        return columns.reshape(columns.shape[0], self.groups, -1, columns.shape[2])

    def unbatched(self, array: Array) -> Array:
        """Return array without its batch axis if the caller's x had none."""
        return array if self.batched else array[0]


def conv2d(
    x: object,
    weight: object,
    bias: object = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """Return the cross-correlation of x with each filter, plus its bias.

    y[n, f, i, j] = bias[f] + sum over c, u, v of
        weight[f, c, u, v] * padded[n, c, i * stride + u * dilation, j * stride + v * dilation]

    x         (N, C_in, H, W) or (C_in, H, W)
    weight    (C_out, C_in / groups, K_h, K_w)
    bias      (C_out,) or None
    padding   one number, (rows, columns), ((top, bottom), (left, right)), "valid" or "same"
    returns   (N, C_out, H_out, W_out) or (C_out, H_out, W_out); common dtype of the inputs,
              int64 (exact) for integers and booleans
    Filter f reads the channels of its group only; torch.nn.functional.conv2d otherwise.
    Raises ShapeError if the shapes do not fit, RangeError on a value that is not allowed.
    Source: Dumoulin & Visin 2016 (arXiv:1603.07285).
    """
    inputs = Conv2dInputs.of(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
    filters, shape = inputs.filter_matrices(), inputs.output_shape
    output = np.empty((shape[0], *filters.shape[:2], shape[2] * shape[3]), inputs.dtype)
    bias_column = 0 if inputs.bias is None else np.asarray(inputs.bias).reshape(*filters.shape[:2], 1)
    for tile in column_tiles(np.asarray(inputs.x), inputs.geometry, inputs.dtype):
        block = output[tile.images, :, :, tile.cells]
        np.matmul(filters, inputs.by_group(tile.columns), out=block)
        if inputs.bias is not None:
            block += bias_column
    return inputs.unbatched(output.reshape(shape))


class Conv2dGradients(NamedTuple):
    """Gradients of a loss with respect to what conv2d was given."""

    input: Array  # shape of x
    weight: Array  # shape of weight
    bias: Array  # (C_out,)


def conv2d_backward(
    grad_output: object,
    x: object,
    weight: object,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Conv2dGradients:
    """Return the gradients of conv2d with respect to input, weight and bias.

    weight[f, c, u, v] = sum over n, i, j of grad_output[n, f, i, j] * window[n, c, u, v, i, j]
    input              = each grad_output[n, f, i, j] stamps weight[f] onto its window, overlaps add
    bias[f]            = sum over n, i, j of grad_output[n, f, i, j]

    grad_output   shape of conv2d's result; the other arguments as they went into conv2d
    Cells that only padding or the unused border covers get zero.
    Raises ShapeError if grad_output has another shape; otherwise as conv2d.
    """
    grad, inputs = backward_inputs(
        grad_output, x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    dtype, filters = inputs.dtype, inputs.filter_matrices()
    grad_rows = grad.astype(dtype, copy=False).reshape(grad.shape[0], *filters.shape[:2], -1)
    grad_filters = np.zeros(filters.shape, dtype)
    grad_padded = np.zeros((*inputs.x.shape[:2], *inputs.geometry.padded_size), dtype)
    tiles = column_tiles(np.asarray(inputs.x), inputs.geometry, dtype)
    with Room(dtype) as products, Room(dtype) as stamps:
        for tile in tiles:
            block, columns = grad_rows[tile.images, :, :, tile.cells], inputs.by_group(tile.columns)
            of_weight = products.shaped(len(block), *filters.shape)
            for product in np.matmul(block, columns.swapaxes(2, 3), out=of_weight):
                grad_filters += product
            grad_columns = np.matmul(filters.swapaxes(1, 2), block, out=stamps.shaped(*columns.shape))
            add_columns(grad_columns, grad_padded[tile.images], inputs.geometry, tile.rows)
    (top, _), (left, _) = inputs.geometry.padding
    height, width = inputs.geometry.input_size
    return Conv2dGradients(
        inputs.unbatched(grad_padded[:, :, top : top + height, left : left + width]),
        grad_filters.reshape(inputs.weight.shape),
        grad_rows.sum(axis=(0, 3)).reshape(-1),
    )


def backward_inputs(grad_output: object, x: object, weight: object, **options: object) -> tuple[Array, Conv2dInputs]:
    """Return the arguments of conv2d_backward, checked: grad_output with its batch axis, and conv2d's own.

    Their dtype is the one of the gradients. Raises ShapeError or RangeError.
    """
    inputs = Conv2dInputs.of(x, weight, **options)
    grad = checked_gradient(grad_output, inputs.output_shape, batched=inputs.batched)
    return grad, inputs._replace(dtype=computing_dtype(grad, inputs.x, inputs.weight))


@remembered
def _geometry(sizes: tuple[int, ...], stride: object, padding: object, dilation: object) -> Geometry:
    return Geometry.of(sizes[:2], sizes[2:], stride=stride, padding=padding, dilation=dilation)


def _check_channels(x: Array, weight: Array, groups: int) -> None:
    if weight.ndim != 4:
        raise ShapeError("weight must be (C_out, C_in / groups, K_h, K_w), got shape {shape}", shape=weight.shape)
    wanted, got = weight.shape[1] * groups, x.shape[1]
    if wanted != got:
        raise ShapeError("weight expects {wanted} input channels, x has {got}", wanted=wanted, got=got)
    if weight.shape[0] % groups:
        raise ShapeError(
            "{filters} filters cannot be divided into {groups} groups", filters=weight.shape[0], groups=groups
        )


def checked_bias(bias: object, filters: int) -> Array:
    """Return bias as an array of one number for each filter. Raises ShapeError otherwise."""
    biases = real_array(bias, "bias")
    if biases.shape != (filters,):
        raise ShapeError(
            "bias must hold one number for each of {filters} filters, got shape {shape}",
            filters=filters,
            shape=biases.shape,
        )
    return biases


def checked_gradient(grad_output: object, output_shape: tuple[int, ...], *, batched: bool) -> Array:
    """Return grad_output with its batch axis. Raises ShapeError if it has not the shape of the output."""
    grad = np.asarray(real_array(grad_output, "grad_output"))
    wanted = output_shape if batched else output_shape[1:]
    if grad.shape != wanted:
        raise ShapeError("grad_output must have the output's shape {wanted}, got {got}", wanted=wanted, got=grad.shape)
    return grad.reshape(output_shape)

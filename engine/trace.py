"""The traces, by the names of their operations. Each is defined beside its operation."""

from typing import Literal

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.geometry import IntOrPair, Padding, Size
from engine.ops import average_pooling
from engine.ops.arrays import real_array
from engine.ops.average_pooling import AvgPool2dTrace
from engine.ops.between_traces import activation, batch_norm2d, dropout, layer_norm, loss, maxout, pad
from engine.ops.conv2d import Conv2dInputs, backward_inputs
from engine.ops.conv2d_grad_input_trace import GradInputGatherTrace, GradInputScatterTrace
from engine.ops.conv2d_grad_weight_trace import GradBiasTrace, GradWeightStampTrace, GradWeightTrace
from engine.ops.conv2d_matrix import MatrixProductTrace, SparseMatrix
from engine.ops.conv2d_trace import Conv2dTrace
from engine.ops.conv_transpose2d import ConvTranspose2dInputs
from engine.ops.conv_transpose2d_trace import GatherTrace, StampTrace
from engine.ops.local_response_norm import NormInputs, NormTrace
from engine.ops.loss import CrossEntropyTrace
from engine.ops.lp_pooling import LpPool2dTrace
from engine.ops.pool_windows import PoolGradientTrace, PoolInputs, PoolStep, PoolTrace
from engine.ops.pooling import MaxPool2dTrace
from engine.ops.softmax import SoftmaxTrace
from engine.ops.subsampling import SubsampleInputs, SubsampleTrace
from engine.ops.unpooling import MaxUnpool2dTrace, UnpoolInputs
from engine.ops.upsampling import Factor, UpsampleInputs, UpsampleTrace

__all__ = [
    "activation", "avg_pool2d", "batch_norm2d", "conv2d", "conv2d_grad_bias", "conv2d_grad_input", "conv2d_grad_weight",
    "conv_transpose2d", "conv_transpose2d_stamps", "cross_entropy", "dropout", "global_avg_pool2d", "layer_norm",
    "local_response_norm", "loss", "lp_pool2d", "matrix_product", "max_pool2d", "max_unpool2d", "maxout", "pad",
    "pool_backward", "softmax", "subsample2d", "upsample_bilinear2d", "upsample_nearest2d",
]  # fmt: skip


def conv2d(
    x: object,
    weight: object,
    bias: object = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Conv2dTrace:
    """Return the steps of engine.conv2d, one for each output cell; arguments and errors alike.

    A step is computed when it is indexed, in time proportional to its window; x and weight
    are read then, not copied now.
    """
    return Conv2dTrace(
        Conv2dInputs.of(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
    )


def conv2d_grad_input(
    grad_output: object,
    x: object,
    weight: object,
    *,
    view: Literal["scatter", "gather"] = "scatter",
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> GradInputScatterTrace | GradInputGatherTrace:
    """Return the steps of engine.conv2d_backward's .input; arguments and errors alike.

    view   "scatter": one step for each cell of grad_output, which stamps its filter onto its window
           "gather": one step for each cell of x, which collects from the spread grad_output with turned filters
    Both replay to the same array. Raises RangeError on another view.
    """
    grad, inputs = backward_inputs(
        grad_output, x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    if view not in ("scatter", "gather"):
        raise RangeError("unknown view: {view}; have {known}", view=view, known="scatter, gather")
    return GradInputScatterTrace(grad, inputs) if view == "scatter" else GradInputGatherTrace(grad, inputs)


def conv2d_grad_weight(
    grad_output: object,
    x: object,
    weight: object,
    *,
    view: Literal["stamps", "weights"] = "stamps",
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> GradWeightStampTrace | GradWeightTrace:
    """Return the steps of engine.conv2d_backward's .weight; arguments and errors alike.

    view   "stamps": one step for each cell of grad_output, which adds its window times itself
           "weights": one step for each weight, for which grad_output slides over x
    Both replay to the same array. Raises RangeError on another view.
    """
    grad, inputs = backward_inputs(
        grad_output, x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    if view not in ("stamps", "weights"):
        raise RangeError("unknown view: {view}; have {known}", view=view, known="stamps, weights")
    return GradWeightStampTrace(grad, inputs) if view == "stamps" else GradWeightTrace(grad, inputs)


def conv2d_grad_bias(grad_output: object) -> GradBiasTrace:
    """Return the steps of engine.conv2d_backward's .bias, one for each filter: the sum of its map of grad_output.

    Raises ShapeError unless grad_output is (N, C_out, H_out, W_out) or (C_out, H_out, W_out).
    """
    grad = np.asarray(real_array(grad_output, "grad_output"))
    if grad.ndim not in (3, 4):
        raise ShapeError("grad_output must be (N, C, H, W) or (C, H, W), got shape {shape}", shape=grad.shape)
    return GradBiasTrace(grad if grad.ndim == 4 else grad[None])


def matrix_product(matrix: SparseMatrix, x: object) -> MatrixProductTrace:
    """Return the steps of matrix @ x for one vector x, a row of the matrix each.

    With C of conv2d_matrix: C and x.ravel() forwards, C.T and grad_output.ravel() backwards.
    """
    return MatrixProductTrace(matrix, x)


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
) -> GatherTrace:
    """Return the steps of engine.conv_transpose2d, one for each output cell; arguments and errors alike.

    Each is a window of an ordinary convolution over the zero-inserted x, with the rotated filter.
    """
    return GatherTrace(
        ConvTranspose2dInputs.of(
            x,
            weight,
            bias,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            dilation=dilation,
            groups=groups,
        )
    )


def conv_transpose2d_stamps(
    x: object,
    weight: object,
    bias: object = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    output_padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> StampTrace:
    """Return the steps of engine.conv_transpose2d the other way: one for each cell of x, which stamps its filter."""
    return StampTrace(
        ConvTranspose2dInputs.of(
            x,
            weight,
            bias,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            dilation=dilation,
            groups=groups,
        )
    )


def max_pool2d(
    x: object,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    ceil_mode: bool = False,
) -> MaxPool2dTrace:
    """Return the steps of engine.max_pool2d, one for each output cell; arguments and errors alike."""
    return MaxPool2dTrace(
        PoolInputs.of(x, kernel_size, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    )


def avg_pool2d(
    x: object,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    padding: Padding = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> AvgPool2dTrace:
    """Return the steps of engine.avg_pool2d, one for each output cell; arguments and errors alike."""
    inputs = PoolInputs.of(x, kernel_size, stride=stride, padding=padding, ceil_mode=ceil_mode)
    return AvgPool2dTrace(inputs, count_include_pad)


def global_avg_pool2d(x: object) -> AvgPool2dTrace:
    """Return the steps of engine.global_avg_pool2d, one for each map; arguments and errors alike."""
    return average_pooling.global_trace(x)


def lp_pool2d(
    x: object,
    norm_type: float,
    kernel_size: IntOrPair,
    *,
    stride: IntOrPair | None = None,
    ceil_mode: bool = False,
) -> LpPool2dTrace:
    """Return the steps of engine.lp_pool2d, one for each output cell; arguments and errors alike."""
    return LpPool2dTrace(PoolInputs.of(x, kernel_size, stride=stride, ceil_mode=ceil_mode), norm_type)


def subsample2d(x: object, weight: object, bias: object, kernel_size: IntOrPair = 2) -> SubsampleTrace:
    """Return the steps of engine.subsample2d, one for each output cell; arguments and errors alike."""
    return SubsampleTrace(SubsampleInputs.of(x, weight, bias, kernel_size))


def pool_backward(forward: PoolTrace[PoolStep], grad_output: object) -> PoolGradientTrace:
    """Return the steps of a pooling's gradient with respect to x, one for each cell of grad_output.

    forward   the trace of the pooling, of any kind
    Raises ShapeError if grad_output has not the shape of the pooling's output.
    """
    return PoolGradientTrace(forward, grad_output)


def softmax(x: object) -> SoftmaxTrace:
    """Return the steps of engine.softmax over one vector of logits, one for each probability."""
    return SoftmaxTrace(x)


def max_unpool2d(x: object, switches: object, output_size: tuple[int, int]) -> MaxUnpool2dTrace:
    """Return the steps of engine.max_unpool2d, one for each value of x; arguments and errors alike."""
    return MaxUnpool2dTrace(UnpoolInputs.of(x, switches, output_size))


def upsample_nearest2d(
    x: object, scale_factor: Factor | None = None, *, size: Size | int | None = None
) -> UpsampleTrace:
    """Return the steps of engine.upsample_nearest2d, one for each output cell; arguments and errors alike."""
    return UpsampleTrace(UpsampleInputs.nearest(x, scale_factor, size), 1)


def upsample_bilinear2d(
    x: object, scale_factor: Factor | None = None, *, size: Size | int | None = None, align_corners: bool = False
) -> UpsampleTrace:
    """Return the steps of engine.upsample_bilinear2d, one for each output cell; arguments and errors alike."""
    return UpsampleTrace(UpsampleInputs.bilinear(x, scale_factor, size, align_corners), 2)


def cross_entropy(logits: object, target: object) -> CrossEntropyTrace:
    """Return the steps of engine.cross_entropy with reduction "none", one for each sample."""
    return CrossEntropyTrace(logits, target)


def local_response_norm(x: object, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> NormTrace:
    """Return the steps of engine.local_response_norm, one for each output cell; arguments and errors alike."""
    return NormTrace(NormInputs.of(x, size, alpha, beta, k))

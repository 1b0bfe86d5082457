"""The traces, by the names of their operations. Each is defined beside its operation."""

from engine.geometry import IntOrPair, Padding, Size
from engine.ops.conv2d import Conv2dInputs
from engine.ops.conv2d_trace import Conv2dTrace
from engine.ops.conv_transpose2d import ConvTranspose2dInputs
from engine.ops.conv_transpose2d_trace import GatherTrace, StampTrace
from engine.ops.pooling import MaxPool2dTrace, PoolInputs
from engine.ops.softmax import SoftmaxTrace
from engine.ops.unpooling import MaxUnpool2dTrace, UnpoolInputs
from engine.ops.upsampling import Factor, UpsampleInputs, UpsampleTrace


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
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> MaxPool2dTrace:
    """Return the steps of engine.max_pool2d, one for each output cell; arguments and errors alike."""
    return MaxPool2dTrace(PoolInputs.of(x, kernel_size, stride, padding, dilation))


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

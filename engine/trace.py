"""The traces, by the names of their operations. Each is defined beside its operation."""

from engine.geometry import IntOrPair, Padding
from engine.ops import average_pooling
from engine.ops.average_pooling import AvgPool2dTrace
from engine.ops.conv2d import Conv2dInputs
from engine.ops.conv2d_trace import Conv2dTrace
from engine.ops.lp_pooling import LpPool2dTrace
from engine.ops.pool_windows import PoolGradientTrace, PoolInputs, PoolStep, PoolTrace
from engine.ops.pooling import MaxPool2dTrace
from engine.ops.softmax import SoftmaxTrace
from engine.ops.subsampling import SubsampleInputs, SubsampleTrace


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

"""The traces, by the names of their operations. Each is defined beside its operation."""

from engine.geometry import IntOrPair, Padding
from engine.ops.conv2d import Conv2dInputs
from engine.ops.conv2d_trace import Conv2dTrace
from engine.ops.loss import CrossEntropyTrace
from engine.ops.pooling import MaxPool2dTrace, PoolInputs
from engine.ops.softmax import SoftmaxTrace


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
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
) -> MaxPool2dTrace:
    """Return the steps of engine.max_pool2d, one for each output cell; arguments and errors alike."""
    return MaxPool2dTrace(PoolInputs.of(x, kernel_size, stride, padding, dilation))


def softmax(x: object) -> SoftmaxTrace:
    """Return the steps of engine.softmax over one vector of logits, one for each probability."""
    return SoftmaxTrace(x)


def cross_entropy(logits: object, target: object) -> CrossEntropyTrace:
    """Return the steps of engine.cross_entropy with reduction "none", one for each sample."""
    return CrossEntropyTrace(logits, target)

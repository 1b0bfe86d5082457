"""The operations, by their torch.nn.functional names. NumPy only."""

from collections.abc import Callable

from engine.ops.activation import relu, sigmoid, tanh
from engine.ops.arrays import Array
from engine.ops.conv2d import conv2d
from engine.ops.linear import linear
from engine.ops.pooling import Pooled, max_pool2d
from engine.ops.softmax import softmax
from engine.ops.unfold import fold, unfold

OPS: dict[str, Callable[..., Array | Pooled]] = {
    "conv2d": conv2d,
    "fold": fold,
    "linear": linear,
    "max_pool2d": max_pool2d,
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "tanh": tanh,
    "unfold": unfold,
}

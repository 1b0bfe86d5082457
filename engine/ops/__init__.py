"""The operations, by their torch.nn.functional names. NumPy only."""

from collections.abc import Callable

from engine.ops.activation import relu, sigmoid, tanh
from engine.ops.arrays import Array
from engine.ops.conv2d import conv2d
from engine.ops.flatten import flatten
from engine.ops.linear import linear
from engine.ops.loss import cross_entropy, log_softmax
from engine.ops.pooling import Pooled, max_pool2d
from engine.ops.softmax import softmax

OPS: dict[str, Callable[..., Array | Pooled]] = {
    "conv2d": conv2d,
    "cross_entropy": cross_entropy,
    "flatten": flatten,
    "linear": linear,
    "log_softmax": log_softmax,
    "max_pool2d": max_pool2d,
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "tanh": tanh,
}

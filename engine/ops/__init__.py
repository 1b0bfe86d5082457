"""The operations, by their torch.nn.functional names. NumPy only."""

from collections.abc import Callable

from engine.ops.activation import relu, sigmoid, tanh
from engine.ops.arrays import Array
from engine.ops.conv2d import conv2d

OPS: dict[str, Callable[..., Array]] = {"conv2d": conv2d, "relu": relu, "sigmoid": sigmoid, "tanh": tanh}

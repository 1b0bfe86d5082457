"""ConvLens' engine: convolutional networks, every number of which can be traced.

Usable alone: `import engine; engine.conv2d(x, weight)`; `engine.trace.conv2d(x, weight)[0]`.
"""

from engine import diagnose, digit, geometry, small_cnn, trace
from engine.errors import EngineError, FileError, RangeError, ShapeError
from engine.ops.activation import relu, relu_backward, sigmoid, sigmoid_backward, tanh, tanh_backward
from engine.ops.conv2d import conv2d, conv2d_backward
from engine.ops.flatten import flatten, flatten_backward
from engine.ops.linear import linear, linear_backward
from engine.ops.loss import cross_entropy, cross_entropy_backward, log_softmax, log_softmax_backward
from engine.ops.pooling import max_pool2d, max_pool2d_backward
from engine.ops.softmax import softmax, softmax_backward

__version__ = "0.1.0"

__all__ = [
    "EngineError",
    "FileError",
    "RangeError",
    "ShapeError",
    "__version__",
    "conv2d",
    "conv2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "diagnose",
    "digit",
    "flatten",
    "flatten_backward",
    "geometry",
    "linear",
    "linear_backward",
    "log_softmax",
    "log_softmax_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "small_cnn",
    "softmax",
    "softmax_backward",
    "tanh",
    "tanh_backward",
    "trace",
]

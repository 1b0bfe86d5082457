"""The operations, by their torch.nn.functional names. NumPy only."""

from collections.abc import Callable

from engine.ops.activation import relu, sigmoid, tanh
from engine.ops.arrays import Array
from engine.ops.average_pooling import avg_pool2d, global_avg_pool2d
from engine.ops.conv2d import conv2d
from engine.ops.conv_transpose2d import conv_transpose2d
from engine.ops.flatten import flatten
from engine.ops.linear import linear
from engine.ops.local_response_norm import local_response_norm
from engine.ops.loss import cross_entropy, log_softmax
from engine.ops.lp_pooling import lp_pool2d
from engine.ops.pooling import Pooled, max_pool2d
from engine.ops.softmax import softmax
from engine.ops.subsampling import subsample2d
from engine.ops.unfold import fold, unfold
from engine.ops.unpooling import max_unpool2d
from engine.ops.upsampling import upsample_bilinear2d, upsample_nearest2d

OPS: dict[str, Callable[..., Array | Pooled]] = {
    "avg_pool2d": avg_pool2d,
    "conv2d": conv2d,
    "conv_transpose2d": conv_transpose2d,
    "cross_entropy": cross_entropy,
    "flatten": flatten,
    "fold": fold,
    "global_avg_pool2d": global_avg_pool2d,
    "linear": linear,
    "local_response_norm": local_response_norm,
    "log_softmax": log_softmax,
    "lp_pool2d": lp_pool2d,
    "max_pool2d": max_pool2d,
    "max_unpool2d": max_unpool2d,
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "subsample2d": subsample2d,
    "tanh": tanh,
    "unfold": unfold,
    "upsample_bilinear2d": upsample_bilinear2d,
    "upsample_nearest2d": upsample_nearest2d,
}

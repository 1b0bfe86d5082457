"""The operations, by their torch.nn.functional names. NumPy, and SciPy for erf alone."""

from collections.abc import Callable

from engine.ops.activation import relu, sigmoid, tanh
from engine.ops.arrays import Array
from engine.ops.average_pooling import avg_pool2d, global_avg_pool2d
from engine.ops.batch_norm import batch_norm2d
from engine.ops.binary_loss import binary_cross_entropy, binary_cross_entropy_with_logits, exponential_loss, hinge_loss
from engine.ops.conv2d import conv2d
from engine.ops.conv_transpose2d import conv_transpose2d
from engine.ops.dropout import dropout
from engine.ops.flatten import flatten
from engine.ops.layer_norm import layer_norm
from engine.ops.linear import linear
from engine.ops.local_response_norm import local_response_norm
from engine.ops.loss import cross_entropy, log_softmax
from engine.ops.lp_pooling import lp_pool2d
from engine.ops.margin_loss import multi_margin_loss, nll_loss
from engine.ops.maxout import maxout
from engine.ops.padding import pad
from engine.ops.pooling import Pooled, max_pool2d
from engine.ops.rectifiers import elu, leaky_relu, prelu, selu
from engine.ops.regression_loss import huber_loss, l1_loss, mape_loss, mse_loss, msle_loss, smooth_l1_loss
from engine.ops.smooth_activations import gelu, scaled_tanh, silu, softplus
from engine.ops.softmax import softmax
from engine.ops.subsampling import subsample2d
from engine.ops.unfold import fold, unfold
from engine.ops.unpooling import max_unpool2d
from engine.ops.upsampling import upsample_bilinear2d, upsample_nearest2d

OPS: dict[str, Callable[..., Array | Pooled]] = {
    "avg_pool2d": avg_pool2d,
    "batch_norm2d": batch_norm2d,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "conv2d": conv2d,
    "conv_transpose2d": conv_transpose2d,
    "cross_entropy": cross_entropy,
    "dropout": dropout,
    "elu": elu,
    "exponential_loss": exponential_loss,
    "flatten": flatten,
    "fold": fold,
    "gelu": gelu,
    "global_avg_pool2d": global_avg_pool2d,
    "hinge_loss": hinge_loss,
    "huber_loss": huber_loss,
    "l1_loss": l1_loss,
    "layer_norm": layer_norm,
    "leaky_relu": leaky_relu,
    "linear": linear,
    "local_response_norm": local_response_norm,
    "log_softmax": log_softmax,
    "lp_pool2d": lp_pool2d,
    "mape_loss": mape_loss,
    "max_pool2d": max_pool2d,
    "max_unpool2d": max_unpool2d,
    "maxout": maxout,
    "mse_loss": mse_loss,
    "msle_loss": msle_loss,
    "multi_margin_loss": multi_margin_loss,
    "nll_loss": nll_loss,
    "pad": pad,
    "prelu": prelu,
    "relu": relu,
    "scaled_tanh": scaled_tanh,
    "selu": selu,
    "sigmoid": sigmoid,
    "silu": silu,
    "smooth_l1_loss": smooth_l1_loss,
    "softmax": softmax,
    "softplus": softplus,
    "subsample2d": subsample2d,
    "tanh": tanh,
    "unfold": unfold,
    "upsample_bilinear2d": upsample_bilinear2d,
    "upsample_nearest2d": upsample_nearest2d,
}

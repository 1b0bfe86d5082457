"""ConvLens' engine: convolutional networks, every number of which can be traced.

Usable alone: `import engine; engine.conv2d(x, weight)`; `engine.trace.conv2d(x, weight)[0]`.
"""

from engine import diagnose, digit, geometry, small_cnn, trace
from engine.errors import EngineError, FileError, RangeError, ShapeError
from engine.gradient_check import gradient_check
from engine.ops.activation import relu, relu_backward, sigmoid, sigmoid_backward, tanh, tanh_backward
from engine.ops.average_pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    global_avg_pool2d,
    global_avg_pool2d_backward,
)
from engine.ops.batch_norm import batch_norm2d, batch_norm2d_backward, batch_norm2d_statistics
from engine.ops.binary_loss import (
    binary_cross_entropy,
    binary_cross_entropy_backward,
    binary_cross_entropy_with_logits,
    binary_cross_entropy_with_logits_backward,
    exponential_loss,
    exponential_loss_backward,
    hinge_loss,
    hinge_loss_backward,
)
from engine.ops.conv2d import conv2d, conv2d_backward
from engine.ops.conv2d_loops import conv2d_loops
from engine.ops.conv2d_matrix import SparseMatrix, conv2d_matrix
from engine.ops.conv_transpose2d import conv_transpose2d, conv_transpose2d_backward, zero_insert
from engine.ops.descent import gradient_step, linear_loss
from engine.ops.dropout import dropout, dropout_backward, dropout_mask
from engine.ops.flatten import flatten, flatten_backward
from engine.ops.layer_norm import layer_norm, layer_norm_backward
from engine.ops.linear import linear, linear_backward
from engine.ops.local_response_norm import local_response_norm, local_response_norm_backward
from engine.ops.loss import cross_entropy, cross_entropy_backward, log_softmax, log_softmax_backward
from engine.ops.lp_pooling import lp_pool2d, lp_pool2d_backward
from engine.ops.margin_loss import multi_margin_loss, multi_margin_loss_backward, nll_loss, nll_loss_backward
from engine.ops.maxout import maxout, maxout_backward
from engine.ops.padding import pad, pad_backward
from engine.ops.pooling import max_pool2d, max_pool2d_backward
from engine.ops.rectifiers import (
    elu,
    elu_backward,
    leaky_relu,
    leaky_relu_backward,
    prelu,
    prelu_backward,
    selu,
    selu_backward,
)
from engine.ops.regression_loss import (
    huber_loss,
    huber_loss_backward,
    l1_loss,
    l1_loss_backward,
    mape_loss,
    mape_loss_backward,
    mse_loss,
    mse_loss_backward,
    msle_loss,
    msle_loss_backward,
    smooth_l1_loss,
    smooth_l1_loss_backward,
)
from engine.ops.smooth_activations import (
    gelu,
    gelu_backward,
    scaled_tanh,
    scaled_tanh_backward,
    silu,
    silu_backward,
    softplus,
    softplus_backward,
)
from engine.ops.softmax import softmax, softmax_backward
from engine.ops.subsampling import subsample2d, subsample2d_backward
from engine.ops.unfold import fold, fold_backward, unfold, unfold_backward
from engine.ops.unpooling import max_unpool2d, max_unpool2d_backward
from engine.ops.upsampling import (
    upsample_bilinear2d,
    upsample_bilinear2d_backward,
    upsample_nearest2d,
    upsample_nearest2d_backward,
)

__version__ = "0.1.0"

__all__ = [
    "EngineError",
    "FileError",
    "RangeError",
    "ShapeError",
    "SparseMatrix",
    "__version__",
    "avg_pool2d",
    "avg_pool2d_backward",
    "batch_norm2d",
    "batch_norm2d_backward",
    "batch_norm2d_statistics",
    "binary_cross_entropy",
    "binary_cross_entropy_backward",
    "binary_cross_entropy_with_logits",
    "binary_cross_entropy_with_logits_backward",
    "conv2d",
    "conv2d_backward",
    "conv2d_loops",
    "conv2d_matrix",
    "conv_transpose2d",
    "conv_transpose2d_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "diagnose",
    "digit",
    "dropout",
    "dropout_backward",
    "dropout_mask",
    "elu",
    "elu_backward",
    "exponential_loss",
    "exponential_loss_backward",
    "flatten",
    "flatten_backward",
    "fold",
    "fold_backward",
    "gelu",
    "gelu_backward",
    "geometry",
    "global_avg_pool2d",
    "global_avg_pool2d_backward",
    "gradient_check",
    "gradient_step",
    "hinge_loss",
    "hinge_loss_backward",
    "huber_loss",
    "huber_loss_backward",
    "l1_loss",
    "l1_loss_backward",
    "layer_norm",
    "layer_norm_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "linear",
    "linear_backward",
    "linear_loss",
    "local_response_norm",
    "local_response_norm_backward",
    "log_softmax",
    "log_softmax_backward",
    "lp_pool2d",
    "lp_pool2d_backward",
    "mape_loss",
    "mape_loss_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "max_unpool2d",
    "max_unpool2d_backward",
    "maxout",
    "maxout_backward",
    "mse_loss",
    "mse_loss_backward",
    "msle_loss",
    "msle_loss_backward",
    "multi_margin_loss",
    "multi_margin_loss_backward",
    "nll_loss",
    "nll_loss_backward",
    "pad",
    "pad_backward",
    "prelu",
    "prelu_backward",
    "relu",
    "relu_backward",
    "scaled_tanh",
    "scaled_tanh_backward",
    "selu",
    "selu_backward",
    "sigmoid",
    "sigmoid_backward",
    "silu",
    "silu_backward",
    "small_cnn",
    "smooth_l1_loss",
    "smooth_l1_loss_backward",
    "softmax",
    "softmax_backward",
    "softplus",
    "softplus_backward",
    "subsample2d",
    "subsample2d_backward",
    "tanh",
    "tanh_backward",
    "trace",
    "unfold",
    "unfold_backward",
    "upsample_bilinear2d",
    "upsample_bilinear2d_backward",
    "upsample_nearest2d",
    "upsample_nearest2d_backward",
    "zero_insert",
]

"""Forward, backward, update: the three phases of learning, each number of them kept."""

from typing import NamedTuple

import numpy as np

from engine.ops.activation import relu, relu_backward
from engine.ops.arrays import Array, real_array
from engine.ops.conv2d import conv2d, conv2d_backward
from engine.ops.descent import gradient_step
from engine.ops.flatten import flatten, flatten_backward
from engine.ops.linear import linear, linear_backward
from engine.ops.loss import cross_entropy, cross_entropy_backward
from engine.ops.pooling import max_pool2d, max_pool2d_backward
from engine.ops.softmax import softmax

POOL = 2  # kernel_size and stride of the pooling


class Parameters(NamedTuple):
    """What the network learns."""

    weight: Array  # (F, C, K_h, K_w) the filters
    bias: Array  # (F,)
    linear_weight: Array  # (classes, F * H_pool * W_pool)
    linear_bias: Array  # (classes,)


class Activations(NamedTuple):
    """Everything between input and loss."""

    conv: Array  # (F, H_out, W_out)
    relu: Array  # the same shape
    pool: Array  # (F, H_pool, W_pool)
    switches: Array  # the same shape; flat H_out * W_out index of each maximum
    flat: Array  # (F * H_pool * W_pool,)
    logits: Array  # (classes,)
    probabilities: Array  # (classes,)
    loss: float


class Gradients(NamedTuple):
    """The gradient of the loss with respect to everything, each in the shape of what it belongs to."""

    x: Array
    parameters: Parameters
    conv: Array
    relu: Array
    pool: Array
    flat: Array
    logits: Array
    probabilities: Array  # -1 / p at the target, 0 elsewhere; -inf where p is too small for a float


def forward(parameters: Parameters, x: object, target: int) -> Activations:
    """Return every number between the picture x (C, H, W) and its loss; target is the right class.

    Raises ShapeError if the shapes do not fit, RangeError if there is no class target.
    """
    weight, bias, linear_weight, linear_bias = (_float64(tensor, "parameters") for tensor in parameters)
    conv = conv2d(_float64(x, "x"), weight, bias)
    rectified = relu(conv)
    pooled = max_pool2d(rectified, POOL)
    flat = flatten(pooled.output, 0)
    logits = linear(flat, linear_weight, linear_bias)
    loss = float(cross_entropy(logits, target))
    return Activations(conv, rectified, pooled.output, pooled.switches, flat, logits, softmax(logits), loss)


def backward(parameters: Parameters, x: object, target: int, activations: Activations) -> Gradients:
    """Return the gradient of the loss with respect to every number; activations are those of forward.

    Softmax and cross-entropy are gone through in one, as p - onehot: stable, however large the logits.
    """
    passed = activations
    grad_logits = cross_entropy_backward(1.0, passed.logits, target)
    grad_linear = linear_backward(grad_logits, passed.flat, parameters.linear_weight)
    grad_pool = flatten_backward(grad_linear.input, passed.pool.shape)
    grad_relu = max_pool2d_backward(grad_pool, passed.switches, passed.relu.shape)
    grad_conv = relu_backward(grad_relu, passed.conv)
    grad_x, grad_weight, grad_bias = conv2d_backward(grad_conv, _float64(x, "x"), parameters.weight)
    own = Parameters(grad_weight, grad_bias, grad_linear.weight, grad_linear.bias)
    grad_probabilities = np.zeros_like(passed.probabilities)
    with np.errstate(divide="ignore", over="ignore"):
        grad_probabilities[target] = -1 / passed.probabilities[target]
    return Gradients(grad_x, own, grad_conv, grad_relu, grad_pool, grad_linear.input, grad_logits, grad_probabilities)


def update(parameters: Parameters, gradients: Gradients, lr: float) -> Parameters:
    """Return the parameters one step of gradient descent later: w - lr * gradient."""
    pairs = zip(parameters, gradients.parameters, strict=True)
    return Parameters(*(gradient_step(own, gradient, lr) for own, gradient in pairs))


def _float64(values: object, name: str) -> Array:
    return np.asarray(real_array(values, name), np.float64)

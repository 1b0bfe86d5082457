"""Units that die: one hidden layer before and after some steps of gradient descent, drawn from a seed."""

from typing import NamedTuple

import numpy as np

from engine.errors import RangeError
from engine.geometry import whole
from engine.ops.arrays import Array
from engine.ops.descent import gradient_step
from engine.ops.linear import linear, linear_backward
from engine.ops.pointwise_trace import POINTWISE_ACTIVATIONS
from engine.ops.regression_loss import mse_loss, mse_loss_backward

EXAMPLES, INPUTS, UNITS = 256, 8, 64
SILENT = 1e-3  # a unit whose slope is below this for every example learns nothing any more
LARGEST = 1e6  # of a loss: beyond it descent has diverged and is stopped


class LayerRun(NamedTuple):
    """A hidden layer in training."""

    before: Array  # (EXAMPLES, UNITS) pre-activations: what goes into the activation
    after: Array
    losses: Array  # (steps + 1,), fewer if it diverged
    dead: Array  # share of dead units at each of them


class _Layer(NamedTuple):
    weight: Array
    bias: Array
    out: Array  # (1, UNITS)
    out_bias: Array


def layer_run(activation: str, *, lr: float, bias: float, steps: int, seed: int) -> LayerRun:
    """Return what gradient descent makes of y = out . f(W x + b) + c, mean squared error, all examples in each step.

    activation   f, a name of engine.trace.activation
    bias         what b is for every unit at first; W as He et al. 2015 draw it
    Targets are 3 tanh of a sum of the inputs. Descent stops where the loss passes LARGEST.
    Raises RangeError on another activation or rate, or steps below 0.
    """
    if activation not in POINTWISE_ACTIVATIONS:
        raise RangeError(
            "unknown activation: {got}; have {known}", got=activation, known=", ".join(POINTWISE_ACTIVATIONS)
        )
    rng = np.random.default_rng(whole(seed, "seed", minimum=0))
    x, teacher = rng.normal(size=(EXAMPLES, INPUTS)), rng.normal(size=(INPUTS, 1)) / np.sqrt(INPUTS)
    target = 3 * np.tanh(2 * x @ teacher)
    layer = _Layer(
        rng.normal(size=(UNITS, INPUTS)) * np.sqrt(2 / INPUTS),
        np.full(UNITS, float(bias)),
        rng.normal(size=(1, UNITS)) / np.sqrt(UNITS),
        np.zeros(1),
    )
    before = linear(x, layer.weight, layer.bias)
    z, losses, dead = before, [], []
    for step in range(whole(steps, "steps", minimum=0) + 1):
        loss, share, gradients = _pass(activation, layer, x, z, target)
        if not loss < LARGEST:
            break
        losses.append(loss)
        dead.append(share)
        if step < steps:
            layer = _Layer(*(gradient_step(part, grad, lr) for part, grad in zip(layer, gradients, strict=True)))
            moved = linear(x, layer.weight, layer.bias)
            if not np.isfinite(moved).all():
                break
            z = moved
    return LayerRun(before, z, np.array(losses), np.array(dead))


def _pass(activation: str, layer: _Layer, x: Array, z: Array, target: Array) -> tuple[float, float, _Layer]:
    """Return the loss, the share of dead units, and the gradient of every parameter."""
    forward, backward = POINTWISE_ACTIVATIONS[activation]
    hidden = forward(z)
    y = linear(hidden, layer.out, layer.out_bias)
    back = linear_backward(mse_loss_backward(1.0, y, target), hidden, layer.out)
    slopes = backward(np.ones_like(z), z)
    first = linear_backward(back.input * slopes, x, layer.weight)
    dead = (np.abs(slopes) < SILENT).all(axis=0).mean()
    gradients = _Layer(first.weight, first.bias, back.weight, back.bias)
    return float(mse_loss(y, target)), float(dead), gradients

"""What a loss does to an output: gradient descent on the logits themselves, through sigmoid or through softmax."""

from typing import Literal, NamedTuple

import numpy as np

from engine.errors import RangeError
from engine.geometry import whole
from engine.ops.activation import sigmoid, sigmoid_backward
from engine.ops.arrays import Array
from engine.ops.binary_loss import binary_cross_entropy_with_logits, binary_cross_entropy_with_logits_backward
from engine.ops.descent import gradient_step
from engine.ops.loss import cross_entropy, cross_entropy_backward
from engine.ops.regression_loss import mse_loss, mse_loss_backward
from engine.ops.softmax import softmax, softmax_backward

Output = Literal["sigmoid", "softmax"]
Loss = Literal["mse_loss", "cross_entropy"]
OTHERS = 2  # wrong classes of the softmax, whose logits begin at 0


class OutputRun(NamedTuple):
    """Logits on their way, the right answer first; for sigmoid there is one only."""

    logits: Array  # (steps + 1, K)
    p: Array  # (steps + 1, K) what the output makes of them
    losses: Array  # (steps + 1,)
    gradients: Array  # (steps + 1, K) of the loss with respect to the logits


def output_descent(output: Output, loss: Loss, *, start: float, lr: float, steps: int) -> OutputRun:
    """Return `steps` steps of gradient descent on the logits, towards a right answer whose logit begins at start.

    sigmoid    one logit z, target 1:       mse_loss (p - 1)^2,  cross_entropy -log p,  p = sigmoid(z)
    softmax    three logits, target onehot: mse_loss sum of (p - onehot)^2,  cross_entropy -log of the first p
    Raises RangeError on another output or loss, a rate below 0 or steps below 0.
    """
    if output not in ("sigmoid", "softmax") or loss not in ("mse_loss", "cross_entropy"):
        raise RangeError("no descent for {loss} through {output}", loss=loss, output=output)
    z = np.array([float(start)] + [0.0] * (OTHERS if output == "softmax" else 0))
    stages = []
    for _ in range(whole(steps, "steps", minimum=0) + 1):
        stages.append((z, *_stage(output, loss, z)))
        z = gradient_step(z, stages[-1][3], lr)
    return OutputRun(*(np.array(part) for part in zip(*stages, strict=True)))


def _stage(output: Output, loss: Loss, z: Array) -> tuple[Array, float, Array]:
    """Return probabilities, loss and gradient at logits z."""
    p, target = (sigmoid(z), np.ones(1)) if output == "sigmoid" else (softmax(z), np.eye(1 + OTHERS)[0])
    if loss == "mse_loss":
        back = sigmoid_backward if output == "sigmoid" else softmax_backward
        return (
            p,
            float(mse_loss(p, target, reduction="sum")),
            back(mse_loss_backward(1.0, p, target, reduction="sum"), z),
        )
    if output == "sigmoid":
        value = binary_cross_entropy_with_logits(z, target)
        return p, float(value), binary_cross_entropy_with_logits_backward(1.0, z, target)
    return p, float(cross_entropy(z, 0)), cross_entropy_backward(1.0, z, 0)

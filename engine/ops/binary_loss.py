"""Losses of a yes or a no: of a probability, of a logit, of a margin. reduction and errors as in regression_loss."""

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, real_array
from engine.ops.elementary import log1p
from engine.ops.rectifiers import checked_number
from engine.ops.reduction import gradient_of, loss_of, pair

LEAST_LOGARITHM = -100.0  # log(0) is taken as this, so that a loss stays finite (as torch)
LEAST_VARIANCE = float(
    np.float32(1e-12)
)  # what x (1 - x) is at least in a gradient (as torch, which has it in float32)


def binary_cross_entropy(x: object, target: object, weight: object = None, *, reduction: str = "mean") -> Array:
    """Return -(target * log(x) + (1 - target) * log(1 - x)), times weight; a logarithm is no less than -100.

    x        probabilities, any shape
    target   what was wanted, from 0 to 1, the shape of x
    weight   what each cell counts, a shape that broadcasts to that of x; or None: 1
    Raises ShapeError if the shapes do not fit, RangeError if x or target lies outside 0..1.
    """

    def rule(x: Array, t: Array, w: Array | float = 1) -> Array:
        yes, no = (np.maximum(part, LEAST_LOGARITHM) for part in (np.log(x), log1p(-x)))
        return np.asarray(-(t * yes + (1 - t) * no) * w)

    return loss_of(rule, reduction, *_probabilities(x, target), *_weights(weight, x, "weight"))


def binary_cross_entropy_backward(
    grad_output: object, x: object, target: object, weight: object = None, *, reduction: str = "mean"
) -> Array:
    """Return the gradient of binary_cross_entropy with respect to x: (x - target) / (x * (1 - x)) * weight.

    x * (1 - x) is taken as 1e-12 where it is less. Raises as binary_cross_entropy does.
    """

    def slope(x: Array, t: Array, w: Array | float = 1) -> Array:
        return np.asarray((x - t) / np.maximum(x * (1 - x), LEAST_VARIANCE) * w)

    values, weights = _probabilities(x, target), _weights(weight, x, "weight")
    return gradient_of(slope, grad_output, reduction, *values, *weights)


def binary_cross_entropy_with_logits(
    x: object, target: object, weight: object = None, *, pos_weight: object = None, reduction: str = "mean"
) -> Array:
    """Return binary_cross_entropy of sigmoid(x), from the logits, so that no digit is lost however large they are.

    loss = pos_weight * t * log(1 + exp(-x)) + (1 - t) * log(1 + exp(x)),   log(1 + exp(z)) as softplus has it

    weight, pos_weight   what each cell counts, and what a yes counts; shapes that broadcast to that of x, or None: 1
    Raises ShapeError if the shapes do not fit.
    """
    values, wanted = pair(x, target)
    yes = _weights(pos_weight, x, "pos_weight") or (np.ones(values.shape, values.dtype),) * (weight is not None)

    def rule(x: Array, t: Array, p: Array | float = 1, w: Array | float = 1) -> Array:
        surprise = log1p(np.exp(-np.abs(x)))
        return np.asarray((p * t * (surprise + np.maximum(-x, 0)) + (1 - t) * (surprise + np.maximum(x, 0))) * w)

    return loss_of(rule, reduction, values, wanted, *yes, *_weights(weight, x, "weight"))


def binary_cross_entropy_with_logits_backward(
    grad_output: object,
    x: object,
    target: object,
    weight: object = None,
    *,
    pos_weight: object = None,
    reduction: str = "mean",
) -> Array:
    """Return the gradient with respect to the logits: sigmoid(x) * (pos_weight * t + 1 - t) - pos_weight * t.

    Without weights sigmoid(x) - t: what was said minus what should have been said. Raises as the loss does.
    """
    values, wanted = pair(x, target)
    yes = _weights(pos_weight, x, "pos_weight") or (np.ones(values.shape, values.dtype),) * (weight is not None)

    def slope(x: Array, t: Array, p: Array | float = 1, w: Array | float = 1) -> Array:
        return np.asarray(((p * t + 1 - t) / (1 + np.exp(-x)) - p * t) * w)

    return gradient_of(slope, grad_output, reduction, values, wanted, *yes, *_weights(weight, x, "weight"))


def hinge_loss(x: object, target: object, *, margin: float = 1.0, reduction: str = "mean") -> Array:
    """Return max(0, margin - target * x): nothing for a score on the right side by the margin or more.

    x        scores, any shape
    target   -1 or 1, the shape of x
    Raises ShapeError if the shapes differ, RangeError on another target.
    Source: Cortes & Vapnik 1995, Support-Vector Networks.
    """
    wide = checked_number(margin, "margin")
    return loss_of(lambda x, t: np.maximum(wide - t * x, 0), reduction, *_signs(x, target))


def hinge_loss_backward(
    grad_output: object, x: object, target: object, *, margin: float = 1.0, reduction: str = "mean"
) -> Array:
    """Return the gradient of hinge_loss: -target where target * x < margin, else 0."""
    wide = checked_number(margin, "margin")
    return gradient_of(lambda x, t: -t * (t * x < wide), grad_output, reduction, *_signs(x, target))


def exponential_loss(x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return exp(-target * x), the loss that AdaBoost lowers.

    x        scores, any shape
    target   -1 or 1, the shape of x
    Raises ShapeError if the shapes differ, RangeError on another target.
    Source: Friedman, Hastie & Tibshirani 2000, Additive Logistic Regression.
    """
    return loss_of(lambda x, t: np.exp(-t * x), reduction, *_signs(x, target))


def exponential_loss_backward(grad_output: object, x: object, target: object, *, reduction: str = "mean") -> Array:
    """Return the gradient of exponential_loss: -target * exp(-target * x)."""
    return gradient_of(lambda x, t: -t * np.exp(-t * x), grad_output, reduction, *_signs(x, target))


def _signs(x: object, target: object) -> tuple[Array, Array]:
    values, wanted = pair(x, target)
    wrong = wanted[np.abs(wanted) != 1]
    if wrong.size:
        raise RangeError("target must hold -1 and 1, got {got}", got=float(wrong.flat[0]))
    return values, wanted


def _probabilities(x: object, target: object) -> tuple[Array, Array]:
    values, wanted = pair(x, target)
    for name, numbers in (("x", values), ("target", wanted)):
        outside = numbers[(numbers < 0) | (numbers > 1)]
        if outside.size:
            raise RangeError(
                "{name} must hold probabilities from 0 to 1, got {got}", name=name, got=float(outside.flat[0])
            )
    return values, wanted


def _weights(weight: object, x: object, name: str) -> tuple[Array, ...]:
    """Return the weights in the shape of x, or nothing if there are none."""
    if weight is None:
        return ()
    numbers, shape = np.asarray(real_array(weight, name)), np.asarray(x).shape
    try:
        return (np.broadcast_to(numbers, shape),)
    except ValueError:
        raise ShapeError(
            "{name} must broadcast to the shape of x {wanted}, got {got}", name=name, wanted=shape, got=numbers.shape
        ) from None

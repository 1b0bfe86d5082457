"""The loss of a classifier: logarithms of probabilities, and cross-entropy with its gradient.

Both subtract the largest logit before exp, so large logits neither overflow nor lose their digits.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, axis_of, computing_dtype, real_array
from engine.ops.lazy import LazyTrace
from engine.ops.softmax import softmax

REDUCTIONS = ("mean", "sum", "none")


def log_softmax(x: object, dim: int = -1) -> Array:
    """Return the logarithm of softmax: x - m - log(sum of exp(x - m)) along axis dim, m the largest entry there.

    Shape of x; its dtype, float64 for integers. Raises RangeError if x has no axis dim.
    """
    values = _floats(real_array(x, "x"))
    axis = axis_of(values, dim)
    shifted = values - values.max(axis=axis, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def log_softmax_backward(grad_output: object, x: object, dim: int = -1) -> Array:
    """Return grad_output - p * (sum of grad_output along dim), p = softmax(x, dim).

    Raises ShapeError if grad_output has not the shape of x.
    """
    grad, values = real_array(grad_output, "grad_output"), real_array(x, "x")
    if grad.shape != values.shape:
        raise ShapeError(
            "grad_output must have the shape of x {wanted}, got {got}", wanted=values.shape, got=grad.shape
        )
    return np.asarray(grad - softmax(values, dim) * grad.sum(axis=dim, keepdims=True))


class LossInputs(NamedTuple):
    """Checked arguments of cross_entropy, the classes on the last axis."""

    logits: Array  # (..., C), a floating dtype
    shares: Array  # (..., C): what was wanted, as probabilities; 1 at the class of an index
    classes: Array | None  # (...,) if target held indices
    class_axis: int  # where the caller had the classes
    reduction: str

    @classmethod
    def of(cls, logits: object, target: object, reduction: str = "none") -> Self:
        """Return the arguments of cross_entropy, checked. Raises ShapeError or RangeError."""
        values, wanted = _floats(real_array(logits, "logits")), real_array(target, "target")
        if values.ndim == 0:
            raise ShapeError("logits must be (C,), (N, C) or (N, C, ...), got shape {shape}", shape=values.shape)
        if reduction not in REDUCTIONS:
            raise RangeError("reduction must be mean, sum or none, got {got}", got=reduction)
        axis = 0 if values.ndim == 1 else 1
        last = np.moveaxis(values, axis, -1)
        if wanted.shape == values.shape:
            return cls(last, np.moveaxis(wanted, axis, -1).astype(values.dtype), None, axis, reduction)
        if wanted.shape != last.shape[:-1]:
            raise ShapeError(
                "target must hold classes {classes} or probabilities {probabilities}, got shape {got}",
                classes=last.shape[:-1],
                probabilities=values.shape,
                got=wanted.shape,
            )
        places = _checked_classes(wanted, last.shape[-1])
        return cls(last, np.eye(last.shape[-1], dtype=values.dtype)[places], places, axis, reduction)

    @property
    def losses(self) -> Array:
        """The loss of every sample, (...,)."""
        logs = log_softmax(self.logits)
        if self.classes is None:
            return np.asarray(-(self.shares * logs).sum(axis=-1))
        return np.asarray(-np.take_along_axis(logs, self.classes[..., None], axis=-1)[..., 0])


def cross_entropy(logits: object, target: object, *, reduction: str = "mean") -> Array:
    """Return how far softmax(logits) is from target.

    loss[n] = -log_softmax(logits[n])[target[n]]                   target holds a class for each sample
    loss[n] = -sum over c of target[n, c] * log_softmax(logits[n])[c]   target holds probabilities

    logits      (C,), (N, C) or (N, C, ...)
    target      classes 0..C-1, the shape of logits without C; or probabilities, the shape of logits
    reduction   "mean" over all samples, "sum", or "none": one loss for each sample
    returns     () or the shape of logits without C; dtype of logits, float64 for integers
    torch.nn.functional.cross_entropy without its weights. Raises ShapeError if the shapes do not fit,
    RangeError on a class that is not there.
    """
    losses = LossInputs.of(logits, target, reduction).losses
    return losses if reduction == "none" else np.asarray(losses.mean() if reduction == "mean" else losses.sum())


def cross_entropy_backward(grad_output: object, logits: object, target: object, *, reduction: str = "mean") -> Array:
    """Return the gradient of cross_entropy with respect to the logits.

    grad_output * (softmax(logits) * (sum of target) - target), divided by the number of samples for "mean":
    for a class, whose target is 1 in one place, p - onehot.

    grad_output   shape of cross_entropy's result: () unless reduction is "none"
    returns       shape of logits
    Raises ShapeError if grad_output has another shape; otherwise as cross_entropy.
    """
    inputs, grad = LossInputs.of(logits, target, reduction), real_array(grad_output, "grad_output")
    shape = inputs.logits.shape[:-1]
    wanted = shape if reduction == "none" else ()
    if grad.shape != wanted:
        raise ShapeError("grad_output must have the output's shape {wanted}, got {got}", wanted=wanted, got=grad.shape)
    each = grad / max(1, int(np.prod(shape))) if reduction == "mean" else grad
    whole = inputs.shares.sum(axis=-1, keepdims=True)
    gradient = each[..., None] * (softmax(inputs.logits) * whole - inputs.shares)
    return np.asarray(np.moveaxis(gradient, -1, inputs.class_axis), inputs.logits.dtype)


@dataclass(frozen=True, slots=True, eq=False)
class CrossEntropyStep:
    """The loss of one sample, from its logits on.

    value = sum over c of target[c] * (largest + log_total - logits[c])
    """

    index: tuple[int, ...]  # which sample
    logits: Array  # (C,)
    target: Array  # (C,) what was wanted, as probabilities
    label: int | None  # the class, if target was given as one
    largest: float
    powers: Array  # (C,) exp(logits - largest)

    @property
    def log_total(self) -> float:
        """Logarithm of the sum of the powers."""
        return float(np.log(self.powers.sum()))

    @property
    def probabilities(self) -> Array:
        """softmax(logits)."""
        return np.asarray(self.powers / self.powers.sum())

    @property
    def log_probabilities(self) -> Array:
        """log_softmax(logits)."""
        return np.asarray(self.logits - self.largest - self.log_total)

    @property
    def value(self) -> float:
        """The loss of the sample."""
        if self.label is not None:
            return float(-self.log_probabilities[self.label])
        return float(-(self.target * self.log_probabilities).sum())


class CrossEntropyTrace(LazyTrace[CrossEntropyStep]):
    """The steps of cross_entropy with reduction "none", one for each sample."""

    def __init__(self, logits: object, target: object) -> None:
        self.inputs = LossInputs.of(logits, target)
        shape = self.inputs.logits.shape[:-1]
        super().__init__(shape, shape or (1,), self.inputs.logits.dtype)

    def step_at(self, index: tuple[int, ...]) -> CrossEntropyStep:
        """Return the step of the sample at index."""
        place = self.checked_index(index) if self.output_shape else ()
        inputs = self.inputs
        logits, target = np.array(inputs.logits[place]), np.array(inputs.shares[place])
        label = None if inputs.classes is None else int(inputs.classes[place])
        largest = logits.max()
        return CrossEntropyStep(index, logits, target, label, float(largest), np.exp(logits - largest))


def _floats(values: Array) -> Array:
    return values.astype(computing_dtype(values) if values.dtype.kind == "f" else np.float64, copy=False)


def _checked_classes(classes: Array, count: int) -> Array:
    if classes.dtype.kind not in "iu":
        raise RangeError("target must hold whole numbers where it names classes, got {dtype}", dtype=classes.dtype)
    wrong = classes[(classes < 0) | (classes >= count)]
    if wrong.size:
        raise RangeError("target must name classes 0..{last}, got {got}", last=count - 1, got=int(wrong.flat[0]))
    return classes.astype(np.int64)

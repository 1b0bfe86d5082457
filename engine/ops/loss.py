"""The loss of a classifier: logarithms of probabilities, and cross-entropy with its gradient.

Both subtract the largest logit before exp, so large logits neither overflow nor lose their digits.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, axis_of, computing_dtype, plain_number, real_array
from engine.ops.class_target import IGNORED, Classes, class_weights, classes_last
from engine.ops.lazy import LazyTrace
from engine.ops.reduction import checked_reduction, reduced, spread
from engine.ops.softmax import softmax


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
    named: Classes | None  # if target held a class for each sample
    given: Array | None  # (..., C) if it held probabilities
    weight: Array  # (C,)
    smoothing: float
    class_axis: int  # where the caller had the classes
    reduction: str

    @classmethod
    def of(
        cls,
        logits: object,
        target: object,
        weight: object = None,
        ignore_index: int = IGNORED,
        label_smoothing: float = 0.0,
        reduction: str = "none",
    ) -> Self:
        """Return the arguments of cross_entropy, checked. Raises ShapeError or RangeError."""
        values, wanted = _floats(real_array(logits, "logits")), real_array(target, "target")
        if values.ndim == 0:
            raise ShapeError("logits must be (C,), (N, C) or (N, C, ...), got shape {shape}", shape=values.shape)
        last, axis = classes_last(values)
        kind, smoothing = checked_reduction(reduction), _checked_smoothing(label_smoothing)
        weights = class_weights(weight, last.shape[-1], values.dtype)
        if wanted.shape == values.shape:
            shares = np.moveaxis(wanted, axis, -1).astype(values.dtype)
            return cls(last, None, shares, weights, smoothing, axis, kind)
        if wanted.shape != last.shape[:-1]:
            raise ShapeError(
                "target must hold classes {classes} or probabilities {probabilities}, got shape {got}",
                classes=last.shape[:-1],
                probabilities=values.shape,
                got=wanted.shape,
            )
        named = Classes.of(wanted, last.shape, weight, ignore_index, values.dtype)
        return cls(last, named, None, weights, smoothing, axis, kind)

    @property
    def shares(self) -> Array:
        """What was wanted, as probabilities (..., C): 1 at the class of an index."""
        return self.named.onehot() if self.named is not None else np.asarray(self.given)

    @property
    def counts(self) -> Array:
        """What each log-probability counts in its sample's loss, (..., C): smoothed, weighted, 0 where ignored."""
        shares = (1 - self.smoothing) * self.shares + self.smoothing / self.logits.shape[-1]
        shares *= self.weight
        return shares if self.named is None else np.asarray(shares * self.named.kept[..., None])

    @property
    def divisor(self) -> float:
        """What the sum is divided by for a mean: what the named classes count, or the number of samples."""
        return float(self.named.counts.sum()) if self.named is not None else math.prod(self.logits.shape[:-1])

    @property
    def losses(self) -> Array:
        """The loss of every sample, (...,)."""
        if self.named is None or self.smoothing:
            return np.asarray(-(self.counts * log_softmax(self.logits)).sum(axis=-1))
        shifted = self.logits - self.logits.max(axis=-1, keepdims=True)
        chosen = self.named.chosen(shifted)  # of one class only: the logarithms of the others are not needed
        return np.asarray((np.log(np.exp(shifted).sum(axis=-1)) - chosen) * self.named.counts)


def cross_entropy(
    logits: object,
    target: object,
    weight: object = None,
    *,
    ignore_index: int = IGNORED,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Array:
    """Return how far softmax(logits) is from target.

    loss[n] = -log_softmax(logits[n])[target[n]]                   target holds a class for each sample
    loss[n] = -sum over c of target[n, c] * log_softmax(logits[n])[c]   target holds probabilities

    logits            (C,), (N, C) or (N, C, ...)
    target            classes 0..C-1, the shape of logits without C; or probabilities, the shape of logits
    weight            (C,) what each class counts, or None: 1
    ignore_index      a sample of this class counts nothing
    label_smoothing   the share of target that is spread evenly over all classes
    reduction         "mean" over what the samples count, "sum", or "none": one loss for each sample
    returns           () or the shape of logits without C; dtype of logits, float64 for integers
    Raises ShapeError if the shapes do not fit, RangeError on a class that is not there.
    """
    inputs = LossInputs.of(logits, target, weight, ignore_index, label_smoothing, reduction)
    return reduced(inputs.losses, inputs.reduction, inputs.divisor)


def cross_entropy_backward(
    grad_output: object,
    logits: object,
    target: object,
    weight: object = None,
    *,
    ignore_index: int = IGNORED,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Array:
    """Return the gradient of cross_entropy with respect to the logits.

    grad_output * (softmax(logits) * (sum of target) - target), divided by what the samples count for "mean":
    for a class, whose target is 1 in one place, p - onehot.

    grad_output   shape of cross_entropy's result: () unless reduction is "none"
    returns       shape of logits
    Raises ShapeError if grad_output has another shape; otherwise as cross_entropy.
    """
    inputs = LossInputs.of(logits, target, weight, ignore_index, label_smoothing, reduction)
    each = spread(grad_output, inputs.logits.shape[:-1], inputs.reduction, inputs.divisor)
    counts = inputs.counts
    gradient = each[..., None] * (softmax(inputs.logits) * counts.sum(axis=-1, keepdims=True) - counts)
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
        label = None if inputs.named is None else int(inputs.named.places[place])
        largest = logits.max()
        return CrossEntropyStep(index, logits, target, label, float(largest), np.exp(logits - largest))


def _floats(values: Array) -> Array:
    return values.astype(computing_dtype(values) if values.dtype.kind == "f" else np.float64, copy=False)


def _checked_smoothing(smoothing: object) -> float:
    share = plain_number(smoothing)
    if not 0 <= share <= 1:
        raise RangeError("label_smoothing must be between 0 and 1, got {got}", got=repr(smoothing)[:40])
    return share

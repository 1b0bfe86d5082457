"""From logits to probabilities."""

from dataclasses import dataclass

import numpy as np

from engine.errors import ShapeError
from engine.ops.arrays import Array, axis_of, real_array
from engine.ops.lazy import LazyTrace


def softmax(x: object, dim: int = -1) -> Array:
    """Return exp(x - m) / sum of exp(x - m) along axis dim, m the largest entry there.

    Subtracting m changes nothing but keeps exp from overflowing.
    Shape of x; its dtype, float64 for integers. Raises RangeError if x has no axis dim.
    """
    values = real_array(x, "x")
    axis = axis_of(values, dim)
    floats = values if values.dtype.kind == "f" else values.astype(np.float64)
    powers = np.exp(floats - floats.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def softmax_backward(grad_output: object, x: object, dim: int = -1) -> Array:
    """Return p * (grad_output - sum of p * grad_output along dim), p = softmax(x, dim)."""
    grad, values = real_array(grad_output, "grad_output"), real_array(x, "x")
    if grad.shape != values.shape:
        raise ShapeError(
            "grad_output must have the shape of x {wanted}, got {got}", wanted=values.shape, got=grad.shape
        )
    shares = softmax(values, dim)
    return np.asarray(shares * (grad - (shares * grad).sum(axis=dim, keepdims=True)))


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxStep:
    """One probability: its power of e over the sum of all of them."""

    index: tuple[int]
    x: Array  # (K,) all logits
    largest: float
    powers: Array  # (K,) exp(x - largest)
    total: float

    @property
    def value(self) -> float:
        """The probability."""
        return float(self.powers[self.index] / self.total)


class SoftmaxTrace(LazyTrace[SoftmaxStep]):
    """The steps of softmax over one vector of logits."""

    def __init__(self, x: object) -> None:
        values = real_array(x, "x")
        if values.ndim != 1:
            raise ShapeError("the steps of softmax need one vector of logits, got shape {shape}", shape=values.shape)
        self.x = values if values.dtype.kind == "f" else values.astype(np.float64)
        super().__init__(self.x.shape, self.x.shape, self.x.dtype)

    def step_at(self, index: tuple[int, ...]) -> SoftmaxStep:
        """Return the step of probability (k,)."""
        (k,) = self.checked_index(index)
        largest = self.x.max()
        powers = np.exp(self.x - largest)
        return SoftmaxStep((k,), self.x, float(largest), powers, float(powers.sum()))

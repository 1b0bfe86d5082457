"""Gradients checked against finite differences: the only test that needs no second derivation.

A central difference compares f at two points, x + eps and x - eps. It can only agree with a derivative where there
is one between the two. It must fail at a kink or a tie, with a right gradient too:

- relu at 0: the slope is 0 on one side and 1 on the other, so the difference gives 1/2; the gradient says 0.
- max at a tie: raising a winner raises the maximum, lowering it does not while the other stands; again 1/2,
  where the gradient is 1 for the first of the two and 0 for the other.

Move x away from such places by more than eps before checking there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, real_array

# f is known to a few units in its last place, so no difference of two values is better than that.
ROUNDING = 16 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class CellCheck:
    """One cell of a gradient against the difference quotient.

    numerical = (above - below) / (2 * eps)
    """

    index: tuple[int, ...]
    above: float  # f with eps added to this cell of x
    below: float  # f with eps taken from it
    eps: float
    grad: float
    floor: float  # what the relative error is measured by where both slopes are smaller: there rounding rules

    @property
    def numerical(self) -> float:
        """The slope of f along this cell, from two values of f."""
        return (self.above - self.below) / (2 * self.eps)

    @property
    def relative_error(self) -> float:
        """|numerical - grad| / max(|numerical|, |grad|, floor)"""
        apart = abs(self.numerical - self.grad)
        return apart / max(abs(self.numerical), abs(self.grad), self.floor) if apart else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class GradientCheck:
    """A gradient against difference quotients, cell by cell."""

    numerical: NDArray[np.float64]  # shape of x
    relative_error: NDArray[np.float64]  # the same shape
    tolerance: float

    @property
    def worst(self) -> tuple[int, ...]:
        """Index of the largest relative error; the first that is not a number, if there is one."""
        return tuple(int(k) for k in np.unravel_index(int(self.relative_error.argmax()), self.relative_error.shape))

    @property
    def passed(self) -> bool:
        """Whether no relative error is above the tolerance, and all are numbers."""
        return bool((self.relative_error <= self.tolerance).all())


def gradient_check(
    f: Callable[[NDArray[np.float64]], object],
    x: object,
    grad: object,
    eps: float = 1e-5,
    *,
    tolerance: float = 1e-6,
) -> GradientCheck:
    """Compare grad with the central differences of f at x, in every cell.

    numerical[k]      = (f(x + eps * e_k) - f(x - eps * e_k)) / (2 * eps)
    relative_error[k] = |numerical[k] - grad[k]| / max(|numerical[k]|, |grad[k]|, floor)

    f       takes an array like x and returns one number; called twice for each cell
    x       any shape; float64 from here on, so that eps is not lost
    grad    shape of x: what is claimed to be the gradient of f at x
    floor   keeps the rounding of f itself (about 1e-16 of its size, over eps) below the tolerance
    Fails at a kink of relu or a tie of max (see the module) and where f is not finite.
    Raises ShapeError if grad has another shape or f returns no single number, RangeError unless eps > 0.
    Source: Goodfellow, Bengio & Courville 2016, Deep Learning, sec. 11.5.
    """
    values, claimed = _checked(x, grad, eps, tolerance)
    cells = [_cell(f, values, claimed, index, eps, tolerance) for index in np.ndindex(values.shape)]
    numerical = np.array([cell.numerical for cell in cells]).reshape(values.shape)
    return GradientCheck(numerical, np.array([cell.relative_error for cell in cells]).reshape(values.shape), tolerance)


def check_cell(
    f: Callable[[NDArray[np.float64]], object],
    x: object,
    grad: object,
    index: tuple[int, ...],
    eps: float = 1e-5,
    *,
    tolerance: float = 1e-6,
) -> CellCheck:
    """Compare one cell of grad with the central difference of f there; otherwise as gradient_check.

    Raises RangeError if x has no cell at index.
    """
    values, claimed = _checked(x, grad, eps, tolerance)
    if len(index) != values.ndim or any(k not in range(size) for k, size in zip(index, values.shape, strict=True)):
        raise RangeError("no cell {index} in x of shape {shape}", index=index, shape=values.shape)
    return _cell(f, values, claimed, index, eps, tolerance)


def _checked(x: object, grad: object, eps: float, tolerance: float) -> tuple[NDArray[np.float64], Array]:
    values, claimed = np.array(real_array(x, "x"), np.float64), np.asarray(real_array(grad, "grad"), np.float64)
    if claimed.shape != values.shape:
        raise ShapeError("grad must have the shape of x {wanted}, got {got}", wanted=values.shape, got=claimed.shape)
    for name, number in (("eps", eps), ("tolerance", tolerance)):
        if not 0 < number < np.inf:
            raise RangeError("{name} must be above 0, got {got}", name=name, got=number)
    return values, claimed


def _cell(
    f: Callable[[NDArray[np.float64]], object],
    x: NDArray[np.float64],
    grad: Array,
    index: tuple[int, ...],
    eps: float,
    tolerance: float,
) -> CellCheck:
    above, below = (_moved(f, x, index, move) for move in (eps, -eps))
    # sums cancel: f may be 0 while its terms, each about grad * x, are not
    size = max(abs(above), abs(below), float(np.abs(grad * x).max()))
    return CellCheck(index, above, below, eps, float(grad[index]), ROUNDING * size / eps / tolerance)


def _moved(
    f: Callable[[NDArray[np.float64]], object], x: NDArray[np.float64], index: tuple[int, ...], move: float
) -> float:
    moved = x.copy()
    moved[index] += move
    result = np.asarray(f(moved))
    if result.size != 1:
        raise ShapeError("f must return one number, got shape {shape}", shape=result.shape)
    return float(result.item())

"""Gradients checked against finite differences: the only test that needs no second derivation.

A central difference compares f at two points, x + eps and x - eps. It can only agree with a derivative where there
is one between the two. It must fail at a kink or a tie, with a right gradient too:

- relu at 0: the slope is 0 on one side and 1 on the other, so the difference gives 1/2; the gradient says 0.
- max at a tie: raising a winner raises the maximum, lowering it does not while the other stands; again 1/2,
  where the gradient is 1 for the first of the two and 0 for the other.

GradientCheck.reason then tells both slopes. Move x away from such places by more than eps before checking there.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, real_array

# f is known to a few units in its last place, so no difference of two values is better than that.
ROUNDING = 16 * float(np.finfo(np.float64).eps)
# The slopes on both sides of a point differ by eps times the curvature; by more than this part of them at a kink.
KINK = 1e-3

Index = tuple[int, ...]
Function = Callable[[NDArray[np.float64]], object]


@dataclass(frozen=True, slots=True)
class CellCheck:
    """One cell of a gradient against the difference quotient.

    numerical = (above - below) / (2 * eps)
    """

    index: Index
    above: float  # f with eps added to this cell of x
    here: float  # f at x
    below: float  # f with eps taken from it
    eps: float
    grad: float
    floor: float  # what the relative error is measured by where both slopes are smaller: there rounding rules

    @property
    def numerical(self) -> float:
        """The slope of f along this cell, from two values of f."""
        return (self.above - self.below) / (2 * self.eps)

    @property
    def sides(self) -> tuple[float, float]:
        """The slope of f below x and above x, each from f at x and one more value."""
        return (self.here - self.below) / self.eps, (self.above - self.here) / self.eps

    @property
    def relative_error(self) -> float:
        """|numerical - grad| / max(|numerical|, |grad|, floor)"""
        apart = abs(self.numerical - self.grad)
        return apart / max(abs(self.numerical), abs(self.grad), self.floor) if apart else 0.0

    @property
    def at_kink(self) -> bool:
        """Whether the slopes of both sides differ and grad is one of them, or between: no error of grad."""
        low, high = sorted(self.sides)
        slack = KINK * max(abs(low), abs(high), self.floor)
        return high - low > slack and low - slack <= self.grad <= high + slack


@dataclass(frozen=True, slots=True, eq=False)
class GradientCheck:
    """A gradient against difference quotients, cell by cell."""

    cells: tuple[CellCheck, ...]  # in C order
    shape: tuple[int, ...]  # of x
    tolerance: float

    @property
    def numerical(self) -> NDArray[np.float64]:
        """The difference quotients, shape of x."""
        return np.array([cell.numerical for cell in self.cells]).reshape(self.shape)

    @property
    def relative_error(self) -> NDArray[np.float64]:
        """Relative error of each cell, shape of x."""
        return np.array([cell.relative_error for cell in self.cells]).reshape(self.shape)

    @property
    def worst(self) -> Index:
        """Index of the largest relative error; the first that is not a number, if there is one."""
        return self._worst.index

    @property
    def passed(self) -> bool:
        """Whether no relative error is above the tolerance, and all are numbers."""
        return all(cell.relative_error <= self.tolerance for cell in self.cells)

    @property
    def reason(self) -> str:
        """Why it failed, at the worst cell; empty if it passed."""
        if self.passed:
            return ""
        cell = self._worst
        if not np.isfinite(cell.relative_error):
            return f"at {cell.index} f or grad is not finite"
        if cell.at_kink:
            low, high = cell.sides
            return f"at {cell.index} f has slope {low:.6g} on one side, {high:.6g} on the other: a kink or a tie"
        return f"at {cell.index} the difference quotient is {cell.numerical:.9g}, grad says {cell.grad:.9g}"

    @property
    def _worst(self) -> CellCheck:
        return self.cells[int(np.argmax([cell.relative_error for cell in self.cells]))]


def gradient_check(
    f: Function, x: object, grad: object, eps: float = 1e-5, *, tolerance: float = 1e-6, stacked: bool = False
) -> GradientCheck:
    """Compare grad with the central differences of f at x, in every cell.

    numerical[k]      = (f(x + eps * e_k) - f(x - eps * e_k)) / (2 * eps)
    relative_error[k] = |numerical[k] - grad[k]| / max(|numerical[k]|, |grad[k]|, floor)

    f         takes an array like x and returns one number; called twice for each cell, and once at x
    x         any shape; float64 from here on, so that eps is not lost
    grad      shape of x: what is claimed to be the gradient of f at x
    stacked   f takes many arrays like x at once, (K, ...), and returns a number for each, (K,)
    floor     keeps the rounding of f itself (about 1e-16 of its size, over eps) below the tolerance
    Fails at a kink of relu or a tie of max (see the module) and where f is not finite; .reason tells which.
    Raises ShapeError if grad has another shape or f returns no single number, RangeError unless eps > 0.
    Source: Goodfellow, Bengio & Courville 2016, Deep Learning, sec. 11.5.
    """
    values, claimed = _checked(x, grad, eps, tolerance)
    cells = _cells(f, values, claimed, list(np.ndindex(values.shape)), eps, tolerance, stacked)
    return GradientCheck(tuple(cells), values.shape, tolerance)


def check_cell(
    f: Function, x: object, grad: object, index: Index, eps: float = 1e-5, *, tolerance: float = 1e-6
) -> CellCheck:
    """Compare one cell of grad with the central difference of f there; otherwise as gradient_check.

    Raises RangeError if x has no cell at index.
    """
    values, claimed = _checked(x, grad, eps, tolerance)
    if len(index) != values.ndim or any(k not in range(size) for k, size in zip(index, values.shape, strict=True)):
        raise RangeError("no cell {index} in x of shape {shape}", index=index, shape=values.shape)
    return _cells(f, values, claimed, [index], eps, tolerance, stacked=False)[0]


def _checked(x: object, grad: object, eps: float, tolerance: float) -> tuple[NDArray[np.float64], Array]:
    values, claimed = np.array(real_array(x, "x"), np.float64), np.asarray(real_array(grad, "grad"), np.float64)
    if claimed.shape != values.shape:
        raise ShapeError("grad must have the shape of x {wanted}, got {got}", wanted=values.shape, got=claimed.shape)
    for name, number in (("eps", eps), ("tolerance", tolerance)):
        if not 0 < number < np.inf:
            raise RangeError("{name} must be above 0, got {got}", name=name, got=number)
    return values, claimed


def _cells(
    f: Function,
    x: NDArray[np.float64],
    grad: Array,
    indices: list[Index],
    eps: float,
    tolerance: float,
    stacked: bool,
) -> list[CellCheck]:
    (here,) = _values(f, [x.copy()], stacked)
    above, below = (_values(f, (_moved(x, index, move) for index in indices), stacked) for move in (eps, -eps))
    terms = float(np.abs(grad * x).max())  # sums cancel: f may be 0 while its terms, each about grad * x, are not
    cells = []
    for index, high, low in zip(indices, above, below, strict=True):
        floor = ROUNDING * max(abs(high), abs(low), terms) / eps / tolerance
        cells.append(CellCheck(index, high, here, low, eps, float(grad[index]), floor))
    return cells


def _moved(x: NDArray[np.float64], index: Index, move: float) -> NDArray[np.float64]:
    moved = x.copy()
    moved[index] += move
    return moved


def _values(f: Function, points: Iterable[NDArray[np.float64]], stacked: bool) -> list[float]:
    if not stacked:
        return [_number(f(point)) for point in points]
    stack = np.stack(list(points))
    values = np.asarray(f(stack))
    if values.shape != stack.shape[:1]:
        raise ShapeError(
            "f must return one number for each of {count} arrays, got shape {shape}",
            count=len(stack),
            shape=values.shape,
        )
    return [float(value) for value in values]


def _number(result: object) -> float:
    value = np.asarray(result)
    if value.size != 1:
        raise ShapeError("f must return one number, got shape {shape}", shape=value.shape)
    return float(value.item())

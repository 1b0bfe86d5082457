"""A surface z = f(x, y) with its slopes and curvatures, on plain floats and on arrays."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from engine.landscape.derivatives import Jet
from engine.landscape.graph import Graph
from engine.landscape.maths import FLOATS, Maths, Number
from engine.landscape.program import Program

Gradient = tuple[Number, Number]
Hessian = tuple[Number, Number, Number]


class Surface:
    """f(x, y), its gradient (f_x, f_y) and its Hessian (f_xx, f_xy, f_yy), all derived from one formula.

    x and y may be floats, and floats come back; or arrays whose shapes broadcast, and float64 arrays of the common
    shape come back. Where f is not defined the answer is NaN or infinite, never an exception or a warning.
    """

    def __init__(self, formula: str, graph: Graph, jet: Jet) -> None:
        self.formula = formula
        self._value = Program(graph, (jet.value,))
        self._gradient = Program(graph, (jet.x, jet.y))
        self._hessian = Program(graph, (jet.xx, jet.xy, jet.yy))
        # The gradient as a single path wants it: no checks, exceptions as Python's floats raise them; and as many do.
        self.float_gradient: Callable[[float, float], tuple[float, ...]] = self._gradient.on_floats
        self.array_gradient: Callable[[Any, Any], tuple[Any, ...]] = self._gradient.on_arrays

    def gradient_for(self, maths: Maths) -> Callable[[Any, Any], tuple[Any, ...]]:
        """Return the gradient as one walk asks for it, once a step."""
        return self.float_gradient if maths is FLOATS else self.array_gradient

    def with_slopes(self, slopes: Callable[[float, float], tuple[float, float]]) -> Self:
        """Return this surface with a gradient written out for plain floats, which is faster."""
        self.float_gradient = slopes
        return self

    def __repr__(self) -> str:
        return f"Surface({self.formula!r})"

    def value(self, x: Number, y: Number) -> Number:
        """Return f(x, y)."""
        return _computed(self._value, x, y)[0]

    def gradient(self, x: Number, y: Number) -> Gradient:
        """Return (f_x, f_y)."""
        return _computed(self._gradient, x, y)

    def hessian(self, x: Number, y: Number) -> Hessian:
        """Return (f_xx, f_xy, f_yy)."""
        return _computed(self._hessian, x, y)


def _computed(program: Program, x: Number, y: Number) -> tuple[Any, ...]:
    if type(x) is float and type(y) is float:
        try:
            return program.on_floats(x, y)
        except (ArithmeticError, ValueError):  # arrays answer as IEEE 754 says: 1/0 is infinite, log(-1) NaN
            return tuple(float(part) for part in _on_arrays(program, np.float64(x), np.float64(y)))
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if x.ndim == y.ndim == 0:
        return _computed(program, float(x), float(y))
    shape = np.broadcast_shapes(x.shape, y.shape)
    # x itself is no result: who changes an array must not change another
    return tuple(
        part if np.shape(part) == shape and part is not x and part is not y else np.broadcast_to(part, shape).copy()
        for part in _on_arrays(program, x, y)
    )


def _on_arrays(program: Program, x: Any, y: Any) -> tuple[Any, ...]:
    with np.errstate(all="ignore"):
        return program.on_arrays(x, y)

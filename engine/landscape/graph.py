"""Formulas as graphs of small operations, each part kept once, simplified where that changes no value.

A part is known by its number. Derivatives are parts of the same graph, so that what they share with the value is
computed once.
"""

import math
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

EXPANDED = 16  # whole powers up to this one are products: fast, and right for negative numbers


class NotFiniteError(Exception):
    """A part without x and y has no finite value."""


class ZeroDivisorError(Exception):
    """A part is divided by 0, wherever it is asked for."""


class BaseError(Exception):
    """A number that is not above 0 is raised to a power in which x or y occurs."""


class Operation(NamedTuple):
    """One operation, on floats and on arrays."""

    on_float: Callable[..., float]
    on_array: Callable[..., Any]


def _sign(value: float) -> float:
    return 0.0 * value if value != value or value == 0 else math.copysign(1.0, value)


OPERATIONS: dict[str, Operation] = {
    "+": Operation(operator.add, np.add),
    "-": Operation(operator.sub, np.subtract),
    "*": Operation(operator.mul, np.multiply),
    "/": Operation(operator.truediv, np.true_divide),
    "^": Operation(math.pow, np.power),
    "neg": Operation(operator.neg, np.negative),
    "sign": Operation(_sign, np.sign),
    "abs": Operation(abs, np.absolute),
    "acos": Operation(math.acos, np.arccos),
    "asin": Operation(math.asin, np.arcsin),
    "atan": Operation(math.atan, np.arctan),
    "cos": Operation(math.cos, np.cos),
    "cosh": Operation(math.cosh, np.cosh),
    "exp": Operation(math.exp, np.exp),
    "log": Operation(math.log, np.log),
    "sin": Operation(math.sin, np.sin),
    "sinh": Operation(math.sinh, np.sinh),
    "sqrt": Operation(math.sqrt, np.sqrt),
    "tan": Operation(math.tan, np.tan),
    "tanh": Operation(math.tanh, np.tanh),
}

Part = int
Node = tuple[str, Part, Part]  # operation and operands; the second is -1 where there is one only


class Graph:
    """All parts of one formula. Parts 0 and 1 are x and y."""

    X: Part = 0
    Y: Part = 1

    def __init__(self) -> None:
        self.nodes: list[Node | float] = [("x", -1, -1), ("y", -1, -1)]
        self._known: dict[Node | tuple[str, float, float], Part] = {}

    def constant(self, value: float) -> Part:
        """Return the part that is this number. Raises NotFiniteError if it is not finite."""
        if not math.isfinite(value):
            raise NotFiniteError
        # 0.0 and -0.0 are equal, but 1 over them is not
        return self._keep(("number", value, math.copysign(1, value)), float(value))

    def number(self, part: Part) -> float | None:
        """Return the value of a part that depends on neither x nor y, else None."""
        node = self.nodes[part]
        return node if isinstance(node, float) else None

    def operation(self, part: Part) -> str:
        """Return the name of the operation that a part is the result of; a number is none."""
        node = self.nodes[part]
        assert not isinstance(node, float)
        return node[0]

    def apply(self, name: str, a: Part) -> Part:
        """Return the part name(a): a function, or neg."""
        value = self.number(a)
        if value is not None:
            return self._folded(name, value)
        return self._keep(node := (name, a, -1), node)

    def add(self, a: Part, b: Part) -> Part:
        if self.number(a) == 0:
            return b
        return a if self.number(b) == 0 else self._binary("+", a, b)

    def subtract(self, a: Part, b: Part) -> Part:
        if self.number(b) == 0:
            return a
        return self.apply("neg", b) if self.number(a) == 0 else self._binary("-", a, b)

    def multiply(self, a: Part, b: Part) -> Part:
        if self.number(b) is not None and self.number(a) is None:
            a, b = b, a  # a number stands first
        factor = self.number(a)
        if factor == 0:
            return self.constant(0.0)
        if factor in (1, -1):
            return b if factor == 1 else self.apply("neg", b)
        return self._binary("*", a, b)

    def divide(self, a: Part, b: Part) -> Part:
        if self.number(b) == 0:
            raise ZeroDivisorError
        if self.number(a) == 0 and self.number(b) is not None:
            return a
        return a if self.number(b) == 1 else self._binary("/", a, b)

    def power(self, a: Part, b: Part) -> Part:
        """Return a^b; a whole power that is not large becomes a product."""
        base, exponent = self.number(a), self.number(b)
        if exponent is not None and base is None and exponent == int(exponent) and abs(exponent) <= EXPANDED:
            product = self._product(a, abs(int(exponent)))
            return product if exponent >= 0 else self.divide(self.constant(1.0), product)
        if base is not None and exponent is None and base <= 0:
            raise BaseError
        return self._binary("^", a, b)

    def scale(self, factor: float, a: Part) -> Part:
        """Return factor * a."""
        return self.multiply(self.constant(factor), a)

    def _product(self, a: Part, count: int) -> Part:
        if count == 0:
            return self.constant(1.0)
        if count == 1:
            return a
        half = self._product(a, count // 2)
        square = self.multiply(half, half)
        return self.multiply(square, a) if count % 2 else square

    def _binary(self, name: str, a: Part, b: Part) -> Part:
        left, right = self.number(a), self.number(b)
        if left is not None and right is not None:
            return self._folded(name, left, right)
        return self._keep(node := (name, a, b), node)

    def _folded(self, name: str, *numbers: float) -> Part:
        try:
            return self.constant(OPERATIONS[name].on_float(*numbers))
        except (ArithmeticError, ValueError):
            raise NotFiniteError from None

    def _keep(self, key: Node | tuple[str, float, float], node: Node | float) -> Part:
        part = self._known.get(key)
        if part is None:
            part = self._known[key] = len(self.nodes)
            self.nodes.append(node)
        return part

"""Second-order forward differentiation: with each part of a formula go its slopes and curvatures along x and y."""

from collections.abc import Callable
from typing import NamedTuple

from engine.landscape.graph import Graph, Part


class Jet(NamedTuple):
    """A part of a formula with its derivatives, all of them parts of one graph."""

    value: Part
    x: Part
    y: Part
    xx: Part
    xy: Part
    yy: Part

    @property
    def slopes(self) -> tuple[Part, Part]:
        return self.x, self.y

    @property
    def curvatures(self) -> tuple[tuple[Part, int, int], ...]:
        """xx, xy, yy, each with the two coordinates by which it is differentiated."""
        return (self.xx, 0, 0), (self.xy, 0, 1), (self.yy, 1, 1)


class Jets:
    """Makes jets of jets, by the rules for sums, products, quotients, powers and functions."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def constant(self, value: float) -> Jet:
        zero = self.graph.constant(0.0)
        return Jet(self.graph.constant(value), zero, zero, zero, zero, zero)

    def coordinate(self, name: str) -> Jet:
        zero, one = self.graph.constant(0.0), self.graph.constant(1.0)
        if name == "x":
            return Jet(self.graph.X, one, zero, zero, zero, zero)
        return Jet(self.graph.Y, zero, one, zero, zero, zero)

    def add(self, a: Jet, b: Jet) -> Jet:
        return Jet(*map(self.graph.add, a, b))

    def subtract(self, a: Jet, b: Jet) -> Jet:
        return Jet(*map(self.graph.subtract, a, b))

    def negate(self, a: Jet) -> Jet:
        return Jet(*(self.graph.apply("neg", part) for part in a))

    def multiply(self, a: Jet, b: Jet) -> Jet:
        """(ab)_i = a_i b + a b_i,  (ab)_ij = a_ij b + a_i b_j + a_j b_i + a b_ij"""
        g = self.graph
        slopes = [g.add(g.multiply(a.slopes[i], b.value), g.multiply(a.value, b.slopes[i])) for i in (0, 1)]
        curved = []
        for (a_ij, i, j), (b_ij, _, _) in zip(a.curvatures, b.curvatures, strict=True):
            ends = g.add(g.multiply(a_ij, b.value), g.multiply(a.value, b_ij))
            crossed = g.add(g.multiply(a.slopes[i], b.slopes[j]), g.multiply(a.slopes[j], b.slopes[i]))
            curved.append(g.add(ends, crossed))
        return Jet(g.multiply(a.value, b.value), *slopes, *curved)

    def divide(self, a: Jet, b: Jet) -> Jet:
        """q = a / b,  q_i = (a_i - q b_i) / b,  q_ij = (a_ij - q b_ij - q_i b_j - q_j b_i) / b"""
        g = self.graph
        q = g.divide(a.value, b.value)
        slopes = [g.divide(g.subtract(a.slopes[i], g.multiply(q, b.slopes[i])), b.value) for i in (0, 1)]
        curved = []
        for (a_ij, i, j), (b_ij, _, _) in zip(a.curvatures, b.curvatures, strict=True):
            crossed = g.add(g.multiply(slopes[i], b.slopes[j]), g.multiply(slopes[j], b.slopes[i]))
            rest = g.subtract(g.subtract(a_ij, g.multiply(q, b_ij)), crossed)
            curved.append(g.divide(rest, b.value))
        return Jet(q, *slopes, *curved)

    def power(self, a: Jet, b: Jet) -> Jet:
        """A fixed power c has slopes c a^(c-1) and c (c-1) a^(c-2); otherwise w = a^b = exp(b log a) and

        e = b log a,  w_i = w e_i,  w_ij = w (e_ij + e_i e_j)
        """
        g = self.graph
        value, exponent = g.power(a.value, b.value), g.number(b.value)
        if g.number(value) is not None:
            return self.constant(g.number(value) or 0.0)
        if exponent is not None:
            first = g.scale(exponent, g.power(a.value, g.constant(exponent - 1)))
            second = g.scale(exponent * (exponent - 1), g.power(a.value, g.constant(exponent - 2)))
            return self._chain(a, value, first, second)
        return self._chain(self.multiply(b, self.apply("log", a)), value, value, value)

    def apply(self, name: str, a: Jet) -> Jet:
        """Return the function of that name of a."""
        value = self.graph.apply(name, a.value)
        return self._chain(a, value, *SLOPES[name](self.graph, a.value, value))

    def _chain(self, a: Jet, value: Part, first: Part, second: Part) -> Jet:
        """h(a)_i = h'(a) a_i,  h(a)_ij = h''(a) a_i a_j + h'(a) a_ij"""
        g = self.graph
        curved = [
            g.add(g.multiply(second, g.multiply(a.slopes[i], a.slopes[j])), g.multiply(first, a_ij))
            for a_ij, i, j in a.curvatures
        ]
        return Jet(value, g.multiply(first, a.x), g.multiply(first, a.y), *curved)


Slopes = Callable[[Graph, Part, Part], tuple[Part, Part]]


def _exp(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    return h, h


def _log(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    first = g.divide(g.constant(1.0), u)
    return first, g.apply("neg", g.multiply(first, first))


def _sqrt(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    first = g.divide(g.constant(0.5), h)
    return first, g.divide(g.scale(-0.5, first), u)


def _abs(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    return g.apply("sign", u), g.constant(0.0)


def _sin(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    return g.apply("cos", u), g.apply("neg", h)


def _cos(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    return g.apply("neg", g.apply("sin", u)), g.apply("neg", h)


def _tan(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    first = g.add(g.constant(1.0), g.multiply(h, h))
    return first, g.scale(2.0, g.multiply(h, first))


def _sinh(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    return g.apply("cosh", u), h


def _cosh(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    return g.apply("sinh", u), h


def _tanh(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    first = g.subtract(g.constant(1.0), g.multiply(h, h))
    return first, g.scale(-2.0, g.multiply(h, first))


def _atan(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    first = g.divide(g.constant(1.0), g.add(g.constant(1.0), g.multiply(u, u)))
    return first, g.scale(-2.0, g.multiply(u, g.multiply(first, first)))


def _asin(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    first = g.divide(g.constant(1.0), g.apply("sqrt", g.subtract(g.constant(1.0), g.multiply(u, u))))
    return first, g.multiply(u, g.multiply(first, g.multiply(first, first)))


def _acos(g: Graph, u: Part, h: Part) -> tuple[Part, Part]:
    first, second = _asin(g, u, h)
    return g.apply("neg", first), g.apply("neg", second)


# For each function h its slope and its curvature, as parts of the graph, from u and h(u).
SLOPES: dict[str, Slopes] = {
    "abs": _abs,
    "acos": _acos,
    "asin": _asin,
    "atan": _atan,
    "cos": _cos,
    "cosh": _cosh,
    "exp": _exp,
    "log": _log,
    "sin": _sin,
    "sinh": _sinh,
    "sqrt": _sqrt,
    "tan": _tan,
    "tanh": _tanh,
}

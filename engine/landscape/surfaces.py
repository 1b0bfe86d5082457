"""The surfaces that optimizers are tried on. Each is a formula, read by the parser that reads the learner's own.

`slopes` is the gradient once more, written out for plain floats: a single path is several times as fast by it. The
tests compare both.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from engine.errors import RangeError
from engine.landscape.bounded import Bounds, bounded
from engine.landscape.expression import parse
from engine.landscape.regression import two_scales
from engine.landscape.surface import Surface

Slopes = Callable[[float, float], tuple[float, float]]


class Named(NamedTuple):
    """A surface of the catalogue: its formula, the part of the plane worth seeing, a start, its float gradient.

    Losses of a regression have no formula in x and y alone, and no gradient but their own.
    """

    formula: str
    domain: tuple[float, float, float, float]  # x from, to; y from, to
    start: tuple[float, float]
    slopes: Slopes | None
    source: str = ""


def _rosenbrock(x: float, y: float) -> tuple[float, float]:
    above = y - x * x
    return -2 * (1 - x) - 400 * x * above, 200 * above


def _himmelblau(x: float, y: float) -> tuple[float, float]:
    a, b = x * x + y - 11, x + y * y - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


def _beale(x: float, y: float) -> tuple[float, float]:
    square = y * y
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * square, 2.625 - x + x * square * y
    along = 2 * (a * (y - 1) + b * (square - 1) + c * (square * y - 1))
    return along, 2 * x * (a + 2 * y * b + 3 * square * c)


def _ackley(x: float, y: float) -> tuple[float, float]:
    radius, turn = math.sqrt(0.5 * (x * x + y * y)), 2 * math.pi
    waves = math.pi * math.exp(0.5 * (math.cos(turn * x) + math.cos(turn * y)))
    cone = 2 * math.exp(-0.2 * radius) / radius
    return cone * x + waves * math.sin(turn * x), cone * y + waves * math.sin(turn * y)


def _rastrigin(x: float, y: float) -> tuple[float, float]:
    turn = 2 * math.pi
    return 2 * x + 10 * turn * math.sin(turn * x), 2 * y + 10 * turn * math.sin(turn * y)


def _plateau(x: float, y: float) -> tuple[float, float]:
    hill = math.exp(-(x * x + y * y))
    return 2 * x * hill, 2 * y * hill


CATALOGUE: dict[str, Named] = {
    "saddle": Named("x^2 - y^2", (-2, 2, -2, 2), (-1.5, 1e-3), lambda x, y: (2 * x, -2 * y)),
    "monkey-saddle": Named(
        "x^3 - 3*x*y^2", (-1.5, 1.5, -1.5, 1.5), (1.2, 0.01), lambda x, y: (3 * (x * x - y * y), -6 * x * y)
    ),
    # The way out is the direction y, whose curvature is a hundredth of the other.
    "slow-saddle": Named(
        "x^2/2 - y^2/200 + y^4/400",
        (-2, 2, -2.5, 2.5),
        (-1.5, 1e-3),
        lambda x, y: (x, y * (y * y - 1) / 100),
    ),
    # 1 - exp(-r^2): nearly level further out, so that a gradient says little there
    "plateau": Named("1 - exp(-(x^2 + y^2))", (-4, 4, -4, 4), (2.0, 1.2), _plateau),
    "ravine": Named("x^2/2 + 50*y^2", (-12, 12, -3, 3), (-10.0, 1.0), lambda x, y: (x, 100 * y)),
    # The loss of a linear regression over its two weights: features in [0, 2000] and [1, 5], as they are or normalised.
    "two-scales": Named("mean of (x*x1 + y*x2 - t)^2", (0, 0.1, -20, 60), (0.01, -10.0), None),
    "two-scales-normalised": Named("mean of (x*z1 + y*z2 - t)^2", (-30, 80, -30, 80), (-20.0, -20.0), None),
    "bowl": Named("(x^2 + y^2)/2", (-3, 3, -3, 3), (-2.5, 1.5), lambda x, y: (x, y)),
    "double-well": Named("x^4/4 - x^2/2 + y^2/2", (-2, 2, -1.5, 1.5), (0.01, 1.2), lambda x, y: (x * (x * x - 1), y)),
    "rosenbrock": Named("(1 - x)^2 + 100*(y - x^2)^2", (-2, 2, -1, 3), (-1.5, 2.0), _rosenbrock, "Rosenbrock 1960"),
    "himmelblau": Named(
        "(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (-6, 6, -6, 6), (-0.5, -1.0), _himmelblau, "Himmelblau 1972"
    ),
    "beale": Named(
        "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        (-4.5, 4.5, -4.5, 4.5),
        (1.0, 1.5),
        _beale,
        "Beale 1958",
    ),
    "ackley": Named(
        "-20*exp(-0.2*sqrt(0.5*(x^2 + y^2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20",
        (-5, 5, -5, 5),
        (3.2, -2.4),
        _ackley,
        "Ackley 1987",
    ),
    "rastrigin": Named(
        "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
        (-5.12, 5.12, -5.12, 5.12),
        (3.3, -2.3),
        _rastrigin,
        "Rastrigin 1974",
    ),
}
LOSSES: dict[str, Surface] = {"two-scales": two_scales(), "two-scales-normalised": two_scales().normalised()}
SURFACES: dict[str, Surface] = {
    key: parse(row.formula).with_slopes(row.slopes) if row.slopes else LOSSES[key] for key, row in CATALOGUE.items()
}


def ravine(condition: float) -> Surface:
    """Return (x^2 + condition y^2) / 2, whose Hessian has eigenvalues 1 and condition: the condition number.

    Raises RangeError unless condition is from 1 to 1e6.
    """

    number = bounded("condition", condition, Bounds(1, 1_000_000))
    return parse(f"x^2/2 + {number / 2!r}*y^2").with_slopes(lambda x, y: (x, number * y))


def surface_of(surface: object) -> Surface:
    """Return a surface itself, that of a key in SURFACES, or RangeError."""
    if isinstance(surface, Surface):
        return surface
    if isinstance(surface, str) and surface in SURFACES:
        return SURFACES[surface]
    raise RangeError("there is no surface {key}; there are {known}", key=repr(surface)[:40], known=", ".join(SURFACES))

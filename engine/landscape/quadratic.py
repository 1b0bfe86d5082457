"""The quadratic with eigenvalues and axes of one's choice, and what its eigenvalues say of its level point."""

import math
from typing import Literal, NamedTuple

from engine.landscape.bounded import ANY, FROM_ZERO, bounded
from engine.landscape.expression import parse
from engine.landscape.surface import Surface

Verdict = Literal["minimum", "maximum", "saddle", "valley", "ridge", "flat"]
DIGITS = 15  # decimals of the coefficients: what the turning rounds off 0 and 1 is taken away


class Hessian(NamedTuple):
    """The second derivatives; trace and determinant are the sum and the product of the eigenvalues."""

    xx: float
    xy: float
    yy: float

    @property
    def trace(self) -> float:
        return self.xx + self.yy

    @property
    def determinant(self) -> float:
        return self.xx * self.yy - self.xy * self.xy


def turned(first: float, second: float, degrees: float) -> Hessian:
    """Return the symmetric matrix with an eigenvalue along a direction, another across it.

    H = Q diag(first, second) Q^T,  Q = [[c, -s], [s, c]],  c and s cosine and sine of the angle:
    f_xx = first c^2 + second s^2,  f_xy = (first - second) c s,  f_yy = first s^2 + second c^2

    degrees   from the x axis, counter-clockwise, to the direction of the first
    Raises RangeError on what is not finite.
    """
    along, across = bounded("first", first, ANY), bounded("second", second, ANY)
    angle = math.radians(bounded("degrees", degrees, ANY))
    c, s = math.cos(angle), math.sin(angle)
    entries = (along * c * c + across * s * s, (along - across) * c * s, along * s * s + across * c * c)
    return Hessian(*(round(entry, DIGITS) for entry in entries))


def quadratic(first: float, second: float, degrees: float) -> Surface:
    """Return f(x, y) = (f_xx x^2 + 2 f_xy x y + f_yy y^2) / 2 with that Hessian everywhere. Raises RangeError."""
    xx, xy, yy = turned(first, second, degrees)
    return parse(f"({_power(xx / 2)})*x^2 + ({_power(xy)})*x*y + ({_power(yy / 2)})*y^2")


def _power(number: float) -> str:
    """Return a number as the parser reads it; what is 0 has no sign."""
    return f"{number + 0.0:.17g}"


def verdict(first: float, second: float) -> Verdict:
    """Return what a level point is by the eigenvalues of its Hessian alone; for a quadratic that is all there is.

    Where one is 0 and the other not, a quadratic is a valley or a ridge: level along a line. Of other functions the
    second derivatives then say nothing, and the higher ones decide.
    """
    low, high = sorted((bounded("first", first, ANY), bounded("second", second, ANY)))
    if low > 0:
        return "minimum"
    if high < 0:
        return "maximum"
    if low < 0 < high:
        return "saddle"
    if low == high:
        return "flat"
    return "valley" if high > 0 else "ridge"


def step_factor(eigenvalue: float, lr: float) -> float:
    """Return 1 - lr eigenvalue: what a step of gradient descent multiplies the way along an axis of a quadratic by.

    From -1 to 1 the way shrinks; beyond it grows: along axes with an eigenvalue below 0 always, along others from
    lr = 2 / eigenvalue on.
    """
    return 1 - bounded("lr", lr, FROM_ZERO) * bounded("eigenvalue", eigenvalue, ANY)

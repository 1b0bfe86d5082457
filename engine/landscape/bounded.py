"""Numbers that have bounds, checked."""

import math
from typing import NamedTuple

from engine.errors import RangeError
from engine.ops.arrays import plain_number


class Bounds(NamedTuple):
    """From low to high; an end that is left out is not allowed itself."""

    low: float
    high: float
    without_low: bool = False
    without_high: bool = False

    def hold(self, number: float) -> bool:
        """Return whether number is finite and lies within."""
        above = self.low < number if self.without_low else self.low <= number
        below = number < self.high if self.without_high else number <= self.high
        return math.isfinite(number) and above and below


FROM_ZERO = Bounds(0, math.inf)
ABOVE_ZERO = Bounds(0, math.inf, without_low=True)
TO_ONE = Bounds(0, 1)
BELOW_ONE = Bounds(0, 1, without_high=True)
ANY = Bounds(-math.inf, math.inf)


def bounded(name: str, value: object, bounds: Bounds) -> float:
    """Return value as a float within the bounds. Raises RangeError, which says what they are."""
    number = plain_number(value)
    if bounds.hold(number):
        return number
    got = repr(value)[:40]
    if bounds == ANY:
        raise RangeError("{name} must be a finite number, got {got}", name=name, got=got)
    if bounds.without_low:
        raise RangeError("{name} must be a number above {low}, got {got}", name=name, low=bounds.low, got=got)
    if bounds.high == math.inf:
        raise RangeError("{name} must be a number from {low} on, got {got}", name=name, low=bounds.low, got=got)
    if bounds.without_high:
        raise RangeError(
            "{name} must be a number from {low} on and below {high}, got {got}",
            name=name,
            low=bounds.low,
            high=bounds.high,
            got=got,
        )
    raise RangeError(
        "{name} must be a number from {low} to {high}, got {got}", name=name, low=bounds.low, high=bounds.high, got=got
    )

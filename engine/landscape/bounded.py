"""Numbers that have bounds, checked."""

import math

from engine.errors import RangeError
from engine.ops.arrays import plain_number

FROM_ZERO = ("from 0 on", 0.0, math.inf)


def bounded(name: str, value: object, words: str, low: float, high: float) -> float:
    """Return value as a finite float from low to high. Raises RangeError, which says so in words."""
    number = plain_number(value)
    if not (math.isfinite(number) and low <= number <= high):
        raise RangeError("{name} must be a number {words}, got {got}", name=name, words=words, got=repr(value)[:40])
    return number

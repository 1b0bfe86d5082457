"""The whole numbers of which a geometry is made, checked."""

from reprlib import repr as short_repr

import numpy as np

from engine.errors import RangeError, ShapeError

Size = tuple[int, int]
Sides = tuple[tuple[int, int], tuple[int, int]]
IntOrPair = int | tuple[int, int]
Padding = int | str | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]]

LARGEST = 2**31 - 1  # keeps every product of two sizes inside int64


def whole(value: object, name: str, *, minimum: int) -> int:
    """Return value as an int of at least `minimum`; booleans are not numbers here."""
    if type(value) is int and minimum <= value <= LARGEST:  # nearly always: a small layer should not wait for checks
        return value
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise RangeError("{name} must be a whole number, got {got}", name=name, got=short_repr(value))
    value = int(value)
    if abs(value) > LARGEST:  # not shown: Python refuses to print very long integers
        raise RangeError("{name} must be at most {maximum} in size", name=name, maximum=LARGEST)
    if value < minimum:
        raise RangeError("{name} must be at least {minimum}, got {got}", name=name, minimum=minimum, got=value)
    return value


def pair(value: object, name: str = "value", *, minimum: int = 0) -> Size:
    """Return (rows, columns) of one number for both axes, or of two."""
    if not isinstance(value, tuple | list):
        both = whole(value, name, minimum=minimum)
        return both, both
    if len(value) != 2:
        raise ShapeError("{name} must be one number or two, got {got}", name=name, got=short_repr(value))
    return whole(value[0], name, minimum=minimum), whole(value[1], name, minimum=minimum)

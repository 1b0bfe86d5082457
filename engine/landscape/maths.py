"""The few functions that are written differently for plain floats and for arrays: a rule asks for them by name.

Everything else that the rules need is + - * / and works on both.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Number = Any  # a float, or an array of them: what a rule computes with


class Maths(NamedTuple):
    """Root, cosine, sine, larger, smaller, size and sign of numbers; a choice; whether a condition holds anywhere."""

    sqrt: Callable[[Number], Number]
    cos: Callable[[Number], Number]
    sin: Callable[[Number], Number]
    maximum: Callable[[Number, Number], Number]
    minimum: Callable[[Number, Number], Number]
    absolute: Callable[[Number], Number]
    sign: Callable[[Number], Number]
    where: Callable[[Number, Number, Number], Number]
    any: Callable[[Number], bool]


def _sign(value: float) -> float:
    if value > 0:
        return 1.0
    return -1.0 if value < 0 else 0.0 * value  # 0 of 0, NaN of NaN


def _where(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no


FLOATS = Maths(math.sqrt, math.cos, math.sin, max, min, abs, _sign, _where, bool)
ARRAYS = Maths(np.sqrt, np.cos, np.sin, np.maximum, np.minimum, np.absolute, np.sign, np.where, np.any)

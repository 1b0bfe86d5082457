"""What an activation is like as a whole: how far it and its slope reach, where it saturates, what it makes of noise."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.ops.arrays import Array

NEAR, FAR, CELLS = 10.0, 200.0, 40_001  # so far is looked, closely and roughly, and in so many places
NOTHING = 1e-12  # what is smaller is printed as 0: it would be, a little further out
FLAT = 0.01  # a slope below this, at -10 or at 10, is called saturated
OUT_THERE = 10.0


class Profile(NamedTuple):
    """Of a function f of one number."""

    low: float  # inf of f, -inf if it has none
    high: float
    slope_low: float  # inf and sup of its derivative
    slope_high: float
    mean: float  # of f(x) for normal x: 0 if its outputs are centred
    saturates: tuple[bool, bool]  # whether its slope is nearly 0 at -10 and at 10


def profile(f: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Profile:
    """Return the profile of f, whose derivative is slope; both take an array.

    Where f still changes between 100 and 200 by half as much as before that, it is taken to go on for ever.
    """
    x = np.concatenate([np.linspace(-FAR, -NEAR, 1000), np.linspace(-NEAR, NEAR, CELLS), np.linspace(NEAR, FAR, 1000)])
    near = np.linspace(-NEAR, NEAR, CELLS)  # evenly, since Gauss's few nodes lose three digits at a corner
    weights = np.exp(-(near**2) / 2)
    flat = np.abs(slope(np.array([-OUT_THERE, OUT_THERE]))) < FLAT
    ways = [_way(f, side * FAR) for side in (-1, 1)]
    return Profile(
        -math.inf if -1 in ways else _least(f(x)),
        math.inf if 1 in ways else -_least(-f(x)),
        _least(slope(x)),
        -_least(-slope(x)),
        float((weights * f(near)).sum() / weights.sum()),
        (bool(flat[0]), bool(flat[1])),
    )


def _least(values: Array) -> float:
    least = float(values.min())
    return 0.0 if abs(least) < NOTHING else least


def _way(f: Callable[[Array], Array], end: float) -> int:
    """Return whether f goes down for ever towards end, -1, up for ever, 1, or neither, 0."""
    here, half, there = f(np.array([0.0, end / 2, end])).tolist()
    for_ever = abs(there - half) > max(abs(half - here) / 2, NOTHING)
    return int(np.sign(there - half)) if for_ever else 0

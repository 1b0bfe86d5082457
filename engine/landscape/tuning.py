"""A fair race: every optimizer tries the same learning rates, and runs with the one that was best for it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError
from engine.geometry import whole
from engine.landscape.bounded import ABOVE_ZERO, bounded
from engine.landscape.paths import trajectory
from engine.landscape.surface import Surface
from engine.landscape.surfaces import surface_of

Score = Callable[[NDArray[np.float64]], float]


@dataclass(frozen=True)
class Tuned:
    """What was tried, in order, and the best: the first with the lowest score.

    lr       NaN if no rate led to a finite score
    trials   (lr, score) of each try
    """

    lr: float
    score: float
    trials: tuple[tuple[float, float], ...]


def tune(
    optimizer: str,
    surface: Surface | str,
    start: object,
    steps: int,
    *,
    budget: int = 32,
    tuning_seed: int = 0,
    lowest: float = 1e-4,
    highest: float = 1.0,
    score: Score | None = None,
    **options: Any,
) -> Tuned:
    """Return the best of `budget` learning rates, drawn evenly in log(lr) from lowest to highest.

    The rates depend on tuning_seed, budget and bounds alone: optimizers tuned alike tried the same.
    score      path -> a number, the lower the better; f at the last point unless given. A path that diverges, or a
               score of NaN, counts as infinite.
    options    as in trajectory, without lr
    """
    if "lr" in options:
        raise RangeError("lr is what is tuned; give lowest and highest instead")
    chosen = surface_of(surface)
    judge = score or (lambda path: float(chosen.value(*path[-1].tolist())))
    trials = []
    for lr in learning_rates(budget, tuning_seed, lowest, highest):
        path = trajectory(optimizer, chosen, start, steps, lr=lr, **options)
        reached = judge(path) if np.isfinite(path).all() else math.inf
        trials.append((lr, math.inf if math.isnan(reached) else reached))
    lr, best = min(trials, key=lambda trial: trial[1])
    return Tuned(lr if best < math.inf else math.nan, best, tuple(trials))


def learning_rates(budget: int, seed: int, lowest: float, highest: float) -> list[float]:
    """Return `budget` learning rates, drawn evenly in log(lr). Raises RangeError."""
    count, number = whole(budget, "budget", minimum=1), whole(seed, "tuning_seed", minimum=0)
    low, high = bounded("lowest", lowest, ABOVE_ZERO), bounded("highest", highest, ABOVE_ZERO)
    if low > high:
        raise RangeError("lowest must be at most highest, got {low} and {high}", low=low, high=high)
    drawn = np.random.default_rng(number).uniform(math.log(low), math.log(high), count)
    rates: list[float] = np.exp(drawn).tolist()
    return rates

"""A fair race: every optimizer's learning rate is tuned in the worker's process, for that takes up to seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.exhibits.saddle_race.course import Course, course_of
from app.exhibits.saddle_race.params import VIEW, Params
from app.networks.kept import Kept
from engine.landscape import Tuned, escaped_at, tune

Floats = NDArray[np.float64]
TUNED_STEPS = 120  # at most, of each try: a fair race of long runs would keep a reader waiting
MOST_KEPT = 256  # races
FREE = (*VIEW, "pick")  # parameters that do not change what is found

TUNED: Kept[dict[str, Tuned]] = Kept(MOST_KEPT, lambda _: 1)


async def gather(params: Params, state: Any) -> dict[str, Tuned]:
    """Return how each optimizer of a fair race is tuned; of another race nothing. Raises EngineError."""
    if not params.fair:
        return {}
    course_of(params)  # what cannot be raced is refused here, without waiting
    key = params.model_copy(update={name: type(params).model_fields[name].default for name in FREE})
    return await TUNED.get(key, lambda: state.worker.call(tunings, key))


def tunings(params: Params) -> dict[str, Tuned]:
    """Return how each optimizer of a race is tuned."""
    course = course_of(params)
    return {key: tuning(course, key) for key in course.racers}


def tried_steps(params: Params) -> int:
    """Return how long each try is."""
    return min(params.steps, TUNED_STEPS)


def tuning(course: Course, key: str) -> Tuned:
    """Return the learning rate with which an optimizer leaves the saddle first.

    Where none of those tried does so, or where there is no saddle: the one with which it ends lowest.
    """
    params, saddle, surface = course.params, course.saddle, course.surface
    own = {name: value for name, value in course.options(key).items() if name != "lr"}
    chosen = {"budget": params.budget, "tuning_seed": params.tuning_seed, **own, **course.run}

    def leaves(path: Floats) -> float:
        assert saddle is not None
        place = (saddle.x, saddle.y)
        step = escaped_at(path, surface, saddle=place, margin=course.margin, radius=course.radius)
        return float("inf") if step is None else float(step)

    steps = tried_steps(params)
    if saddle:
        found = tune(key, surface, course.start, steps, score=leaves, **chosen)
        if np.isfinite(found.score):
            return found
    return tune(key, surface, course.start, steps, **chosen)

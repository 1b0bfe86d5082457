"""The race itself: the path of each optimizer and what is told of every step, all by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.exhibits.saddle_race import options
from app.exhibits.saddle_race.course import Course, Point
from engine.landscape import Surface, Tuned, curvature, diverged_at, escaped_at, trajectory, tune

Floats = NDArray[np.float64]
TUNED_STEPS = 120  # at most, of each try: a fair race of long runs would keep a reader waiting


@dataclass(frozen=True)
class Run:
    """One optimizer's path; row t of everything belongs to the place after t steps.

    values, slopes, lowest   f, |gradient| and the smaller eigenvalue of the Hessian along the path
    escaped, infinite        the first step at which it has left the saddle, or is no longer finite
    tuned                    how its learning rate was found, in a fair race
    """

    key: str
    options: options.Options
    path: Floats
    values: Floats
    slopes: Floats
    lowest: Floats
    escaped: int | None
    infinite: int | None
    tuned: Tuned | None

    @property
    def lr(self) -> float:
        return float(self.options["lr"])


def run(course: Course, key: str) -> Run:
    """Return the run of one optimizer on a course."""
    own, tuned = course.options(key), None
    if course.params.fair:
        tuned = tuning(course, key)
        own = own if np.isnan(tuned.lr) else {**own, "lr": tuned.lr}
    path = trajectory(key, course.surface, course.start, course.params.steps, **own, **course.run)
    with np.errstate(all="ignore"):
        values = np.asarray(course.surface.value(path[:, 0], path[:, 1]))
        slopes = np.hypot(*course.surface.gradient(path[:, 0], path[:, 1]))
    lost = ~np.isfinite(path).all(axis=1)
    lowest = np.where(lost, np.nan, curvature(course.surface, path).values[:, 0])
    return Run(key, own, path, values, slopes, lowest, _escaped(course, path), diverged_at(path), tuned)


def _escaped(course: Course, path: Floats) -> int | None:
    if course.saddle is None:
        return None
    place = (course.saddle.x, course.saddle.y)
    return escaped_at(path, course.surface, saddle=place, margin=course.margin, radius=course.radius)


def tuning(course: Course, key: str) -> Tuned:
    """Return the learning rate with which an optimizer leaves the saddle first.

    Where none of those tried does so, or where there is no saddle: the one with which it ends lowest.
    """
    params, saddle = course.params, course.saddle
    own = tuple(sorted((name, value) for name, value in course.options(key).items() if name != "lr"))
    shared = tuple(sorted(course.run.items()))
    place = (saddle.x, saddle.y, course.margin, course.radius) if saddle else None
    steps = min(params.steps, TUNED_STEPS)
    return _tuned(key, course.surface, course.start, steps, params.budget, params.tuning_seed, own + shared, place)


@lru_cache(maxsize=256)
def _tuned(
    key: str,
    surface: Surface,
    start: Point,
    steps: int,
    budget: int,
    seed: int,
    settings: tuple[tuple[str, Any], ...],
    place: tuple[float, float, float, float] | None,
) -> Tuned:
    def leaves(path: Floats) -> float:
        x, y, margin, radius = place or (0.0, 0.0, 0.0, 0.0)
        step = escaped_at(path, surface, saddle=(x, y), margin=margin, radius=radius)
        return float("inf") if step is None else float(step)

    chosen = dict(settings)
    if place:
        found = tune(key, surface, start, steps, budget=budget, tuning_seed=seed, score=leaves, **chosen)
        if np.isfinite(found.score):
            return found
    return tune(key, surface, start, steps, budget=budget, tuning_seed=seed, **chosen)

"""The race itself: the path of each optimizer and what is told of every step, all by the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.exhibits.saddle_race import options
from app.exhibits.saddle_race.course import Course
from app.landscape.frame import FARTHEST
from engine.landscape import Tuned, curvature, diverged_at, escaped_at, trajectory

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
    """One optimizer's path; row t of everything belongs to the place after t steps.

    values, slopes, lowest   f, |gradient| and the smaller eigenvalue of the Hessian along the path
    escaped, infinite        the first step at which it has left the saddle, or is no longer finite
    has_left_domain          whether that is so because f has no value where it came, not because numbers grew
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
    has_left_domain: bool
    tuned: Tuned | None

    @property
    def lr(self) -> float:
        return float(self.options["lr"])


def run(course: Course, key: str, tuned: Tuned | None = None) -> Run:
    """Return the run of one optimizer on a course; tuned in a fair race, with the rate that was found."""
    own = course.options(key)
    if tuned and not np.isnan(tuned.lr):
        own = {**own, "lr": tuned.lr}
    path = trajectory(key, course.surface, course.start, course.params.steps, **own, **course.run)
    with np.errstate(all="ignore"):
        values = np.asarray(course.surface.value(path[:, 0], path[:, 1]))
        slopes = np.hypot(*course.surface.gradient(path[:, 0], path[:, 1]))
    lost, infinite = ~np.isfinite(path).all(axis=1), diverged_at(path)
    last = max(0, infinite - 1) if infinite is not None else 0
    left = infinite is not None and bool(np.isnan(values[last])) and bool((abs(path[last]) <= FARTHEST).all())
    lowest = np.where(lost, np.nan, curvature(course.surface, path).values[:, 0])
    return Run(key, own, path, values, slopes, lowest, _escaped(course, path), infinite, left, tuned)


def _escaped(course: Course, path: Floats) -> int | None:
    if course.saddle is None:
        return None
    place = (course.saddle.x, course.saddle.y)
    return escaped_at(path, course.surface, saddle=place, margin=course.margin, radius=course.radius)

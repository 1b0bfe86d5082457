"""From a link to a course: the surface, its frame, the start, the saddle that is to be left, and who runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.exhibits.saddle_race import options
from app.exhibits.saddle_race.params import Params
from app.exhibits.saddle_race.racers import MOST, RACERS
from app.i18n import N_
from app.landscape.domain import nearest_defined
from app.landscape.gridded import Valued
from engine import EngineError, RangeError
from engine.landscape import CATALOGUE, SURFACES, CriticalPoint, Surface, critical_points, parse, ravine, schedule

Point = tuple[float, float]
USUAL_FRAME = (-2.0, 2.0, -2.0, 2.0)
STARTS = {"saddle": (-1.5, 5e-3)}  # where another start than the catalogue's tells more in the usual steps
# Rates for the optimizers whose steps are as long as the slope is steep, where the usual one would throw them out.
STEEP = {"slow-saddle": 0.2, "ravine": 0.015, "rosenbrock": 5e-4, "himmelblau": 5e-3, "beale": 2e-3, "rastrigin": 1e-3}
STEEP |= {"two-scales": 5e-7, "two-scales-normalised": 0.1}
BY_SLOPE = ("sgd", "momentum", "nesterov", "perturbed-gd")
SAMPLES = 121  # along each side of the frame
SADDLE_STARTS = 25  # Newton's method starts from so many points along each side
SHARE_OF_FALL, SHARE_OF_FRAME = 0.05, 0.125  # margin and radius, where none is given
TRACK = 9  # points of a line that are looked at to see whether paths stay on it


class Frame(NamedTuple):
    """The part of the plane that is drawn."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def grid(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the places of count columns and of count rows."""
        return np.linspace(self.left, self.right, count), np.linspace(self.bottom, self.top, count)

    def places(self, path: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (..., 2) in units of the frame: 0 to 1 from left to right and from bottom to top."""
        return (path - (self.left, self.bottom)) / (self.width, self.height)

    def holds(self, path: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which of the points (..., 2) lie inside; those that are not finite do not."""
        with np.errstate(invalid="ignore"):
            return np.asarray((abs(self.places(path) - 0.5) <= 0.5).all(axis=-1))


@dataclass(frozen=True)
class Course:
    """Everything that decides the numbers.

    key        of the surface in the catalogue; None where the learner typed it
    refusal    why the typed formula could not be read; another surface is shown then
    saddle     the one nearest to the start; None if there is none in the frame
    left_out   optimizers beyond the six that may race
    """

    params: Params
    key: str | None
    surface: Surface
    refusal: EngineError | None
    frame: Frame
    start: Point
    saddle: CriticalPoint | None
    margin: float
    radius: float
    racers: tuple[str, ...]
    left_out: tuple[str, ...]
    pick: str
    settings: Mapping[str, options.Options]

    def options(self, key: str) -> options.Options:
        """Return all options of an optimizer: the learner's, else the race's."""
        rate = STEEP.get(self.key or "") if key in BY_SLOPE else None
        return options.of(key, self.settings, rate)

    @property
    def run(self) -> dict[str, Any]:
        """Return the options that all optimizers share."""
        params = self.params
        return {
            "noise": params.noise,
            "seed": params.seed,
            "clip_norm": params.clip_norm,
            "schedule": schedule(params.schedule, **params.schedule_options),
        }

    def checked(self) -> Course:
        """Return the course. Raises the refusal of a formula: a program wants no other surface instead."""
        if self.refusal:
            raise self.refusal
        return self


def course_of(params: Params) -> Course:
    """Return the course of a link. Raises EngineError if there is nobody to race."""
    key, surface, refusal = _surface(params)
    frame = frame_of(params, key)
    start = start_of(params, key, surface)
    saddle = nearest_saddle(surface, frame, start)
    wanted = tuple(filter(None, params.race.split(",")))
    if not wanted:
        raise RangeError(N_("nobody races; choose an optimizer"))
    racers = tuple(key for key in RACERS if key in wanted[:MOST])
    pick = params.pick if params.pick in racers else "momentum" if "momentum" in racers else racers[0]
    fall = _fall(surface, frame, saddle)
    return Course(
        params=params,
        key=key,
        surface=surface,
        refusal=refusal,
        frame=frame,
        start=start,
        saddle=saddle,
        margin=_one_figure(SHARE_OF_FALL * fall) if params.margin is None else params.margin,
        radius=_one_figure(SHARE_OF_FRAME * max(frame.width, frame.height)) if params.radius is None else params.radius,
        racers=racers,
        left_out=wanted[MOST:],
        pick=str(pick),
        settings=options.parsed(params.set),
    )


@lru_cache(maxsize=64)
def typed(formula: str) -> Surface:
    """Return the surface of a formula that a learner typed. Raises RangeError."""
    return parse(formula)


@lru_cache(maxsize=16)
def _ravine(condition: float) -> Surface:
    return ravine(condition)


def _surface(params: Params) -> tuple[str | None, Surface, EngineError | None]:
    """Return the key, the surface, and why it is not the one that was typed."""
    key = params.surface
    named = _ravine(params.condition) if key == "ravine" and params.condition is not None else SURFACES[key]
    if params.f is None:
        return key, named, None
    try:
        return None, typed(params.f), None
    except EngineError as error:
        try:
            return (None, typed(params.good), error) if params.good is not None else (key, named, error)
        except EngineError:
            return key, named, error


def frame_of(params: Params, key: str | None) -> Frame:
    """Return the part of the plane that is drawn."""
    if params.frame is not None:
        return Frame(*map(float, params.frame.split("_")))
    return Frame(*map(float, CATALOGUE[key].domain)) if key else Frame(*USUAL_FRAME)


def usual_start(key: str | None, surface: Surface, frame: Frame) -> Point:
    """Return where a race begins unless told otherwise: near the left, a trace above the middle, where f is defined."""
    if key:
        x, y = STARTS.get(key, CATALOGUE[key].start)
        return float(x), float(y)
    near = float(f"{frame.left + frame.width / 8:.6g}"), float(f"{frame.bottom + frame.height * 0.501:.6g}")
    return nearest_defined(surface, frame, near)


def start_of(params: Params, key: str | None, surface: Surface) -> Point:
    """Return where the race of a link begins."""
    x, y = usual_start(key, surface, frame_of(params, key))
    return x if params.x is None else params.x, y if params.y is None else params.y


@lru_cache(maxsize=64)
def _saddles(surface: Surface, frame: Frame) -> tuple[CriticalPoint, ...]:
    return tuple(point for point in critical_points(surface, frame, starts=SADDLE_STARTS) if point.kind == "saddle")


def nearest_saddle(surface: Surface, frame: Frame, start: Point) -> CriticalPoint | None:
    """Return the saddle in the frame that is nearest to the start, None if there is none."""
    return min(
        _saddles(surface, frame), key=lambda one: (one.x - start[0]) ** 2 + (one.y - start[1]) ** 2, default=None
    )


@lru_cache(maxsize=32)
def relief(surface: Valued, frame: Frame) -> NDArray[np.float64]:
    """Return f on a grid of the frame, (SAMPLES, SAMPLES), row 0 at the bottom."""
    across, up = frame.grid(SAMPLES)
    values = np.asarray(surface.value(across[None, :], up[:, None]))
    values.flags.writeable = False
    return values


def _fall(surface: Surface, frame: Frame, saddle: CriticalPoint | None) -> float:
    """Return how far it goes down from the saddle inside the frame."""
    values = relief(surface, frame)
    finite = values[np.isfinite(values)]
    return max(0.0, saddle.value - float(finite.min())) if saddle and finite.size else 0.0


def _one_figure(value: float) -> float:
    return float(f"{value:.0e}")


def ridge(course: Course) -> Point | None:
    """Return a start from which the exact gradient leads straight to the saddle; the saddle itself if no line does."""
    saddle = course.saddle
    if saddle is None:
        return None
    from_x, from_y = usual_start(course.key, course.surface, course.frame)
    for along, across in reversed(saddle.eigenvectors):
        length = (from_x - saddle.x) * along + (from_y - saddle.y) * across
        if abs(length) > 1e-3 * course.radius and _stays(course.surface, saddle, (along, across), length):
            return _clean(saddle.x + length * along), _clean(saddle.y + length * across)
    return _clean(saddle.x), _clean(saddle.y)


def _clean(number: float) -> float:
    return round(number, 12) + 0.0


def _stays(surface: Surface, saddle: CriticalPoint, line: Point, length: float) -> bool:
    """Return whether the gradient points along a line through the saddle, and downhill to it from `length`."""
    along = np.linspace(length / TRACK, length, TRACK)
    x, y = saddle.x + along * line[0], saddle.y + along * line[1]
    gx, gy = surface.gradient(x, y)
    size = np.hypot(gx, gy)
    straight = bool((abs(gx * line[1] - gy * line[0]) <= 1e-12 * size).all())
    return straight and bool((np.diff(surface.value(x, y)) > 0).all())


def nudged(course: Course, by: float) -> Point | None:
    """Return the start on the ridge, moved a little across it; on the saddle itself, along its way out."""
    start, saddle = ridge(course), course.saddle
    if start is None or saddle is None:
        return None
    x, y = start[0] - saddle.x, start[1] - saddle.y
    length = math.hypot(x, y)
    across = (-y / length, x / length) if length else saddle.eigenvectors[0]
    out = across if across >= (0.0, 0.0) else (-across[0], -across[1])
    return start[0] + by * out[0], start[1] + by * out[1]

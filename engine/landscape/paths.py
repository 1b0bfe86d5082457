"""Paths of optimizers over a surface: one on plain floats, many together on arrays, one with all that it remembers.

Divergence is no error: numbers become infinite or NaN, and stay so. diverged_at tells when.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.landscape.before import Run, before_rule
from engine.landscape.maths import ARRAYS, FLOATS, Maths, Number
from engine.landscape.optimizer import Optimizer
from engine.landscape.optimizers import find_optimizer
from engine.landscape.surface import Surface
from engine.landscape.surfaces import surface_of
from engine.landscape.walk import Moment, walk
from engine.ops.arrays import real_array

Floats = NDArray[np.float64]
TOGETHER = 16384  # starts that advance together: few calls, and arrays that stay in the processor's cache


def trajectory(optimizer: str, surface: Surface | str, start: object, steps: int, **options: Any) -> Floats:
    """Return the path of one optimizer from one start.

    optimizer   a key in OPTIMIZERS
    surface     a Surface, or a key in SURFACES
    start       (x, y)
    options     the optimizer's, by torch.optim's names (lr, betas, ...), and those of engine.landscape.before.Run:
                clip_norm, clip_value, noise, noise_decay, seed, maximize, schedule
    returns     (steps + 1, 2) float64; the first row is the start
    Raises RangeError or ShapeError on what is not known or not allowed, never because the path diverges.
    """
    plan, x, y = _Plan.of(optimizer, surface, steps, options), *_point(start)
    try:
        along, across = [x], [y]
        for moment in plan.moments(FLOATS, x, y):
            along.append(moment[0])
            across.append(moment[1])
        path: Floats = np.array((along, across)).T
        return path.copy()
    except (ArithmeticError, ValueError):  # floats raise where arrays go on as IEEE 754 says, by the same rule
        alone: Floats = plan.paths(np.array([[x, y]]))[0]
        return alone


def trajectories(optimizer: str, surface: Surface | str, starts: object, steps: int, **options: Any) -> Floats:
    """Return the paths of one optimizer from many starts, which advance together.

    starts    (N, 2)
    seed      one for all starts, which then meet the same noise, or N of them
    returns   (N, steps + 1, 2) float64; otherwise as trajectory
    """
    return _Plan.of(optimizer, surface, steps, options).paths(_points(starts))


def endpoints(optimizer: str, surface: Surface | str, starts: object, steps: int, **options: Any) -> Floats:
    """Return where the paths end, (N, 2); otherwise as trajectories, but no path is stored."""
    return _Plan.of(optimizer, surface, steps, options).ends(_points(starts))


@dataclass(frozen=True, eq=False)
class Record:
    """A path with everything that moved it; row t of what is per step belongs to the step from path[t] to path[t + 1].

    path        (steps + 1, 2)
    values      (steps + 1,) f along the path
    gradients   (steps, 2) as the rule got them: with noise, clipped, with weight decay
    moves       (steps, 2) path[t + 1] - path[t]
    rates       (steps,) learning rates
    inner       name -> (steps, 2) after the step, for what the optimizer uses, by torch's names (exp_avg, ...)
    """

    path: Floats
    values: Floats
    gradients: Floats
    moves: Floats
    rates: Floats
    inner: dict[str, Floats]


def record(optimizer: str, surface: Surface | str, start: object, steps: int, **options: Any) -> Record:
    """Return the path of `trajectory` with its gradients, moves and inner numbers, step by step."""
    plan, point = _Plan.of(optimizer, surface, steps, options), _point(start)
    x, y = (np.array([number]) for number in point)
    with np.errstate(all="ignore"):
        moments = [Moment(*moment) for moment in plan.moments(ARRAYS, x, y)]
        path = np.array([point, *((m.x.item(), m.y.item()) for m in moments)])
        inner = {
            name: _pairs([(m.inner_x[k], m.inner_y[k]) for m in moments])
            for k, name in enumerate(plan.optimizer.inner)
            if name in plan.optimizer.used
        }
        return Record(
            path=path,
            values=np.asarray(plan.surface.value(path[:, 0], path[:, 1])),
            gradients=_pairs([(m.gx, m.gy) for m in moments]),
            moves=np.diff(path, axis=0),
            rates=np.array(plan.rates),
            inner=inner,
        )


def diverged_at(path: Floats) -> int | None:
    """Return the first step of a path (steps + 1, 2) at which it is no longer finite, None if it always is."""
    lost = ~np.isfinite(path).all(axis=-1)
    return int(lost.argmax()) if lost.any() else None


@dataclass(frozen=True)
class _Plan:
    """A checked request: who walks where, how far."""

    optimizer: Optimizer
    surface: Surface
    run: Run
    rates: list[float]

    @classmethod
    def of(cls, optimizer: str, surface: Surface | str, steps: int, options: dict[str, Any]) -> "_Plan":
        kind = find_optimizer(optimizer)
        run, rest = Run.split(options)
        walker = kind.of(rest)
        return cls(walker, surface_of(surface), run, run.rates(walker.lr, whole(steps, "steps", minimum=0)))

    @property
    def steps(self) -> int:
        return len(self.rates)

    def moments(self, maths: Maths, x: Number, y: Number, run: Run | None = None) -> Iterator[tuple[Any, ...]]:
        before = before_rule(self.optimizer, run or self.run, self.surface, maths, self.steps)
        return walk(self.optimizer, self.surface.gradient_for(maths), maths, before, self.rates, x, y)

    def chunks(self, starts: Floats) -> Iterator[tuple[slice, Iterator[tuple[Any, ...]]]]:
        """Yield which starts advance together, and their moments."""
        for first in range(0, len(starts), TOGETHER):
            part = slice(first, min(first + TOGETHER, len(starts)))
            x, y = starts[part, 0].copy(), starts[part, 1].copy()
            yield part, self.moments(ARRAYS, x, y, self.run.chunk(part, len(starts)))

    def paths(self, starts: Floats) -> Floats:
        stored = np.empty((self.steps + 1, 2, len(starts)))
        stored[0] = starts.T
        with np.errstate(all="ignore"):
            for part, moments in self.chunks(starts):
                for t, moment in enumerate(moments, 1):
                    stored[t, 0, part], stored[t, 1, part] = moment[0], moment[1]
        return stored.transpose(2, 0, 1)

    def ends(self, starts: Floats) -> Floats:
        last = starts.copy()
        with np.errstate(all="ignore"):
            for part, moments in self.chunks(starts):
                for moment in deque(moments, maxlen=1):  # the last one, if there is any step
                    last[part, 0], last[part, 1] = moment[:2]
        return last


def _point(start: object) -> tuple[float, float]:
    point = np.asarray(real_array(start, "start"), np.float64)
    if point.shape != (2,):
        raise ShapeError("start must be (x, y), got shape {shape}", shape=point.shape)
    if not np.isfinite(point).all():
        raise RangeError("start must be finite, got {got}", got=point.tolist())
    return float(point[0]), float(point[1])


def _points(starts: object) -> Floats:
    points = np.asarray(real_array(starts, "starts"), np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ShapeError("starts must be (N, 2), got shape {shape}", shape=points.shape)
    if not np.isfinite(points).all():
        raise RangeError("starts must be finite")
    return points


def _pairs(pairs: list[tuple[Any, Any]]) -> Floats:
    """Return (steps, 2) of pairs of numbers, or of arrays of one number."""
    return np.array([[np.asarray(a).item(), np.asarray(b).item()] for a, b in pairs]).reshape(len(pairs), 2)

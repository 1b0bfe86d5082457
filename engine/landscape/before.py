"""What happens to a gradient before the optimizer's rule gets it: noise, clipping, ascent, weight decay, in this order.

Each is a function (x, y, gx, gy, lr, t) -> (x, y, gx, gy), for floats and arrays alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.landscape.bounded import FROM_ZERO, Bounds, bounded
from engine.landscape.maths import Maths, Number
from engine.landscape.optimizer import Before, Optimizer
from engine.landscape.schedules import Schedule, schedule
from engine.landscape.surface import Surface

BOUNDS = {"clip_norm": FROM_ZERO, "clip_value": FROM_ZERO, "noise": FROM_ZERO, "noise_decay": Bounds(0, 10)}
CLIP_EPS = 1e-6  # torch.nn.utils.clip_grad_norm_ adds it to the norm


@dataclass(frozen=True, kw_only=True)
class Run:
    """Options that every optimizer shares, because they are not its own.

    clip_norm     a longer gradient is shortened to this length (torch: clip_grad_norm_)
    clip_value    each coordinate of the gradient is kept from -clip_value to clip_value (clip_grad_value_)
    noise         standard deviation of what is added to each coordinate of the gradient; at step t, from 0, it is
                  noise / (1 + t)^(noise_decay / 2) (Neelakantan et al. 2015, arXiv:1511.06807)
    seed          of all random numbers: one for all starts, which then meet the same noise, or one for each
    maximize      go up instead of down
    schedule      a Schedule, or its key in SCHEDULES
    """

    clip_norm: float | None = None
    clip_value: float | None = None
    noise: float = 0.0
    noise_decay: float = 0.0
    seed: int | Sequence[int] = 0
    maximize: bool = False
    schedule: Schedule | str = "constant"

    def __post_init__(self) -> None:
        for name, bounds in BOUNDS.items():
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, bounded(name, value, bounds))
        if not isinstance(self.maximize, bool):
            raise RangeError("{name} must be true or false, got {got}", name="maximize", got=repr(self.maximize)[:40])
        if not isinstance(self.schedule, Schedule):
            object.__setattr__(self, "schedule", schedule(self.schedule))
        seeds = list(self.seed) if isinstance(self.seed, tuple | list | np.ndarray) else [self.seed]
        object.__setattr__(self, "seed", tuple(whole(seed, "seed", minimum=0) for seed in seeds))

    @classmethod
    def split(cls, options: dict[str, Any]) -> tuple["Run", dict[str, Any]]:
        """Return the options of the run, and the others, which are the optimizer's."""
        own = {field.name for field in fields(cls)}
        rest = {name: value for name, value in options.items() if name not in own}
        return cls(**{name: value for name, value in options.items() if name in own}), rest

    def rates(self, lr: float, steps: int) -> list[float]:
        """Return the learning rate of every step."""
        assert isinstance(self.schedule, Schedule)
        return self.schedule.rates(lr, steps)

    def chunk(self, part: slice, count: int) -> "Run":
        """Return the run of some of `count` starts. Raises ShapeError unless there is one seed, or one for each."""
        assert isinstance(self.seed, tuple)
        if len(self.seed) == 1:
            return self
        if len(self.seed) != count:
            raise ShapeError("{count} starts need one seed or {count}, got {got}", count=count, got=len(self.seed))
        return Run(**{field.name: getattr(self, field.name) for field in fields(self)} | {"seed": self.seed[part]})

    def generators(self) -> list[np.random.Generator]:
        """Return a source of random numbers for each seed."""
        assert isinstance(self.seed, tuple)
        return [np.random.default_rng(seed) for seed in self.seed]


def before_rule(optimizer: Optimizer, run: Run, surface: Surface, maths: Maths, steps: int) -> list[Before]:
    """Return what is done before each step, in order; an empty list if nothing is."""
    acts: list[Before] = []
    generators = run.generators()
    if run.noise:
        acts.append(_noise(run, _stacked([rng.standard_normal((steps, 2)) for rng in generators])))
    if run.clip_norm is not None:
        acts.append(_clip_norm(run.clip_norm, maths))
    if run.clip_value is not None:
        acts.append(_clip_value(run.clip_value, maths))
    if run.maximize:
        acts.append(_uphill)
    if optimizer.weight_decay:
        acts.append(_decoupled(optimizer.weight_decay) if optimizer.decoupled else _decay(optimizer.weight_decay))
    if (own := optimizer.before(surface, maths)) is not None:
        acts.append(own(_stacked([rng.random((steps, 2)) for rng in generators])))
    return acts


def _stacked(draws: list[NDArray[np.float64]]) -> list[Any]:
    """Return for each step a pair of floats, or of arrays (N,) where there are more seeds than one."""
    return np.stack(draws, axis=-1).squeeze(-1).tolist() if len(draws) == 1 else list(np.stack(draws, axis=-1))


def _noise(run: Run, draws: list[Any]) -> Before:
    def act(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
        size = run.noise / (1 + t) ** (run.noise_decay / 2)
        along, across = draws[t]
        return x, y, gx + size * along, gy + size * across

    return act


def _clip_norm(longest: float, maths: Maths) -> Before:
    def act(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
        share = maths.minimum(1.0, longest / (maths.sqrt(gx * gx + gy * gy) + CLIP_EPS))
        return x, y, gx * share, gy * share

    return act


def _clip_value(largest: float, maths: Maths) -> Before:
    def clipped(g: Number) -> Number:
        return maths.minimum(maths.maximum(g, -largest), largest)

    def act(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
        return x, y, clipped(gx), clipped(gy)

    return act


def _uphill(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
    return x, y, -gx, -gy


def _decay(decay: float) -> Before:
    """g = g + weight_decay * x"""

    def act(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
        return x, y, gx + decay * x, gy + decay * y

    return act


def _decoupled(decay: float) -> Before:
    """x = x - lr * weight_decay * x"""

    def act(x: Number, y: Number, gx: Number, gy: Number, lr: float, t: int) -> tuple[Number, ...]:
        kept = 1 - lr * decay
        return x * kept, y * kept, gx, gy

    return act

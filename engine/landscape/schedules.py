"""Learning rates that change with the step, by the names of torch.optim.lr_scheduler; each class has its equation.

lr is the optimizer's own learning rate. t counts steps from 0 here: the first step is taken with the rate of t = 0.
"""

import math
from dataclasses import dataclass, fields

from engine.errors import RangeError
from engine.geometry import whole
from engine.landscape.bounded import ABOVE_ZERO, FROM_ZERO, TO_ONE, bounded

BOUNDS = {
    "decay": FROM_ZERO,
    "div_factor": ABOVE_ZERO,
    "end_factor": TO_ONE,
    "eta_min": FROM_ZERO,
    "final_div_factor": ABOVE_ZERO,
    "gamma": FROM_ZERO,
    "max_lr": FROM_ZERO,
    "pct_start": TO_ONE,
    "start_factor": TO_ONE,
}
COUNTS = ("T_max", "step_size", "total_iters", "total_steps")


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """rate(t) = lr: the learning rate stays what it is."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None:  # taken from the run itself
                continue
            if field.name in COUNTS:
                checked: float = whole(value, field.name, minimum=1)
            else:
                checked = bounded(field.name, value, BOUNDS[field.name])
            object.__setattr__(self, field.name, checked)

    def rate(self, lr: float, t: int, steps: int) -> float:
        """Return the learning rate of step t out of `steps`."""
        return lr

    def rates(self, lr: float, steps: int) -> list[float]:
        """Return the learning rate of every step."""
        return [self.rate(lr, t, steps) for t in range(steps)]


@dataclass(frozen=True, kw_only=True)
class StepLR(Schedule):
    """rate(t) = lr gamma^floor(t / step_size)"""

    step_size: int = 30
    gamma: float = 0.1

    def rate(self, lr: float, t: int, steps: int) -> float:
        return lr * _power(self.gamma, t // self.step_size)


@dataclass(frozen=True, kw_only=True)
class ExponentialLR(Schedule):
    """rate(t) = lr gamma^t"""

    gamma: float = 0.99

    def rate(self, lr: float, t: int, steps: int) -> float:
        return lr * _power(self.gamma, t)


@dataclass(frozen=True, kw_only=True)
class CosineAnnealingLR(Schedule):
    """rate(t) = eta_min + (lr - eta_min) (1 + cos(pi t / T_max)) / 2;  T_max: all steps unless given

    Source: Loshchilov & Hutter 2017, SGDR (arXiv:1608.03983), without restarts.
    """

    T_max: int | None = None
    eta_min: float = 0.0

    def rate(self, lr: float, t: int, steps: int) -> float:
        return self.eta_min + (lr - self.eta_min) * (1 + math.cos(math.pi * t / (self.T_max or steps))) / 2


@dataclass(frozen=True, kw_only=True)
class LinearLR(Schedule):
    """rate(t) = lr (start_factor + (end_factor - start_factor) min(t, total_iters) / total_iters): a warm-up."""

    start_factor: float = 1 / 3
    end_factor: float = 1.0
    total_iters: int = 5

    def rate(self, lr: float, t: int, steps: int) -> float:
        share = min(t, self.total_iters) / self.total_iters
        return lr * (self.start_factor + (self.end_factor - self.start_factor) * share)


@dataclass(frozen=True, kw_only=True)
class InverseTimeLR(Schedule):
    """rate(t) = lr / (1 + decay t): the sum of all rates is infinite, that of their squares is not.

    Source: Robbins & Monro 1951, A Stochastic Approximation Method.
    """

    decay: float = 0.1

    def rate(self, lr: float, t: int, steps: int) -> float:
        return lr / (1 + self.decay * t)


@dataclass(frozen=True, kw_only=True)
class OneCycleLR(Schedule):
    """From max_lr / div_factor up to max_lr at pct_start of the steps, then down to the first rate / final_div_factor,

    both along half a cosine. max_lr: the optimizer's lr, total_steps: all steps, unless given.
    Source: Smith & Topin 2019 (arXiv:1708.07120), as torch has it.
    """

    max_lr: float | None = None
    total_steps: int | None = None
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def rate(self, lr: float, t: int, steps: int) -> float:
        highest = lr if self.max_lr is None else self.max_lr
        last = (self.total_steps or steps) - 1
        top, first = self.pct_start * (last + 1) - 1, highest / self.div_factor
        if t <= top:
            return _cosine(first, highest, t / top if top else 1.0)
        lowest = first / self.final_div_factor
        return _cosine(highest, lowest, (t - top) / (last - top)) if t < last else lowest


def _power(base: float, exponent: int) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:  # the path will diverge, which is shown, not raised
        return math.inf


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Schedule,
    "step": StepLR,
    "exponential": ExponentialLR,
    "cosine": CosineAnnealingLR,
    "warm-up": LinearLR,
    "1/t": InverseTimeLR,
    "one-cycle": OneCycleLR,
}


def schedule(key: object, **options: object) -> Schedule:
    """Return the schedule of that key with these options. Raises RangeError on a key or an option there is not."""
    kind = SCHEDULES.get(key) if isinstance(key, str) else None
    if kind is None:
        raise RangeError("there is no schedule {key}; there are {known}", key=str(key)[:40], known=", ".join(SCHEDULES))
    known = [field.name for field in fields(kind)]
    for name in options:
        if name not in known:
            raise RangeError(
                "{optimizer} has no option {name}; it has {known}",
                optimizer=kind.__name__,
                name=str(name)[:40],
                known=", ".join(known),
            )
    return kind(**options)

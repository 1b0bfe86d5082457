"""Runs of gradient descent over a regression's loss: what is compared in each view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.i18n import N_
from app.landscape.frame import Frame
from engine.landscape import (
    Regression,
    curvature,
    diverged_at,
    lowest,
    trajectory,
)
from engine.landscape.schedules import Schedule

Floats = NDArray[np.float64]
NEAR = 0.01  # of the way from the first loss down to the lowest: so near it has arrived
TOO_LARGE = {"linear": 105, "logistic": 800}  # percent of 2 / lambda_max
SMALL = 4


@dataclass(frozen=True)
class Loss:
    """A regression with what decides learning rates.

    eigenvalues   of the Hessian at w = 0. A linear model has the same everywhere; of a logistic one they are the
                  largest there are, because p (1 - p) is nowhere more than the 1/4 that it is there
    """

    surface: Regression
    minimum: tuple[float, float] | None
    eigenvalues: tuple[float, float]

    @classmethod
    def of(cls, surface: Regression) -> Loss:
        small, large = curvature(surface, (0.0, 0.0)).values.tolist()
        return cls(surface, lowest(surface), (max(small, 0.0), large))

    @property
    def bound(self) -> float:
        """2 / lambda_max: with every larger rate gradient descent on a linear model diverges."""
        return 2 / self.eigenvalues[1]

    @property
    def best_rate(self) -> float:
        """2 / (lambda_min + lambda_max): both directions shrink by the same factor."""
        return 2 / sum(self.eigenvalues)

    @property
    def condition(self) -> float:
        """lambda_max / lambda_min."""
        return self.eigenvalues[1] / self.eigenvalues[0] if self.eigenvalues[0] else float("inf")

    @property
    def least(self) -> float | None:
        """The loss at the minimum."""
        return None if self.minimum is None else float(self.surface.value(*self.minimum))


@dataclass(frozen=True, eq=False)
class Run:
    """One walk: its weights, and the loss over all examples at each of them.

    style   which line and glyph it is drawn with, from 1
    batch   examples per step
    """

    name: str
    style: int
    batch: int
    lr: float
    path: Floats
    losses: Floats

    @property
    def diverged(self) -> int | None:
        return diverged_at(self.path)

    def after_examples(self, examples: int) -> int:
        """Return how many steps have seen so many examples."""
        return min(-(-examples // self.batch), len(self.path) - 1)

    def leaves(self, frame: Frame) -> int:
        """Return the first step after one that lies outside of the frame; the last if none does."""
        outside = [k for k, (x, y) in enumerate(self.path.tolist()) if not frame.holds(x, y)]
        return min(outside[0] + 1 if outside else len(self.path), len(self.path) - 1)

    def arrived(self, loss: Loss) -> int | None:
        """Return the first step from which on the loss is near the lowest."""
        if loss.least is None:
            return None
        with np.errstate(all="ignore"):
            near = self.losses - loss.least <= NEAR * (self.losses[0] - loss.least)
        away = np.flatnonzero(~near)
        first = int(away[-1]) + 1 if away.size else 0
        return first if first < len(near) else None


def run(
    loss: Loss,
    name: str,
    style: int,
    *,
    batch: int,
    lr: float,
    steps: int,
    start: tuple[float, float],
    order: int = 0,
    rates: Schedule | str = "constant",
) -> Run:
    """Return the walk of plain gradient descent; with all examples at each step it needs no order."""
    whole, count = loss.surface, len(loss.surface.targets)
    surface = whole if batch == count else whole.in_batches(batch, order)
    path = trajectory("sgd", surface, start, steps, lr=lr, schedule=rates)
    return Run(name, style, batch, lr, path, np.asarray(whole.value(path[:, 0], path[:, 1])))


def steps_needed(count: int, batch: int, steps: int, epochs: int) -> int:
    """Return how far a run goes: so many steps, or so many epochs if they take longer."""
    return max(steps, epochs * -(-count // batch))


def batch_runs(
    loss: Loss, batch: int, lr: float, steps: int, epochs: int, start: tuple[float, float], order: int
) -> list[Run]:
    """Return full batch, mini-batch and SGD."""
    count = len(loss.surface.targets)
    rows = ((N_("full batch"), count), (N_("mini-batch"), batch), (N_("SGD"), 1))
    return [
        run(loss, name, k, batch=size, lr=lr, steps=steps_needed(count, size, steps, epochs), start=start, order=order)
        for k, (name, size) in enumerate(rows, 1)
    ]


def rate_runs(loss: Loss, percent: int, steps: int, start: tuple[float, float]) -> list[Run]:
    """Return full batches at a rate that is too small, the best, one that is too large, and the learner's own."""
    rows = (
        (N_("too small"), loss.bound * SMALL / 100),
        (N_("just right"), loss.best_rate),
        (N_("too large"), loss.bound * TOO_LARGE[loss.surface.model] / 100),
        (N_("yours"), loss.bound * percent / 100),
    )
    count = len(loss.surface.targets)
    return [run(loss, name, k, batch=count, lr=lr, steps=steps, start=start) for k, (name, lr) in enumerate(rows, 1)]


def usual_options(key: str, steps: int) -> dict[str, float]:
    """Return options of a schedule that suit a run of so many steps."""
    rows: dict[str, dict[str, float]] = {
        "step": {"step_size": max(1, steps // 3), "gamma": 0.3},
        "exponential": {"gamma": round(0.02 ** (1 / steps), 4)},
        "warm-up": {"start_factor": 0.1, "total_iters": max(1, steps // 5)},
        "1/t": {"decay": round(10 / steps, 4)},
    }
    return rows.get(key, {})


def schedule_runs(
    loss: Loss, made: Schedule, batch: int, lr: float, steps: int, start: tuple[float, float], order: int
) -> list[Run]:
    """Return a run with the schedule, and one with a constant rate, on the same batches."""
    rows: Sequence[tuple[str, Schedule | str]] = (
        (N_("with the schedule"), made),
        (N_("constant"), "constant"),
    )
    return [
        run(loss, name, k, batch=batch, lr=lr, steps=steps, start=start, order=order, rates=rates)
        for k, (name, rates) in enumerate(rows, 1)
    ]


def scale_runs(before: Loss, after: Loss, percent: int, steps: int, starts: Sequence[tuple[float, float]]) -> list[Run]:
    """Return full batches on raw and on normalised inputs, each at the same share of its own bound."""
    return [
        run(
            loss,
            name,
            k,
            batch=len(loss.surface.targets),
            lr=loss.bound * percent / 100,
            steps=steps,
            start=start,
        )
        for k, (name, loss, start) in enumerate(
            zip((N_("as they are"), N_("normalised")), (before, after), starts, strict=True), 1
        )
    ]

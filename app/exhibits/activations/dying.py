"""The view of dying units: a hidden layer's pre-activations before and after gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool

from app import numbers
from app.charts import Axis, Chart
from app.exhibits.activations.params import Params
from app.networks.kept import Kept
from engine.landscape import LayerRun, layer_run
from engine.landscape.dead_units import UNITS

REACH, BINS = 10.0, 40  # of the histogram; what lies beyond is counted in the last bar
WIDTH, HEIGHT = 400, 230
HIGHEST, LOWEST = 30.0, 1e-2  # of the losses drawn

RUNS: Kept[LayerRun] = Kept(40_000_000, lambda run: 2 * run.before.nbytes)


async def gather(params: Params, state: Any) -> LayerRun:
    """Return the layer's run; in a thread, since a hundred steps take their time, and once for all other views."""
    key = (params.hidden, params.lr, params.bias, params.steps, params.seed)
    return await RUNS.get(key, lambda: run_in_threadpool(_run, params))


def _run(params: Params) -> LayerRun:
    return layer_run(params.hidden, lr=params.lr, bias=params.bias, steps=params.steps, seed=params.seed)


def share_text(share: float) -> str:
    """Return a share as printed; of 64 units none and all are common, and are said so."""
    return f"{numbers.fitting(100 * float(share), 1)} %"


@dataclass(frozen=True, eq=False)
class Dying:
    """What is drawn and told of a run."""

    run: LayerRun
    steps: int

    @property
    def counts(self) -> list[list[float]]:
        """Share of the pre-activations in each bar, before and after."""
        edges = self.edges
        return [
            (np.histogram(part.clip(-REACH + 1e-9, REACH - 1e-9), edges)[0] / part.size).tolist()
            for part in (self.run.before, self.run.after)
        ]

    @property
    def edges(self) -> list[float]:
        edges: list[float] = np.linspace(-REACH, REACH, BINS + 1).tolist()
        return edges

    @property
    def histogram(self) -> Chart:
        most = max(max(part) for part in self.counts)
        high = float(np.ceil(most * 20) / 20)
        return Chart(Axis(-REACH, REACH, (-10, -5, 0, 5, 10)), Axis(0, high, (0, high / 2, high)), WIDTH, HEIGHT)

    @property
    def bars(self) -> tuple[str, str]:
        """The bars before, and after, side by side."""
        chart, (before, after) = self.histogram, self.counts
        return chart.bars(self.edges, before, 0), chart.bars(self.edges, after, 1)

    @property
    def dead(self) -> tuple[Chart, str]:
        """The share of dead units, step by step."""
        chart = Chart(Axis(0, max(1, self.steps), self._ticks), Axis(0, 1, (0, 0.5, 1)), WIDTH, HEIGHT)
        return chart, chart.line(range(len(self.run.dead)), self.run.dead)

    @property
    def losses(self) -> tuple[Chart, str]:
        """The loss, step by step."""
        chart = Chart(
            Axis(0, max(1, self.steps), self._ticks),
            Axis(LOWEST, HIGHEST, (0.01, 0.1, 1, 10), True),
            WIDTH,
            HEIGHT,
        )
        return chart, chart.line(range(len(self.run.losses)), self.run.losses)

    @property
    def _ticks(self) -> tuple[float, ...]:
        return (0, self.steps // 2, self.steps) if self.steps > 1 else (0, 1)

    @property
    def said(self) -> dict[str, str]:
        """The numbers of the sentence, as printed."""
        run = self.run
        return {
            "before": share_text(run.dead[0]),
            "after": share_text(run.dead[-1]),
            "count": str(round(float(run.dead[-1]) * UNITS)),
            "below_before": share_text((run.before <= 0).mean()),
            "below_after": share_text((run.after <= 0).mean()),
            "loss": numbers.significant(float(run.losses[0]), 3),
            "last": numbers.significant(float(run.losses[-1]), 3),
        }

    @property
    def diverged(self) -> int | None:
        """After how many steps descent was stopped, if it was."""
        return len(self.run.losses) - 1 if len(self.run.losses) <= self.steps else None

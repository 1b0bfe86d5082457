"""What one link shows: one view of gradient descent on a small regression."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.charts import Axis, Chart
from app.exhibits.batch_sizes import runs
from app.exhibits.batch_sizes.params import MOST_EPOCHS, MOST_EXAMPLES, MOST_SHARE, MOST_STEPS, Params
from app.exhibits.batch_sizes.plots import FitChart, Landscape, LossChart, fit_chart, frame_round, glyph, loss_chart
from app.exhibits.batch_sizes.runs import Loss, Run
from app.i18n import N_, Words
from app.landscape.frame import Frame, figure
from app.landscape.names import SCHEDULE_NAMES
from app.landscape.schedules import EVERY, OPTIONS, Scheduled, scheduled
from engine.landscape import CATALOGUE, SURFACES, Regression, Terms, examples, terms

TABS = {
    "batches": N_("Batch sizes"),
    "rate": N_("Learning rate"),
    "scales": N_("Normalisation"),
    "schedules": N_("Schedules"),
    "likelihood": N_("Likelihood"),
}
MODELS = {"linear": N_("linear regression"), "logistic": N_("logistic regression")}
INPUTS = {"bias": N_("one input and a bias"), "two": N_("two inputs")}
DATA = ("model", "inputs", "count", "noise", "seed", "x", "y")
FIELDS = {  # of the controls of each view
    "batches": ("share", "batch", "steps", "epochs", *DATA, "order"),
    "rate": ("share", "steps", *DATA),
    "scales": ("share", "steps"),
    "schedules": ("share", "batch", "steps", "step", "schedule", *DATA, "order"),
    "likelihood": DATA,
}
SIZES = (1, 2, 4, 8, 16, 32)  # tried beside each other
RAW, NORMAL = "two-scales", "two-scales-normalised"
WIDE = (-0.02, 0.24, -20.0, 60.0)  # of the raw loss: so far the path is thrown
FILES = (
    ("output", N_("weights along each path, one below the other: (steps + 1, 2) of each run")),
    ("losses", N_("loss over all examples at each of these weights")),
    ("examples", N_("both features and the target of each example: (N, 3)")),
)
ARRAYS = tuple(name for name, _ in FILES)


class BatchSizesScene:
    """Some runs and what is told of them."""

    def __init__(self, params: Params) -> None:
        self.params = params

    @cached_property
    def loss(self) -> Loss:
        """That of the learner's examples."""
        given = self.params
        return Loss.of(examples(given.kind, given.inputs, given.count, seed=given.seed, noise=given.noise))

    @cached_property
    def scaled(self) -> tuple[Loss, Loss]:
        """The loss of inputs on two scales, as they are and normalised."""
        raw, normal = (SURFACES[key] for key in (RAW, NORMAL))
        assert isinstance(raw, Regression)
        assert isinstance(normal, Regression)
        return Loss.of(raw), Loss.of(normal)

    @property
    def start(self) -> tuple[float, float]:
        return self.params.x, self.params.y

    @property
    def lr(self) -> float:
        """The learner's learning rate."""
        return self.loss.bound * self.params.percent / 100

    @cached_property
    def runs(self) -> list[Run]:
        """Those of the view."""
        given, start = self.params, self.start
        if given.tab == "rate":
            return runs.rate_runs(self.loss, given.percent, given.steps, start)
        if given.tab == "scales":
            starts = [CATALOGUE[key].start for key in (RAW, NORMAL)]
            return runs.scale_runs(*self.scaled, given.percent, given.steps, starts)
        if given.tab == "schedules":
            made = self.scheduled(given.schedule).made
            return runs.schedule_runs(self.loss, made, given.batch_size, self.lr, given.steps, start, given.order)
        return runs.batch_runs(self.loss, given.batch_size, self.lr, given.steps, given.epochs, start, given.order)

    @property
    def losses_of(self) -> list[Loss]:
        """The loss over which each run goes."""
        return list(self.scaled) if self.params.tab == "scales" else [self.loss] * len(self.runs)

    @property
    def seen(self) -> int:
        """Examples of all epochs together."""
        return self.params.epochs * self.params.count

    @property
    def step(self) -> int:
        """The step that is marked in the view of schedules."""
        return min(self.params.step, self.params.steps)

    @cached_property
    def landscapes(self) -> list[Landscape]:
        """One for each loss that is walked over."""
        if self.params.tab == "scales":
            frames = (Frame.of(WIDE), Frame.of(CATALOGUE[NORMAL].domain))
            return [
                Landscape(one, frame, [walk], [self.params.steps], CATALOGUE[key].start)
                for one, key, frame, walk in zip(self.scaled, (RAW, NORMAL), frames, self.runs, strict=True)
            ]
        frame = frame_round(self.loss, self.start)
        until = [one.leaves(frame) for one in self.runs]
        if self.params.tab == "batches":
            until = [one.after_examples(self.seen) for one in self.runs]
        if self.params.tab == "schedules":
            until = [self.step] * 2
        shown = [] if self.params.tab == "likelihood" else self.runs
        return [Landscape(self.loss, frame, shown, until[: len(shown)], self.start)]

    @property
    def by_steps(self) -> LossChart:
        return loss_chart(self.runs, self.params.steps, marked=self.step if self.params.tab == "schedules" else None)

    @property
    def by_examples(self) -> LossChart:
        return loss_chart(self.runs, self.seen, by_examples=True)

    @property
    def fit(self) -> FitChart | None:
        """The examples and what is made of them, where there is one input: after the epochs, or at the weights."""
        if self.params.inputs != "bias":
            return None
        if self.params.tab == "likelihood":
            return fit_chart(self.loss, [(1, self.start)])
        ends = [(one.style, one.path[one.after_examples(self.seen)].tolist()) for one in self.runs]
        return fit_chart(self.loss, [(style, (x, y)) for style, (x, y) in ends])

    @property
    def first_weight(self) -> tuple[Chart, str]:
        """The first weight on raw inputs, step by step: axes and line."""
        chart = Chart(Axis(0, self.params.steps, (0, self.params.steps)), Axis(*WIDE[:2], (0, 0.05, 0.1, 0.15, 0.2)))
        path = np.nan_to_num(self.runs[0].path[:, 0])
        return chart, chart.line(range(len(path)), path)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The table of the view's runs, as printed."""
        return [self._row(one, loss) for one, loss in zip(self.runs, self.losses_of, strict=True)]

    def _row(self, one: Run, loss: Loss) -> dict[str, Any]:
        arrived, epoch = one.arrived(loss), -(-self.params.count // one.batch)
        return {
            "run": one,
            "lr": figure(one.lr, 4),
            "share": figure(100 * one.lr / loss.bound, 1),
            "epoch": epoch,
            "after_steps": figure(float(one.losses[min(self.params.steps, len(one.losses) - 1)]), 4),
            "after_epochs": figure(float(one.losses[one.after_examples(self.seen)]), 4),
            "arrived": arrived,
            "diverged": one.diverged,
            "weights": [figure(float(weight), 4) for weight in one.path[-1]],
            "lowest": [figure(weight, 4) for weight in loss.minimum or ()],
            "small": figure(loss.eigenvalues[0], 4),
            "large": figure(loss.eigenvalues[1], 4),
            "condition": figure(loss.condition, 1),
        }

    @property
    def choices(self) -> list[tuple[int, int, str, str]]:
        """(batch size, steps per epoch, loss after the steps, loss after the epochs) of several sizes."""
        given, rows = self.params, []
        for size in sorted({*(size for size in SIZES if size < given.count), given.batch_size, given.count}):
            one = runs.run(
                self.loss,
                "",
                1,
                batch=size,
                lr=self.lr,
                steps=runs.steps_needed(given.count, size, given.steps, given.epochs),
                start=self.start,
                order=given.order,
            )
            row = self._row(one, self.loss)
            rows.append((size, row["epoch"], row["after_steps"], row["after_epochs"]))
        return rows

    @property
    def schedules(self) -> list[dict[str, Any]]:
        """Each schedule as a small picture: its curve, and the marked step on it."""
        made = [(name, self.scheduled(key)) for key, name in SCHEDULE_NAMES.items()]
        at = min(self.step, self.params.steps - 1)
        return [
            {"name": name, "made": one, "at": one.at(self.step), "rate": figure(self.lr * one.shares[at], 4)}
            for name, one in made
        ]

    def scheduled(self, key: str) -> Scheduled:
        """Return a schedule as it suits the steps; that of the link with the link's options."""
        given = self.params
        own = given.schedule_options if key == given.schedule else {}
        return scheduled(key, given.steps, self.lr, {**runs.usual_options(key, given.steps), **own})

    @cached_property
    def terms(self) -> Terms:
        """What every example adds at the learner's weights."""
        return terms(self.loss.surface, *self.start)

    @property
    def likelihood(self) -> dict[str, Any]:
        """The numbers of the derivation, as printed."""
        got, given = self.terms, self.loss.surface
        rows = [
            [
                k + 1,
                *(
                    figure(float(v), 3)
                    for v in (*given.features[k], given.targets[k], got.z[k], got.p[k], got.factor[k], got.loss[k])
                ),
            ]
            for k in range(self.params.count)
        ]
        return {
            "rows": rows,
            "first": rows[0],
            "product": figure(float(np.prod(got.factor)), 4, 0.0),
            "sum": figure(float(got.loss.sum()), 4),
            "mean": figure(float(given.value(*self.start)), 4),
            "gradient": [figure(float(part), 4) for part in given.gradient(*self.start)],
            "slope": figure(float(got.slope[0]), 3),
        }

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the runs of the view with their losses, eigenvalues and bounds, unrounded."""
        return {
            "examples": {"features": self.loss.surface.features, "targets": self.loss.surface.targets},
            "runs": [
                {
                    "name": one.name,
                    "batch": one.batch,
                    "lr": one.lr,
                    "bound": loss.bound,
                    "eigenvalues": loss.eigenvalues,
                    "minimum": loss.minimum,
                    "least": loss.least,
                    "path": one.path,
                    "losses": one.losses,
                    "diverged_at": one.diverged,
                    "arrived_at": one.arrived(loss),
                }
                for one, loss in zip(self.runs, self.losses_of, strict=True)
            ],
        }

    def array(self, name: str) -> NDArray[Any]:
        """Return the paths, their losses, or the examples, by name."""
        given = (self.scaled[0] if self.params.tab == "scales" else self.loss).surface
        if name == "examples":
            return np.column_stack((given.features, given.targets))
        return np.concatenate([one.path if name == "output" else one.losses for one in self.runs])

    @property
    def fields(self) -> tuple[str, ...]:
        """Parameters that the controls of this view change."""
        tab = self.params.tab
        return (*FIELDS[tab], *(OPTIONS[self.params.schedule] if tab == "schedules" else ()))

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/batch-sizes.html shows."""
        return {
            "params": self.params,
            "scene": self,
            "tabs": TABS,
            "models": MODELS,
            "inputs": INPUTS,
            "fields": self.fields,
            "schedule_names": SCHEDULE_NAMES,
            "scheduled": self.scheduled(self.params.schedule),
            "no_options": dict.fromkeys(EVERY),
            "glyph": glyph,
            "figure": figure,
            "files": FILES,
            "most": {"examples": MOST_EXAMPLES, "steps": MOST_STEPS, "epochs": MOST_EPOCHS, "share": MOST_SHARE},
        }

"""What one link shows: losses as curves, two of them teaching an output, or a table of what goes with what."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.charts import Axis, Chart
from app.exhibits.curves import POINTS, Curve, CurvePair, equals, filled, formula, style, table
from app.exhibits.losses.catalogue import KINDS, LOSSES, functions
from app.exhibits.losses.params import MOST_STEPS, Params
from app.i18n import N_, Words
from engine.landscape import OutputRun, output_descent
from engine.landscape.output_descent import Loss

TABS = {
    "curves": N_("All losses"),
    "beside": N_("MSE against cross-entropy"),
    "table": N_("What goes with what"),
}
FIGURES = 4
COLUMNS: tuple[Loss, ...] = ("mse_loss", "cross_entropy")
FILES = (
    ("output", N_("prediction, then loss and gradient of each loss shown")),
    ("descent", N_("step, then p of the right answer, loss and gradient: of mse_loss, of cross_entropy")),
)
ARRAYS = tuple(name for name, _ in FILES)
SLIDERS = {  # field: lowest, highest, step, and the kind it belongs to
    "target": (0.25, 6, 0.25, "number"),
    "b": (-5, 5, 0.25, "classes"),
    "c": (-5, 5, 0.25, "classes"),
}
WIDTHS = (0.1, 4, 0.1)
WIDTH, HEIGHT = 400, 230
TOLD = (0, 1, 2, 5, 10, 20, 50, 100, 200)  # steps in the table


class LossesScene:
    """Some losses at one prediction, and two descents."""

    def __init__(self, params: Params) -> None:
        self.params = params

    @cached_property
    def curves(self) -> list[Curve]:
        """Those that are shown."""
        about, order = self.params.about, [key for key, entry in LOSSES.items() if entry.kind == self.params.kind]
        xs, found = np.linspace(about.low, about.high, POINTS), []
        for key in self.params.keys:
            loss, gradient = functions(key, self.params)
            here = np.array([self.params.place])
            value, slope = float(loss(here)[0]), float(gradient(here)[0])
            found.append(Curve(key, key, order.index(key), xs, loss(xs), gradient(xs), value, slope))
        return found

    @property
    def pair(self) -> CurvePair:
        about = self.params.about
        across, high, steep = Axis(about.low, about.high, about.ticks), about.top, about.steep
        return CurvePair(
            self.curves,
            self.params.place,
            across,
            Axis(0, high, (0, high / 2, high)),
            Axis(-steep, steep, (-steep, -steep / 2, 0, steep / 2, steep)),
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The value table at the prediction, as printed."""
        return [self._row(curve) for curve in self.curves]

    def _row(self, curve: Curve) -> dict[str, Any]:
        entry, given, yes = LOSSES[curve.key], self.params, self.params.answer == "yes"
        target = given.target if given.kind == "number" else float(yes)
        parameter = getattr(given, entry.parameter) if entry.parameter else 0.0
        places = {"X": given.place, "T": target, "A": parameter, "S": 1 if yes else -1, "B": given.b, "C": given.c}
        return {
            "curve": curve,
            "general": formula(entry.latex, X="y", T="t", A=entry.letter, S="t", B="b", C="c"),
            "filled": filled(entry.latex, **places),
            "sign": equals(curve.value, FIGURES),
            "value": numbers.significant(curve.value, FIGURES),
            "slope": numbers.significant(curve.slope, FIGURES),
            "entry": entry,
        }

    @cached_property
    def runs(self) -> dict[str, OutputRun]:
        """Both descents, by loss."""
        given = self.params
        return {
            loss: output_descent(given.output, loss, start=given.start, lr=given.lr, steps=given.steps)
            for loss in COLUMNS
        }

    @property
    def step(self) -> int:
        """The marked step."""
        return min(self.params.step, self.params.steps)

    @property
    def descents(self) -> list[dict[str, Any]]:
        """The three diagrams over steps: p of the right answer, loss, size of the gradient at its logit."""
        runs, steps = self.runs.values(), self.params.steps
        across = Axis(0, steps, (0, steps // 2, steps) if steps > 1 else (0, 1))
        top = max(1.0, float(np.ceil(max(run.losses.max() for run in runs))))
        up = (
            ("p", Axis(0, 1, (0, 0.5, 1))),
            ("loss", Axis(0, top, (0, top / 2, top))),
            ("gradient", Axis(0, 1, (0, 0.5, 1))),
        )
        return [self._descent(name, Chart(across, axis, WIDTH, HEIGHT)) for name, axis in up]

    def _descent(self, name: str, chart: Chart) -> dict[str, Any]:
        lines = []
        for colour, run in enumerate(self.runs.values(), 1):
            series = _series(name, run)
            lines.append(
                (colour, chart.line(range(len(series)), series), chart.points([self.step], [series[self.step]])[0])
            )
        return {"name": name, "chart": chart, "lines": lines, "at": chart.across(self.step)}

    @property
    def told(self) -> list[tuple[int, list[str]]]:
        """(step, p, loss and gradient of both) of some steps and of the marked one, as printed."""
        chosen = sorted({step for step in TOLD if step <= self.params.steps} | {self.step, self.params.steps})
        return [(step, self._at(step)) for step in chosen]

    def _at(self, step: int) -> list[str]:
        return [
            numbers.significant(float(_series(name, run)[step]), FIGURES)
            for run in self.runs.values()
            for name in ("p", "loss", "slope")
        ]

    @property
    def arrived(self) -> dict[str, int | None]:
        """After how many steps each gives the right answer a probability above 0.9."""
        found = {loss: np.flatnonzero(run.p[:, 0] > 0.9) for loss, run in self.runs.items()}
        return {loss: int(steps[0]) if steps.size else None for loss, steps in found.items()}

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return every shown loss at the prediction, and both descents, unrounded."""
        return {
            "prediction": self.params.place,
            "losses": [{"name": c.key, "value": c.value, "gradient": c.slope} for c in self.curves],
            "descents": {
                loss: {"logits": run.logits, "p": run.p, "losses": run.losses, "gradients": run.gradients}
                for loss, run in self.runs.items()
            },
        }

    def array(self, name: str) -> NDArray[Any]:
        """Return the curves, or the descents."""
        if name == "output":
            return table(self.curves)
        columns = [_series(part, run) for run in self.runs.values() for part in ("p", "loss", "slope")]
        return np.column_stack([np.arange(self.params.steps + 1), *columns])

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/losses.html shows."""
        order = [key for key, entry in LOSSES.items() if entry.kind == self.params.kind]
        widths = [entry.parameter for key, entry in LOSSES.items() if entry.parameter and key in self.params.keys]
        fields = type(self.params).model_fields
        return {
            "params": self.params,
            "scene": self,
            "tabs": TABS,
            "kinds": KINDS,
            "losses": LOSSES,
            "entries": [(key, key in self.params.keys, self._toggled(key)) for key in order],
            "styles": {key: style(k) for k, key in enumerate(order)},
            "sliders": [
                (name, fields[name].title, *bounds[:3], getattr(self.params, name))
                for name, bounds in ({**SLIDERS, **dict.fromkeys(widths, (*WIDTHS, "number"))}).items()
                if bounds[3] == self.params.kind
            ],
            "files": FILES,
            "most_steps": MOST_STEPS,
        }

    def _toggled(self, key: str) -> str | None:
        """Return the link's losses with one of this kind more or less; None if it is the only one."""
        own = set(self.params.keys) ^ {key}
        others = {name for name in self.params.shown.split(",") if LOSSES[name].kind != self.params.kind}
        return ",".join(name for name in LOSSES if name in own | others) if own else None


def _series(name: str, run: OutputRun) -> NDArray[np.float64]:
    """Return of each step p of the right answer, the loss, the gradient at its logit ("slope"), or its size."""
    if name == "p":
        return np.asarray(run.p[:, 0])
    if name == "loss":
        return np.asarray(run.losses)
    return np.asarray(run.gradients[:, 0] if name == "slope" else np.abs(run.gradients[:, 0]))

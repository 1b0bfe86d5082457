"""What one link shows: activations as curves, in a table, or in a layer that learns."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.charts import Axis
from app.exhibits.activations.catalogue import ACTIVATIONS, Activation, functions
from app.exhibits.activations.dying import Dying
from app.exhibits.activations.params import REACH, Params
from app.exhibits.curves import FLAT, POINTS, Curve, CurvePair, equals, filled, formula, style, table, toggled
from app.i18n import N_, Words
from engine.landscape import LayerRun, Profile, profile

TABS = {"curves": N_("Curves"), "dying": N_("Dying units"), "table": N_("All compared")}
FIGURES = 4
FILES = (
    ("output", N_("x, then value and derivative of each activation shown")),
    ("before", N_("pre-activations before training: (examples, units)")),
    ("after", N_("pre-activations after it")),
)
ARRAYS = tuple(name for name, _ in FILES)
SLIDERS = {  # field: lowest, highest, step
    "negative_slope": (0, 1, 0.01),
    "weight": (-1, 1, 0.05),
    "alpha": (0, 3, 0.05),
    "beta": (0.25, 5, 0.25),
    "piece": (-2, 2, 0.1),
}


@lru_cache(maxsize=256)
def profiled(key: str, **options: Any) -> Profile:
    """Return the profile of an activation; it takes a tenth of a second for all of them."""
    return profile(*functions(key, options))


def extent(low: float, high: float) -> str:
    """Return from where to where something reaches, as printed."""
    return f"{numbers.significant(low, 3)} … {numbers.significant(high, 3)}"


class ActivationsScene:
    """Some activations at one x."""

    def __init__(self, params: Params, run: LayerRun) -> None:
        self.params, self.run = params, run

    @cached_property
    def curves(self) -> list[Curve]:
        """Those that are shown."""
        xs, keys = np.linspace(-REACH, REACH, POINTS), list(ACTIVATIONS)
        found = []
        for key in self.params.shown.split(","):
            f, slope = functions(key, self.params.options(key))
            here = np.array([self.params.x])
            value, steep = float(f(here)[0]), float(slope(here)[0])
            found.append(Curve(key, key, keys.index(key), xs, f(xs), slope(xs), value, steep))
        return found

    @property
    def pair(self) -> CurvePair:
        across = Axis(-REACH, REACH, (-6, -4, -2, 0, 2, 4, 6))
        return CurvePair(
            self.curves,
            self.params.x,
            across,
            Axis(-2.5, 4, (-2, -1, 0, 1, 2, 3, 4)),
            Axis(-0.5, 1.5, (-0.5, 0, 0.5, 1, 1.5)),
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The value table at x, as printed."""
        return [self._row(curve) for curve in self.curves]

    def _row(self, curve: Curve) -> dict[str, Any]:
        entry, x = ACTIVATIONS[curve.key], self.params.x
        parameter = getattr(self.params, entry.parameter) if entry.parameter else 0.0
        return {
            "curve": curve,
            "general": formula(entry.latex, X="x", A=entry.letter),
            "filled": filled(entry.latex, X=x, A=parameter),
            "value": numbers.significant(curve.value, FIGURES),
            "sign": equals(curve.value, FIGURES),
            "derivative": formula(entry.slope, X="x", A=entry.letter),
            "slope": numbers.significant(curve.slope, FIGURES),
            "flat": abs(curve.slope) < FLAT,
        }

    @property
    def compared(self) -> list[tuple[str, Activation, str, Profile]]:
        """(name, what is said of it, formula, profile) of every activation, with the learner's parameters."""
        return [
            (key, entry, formula(entry.latex, X="x", A=entry.letter), profiled(key, **self.params.options(key)))
            for key, entry in ACTIVATIONS.items()
        ]

    @property
    def dying(self) -> Dying:
        return Dying(self.run, self.params.steps)

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return every shown activation at x, and what became of the layer, unrounded."""
        return {
            "x": self.params.x,
            "activations": [{"name": c.key, "value": c.value, "slope": c.slope, "flat": c.flat} for c in self.curves],
            "layer": {"losses": self.run.losses, "dead": self.run.dead},
        }

    def array(self, name: str) -> NDArray[Any]:
        """Return the curves, or the pre-activations before or after training."""
        return table(self.curves) if name == "output" else np.asarray(getattr(self.run, name))

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/activations.html shows."""
        shown = self.params.shown
        return {
            "params": self.params,
            "scene": self,
            "tabs": TABS,
            "entries": [(key, key in shown.split(","), toggled(shown, key, ACTIVATIONS)) for key in ACTIVATIONS],
            "styles": {key: style(k) for k, key in enumerate(ACTIVATIONS)},
            "sliders": [
                (name, type(self.params).model_fields[name].title, *SLIDERS[name], getattr(self.params, name))
                for key in shown.split(",")
                if (name := ACTIVATIONS[key].parameter)
            ],
            "files": FILES,
            "extent": extent,
            "reach": REACH,
            "flat_below": numbers.significant(FLAT),
        }

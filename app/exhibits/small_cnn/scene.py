"""What one link shows: the network at one step of its three phases, the training so far, one number opened."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from app import numbers
from app.exhibits.base import plain
from app.exhibits.controls import Slider
from app.exhibits.small_cnn.cell import OPENED, SHAPE_OF, Cell
from app.exhibits.small_cnn.curve import Curve
from app.exhibits.small_cnn.opened import STAGED, CellWalk, cell_at, open_stage
from app.exhibits.small_cnn.panels import Panels
from app.exhibits.small_cnn.params import MOST_UPDATES, Params
from app.exhibits.small_cnn.presets import PRESETS
from app.exhibits.small_cnn.resolve import Run, resolve, target_of
from app.exhibits.small_cnn.steps import FIRST_OF, PHASES, STEP_OF, Phases, precise, printed
from app.exhibits.small_cnn.written import Written, written
from app.i18n import N_, Words
from app.stepper.stage import STEP_SIZES, LayerStage, Stage
from app.tensors import Array
from engine.small_cnn import Checked, gradient_check, kinks

OWN_TENSORS = {
    "x": N_("input x"),
    "weight": N_("filters W"),
    "bias": N_("bias b"),
    "linear_weight": N_("linear weights V"),
    "linear_bias": N_("linear bias c"),
}
FORMULAS = {  # in the symbols of the grids
    "input": "x",
    "filters": "W, b",
    "conv": "z = b + Σ W · x",
    "relu": "a = max(z, 0)",
    "pool": "m = max a",
    "linear": "s = c + Σ V · h",
    "softmax": "p = exp s / Σ exp s,  L = −ln p",
}
AGREES = 1e-4  # relative error up to which derived and measured gradients count as equal


class SmallCnnScene:
    """A small network on one picture."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.run: Run = resolve(params)
        self.shown = self.run.shown
        self.phases = Phases(params.at if params.cell else params.step or 0)
        self.stage: Stage | None = None
        self.cell: Cell | None = None
        self.walk: Phases | CellWalk | Stage = self.phases
        if params.cell:
            self._open(Cell.read(params.cell))

    def _open(self, cell: Cell) -> None:
        if cell.tensor in STAGED:
            self.stage = self.walk = open_stage(self.shown, cell, self.params.step, self.params.step_size)
            self.cell = cell_at(cell, self.stage)
        else:
            self.walk = walk = CellWalk(cell, self.params.step)
            self.cell = walk.cell

    @property
    def value(self) -> str:
        """The open number as it is printed."""
        return printed(self.number(self.cell)) if self.cell else ""

    def number(self, cell: Cell) -> float:
        """Return one number of the network."""
        return float(self.shown.tensor(cell.tensor)[cell.place])

    @property
    def below(self) -> str:
        """The tensor that the stage reads: its cells open in turn; "" for numbers that are given."""
        read = STAGED.get(self.cell.tensor, "") if self.cell and self.stage else ""
        return "" if read == "x" else read

    def array(self, name: str) -> Array:
        """Return a tensor by its name, "output" for the probabilities."""
        found = self.shown.tensor("probabilities" if name == "output" else name)
        return np.atleast_1d(np.asarray(found, np.float64))

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return every number of the pass, unrounded."""
        return {
            "target": self.shown.target,
            "lr": self.shown.lr,
            "updates": self.run.updates,
            "losses": self.run.losses,
            "loss": self.shown.activations.loss,
            "loss_after": self.shown.loss_after,
            **{name: plain(self.shown.tensor(name)) for name in SHAPE_OF if name != "loss"},
            **{name: plain(self.shown.tensor(name)) for name in OPENED if name[:2] == "d_" or name[:4] == "new_"},
            "check": [one._asdict() for one in self.checked],
        }

    @cached_property
    def checked(self) -> list[Checked]:
        """The gradient check of the whole network, where it is asked for."""
        if not self.params.check:
            return []
        return gradient_check(self.shown.parameters, self.shown.x, self.shown.target, self.shown.gradients)

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/small-cnn.html shows."""
        classes = PRESETS[self.params.preset].classes
        sum_: Written | None = None
        if self.stage:
            told = self.stage.context(words)
            narration = told["part"].narration
        elif self.cell:
            told, sum_ = {}, written(self.cell, self.shown, words)
            narration = sum_.narration
        else:
            told, narration = {}, self.phases.current.says(self.shown, words, classes)
        return {
            "narration": narration,
            "part": {"narration": narration},
            **told,
            **choices(self.params),
            "scene": self.walk,
            "net": self,
            "stage": self.stage,
            "written": sum_,
            "panels": Panels(self.shown, self.phases.step, self.cell),
            "phase": self.phases.current.phase,
            "phases": [(key, words.gettext(title), FIRST_OF[key]) for key, title in PHASES.items()],
            "loss": printed(self.shown.activations.loss),
            "loss_after": printed(self.shown.loss_after),
            "formulas": FORMULAS,
            "loss_step": STEP_OF["loss"],
            "loss_due": self.phases.step >= STEP_OF["loss"],
            "after_due": self.phases.step == self.phases.steps - 1,
            "curve": Curve(self.run.losses),
            "updates_slider": updates_slider(self.params, self.run, words),
            "step_sizes": STEP_SIZES if isinstance(self.stage, LayerStage) else None,
            "check": self._check(),
            "notices": self._notices(words),
        }

    def _check(self) -> dict[str, Any] | None:
        if not self.params.check:
            return None
        found = kinks(self.shown.activations)
        rows = [
            {
                "cell": str(Cell(f"d_{one.tensor}", one.place)),
                "name": str(one.tensor) + str(list(one.place)),
                "analytic": precise(one.analytic),
                "numerical": precise(one.numerical),
                "error": f"{one.relative_error:.1e}".replace("-", numbers.MINUS) if one.relative_error else "0",
                "agrees": one.relative_error <= AGREES,
            }
            for one in sorted(self.checked, key=lambda one: one.relative_error <= AGREES)  # those that differ first
        ]
        wrong = sum(not row["agrees"] for row in rows)
        worst = max(one.relative_error for one in self.checked)
        return {
            "rows": rows,
            "wrong": wrong,
            "worst": f"{worst:.1e}".replace("-", numbers.MINUS),
            "bound": f"{AGREES:g}",
            "ties": found.ties,
            "at_zero": found.at_zero,
        }

    def _notices(self, words: Words) -> list[str]:
        if self.run.updates == self.params.updates:
            return []
        sentence = words.gettext(
            "The training ran away: with learning rate %(lr)s a number passes one million in update %(number)s. "
            "The page stops there; a lower learning rate goes further."
        )
        return [sentence % {"lr": precise(self.params.lr), "number": self.run.updates + 1}]


def updates_slider(params: Params, run: Run, words: Words) -> Slider:
    """Return the slider of the updates: all of them, or as many as the numbers stay small."""
    title = Params.model_fields["updates"].title or ""
    ran_away = run.updates < params.updates
    legal = range((run.updates if ran_away else MOST_UPDATES) + 1)
    note = words.gettext("at most %(most)s: then a number passes one million; lower the learning rate")
    return Slider(
        name="updates",
        label=words.gettext(title),
        text=str(run.updates),
        value=str(run.updates),
        low=0,
        high=MOST_UPDATES,
        current=run.updates,
        legal=legal,
        cautions=(),
        note=note % {"most": run.updates} if ran_away else "",
    )


def choices(params: Params) -> dict[str, Any]:
    """Return what the form offers whatever the state."""
    return {
        "params": params,
        "presets": PRESETS,
        "preset": PRESETS[params.preset],
        "target": target_of(params),
        "lr": f"{params.lr:g}",
        "option_names": ("updates", "lr", "target", "seed"),
        "learnable": OWN_TENSORS,
    }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page whose tensors do not fit: the controls stay."""
    return {"scene": None, "repairs": [], "notices": [], "updates_slider": None, **choices(params)}

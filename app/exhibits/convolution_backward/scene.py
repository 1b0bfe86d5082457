"""What one link of the exhibit shows: the layer and its gradients, the step, and what stands below."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from app.drawing import Panel
from app.exhibits.base import plain
from app.exhibits.controls import repairs
from app.exhibits.convolution_backward import below, controls
from app.exhibits.convolution_backward.drawings import Drawings
from app.exhibits.convolution_backward.params import EPSILONS, LAYER_OPTIONS, Params
from app.exhibits.convolution_backward.presets import FIRST, PRESETS
from app.exhibits.convolution_backward.resolve import resolve
from app.exhibits.convolution_backward.views import VIEWS
from app.exhibits.convolution_forward.resolve import option_texts
from app.i18n import N_, Words
from app.i18n import words as words_of
from app.stepper.walk import PartedWalk
from engine import EngineError

TABS = {"dx": N_("Gradient dX"), "dw": N_("Gradient dW"), "db": N_("Gradient db")}
VIEW_NAMES = {
    "dx": ("dx_view", {"scatter": N_("Scatter"), "gather": N_("Gather")}),
    "dw": ("dw_view", {"stamps": N_("Stamps"), "weights": N_("Weight by weight")}),
}
OWN_TENSORS = {"x": N_("input x"), "weight": N_("filters W"), "grad_output": N_("gradient dY")}
SUMMARIES = {
    "scatter": N_("Each cell of dY stamps its filter onto the window it was made from; where stamps overlap they add."),
    "gather": N_("Each cell of dX collects: a window of dY, spread by the stride and padded, times rotated filters."),
    "stamps": N_("Each cell of dY, times the window of x it was made from, is added to the gradient of its filter."),
    "weights": N_("Each weight collects: dY lies over the inputs that this weight met, and the products add up."),
    "bias": N_("Each bias was added to every cell of its map, so its gradient is the sum of that map of dY."),
}


class BackwardScene(PartedWalk):
    """The backward pass of one convolution at one step, as a link of this exhibit describes it."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.backward = resolve(params)
        self.view = VIEWS[params.view](self.backward)
        step_size = params.step_size if params.step_size in self.view.step_sizes else "output"
        super().__init__(len(self.view.trace), self.view.maps, params.step, step_size)
        self.check_cell = tuple(map(int, params.check.split("_"))) if params.check else self.view.cell(self.cell)
        self.checked = below.check(self.backward, params.tab, self.check_cell, float(params.eps))

    def parts_in(self, step_size: str) -> int:
        """Return how many steps of `step_size` one cell of the gradient takes."""
        return self.view.parts_in(step_size)

    @property
    def picture(self) -> dict[str, Any]:
        """This step in English: what a picture of it shows."""
        return self._picture(words_of("en"))

    def _picture(self, words: Words) -> dict[str, Any]:
        return self.view.picture(self.cell, words, self.view.reached(self.step_size, self.part))

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return tensors, gradients, one checked cell and steps start..stop of the open view, unrounded."""
        backward, layer, gradients = self.backward, self.backward.layer, self.backward.gradients
        update = below.Update(backward, self.params.lr)
        return {
            "x": plain(layer.x),
            "weight": plain(layer.weight),
            "bias": plain(layer.bias),
            "grad_output": plain(backward.grad),
            "options": {name: option_texts(layer)[name] for name in LAYER_OPTIONS},
            "output": plain(layer.sums),
            "grad_input": plain(gradients.input),
            "grad_weight": plain(gradients.weight),
            "grad_bias": plain(gradients.bias),
            "loss": update.losses[0],
            "updated": {"lr": self.params.lr, "weight": update.weight, "bias": update.bias, "loss": update.losses[1]},
            "check": {
                "of": self.params.tab,
                "cell": self.check_cell,
                "eps": self.checked.eps,
                "above": self.checked.above,
                "below": self.checked.below,
                "numerical": self.checked.numerical,
                "grad": self.checked.grad,
                "relative_error": self.checked.relative_error,
            },
            "view": self.params.view,
            "steps": [_plain_step(step) for step in self.view.trace[start:stop]],
        }

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/convolution-backward.html shows."""
        params, picture = self.params, self._picture(words)
        return {
            "scene": self,
            "part": {"narration": picture["narration"]},
            "picture": picture,
            "summary": SUMMARIES[params.view],
            "sliders": controls.sliders(params, words),
            **below.context(
                self.backward, params.tab, self.check_cell, lr=params.lr, eps=float(params.eps), words=words
            ),
            **choices(params),
            "step_sizes": self.view.step_sizes,
            "own_tensors": [(name, words.gettext(label)) for name, label in OWN_TENSORS.items()],
        }

    def preview(self, tensor: str, words: Words) -> list[Panel]:
        """Return a tensor of the learner's own, as it would be taken."""
        draw, layer = Drawings(self.backward, words, editable=False), self.backward.layer
        if tensor == "weight":
            return [draw.filter(f, c, outlined=False) for f, c in np.ndindex(layer.weight.shape[:2])]
        if tensor == "grad_output":
            return [draw.dy(f) for f in range(len(self.backward.grad))]
        return [draw.x(c) for c in range(len(layer.x))]


def choices(params: Params) -> dict[str, Any]:
    """Return what the form offers whatever the state."""
    return {
        "params": params,
        "preset": PRESETS[params.preset],
        "presets": PRESETS,
        "reset": {} if params.preset == FIRST else {"preset": params.preset},
        "tabs": TABS,
        "views": VIEW_NAMES.get(params.tab),
        "epsilons": EPSILONS,
        "option_names": (*controls.BOUNDS, "lr", "eps", "seed"),
    }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page whose parts do not fit: tabs and controls, and links that repair."""
    try:
        offered = controls.sliders(params, words)
    except EngineError:  # a tensor is larger than this page shows: no slider mends that
        offered = []
    return {"scene": None, "repairs": repairs(offered), "sliders": offered, "lr": "", **choices(params)}


def _plain_step(step: Any) -> dict[str, Any]:
    """Return a step of a trace for JSON."""
    assert is_dataclass(step)
    names = [one.name for one in fields(step)]
    derived = [name for name in ("value", "stamp", "products") if hasattr(step, name)]
    return {name: _plain_value(getattr(step, name)) for name in (*names, *derived)}


def _plain_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    return list(value) if isinstance(value, range) else value

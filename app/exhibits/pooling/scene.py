"""What one link of the exhibit shows: the pooling, the step, and every view of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

import engine
from app import numbers
from app.drawing import Grid
from app.exhibits.base import plain
from app.exhibits.pooling import controls
from app.exhibits.pooling.grids import PoolGrids, changed_marks
from app.exhibits.pooling.params import MOST_SHIFT, OPTIONS, Params
from app.exhibits.pooling.pool import FREE
from app.exhibits.pooling.presets import FIRST, PRESETS
from app.exhibits.pooling.resolve import option_texts, other_kind, resolve
from app.exhibits.pooling.shift import Shift
from app.exhibits.pooling.telling import Telling
from app.i18n import N_, Words
from app.stepper.moments import Moment
from app.stepper.stage import Stage
from engine import EngineError
from engine.geometry import Geometry
from engine.ops.pool_windows import PoolStep

KINDS = {"max": N_("Max"), "average": N_("Average"), "lp": N_("LP"), "subsampling": N_("LeNet-5")}
FORMULAS = {
    "max": "formulas/_max_pooling.html",
    "average": "formulas/_average_pooling.html",
    "lp": "formulas/_lp_pooling.html",
    "subsampling": "formulas/_subsampling.html",
}
BACKWARD_FORMULAS = {
    "max": "formulas/_max_pooling_backward.html",
    "average": "formulas/_average_pooling_backward.html",
    "lp": "formulas/_lp_pooling_backward.html",
    "subsampling": "formulas/_subsampling_backward.html",
}
MOST_NUMBERS = 4_000  # cells of windows in one answer of the API
ARROWS = ((-1, 0, "↑", N_("up")), (0, -1, "←", N_("left")), (0, 1, "→", N_("right")), (1, 0, "↓", N_("down")))


class PoolingScene(Stage):
    """One pooling at one step, forwards or backwards."""

    def __init__(self, settings: Params) -> None:
        self.params, self.pool = settings, resolve(settings)
        self.backward = settings.tab == "backward"
        self.formula = (BACKWARD_FORMULAS if self.backward else FORMULAS)[self.pool.kind]
        super().__init__(len(self.pool.trace), len(self.pool.x), settings.step, "output")

    @cached_property
    def grids(self) -> PoolGrids:
        return PoolGrids(self.pool, self.cell + 1)

    @property
    def geometry(self) -> Geometry:
        return self.pool.geometry

    @property
    def shift(self) -> Shift:
        return Shift(self.pool, self.params.shift_rows, self.params.shift_columns)

    def moment(self, cell: int, words: Words) -> Moment:
        return Telling(self.pool, cell, words).moment(backward=self.backward)

    def winner(self) -> tuple[int, int] | None:
        """Return the input cell that wins at this step, of a max pooling."""
        if self.pool.kind != "max":
            return None
        step: Any = self.pool.trace[self.cell]
        return step.rows[step.winner[0]], step.columns[step.winner[1]]

    @property
    def switch_sum(self) -> str:
        """How the switch of this step follows from its cell, of a max pooling: "3 · 4 + 1 = 13"."""
        winner = self.winner()
        if winner is None:
            return ""
        switch = self.pool.trace[self.cell].switch
        return f"{winner[0]} · {self.pool.size[1]} + {winner[1]} = {switch}"

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return tensors, gradients, geometry and steps start..stop, unrounded."""
        pool, shape = self.pool, self.geometry
        gradient = engine.trace.pool_backward(pool.trace, pool.grad_sums)
        end = min(stop, self.cells, start + MOST_NUMBERS // (shape.kernel_size[0] * shape.kernel_size[1]))
        answer: dict[str, Any] = {
            "x": plain(pool.x),
            "options": option_texts(pool),
            "output_size": shape.output_size,
            "floor_size": pool.geometry_of(ceil_mode=False).output_size,
            "ceil_size": pool.geometry_of(ceil_mode=True).output_size,
            "output": plain(pool.output),
            "grad_output": plain(pool.grad_output),
            "grad_input": plain(pool.grad_input(pool.output.size)),
            "shifted_x": plain(self.shift.x),
            "shifted_output": plain(self.shift.output),
            "steps": [_step(gradient[i], pool.kind) for i in range(start, end)],
        }
        if pool.switches is not None:
            answer["switches"] = pool.switches
        if pool.kind == "subsampling":
            answer |= dict(zip(("weight", "bias"), map(plain, pool.weights), strict=True))
            answer |= {"sums": plain(pool.sums_of(pool.x)), "grad_sums": plain(pool.grad_sums), **self.parameter_grads}
        return answer

    @property
    def parameter_grads(self) -> dict[str, Any]:
        """The gradients of weight and bias, of a subsampling."""
        pool = self.pool
        grads = engine.subsample2d_backward(pool.grad_sums, pool.x, pool.weights[0], pool.kernel_size)
        return {"grad_weight": plain(grads.weight), "grad_bias": plain(grads.bias)}

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/pooling.html shows."""
        return {
            **super().context(words),
            **choices(self.params),
            "pool": self.pool,
            "sliders": controls.sliders(self.pool, words),
            "size_lines": controls.size_lines(self.pool, words),
            "kind_links": {kind: other_kind(self.pool, kind) for kind in KINDS},
            "free": FREE[self.pool.kind],
            "texts": option_texts(self.pool),
            **(self._shifted(words) if self.params.tab == "shift" else {}),
            **(self._parameter_rows() if self.backward else {}),
        }

    def both_roundings(self) -> list[tuple[str, Any]]:
        """Return (rounding, output grid of each channel), rounded down and up."""
        outputs = [self.pool.output_of(self.pool.x, ceil_mode=ceil_mode) for ceil_mode in (False, True)]
        grids = [self.grids.outputs_of(output, "rounded", "output") for output in outputs]
        return list(zip((N_("floor"), N_("ceil")), grids, strict=True))

    def _parameter_rows(self) -> dict[str, Any]:
        if self.pool.kind != "subsampling":
            return {}
        return {
            "parameter_grads": {
                name: [numbers.fitting(float(value), 4) for value in values]
                for name, values in self.parameter_grads.items()
            }
        }

    @property
    def shifted_grids(self) -> tuple[list[Grid], list[Grid]]:
        """The shifted input and its output, on the scales of those before, one grid per channel each."""
        shift = self.shift
        outputs = self.grids.outputs_of(shift.output, "shifted_output", "output", like=self.pool.output)
        return self.grids.inputs_of(shift.x, "shifted"), outputs

    def _shifted(self, words: Words) -> dict[str, Any]:
        shift, rows, columns = self.shift, self.params.shift_rows, self.params.shift_columns
        inputs, outputs = self.shifted_grids
        arrows = [
            (name, arrow, rows + down, columns + right, max(abs(rows + down), abs(columns + right)) <= MOST_SHIFT)
            for down, right, arrow, name in ARROWS
        ]
        return {
            "shift": shift,
            "shifted": [
                (
                    inputs[c],
                    changed_marks(inputs[c], shift.changed_inputs[c]),
                    outputs[c],
                    changed_marks(outputs[c], shift.changed_outputs[c]),
                )
                for c in range(len(inputs))
            ],
            "arrows": arrows,
            "said": shift.told(words),
        }


def choices(settings: Params) -> dict[str, Any]:
    """Return what the form offers whatever the state."""
    return {
        "params": settings,
        "preset": PRESETS[settings.preset],
        "presets": PRESETS,
        "reset": {} if settings.preset == FIRST else {"preset": settings.preset},
        "kinds": KINDS,
        "option_names": (*OPTIONS, "seed"),
    }


def broken(settings: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page whose parts do not fit: the presets, and links that repair."""
    return {"scene": None, "sliders": [], "repairs": _repairs(settings, words), **choices(settings)}


def _repairs(settings: Params, words: Words) -> list[tuple[str, str, str]]:
    """Return (parameter, value, label) of single changes after which everything fits."""
    tried = [("kernel_size", "2"), ("padding", "0"), ("dilation", "1"), ("ceil_mode", "0"), ("size", "6")]
    found = []
    for name, value in tried:
        try:
            resolve(Params.model_validate({**settings.model_dump(exclude_none=True), name: value}))
        except EngineError:
            continue
        found.append((name, value, words.gettext(Params.model_fields[name].title or name)))
    return found


def _step(step: Any, kind: str) -> dict[str, Any]:
    forward: PoolStep = step.forward
    window = np.where(forward.inside, forward.window, 0)  # JSON knows no infinity
    told: dict[str, Any] = {
        "index": forward.index,
        "rows": forward.rows,
        "columns": forward.columns,
        "inside": forward.inside,
        "window": plain(window),
        "value": forward.value,
        "grad": step.grad,
        "shares": plain(step.shares),
    }
    if kind == "max":
        told |= {name: getattr(forward, name) for name in ("winner", "switch", "ties")}
    if kind == "average":
        told["divisor"] = getattr(forward, "divisor", None)
    return told

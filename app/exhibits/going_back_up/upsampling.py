"""Upsampling: every output cell copied from the nearest cell of x, or blended of four."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup

import engine
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.resolve import Chosen
from app.exhibits.going_back_up.scene import Shown, Sum, UpScene, largest, mark, slice_of, span, text
from app.i18n import N_, Words
from app.tensors import Array
from engine.ops.upsampling import UpsampleStep


class UpsampleScene(UpScene):
    """One step for each output cell."""

    own: ClassVar = {"x": N_("input x")}

    def __init__(self, params: Params, chosen: Chosen) -> None:
        bilinear = chosen.mode == "bilinear"
        options = {"align_corners": chosen.align_corners} if bilinear else {}
        upsample = engine.upsample_bilinear2d if bilinear else engine.upsample_nearest2d
        trace = engine.trace.upsample_bilinear2d if bilinear else engine.trace.upsample_nearest2d
        self.trace = trace(chosen.x, chosen.scale_factor, **options)
        self.output = upsample(chosen.x, chosen.scale_factor, **options)
        self.bilinear = bilinear
        self.formula = "formulas/_bilinear.html" if bilinear else "formulas/_nearest.html"
        super().__init__(params, chosen, self.output.size)

    @cached_property
    def now(self) -> UpsampleStep:
        return self.trace[self.step]

    def columns(self, words: Words) -> list[list[Shown]]:
        step, x, output = self.now, self.chosen.x, self.output
        _, _, row, column = step.index
        weights = slice_of("filter", "weights", (0,), step.weight, 1.4)
        shown = slice_of("input", "x", (0,), x[0], largest(x), editable=True)
        made = slice_of("output", "output", (0,), output[0], largest(x), width=320)
        return [
            [Shown(shown, N_("Input"), "x", rows=sorted({*step.rows}), columns=sorted({*step.columns}))],
            *([[Shown(weights, N_("Weights"), "w")]] if self.bilinear else []),
            [
                Shown(
                    made,
                    N_("Output"),
                    "y",
                    detail=f"{output.shape[1]} × {output.shape[2]}",
                    at=self.step,
                    rows=[row],
                    columns=[column],
                )
            ],
        ]

    def sum(self) -> Sum | None:
        if not self.bilinear:
            return None
        return Sum.of(self.now.weight[None], self.now.window[None], float(self.now.value))

    def narration(self, words: Words) -> Markup:
        step = self.now
        _, _, row, column = step.index
        values = {
            "row": row,
            "column": column,
            "rows": span(step.rows),
            "columns": span(step.columns),
            "value": mark(text(step.value)),
        }
        if self.bilinear:
            sentence = words.gettext(
                "Output row %(row)s, column %(column)s lies between rows %(rows)s and columns %(columns)s of x; "
                "the neighbours, weighted, add up to %(value)s."
            )
        else:
            sentence = words.gettext(
                "Output row %(row)s, column %(column)s lies on row %(rows)s, column %(columns)s of x "
                "and copies its number: %(value)s."
            )
        return Markup(sentence) % values

    def tensors(self) -> dict[str, Array]:
        return {"x": self.chosen.x, "output": np.asarray(self.output)}

    def step_numbers(self, step: int) -> dict[str, Any]:
        one = self.trace[step]
        return {
            "index": one.index,
            "rows": one.rows,
            "columns": one.columns,
            "window": one.window,
            "weight": one.weight,
            "value": one.value,
        }

"""Transposed convolution, cell by cell: every output cell gathers its window of the zero-inserted x."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from markupsafe import Markup

import engine
from app.exhibits.going_back_up.scene import Shown, Sum, largest, mark, slice_of, text
from app.exhibits.going_back_up.transposed import TransposedScene
from app.i18n import N_, Words
from engine.ops.conv_transpose2d_trace import GatherStep


class GatherScene(TransposedScene):
    """One step for each output cell."""

    formula = "formulas/_transposed_gather.html"

    @cached_property
    def now(self) -> GatherStep:
        return self.gather[self.step]

    def columns(self, words: Words) -> list[list[Shown]]:
        step, chosen = self.now, self.chosen
        _, f, row, column = step.index
        filters = [
            Shown(
                slice_of("filter", "rotated", (f, c), kernel, 1.4 * largest(chosen.weight)),
                N_("Filter"),
                "W",
                f"{c},{f % chosen.weight.shape[1]}",
                "↻180°",
            )
            for c, kernel in zip(step.channels, step.weight, strict=True)
        ]
        outputs = [
            Shown(
                slice_of("output", "output", (g,), plane, self.scale, width=320, first=g * plane.size),
                N_("Output"),
                "y",
                str(g),
                f"{plane.shape[0]} × {plane.shape[1]}",
                at=self.step,
                rows=[row] if g == f else (),
                columns=[column] if g == f else (),
            )
            for g, plane in enumerate(self.output)
        ]
        return [self.x_grids(), self.spread(words), [*filters, self.bias_grid(range(f, f + 1))], outputs]

    def spread(self, words: Words) -> list[Shown]:
        """Return the zero-inserted x inside its p' rows and columns of zeros."""
        chosen, step, geometry = self.chosen, self.now, self.geometry
        (before_rows, before_columns) = (max(0, side) for side in self.gather.padding)
        shown = []
        for c, plane in enumerate(engine.zero_insert(chosen.x, chosen.stride)):
            last = [geometry.input_size[i] - 1 - self.gather.padding[i] + geometry.span[i] for i in (0, 1)]
            after = [max(0, last[i] - plane.shape[i]) for i in (0, 1)]
            ring = ((before_rows, after[0]), (before_columns, after[1]))
            stride = (chosen.stride, chosen.stride)
            grid = slice_of("input", "spread", (c,), plane, largest(chosen.x), width=320, ring=ring, spread=stride)
            rows, columns = (step.rows, step.columns) if c in step.channels else ((), ())
            detail = words.gettext("zeros inserted")
            shown.append(Shown(grid, N_("Input"), "x", str(c), detail, rows=rows, columns=columns))
        return shown

    def sum(self) -> Sum:
        step = self.now
        return Sum.of(step.weight, step.window, float(step.value), float(step.bias))

    def narration(self, words: Words) -> Markup:
        step = self.now
        _, f, row, column = step.index
        read = int(step.read.sum()) * len(step.window)
        sentence = words.ngettext(
            "Output %(map)s, row %(row)s, column %(column)s: under the rotated filter lies %(read)s number of x, "
            "all else is zero; its product, plus the bias %(bias)s, makes %(value)s.",
            "Output %(map)s, row %(row)s, column %(column)s: under the rotated filter lie %(read)s numbers of x, "
            "all else is zero; their products, plus the bias %(bias)s, make %(value)s.",
            read,
        )
        values = {"map": f, "row": row, "column": column, "read": read}
        return Markup(sentence) % {**values, "bias": text(step.bias), "value": mark(text(step.value))}

    def step_numbers(self, step: int) -> dict[str, Any]:
        one = self.gather[step]
        return {
            "index": one.index,
            "rows": one.rows,
            "columns": one.columns,
            "read": one.read,
            "window": one.window,
            "weight": one.weight,
            "bias": one.bias,
            "products": one.products,
            "value": one.value,
        }

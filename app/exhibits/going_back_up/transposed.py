"""Transposed convolution: every cell of x stamps its filter, or every output cell gathers its window."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.drawing import Cell, Grid
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.resolve import Chosen
from app.exhibits.going_back_up.scene import Fact, Shown, Sum, UpScene, largest, mark, slice_of, span, text
from app.i18n import N_, Words
from app.tensors import Array
from engine.geometry import Geometry, output_size
from engine.ops.conv_transpose2d_trace import GatherStep, StampStep


@dataclass(frozen=True)
class CroppedGrid(Grid):
    """A slice inside what was cropped off it: the ring holds numbers, not zeros.

    whole   the slice before the crop
    """

    whole: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def _cell(self, row: int, column: int) -> Cell:
        cell = super()._cell(row, column)
        if not cell.padding:
            return cell
        return cell._replace(text=numbers.short(float(self.whole[row + self.top, column + self.left])))


class TransposedScene(UpScene):
    """What both views share."""

    own: ClassVar = {"x": N_("input x"), "weight": N_("filters W")}

    def __init__(self, params: Params, chosen: Chosen) -> None:
        self.gather = engine.trace.conv_transpose2d(chosen.x, chosen.weight, **chosen.transposed)
        self.stamps = engine.trace.conv_transpose2d_stamps(chosen.x, chosen.weight, **chosen.transposed)
        self.uncropped = engine.trace.conv_transpose2d_stamps(
            chosen.x, chosen.weight, **{**chosen.transposed, "padding": 0}
        )
        self.output = engine.conv_transpose2d(chosen.x, chosen.weight, **chosen.transposed)
        steps, maps = (
            (len(self.stamps), len(chosen.x)) if chosen.view == "stamp" else (self.output.size, len(self.output))
        )
        super().__init__(params, chosen, steps, maps)

    @property
    def geometry(self) -> Geometry:
        """Of the convolution that is transposed: its input is the output here."""
        return self.gather.inputs.geometry

    @cached_property
    def scale(self) -> float:
        whole = engine.conv_transpose2d(self.chosen.x, self.chosen.weight, **{**self.chosen.transposed, "padding": 0})
        return largest(whole)

    def x_grids(self, **more: Any) -> list[Shown]:
        x = self.chosen.x
        return [
            Shown(
                slice_of("input", "x", (c,), plane, largest(x), editable=True, first=c * plane.size),
                N_("Input"),
                "x",
                str(c),
                **more,
            )
            for c, plane in enumerate(x)
        ]

    def tensors(self) -> dict[str, Array]:
        return {"x": self.chosen.x, "weight": self.chosen.weight, "output": self.output}

    def facts(self, words: Words) -> list[Fact]:
        chosen, geometry = self.chosen, self.geometry
        minus = numbers.MINUS
        lines = []
        for axis, label in ((0, N_("rows")), (1, N_("columns"))):
            size, kernel = geometry.output_size[axis], geometry.kernel_size[axis]
            figures = (
                f"({size} {minus} 1)·{chosen.stride} {minus} 2·{chosen.padding} + "
                f"{chosen.dilation}·({kernel} {minus} 1) + 1 + {chosen.output_padding}"
            )
            lines.append(Fact(words.gettext(label), figures, str(geometry.input_size[axis])))
        if lines[0][1:] == lines[1][1:]:
            lines = [Fact(words.gettext("Output size"), *lines[0][1:])]
        kernel = geometry.kernel_size[0]
        own = words.gettext("p: rows and columns cropped off each side")
        other = words.gettext("p′: zeros round the zero-inserted x")
        right = words.gettext("output padding: these sizes of the output all shrink back to the size of x")
        return [
            *lines,
            Fact(own, "", str(chosen.padding)),
            Fact(
                other,
                f"{chosen.dilation}·({kernel} {minus} 1) {minus} {chosen.padding}",
                text(self.gather.padding[0]),
            ),
            Fact(right, "", ", ".join(map(str, self.sizes_that_shrink_alike()))),
        ]

    def sizes_that_shrink_alike(self) -> list[int]:
        """Return the row counts that the convolution with these options takes to the rows of x."""
        chosen, geometry = self.chosen, self.geometry
        options: dict[str, Any] = {"stride": chosen.stride, "padding": chosen.padding, "dilation": chosen.dilation}
        least = max(1, geometry.span[0] - 2 * chosen.padding)
        most = geometry.input_size[0] + chosen.stride
        kernel, rows = geometry.kernel_size[0], geometry.output_size[0]
        return [size for size in range(least, most + 1) if output_size(size, kernel, **options) == rows]


class StampScene(TransposedScene):
    """One step for each cell of x."""

    formula = "formulas/_transposed_stamp.html"

    @cached_property
    def now(self) -> StampStep:
        return self.stamps[self.step]

    def columns(self, words: Words) -> list[list[Shown]]:
        step, weight = self.now, self.chosen.weight
        _, channel, row, column = step.index
        x = self.x_grids(at=self.steps)
        x[channel] = Shown(**{**vars(x[channel]), "rows": [row], "columns": [column]})
        filters = [
            Shown(
                slice_of("filter", "weight", (channel, f), weight[channel, f], 1.4 * largest(weight), editable=True),
                N_("Filter"),
                "W",
                f"{channel},{f}",
            )
            for f in step.filters
        ]
        stamp = [
            Shown(
                slice_of("filter", "stamp", (f,), step.products[f], self.scale),
                N_("Stamp"),
                "x·W",
                str(f),
                detail=f"{text(step.x)} · W",
            )
            for f in step.filters
        ]
        return [x, filters, stamp, self.outputs(words)]

    def outputs(self, words: Words) -> list[Shown]:
        """Return the output as it stands after this stamp, with what is cropped off in a ring."""
        whole, geometry = self.uncropped.after(self.step + 1), self.geometry
        (top, bottom), (left, right) = ring = geometry.padding
        shown = []
        for f, plane in enumerate(whole):
            kept = plane[top : plane.shape[0] - bottom, left : plane.shape[1] - right]
            grid = slice_of("output", "output", (f,), kept, self.scale, width=320, ring=ring)
            cropped = CroppedGrid(**{**vars(grid), "whole": plane})
            detail = f"{kept.shape[0]} × {kept.shape[1]}" + (words.gettext(", crop hatched") if sum(ring[0]) else "")
            shown.append(
                Shown(cropped, N_("Output"), "y", str(f), detail, rows=self.now.rows, columns=self.now.columns)
            )
        return shown

    def narration(self, words: Words) -> Markup:
        step = self.now
        _, channel, row, column = step.index
        kept, count = int(step.inside.sum()), step.inside.size
        values = {
            "channel": channel,
            "row": row,
            "column": column,
            "rows": span(step.rows),
            "columns": span(step.columns),
            "kept": kept,
            "count": count,
            "x": mark(text(step.x)),
        }
        if kept == count:
            sentence = words.gettext(
                "The filter is stamped onto rows %(rows)s, columns %(columns)s of the output, "
                "times the number of x in channel %(channel)s, row %(row)s, column %(column)s: %(x)s."
            )
        else:
            sentence = words.gettext(
                "The filter is stamped onto rows %(rows)s, columns %(columns)s, of which the crop leaves %(kept)s of "
                "%(count)s cells, times the number of x in channel %(channel)s, row %(row)s, column %(column)s: %(x)s."
            )
        return Markup(sentence) % values

    def step_numbers(self, step: int) -> dict[str, Any]:
        one = self.stamps[step]
        return {
            "index": one.index,
            "rows": one.rows,
            "columns": one.columns,
            "inside": one.inside,
            "weight": one.weight,
            "products": one.products,
            "value": one.value,
        }


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
                slice_of("filter", "rotated", (f, c), step.weight[c], 1.4 * largest(chosen.weight)),
                N_("Filter"),
                "W",
                f"{c},{f}",
                "↻180°",
            )
            for c in step.channels
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
        return [self.x_grids(), self.spread(words), filters, outputs]

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
            detail = words.gettext("zeros inserted")
            shown.append(Shown(grid, N_("Input"), "x", str(c), detail, rows=step.rows, columns=step.columns))
        return shown

    def sum(self) -> Sum:
        return Sum.of(self.now.weight, self.now.window, float(self.now.value))

    def narration(self, words: Words) -> Markup:
        step = self.now
        _, f, row, column = step.index
        read = int(step.read.sum()) * len(step.window)
        sentence = words.ngettext(
            "Output %(map)s, row %(row)s, column %(column)s: under the rotated filter lies %(read)s number of x, "
            "all else is zero; the products add up to %(value)s.",
            "Output %(map)s, row %(row)s, column %(column)s: under the rotated filter lie %(read)s numbers of x, "
            "all else is zero; the products add up to %(value)s.",
            read,
        )
        values = {"map": f, "row": row, "column": column, "read": read, "value": mark(text(step.value))}
        return Markup(sentence) % values

    def step_numbers(self, step: int) -> dict[str, Any]:
        one = self.gather[step]
        return {
            "index": one.index,
            "rows": one.rows,
            "columns": one.columns,
            "read": one.read,
            "window": one.window,
            "weight": one.weight,
            "products": one.products,
            "value": one.value,
        }

"""Transposed convolution, stamp by stamp: every cell of x, times its filter, is added onto the output."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.drawing import Cell, Grid
from app.exhibits.going_back_up.scene import Shown, largest, mark, slice_of, span, text
from app.exhibits.going_back_up.transposed import TransposedScene
from app.i18n import N_, Words
from app.tensors import Array
from engine.ops.conv_transpose2d_trace import StampStep


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


class StampScene(TransposedScene):
    """One step for each cell of x."""

    formula = "formulas/_transposed_stamp.html"

    @cached_property
    def now(self) -> StampStep:
        return self.stamps[self.step]

    def columns(self, words: Words) -> list[list[Shown]]:
        _, channel, row, column = self.now.index
        x = self.x_grids(at=self.steps)
        x[channel] = replace(x[channel], rows=[row], columns=[column])
        return [x, [*self.filters(channel), self.bias_grid(self.now.filters)], self.stamp_grids(), self.outputs(words)]

    def filters(self, channel: int) -> list[Shown]:
        """Return the filters of a channel of x, one for each map of its group."""
        weight = self.chosen.weight
        grids = [
            slice_of("filter", "weight", (channel, k), kernel, 1.4 * largest(weight), editable=True)
            for k, kernel in enumerate(weight[channel])
        ]
        return [Shown(grid, N_("Filter"), "W", f"{channel},{k}") for k, grid in enumerate(grids)]

    def stamp_grids(self) -> list[Shown]:
        """Return what is added now, one stamp for each map."""
        step = self.now
        return [
            Shown(
                slice_of("filter", "stamp", (f,), products, self.scale),
                N_("Stamp"),
                "x·W",
                str(f),
                detail=f"{text(step.x)} · W",
            )
            for f, products in zip(step.filters, step.products, strict=True)
        ]

    def outputs(self, words: Words) -> list[Shown]:
        """Return the output as it stands after this stamp, with what is cropped off in a ring."""
        step, geometry, whole = self.now, self.geometry, self.uncropped.after(self.step + 1)
        (top, bottom), (left, right) = ring = geometry.padding
        shown = []
        for f, plane in enumerate(whole):
            kept = plane[top : plane.shape[0] - bottom, left : plane.shape[1] - right]
            grid = slice_of("output", "output", (f,), kept, self.scale, width=320, ring=ring)
            cropped = CroppedGrid(**{**vars(grid), "whole": plane})
            detail = f"{kept.shape[0]} × {kept.shape[1]}" + (words.gettext(", crop hatched") if sum(ring[0]) else "")
            stamped = f in step.filters
            rows, columns = (step.rows, step.columns) if stamped else ((), ())
            shown.append(Shown(cropped, N_("Output"), "y", str(f), detail, rows=rows, columns=columns))
        return shown

    @cached_property
    def told_cell(self) -> tuple[int, int] | None:
        """The kernel cell that the sentence tells; None where all of the stamp is cropped.

        One that falls on an earlier stamp, if there is one; among those, the first whose product is not 0.
        """
        step, chosen = self.now, self.chosen
        if not step.inside.any():
            return None
        size = len(chosen.x) // chosen.groups
        channels = slice(step.index[1] // size * size, step.index[1] // size * size + size)
        order = np.arange(chosen.x.size).reshape(chosen.x.shape)[channels]
        earlier = np.asarray(order < self.step).any(axis=0, keepdims=True).astype(np.float64)
        footprint = np.ones((1, 1, *step.inside.shape))
        stamped = engine.conv_transpose2d(earlier, footprint, **{**chosen.transposed, "groups": 1})[0]
        ranked = [
            (stamped[step.rows[u], step.columns[v]] == 0, step.products[0, u, v] == 0, u, v)
            for u, v in np.argwhere(step.inside).tolist()
        ]
        _, _, u, v = min(ranked)
        return u, v

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
        if self.told_cell is None:
            sentence = words.gettext(
                "The stamp of the number of x in channel %(channel)s, row %(row)s, column %(column)s lies wholly on "
                "what is cropped off, so it adds nothing to the output: %(x)s."
            )
            return Markup(sentence) % values
        if kept == count:
            sentence = words.gettext(
                "The %(number)s of x in channel %(channel)s, row %(row)s, column %(column)s stamps its filter onto "
                "rows %(rows)s, columns %(columns)s; stamps add: at row %(i)s, column %(j)s of map %(map)s, "
                "%(before)s + %(product)s makes %(value)s."
            )
        else:
            sentence = words.gettext(
                "The %(number)s of x in channel %(channel)s, row %(row)s, column %(column)s stamps its filter onto "
                "rows %(rows)s, columns %(columns)s, of which the crop leaves %(kept)s of %(count)s cells; stamps add: "
                "at row %(i)s, column %(j)s of map %(map)s, %(before)s + %(product)s makes %(value)s."
            )
        return Markup(sentence) % {**values, "number": text(step.x), **self.addition(*self.told_cell)}

    def addition(self, u: int, v: int) -> dict[str, object]:
        """Return what the sentence says of a kernel cell: where it lands, what was there, what is added, the sum."""
        step = self.now
        place = (step.filters.start, step.rows[u], step.columns[v])
        before, added = float(self.stamps.after(self.step)[place]), float(step.products[0, u, v])
        product = text(added)
        return {
            "map": place[0],
            "i": place[1],
            "j": place[2],
            "before": text(before),
            "product": f"({product})" if product.startswith(numbers.MINUS) else product,
            "value": mark(text(before + added)),
        }

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

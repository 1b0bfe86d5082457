"""Two ways to dX: stamped by the cells of dY, or collected by the cells of dX."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.exhibits.convolution_backward import telling
from app.exhibits.convolution_backward.drawings import Drawings
from app.exhibits.convolution_backward.figures import Column, Reached
from app.exhibits.convolution_backward.resolve import Backward
from app.exhibits.convolution_backward.view import Cell, View
from app.i18n import N_, Words
from engine.ops.arrays import Array
from engine.ops.conv2d_grad_input_trace import GradInputGatherStep


class Scatter(View):
    """dX: each cell of dY stamps its filter onto the window that it was made from."""

    tensor = "dx"

    def __init__(self, backward: Backward) -> None:
        super().__init__(backward)
        self.maps = len(backward.grad)

    @cached_property
    def trace(self) -> Any:
        return engine.trace.conv2d_grad_input(
            self.grad, self.layer.x, self.layer.weight, view="scatter", **self.layer.options
        )

    def cell(self, at: int) -> Cell:
        step = self.trace[at]
        places = np.argwhere(np.broadcast_to(step.inside, step.stamp.shape))
        if not len(places):
            return (0, 0, 0)
        changed = [place for place in places if step.stamp[tuple(place)]]
        k, u, v = changed[0] if changed else places[0]
        return (step.channels[k], step.rows[u], step.columns[v])

    def picture(self, at: int, words: Words, reached: Reached | None = None) -> dict[str, Any]:
        step, draw = self.trace[at], Drawings(self.backward, words)
        _, f, i, j = step.index
        before, after = self.trace.running(at), self.trace.running(at + 1)
        rows = [step.rows[u] for u in np.flatnonzero(step.inside.any(axis=1))]
        columns = [step.columns[v] for v in np.flatnonzero(step.inside.any(axis=0))]
        filters = range(len(self.layer.weight))
        shown = []
        for k, c in enumerate(step.channels):
            hit = _clipped(before[c], step.rows, step.columns)
            shown.append(
                Column(
                    words.gettext("channel %(channel)s") % {"channel": c},
                    [draw.filter(g, k, inactive=g != f) for g in filters if self._reads(g, c)],
                    self.precision.stamp(step.grad, step.weight[k], hit, step.inside, "filter"),
                    [draw.plane("dx", (c,), after[c], (rows, columns) if rows and columns else None)],
                )
            )
        idle = [draw.plane("dx", (c,), after[c], inactive=True) for c in range(len(after)) if c not in step.channels]
        place = self.cell(at)
        values = (float(before[place]), float(after[place]))
        return {
            "lead": self._leads(draw, f, ([i], [j])),
            "columns": shown,
            "results": idle,
            "formula": telling.stamp_formula(step.index, self._text(step.grad)),
            "total": "",
            "narration": telling.scatter(words, step, rows, columns, place, [self._sum(v) for v in values]),
        }

    def _reads(self, f: int, c: int) -> bool:
        per_group = len(self.layer.weight) // self.layer.groups
        return c // int(self.layer.weight.shape[1]) == f // per_group

    def _text(self, value: float) -> str:
        return numbers.fitting(value, self.precision.grad)

    def _sum(self, value: float) -> str:
        return numbers.printed(value, self.precision.sum("filter"))


class Gather(View):
    """dX: each of its cells collects from the spread dY, through filters turned by 180 degrees."""

    tensor = "dx"
    step_sizes: ClassVar = {"output": N_("Cell"), "channel": N_("Map"), "product": N_("Product")}

    def __init__(self, backward: Backward) -> None:
        super().__init__(backward)
        self.maps = len(backward.layer.x)

    @cached_property
    def trace(self) -> Any:
        return engine.trace.conv2d_grad_input(
            self.grad, self.layer.x, self.layer.weight, view="gather", **self.layer.options
        )

    @property
    def sizes(self) -> tuple[int, int]:
        return len(self.layer.weight) // self.layer.groups, int(self.layer.weight[0, 0].size)

    def cell(self, at: int) -> Cell:
        return tuple(self.trace[at].index[1:])

    def picture(self, at: int, words: Words, reached: Reached | None = None) -> dict[str, Any]:
        step, draw = self.trace[at], Drawings(self.backward, words)
        reached = reached or self.reached("output", 0)
        _, c, i, j = step.index
        decimals = self.precision.sum("filter")
        results = [
            draw.plane("dx", (d,), plane, ([i], [j]) if d == c else None, at=at if reached.complete else at - 1)
            for d, plane in enumerate(self.backward.gradients.input)
        ]
        sums = [
            numbers.printed(float(total), decimals)
            for total, told in zip(step.filter_sums, reached.told, strict=True)
            if told == self.sizes[1]
        ]
        value = numbers.printed(step.value, decimals) if reached.complete else ""
        return {
            "lead": [],
            "columns": [self._column(step, n, reached, draw, words) for n in range(len(step.filters))],
            "results": results,
            "formula": telling.sum_formula("x", step.index[1:], sums, value),
            "total": telling.total(sums, value),
            "running": "" if value else self.running(step.products, reached, "filter"),
            "narration": self._told(step, reached, words),
        }

    def _column(self, step: GradInputGatherStep, n: int, reached: Reached, draw: Drawings, words: Words) -> Column:
        """Return window n of a step: the spread map, its turned filter, their products."""
        f, place = step.filters[n], reached.place(n, step.window.shape[2])
        slice_ = step.index[1] % int(self.layer.weight.shape[1])
        window, weight, total = step.window[n], step.weight[n], float(step.filter_sums[n])
        complete = reached.told[n] == window.size
        on_spread = (step.rows[place[0]], step.columns[place[1]]) if place else None
        return Column(
            words.gettext("map %(map)s") % {"map": f},
            [
                draw.spread_dy(f, (step.rows, step.columns), on_spread),
                draw.filter(f, slice_, turned=True, now=place),
            ],
            self.precision.terms(window, weight, "filter", reached.told[n], place),
            sum=numbers.printed(total, self.precision.sum("filter")) if complete else "",
            rounding=self.precision.gap(total, window, weight, "filter") if complete else "",
            current=reached.window in (None, n),
        )

    def _told(self, step: GradInputGatherStep, reached: Reached, words: Words) -> Markup:
        n = reached.window
        if n is None:
            return telling.gather(words, step, self.mark(step.value, "filter"))
        running = Markup("<mark>%s</mark>") % self.running(step.products, reached, "filter")
        place = reached.place(n, step.window.shape[2])
        if place is None:
            total = numbers.printed(float(step.filter_sums[n]), self.precision.sum("filter"))
            return telling.gathered_map(words, step, n, total, running)
        grad, weight = float(step.window[n][place]), float(step.weight[n][place])
        texts = numbers.fitting(grad, self.precision.grad), numbers.fitting(weight, self.precision.weight)
        return telling.gathered_product(
            words, step, (n, *place), (*texts, self.precision.product(grad, weight, "filter")), running
        )


def _clipped(plane: Array, rows: tuple[int, ...], columns: tuple[int, ...]) -> Array:
    """Return the cells of plane where rows and columns cross; 0 outside, where nothing is kept."""
    padded = np.zeros((len(rows), len(columns)))
    for u, row in enumerate(rows):
        for v, column in enumerate(columns):
            if 0 <= row < plane.shape[0] and 0 <= column < plane.shape[1]:
                padded[u, v] = plane[row, column]
    return padded

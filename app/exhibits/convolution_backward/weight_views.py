"""Two ways to dW, stamped by the cells of dY or collected by the weights; and db."""

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
from engine.ops.conv2d_grad_weight_trace import GradWeightStep


class Stamps(View):
    """dW: each cell of dY, times the window that it was made from, is added to its filter's gradient."""

    tensor = "dw"

    def __init__(self, backward: Backward) -> None:
        super().__init__(backward)
        self.maps = len(backward.grad)

    @cached_property
    def trace(self) -> Any:
        return engine.trace.conv2d_grad_weight(
            self.grad, self.layer.x, self.layer.weight, view="stamps", **self.layer.options
        )

    def cell(self, at: int) -> Cell:
        step = self.trace[at]
        changed = np.argwhere(step.stamp)
        place = changed[0] if len(changed) else (0, 0, 0)
        return (step.index[1], *(int(k) for k in place))

    def picture(self, at: int, words: Words, reached: Reached | None = None) -> dict[str, Any]:
        step, draw = self.trace[at], Drawings(self.backward, words)
        _, f, i, j = step.index
        before, after = self.trace.running(at), self.trace.running(at + 1)
        everywhere = np.ones(step.window.shape[1:], np.bool_)
        kernel = (range(step.window.shape[1]), range(step.window.shape[2]))
        shown = [
            Column(
                words.gettext("channel %(channel)s") % {"channel": c},
                [draw.x(c, (step.rows, step.columns))],
                self.precision.stamp(step.grad, step.window[k], before[f, k], everywhere, "input"),
                [draw.plane("dw", (f, k), after[f, k], kernel)],
            )
            for k, c in enumerate(step.channels)
        ]
        others = [
            draw.plane("dw", (g, k), after[g, k], inactive=True)
            for g in range(len(after))
            for k in range(after.shape[1])
            if g != f
        ]
        cell, decimals = self.cell(at), self.precision.sum("input")
        values = [numbers.printed(float(total[cell]), decimals) for total in (before, after)]
        return {
            "lead": self._leads(draw, f, ([i], [j])),
            "columns": shown,
            "results": others,
            "formula": telling.stamp_formula(step.index, numbers.fitting(step.grad, self.precision.grad)),
            "total": "",
            "narration": telling.weight_stamp(words, step, self.layer, cell, values),
        }


class Weights(View):
    """dW: each weight collects the products of dY with the inputs that it met."""

    tensor = "dw"
    step_sizes: ClassVar = {"output": N_("Weight"), "product": N_("Product")}

    def __init__(self, backward: Backward) -> None:
        super().__init__(backward)
        self.maps = int(np.prod(backward.layer.weight.shape[:2]))

    @cached_property
    def trace(self) -> Any:
        return engine.trace.conv2d_grad_weight(
            self.grad, self.layer.x, self.layer.weight, view="weights", **self.layer.options
        )

    @property
    def sizes(self) -> tuple[int, int]:
        return 1, int(self.grad[0].size)

    def cell(self, at: int) -> Cell:
        return tuple(self.trace[at].index)

    def picture(self, at: int, words: Words, reached: Reached | None = None) -> dict[str, Any]:
        step, draw = self.trace[at], Drawings(self.backward, words)
        reached = reached or self.reached("output", 0)
        f, k, u, v = step.index
        value = numbers.printed(step.value, self.precision.sum("input")) if reached.complete else ""
        place = reached.place(0, step.window.shape[2])
        on_input = (step.rows[place[0]], step.columns[place[1]]) if place else None
        shown = Column(
            words.gettext("channel %(channel)s") % {"channel": step.channel},
            [draw.x(step.channel, (step.rows, step.columns), on_input)],
            self.precision.terms(step.grad[0], step.window[0], "input", reached.told[0], place),
            sum=value,
            rounding=self.precision.gap(step.value, step.grad, step.window, "input") if value else "",
        )
        results = [
            draw.plane("dw", (g, d), plane, ([u], [v]) if (g, d) == (f, k) else None, at=at if value else at - 1)
            for g, slices in enumerate(self.backward.gradients.weight)
            for d, plane in enumerate(slices)
        ]
        return {
            "lead": self._leads(draw, f, self._whole_map, place),
            "columns": [shown],
            "results": results,
            "formula": telling.sum_formula("w", step.index, [], value),
            "total": telling.total([], value),
            "running": "" if value else self.running(step.products, reached, "input"),
            "narration": self._told(step, reached, words),
        }

    def _told(self, step: GradWeightStep, reached: Reached, words: Words) -> Markup:
        place = reached.place(0, step.window.shape[2])
        if place is None:
            return telling.one_weight(words, step, self.layer, self.mark(step.value, "input"))
        grad, x = float(step.grad[0][place]), float(step.window[0][place])
        texts = numbers.fitting(grad, self.precision.grad), numbers.fitting(x, self.precision.x)
        running = Markup("<mark>%s</mark>") % self.running(step.products, reached, "input")
        return telling.weight_product(words, step, place, (*texts, self.precision.product(grad, x, "input")), running)


class Bias(View):
    """db: all of a map of dY, added up."""

    tensor = "db"
    maps = 1

    @cached_property
    def trace(self) -> Any:
        return engine.trace.conv2d_grad_bias(self.grad)

    def cell(self, at: int) -> Cell:
        return (at,)

    def picture(self, at: int, words: Words, reached: Reached | None = None) -> dict[str, Any]:
        step, draw = self.trace[at], Drawings(self.backward, words)
        decimals = self.precision.grad
        value = numbers.printed(step.value, decimals)
        texts = [numbers.fitting(float(one), decimals) for one in step.grad.ravel()]
        gap = numbers.remainder(
            numbers.rounded(step.value, decimals), [numbers.rounded(float(one), decimals) for one in step.grad.ravel()]
        )
        row = self.backward.gradients.bias[None]
        mark = Markup("<mark>%s</mark>") % value
        return {
            "lead": self._leads(draw, at, self._whole_map),
            "columns": [],
            "results": [draw.plane("db", (), row, ([0], [at]), at=at)],
            "formula": telling.sum_formula("b", step.index, [], value),
            "total": Markup("%s %s %s") % (" + ".join(texts), "≈" if gap else "=", mark),
            "running": "",
            "narration": telling.bias(words, at, step.grad.size, mark),
        }

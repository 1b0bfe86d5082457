"""Unpooling with switches; and where windows share a switch, overwriting against adding."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup

import engine
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.resolve import Chosen
from app.exhibits.going_back_up.scene import Fact, Shown, UpScene, largest, mark, slice_of, text
from app.i18n import N_, Words
from app.tensors import Array
from engine.ops.pooling import MaxPool2dStep


class UnpoolScene(UpScene):
    """A map is pooled, and its maxima return to where they were found."""

    formula = "formulas/_unpooling.html"
    own: ClassVar = {"x": N_("input x")}

    def __init__(self, params: Params, chosen: Chosen) -> None:
        options: dict[str, Any] = {"stride": chosen.stride}
        self.pooled = engine.max_pool2d(chosen.x, chosen.kernel_size, **options)
        self.windows = engine.trace.max_pool2d(chosen.x, chosen.kernel_size, **options)
        values = self.values(chosen)
        size = (chosen.x.shape[1], chosen.x.shape[2])
        self.going_back = values
        self.trace = engine.trace.max_unpool2d(values, self.pooled.switches, size)
        self.output = engine.max_unpool2d(values, self.pooled.switches, size)
        super().__init__(params, chosen, values.size)

    def values(self, chosen: Chosen) -> Array:
        """Return what is put back: the maxima themselves."""
        return self.pooled.output

    @cached_property
    def now(self) -> MaxPool2dStep:
        return self.windows[self.step]

    @property
    def winner(self) -> tuple[int, int]:
        """Row and column of x where the switch points."""
        row, column = divmod(self.now.switch, self.chosen.x.shape[2])
        return row, column

    def x_grid(self) -> Shown:
        step, x = self.now, self.chosen.x
        grid = slice_of("input", "x", (0,), x[0], largest(x), editable=True)
        return Shown(grid, N_("Input"), "x", rows=step.rows, columns=step.columns, now=self.winner)

    def back_grid(self, name: str, symbol: str, values: Array, detail: str, *, role: str = "output") -> Shown:
        """Return a map that values were put into, with the place of this step outlined."""
        grid = slice_of(role, symbol, (0,), values[0], largest(self.going_back))
        row, column = self.winner
        return Shown(grid, name, symbol, detail=detail, rows=[row], columns=[column])

    def columns(self, words: Words) -> list[list[Shown]]:
        _, _, row, column = self.now.index
        pooled = slice_of("output", "pooled", (0,), self.pooled.output[0], largest(self.chosen.x), first=0)
        shown = Shown(
            pooled, N_("Pooled"), "m", at=self.steps, rows=[row], columns=[column], detail=words.gettext("maxima")
        )
        switches = slice_of(
            "uses", "switches", (0,), self.pooled.switches[0].astype(np.float64), float(self.chosen.x.size)
        )
        places = Shown(switches, N_("Switches"), "s", rows=[row], columns=[column])
        so_far = self.trace.after(self.step + 1)
        return [
            [self.x_grid()],
            [shown, places],
            [self.back_grid(N_("Unpooled"), "y", so_far, "")],
        ]

    def narration(self, words: Words) -> Markup:
        row, column = self.winner
        sentence = words.gettext(
            "The switch of window %(i)s, %(j)s is %(switch)s, so its value goes back to row %(row)s, "
            "column %(column)s: %(value)s."
        )
        _, _, i, j = self.now.index
        value = mark(text(self.trace[self.step].value))
        return Markup(sentence) % {
            "i": i,
            "j": j,
            "switch": self.now.switch,
            "row": row,
            "column": column,
            "value": value,
        }

    def facts(self, words: Words) -> list[Fact]:
        row, column = self.winner
        label = words.gettext("switch = row · width + column")
        return [Fact(label, f"{row}·{self.chosen.x.shape[2]} + {column}", str(self.now.switch))]

    def tensors(self) -> dict[str, Array]:
        return {
            "x": self.chosen.x,
            "pooled": self.pooled.output,
            "switches": self.pooled.switches.astype(np.float64),
            "output": self.output,
        }

    def step_numbers(self, step: int) -> dict[str, Any]:
        one = self.trace[step]
        return {"index": one.index, "switch": one.switch, "row": one.row, "column": one.column, "value": one.value}


class SharedScene(UnpoolScene):
    """Values of the learner's go back through the switches twice: overwriting, and adding as a gradient does."""

    formula = "formulas/_shared_switches.html"
    own: ClassVar = {"x": N_("input x"), "y": N_("values that go back")}

    def __init__(self, params: Params, chosen: Chosen) -> None:
        super().__init__(params, chosen)
        self.added = engine.max_pool2d_backward(chosen.y, self.pooled.switches, chosen.x.shape)

    def values(self, chosen: Chosen) -> Array:
        return chosen.y

    @property
    def lost(self) -> list[tuple[int, int]]:
        """Rows and columns of the values that were overwritten up to this step."""
        return [(i, j) for _, _, i, j in self.trace.lost(self.step + 1)]

    @property
    def added_so_far(self) -> Array:
        reached = np.arange(self.steps).reshape(self.going_back.shape) <= self.step
        return engine.max_pool2d_backward(
            np.where(reached, self.going_back, 0.0), self.pooled.switches, self.chosen.x.shape
        )

    def columns(self, words: Words) -> list[list[Shown]]:
        _, _, row, column = self.now.index
        grid = slice_of("gradient", "y", (0,), self.going_back[0], largest(self.going_back), editable=True)
        detail = words.gettext("✕ lost") if self.lost else ""
        values = Shown(
            grid, N_("Going back"), "g", at=self.steps, rows=[row], columns=[column], crossed=self.lost, detail=detail
        )
        overwritten = self.back_grid(N_("Overwrite"), "u", self.trace.after(self.step + 1), "max_unpool2d")
        added = self.back_grid(N_("Add"), "dx", self.added_so_far, words.gettext("the gradient"), role="gradient")
        return [[self.x_grid()], [values], [overwritten], [added]]

    def narration(self, words: Words) -> Markup:
        row, column = self.winner
        _, _, i, j = self.now.index
        written, added = (
            float(values[0, row, column]) for values in (self.trace.after(self.step + 1), self.added_so_far)
        )
        sentence = words.gettext(
            "Window %(i)s, %(j)s sends %(value)s to row %(row)s, column %(column)s: overwriting leaves %(written)s "
            "there, adding makes %(added)s."
        )
        return Markup(sentence) % {
            "i": i,
            "j": j,
            "value": text(self.trace[self.step].value),
            "row": row,
            "column": column,
            "written": text(written),
            "added": mark(text(added)),
        }

    def facts(self, words: Words) -> list[Fact]:
        lost = [float(self.going_back[0][place]) for place in self.lost]
        sent = np.arange(self.steps).reshape(self.going_back.shape) <= self.step
        return [
            *super().facts(words),
            Fact(words.gettext("sum of what was sent so far"), "", text(self.going_back[sent].sum())),
            Fact(words.gettext("sum after overwriting"), "", text(self.trace.after(self.step + 1).sum())),
            Fact(words.gettext("sum after adding"), "", text(self.added_so_far.sum())),
            Fact(words.gettext("lost by overwriting"), "", ", ".join(map(text, lost)) or "–"),
        ]

    def tensors(self) -> dict[str, Array]:
        return {**super().tensors(), "y": self.chosen.y, "added": self.added}

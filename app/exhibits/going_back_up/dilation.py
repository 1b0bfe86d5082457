"""Dilation: what one cell sees through a stack of dilated layers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.resolve import Chosen
from app.exhibits.going_back_up.scene import Fact, Shown, UpScene, largest, mark, slice_of
from app.i18n import Words
from app.tensors import Array
from engine.geometry import receptive_field


class DilationScene(UpScene):
    """One step for each layer."""

    formula = "formulas/_receptive_field.html"

    def __init__(self, params: Params, chosen: Chosen) -> None:
        super().__init__(params, chosen, len(chosen.dilations))

    def size(self, layers: int) -> int:
        """Return the receptive field after this many layers, along one axis."""
        return receptive_field([(self.chosen.kernel_size, 1, 0, d) for d in self.chosen.dilations[:layers]]).size

    @cached_property
    def paths(self) -> list[Array]:
        """On how many paths the middle cell of each layer reads each input cell, (1, S, S) each."""
        weight = np.ones((1, 1, self.chosen.kernel_size, self.chosen.kernel_size))
        side = self.size(self.steps)
        maps = [np.zeros((1, side, side))]
        for dilation in self.chosen.dilations:
            maps.append(engine.conv2d(maps[-1], weight, dilation=dilation))
        found = []
        for layer in range(1, self.steps + 1):
            grad = np.zeros_like(maps[layer])
            middle = grad.shape[1] // 2
            grad[0, middle, middle] = 1
            for below in range(layer - 1, -1, -1):
                dilation = self.chosen.dilations[below]
                grad = engine.conv2d_backward(grad, maps[below], weight, dilation=dilation).input
            found.append(grad)
        return found

    def reach(self, layer: int) -> range:
        """Return the rows (and columns) of the input from the first to the last that the cell reads."""
        rows = np.flatnonzero(self.paths[layer].any(axis=(0, 2)))
        return range(int(rows[0]), int(rows[-1]) + 1)

    def columns(self, words: Words) -> list[list[Shown]]:
        shown = []
        for layer, paths in enumerate(self.paths):
            grid = slice_of("input", f"paths_{layer + 1}", (0,), paths[0], largest(paths), first=layer)
            reach = self.reach(layer) if layer == self.step else ()
            label = words.gettext("layer %(layer)s") % {"layer": layer + 1}
            detail = words.gettext("dilation %(dilation)s") % {"dilation": self.chosen.dilations[layer]}
            shown.append([Shown(grid, label, "", "", detail, rows=reach, columns=reach)])
        return shown

    def narration(self, words: Words) -> Markup:
        paths, side = self.paths[self.step], self.size(self.step + 1)
        sentence = words.gettext(
            "Layer %(layer)s, %(kernel)s × %(kernel)s with dilation %(dilation)s: one of its cells reads %(read)s of "
            "the %(all)s input cells in its receptive field, whose side is %(side)s."
        )
        return Markup(sentence) % {
            "layer": self.step + 1,
            "kernel": self.chosen.kernel_size,
            "dilation": self.chosen.dilations[self.step],
            "read": int((paths != 0).sum()),
            "all": side * side,
            "side": mark(str(side)),
        }

    def facts(self, words: Words) -> list[Fact]:
        facts, before = [], 1
        for layer, dilation in enumerate(self.chosen.dilations[: self.step + 1]):
            figures = f"{before} + {dilation}·({self.chosen.kernel_size} {numbers.MINUS} 1)"
            before = self.size(layer + 1)
            label = words.gettext("receptive field after layer %(layer)s") % {"layer": layer + 1}
            facts.append(Fact(label, figures, str(before)))
        return facts

    def notes(self, words: Words) -> list[str]:
        """Return how to read the fields."""
        return [
            words.gettext(
                "Each square is the input, as the middle cell of a layer sees it: white cells it never reads; the "
                "darker the blue, the more paths lead from a cell through the layers to it."
            )
        ]

    def tensors(self) -> dict[str, Array]:
        named = {f"paths_{layer + 1}": paths for layer, paths in enumerate(self.paths)}
        return {"x": np.ones((1, *self.paths[-1].shape[1:])), **named, "output": self.paths[-1]}

    def step_numbers(self, step: int) -> dict[str, Any]:
        return {
            "layer": step + 1,
            "dilation": self.chosen.dilations[step],
            "receptive_field": self.size(step + 1),
            "read": int((self.paths[step] != 0).sum()),
        }

"""What one link of the exhibit shows: the layer, the step, and every view of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import numpy as np

from app import numbers
from app.exhibits.base import plain
from app.exhibits.convolution_forward import controls, moments, params, resolve, snippets
from app.exhibits.convolution_forward.grids import Grids
from app.exhibits.convolution_forward.layer import Layer
from app.exhibits.convolution_forward.presets import FIRST, PRESETS
from app.exhibits.convolution_forward.sentences import ACTIVATION_NAMES
from app.i18n import N_, Words
from engine import EngineError, geometry

CHUNK = 2_400  # terms that one answer with moments holds, about
MOST_TICKS = 60
MOST_NUMBERS = 50_000  # products in one answer of the API
STEP_SIZES = {"output": N_("Output"), "channel": N_("Channel"), "product": N_("Product")}


class ConvolutionScene:
    """One convolution layer at one step."""

    def __init__(self, settings: params.Params) -> None:
        self.params = settings
        self.layer: Layer = resolve.resolve(settings)
        self.cells = len(self.layer.trace)  # what does not fit is refused here, not half way down the page
        self.precision = moments.Precision.of(self.layer)
        self.parts = moments.parts_per_cell(self.layer, settings.step_size)
        self.steps = self.cells * self.parts
        self.step = min(settings.step, self.steps - 1)
        self.cell, self.part = divmod(self.step, self.parts)

    @cached_property
    def grids(self) -> Grids:
        return Grids(self.layer)

    @property
    def kernel_rows(self) -> range:
        return range(self.layer.kernel_size[0])

    @property
    def kernel_columns(self) -> range:
        return range(self.layer.kernel_size[1])

    def kernel_cell(self, part: moments.Part) -> tuple[int, int] | None:
        """Return the weight being multiplied, where the steps are single products."""
        if self.params.step_size != "product":
            return None
        row, column = divmod(part.product, self.layer.kernel_size[1])
        return row, column

    def input_cell(self, moment: moments.Moment, part: moments.Part) -> tuple[int, int] | None:
        """Return the input cell being multiplied, where the steps are single products."""
        place = self.kernel_cell(part)
        return (moment.rows[place[0]], moment.columns[place[1]]) if place else None

    @staticmethod
    def told(part: moments.Part, channel: int, product: int) -> bool:
        """Return whether a product has been reached at `part` of the cell."""
        return (channel, product) <= (part.channel, part.product)

    @property
    def chunk(self) -> int:
        """How many output cells one request for moments brings."""
        weight = int(self.layer.weight[0].size)
        return max(1, min(64, CHUNK // (weight + 8 * self.parts)))

    @property
    def wide_terms(self) -> bool:
        """Whether the written products need smaller print."""
        return self.grids.tight or self.layer.kernel_size[1] > 3 or self.precision.x + self.precision.weight > 0

    def parts_in(self, step_size: str) -> int:
        """Return how many steps of `step_size` one output cell takes."""
        return moments.parts_per_cell(self.layer, step_size)

    def step_in(self, step_size: str) -> int:
        """Return the same place counted in another step size."""
        parts = moments.parts_per_cell(self.layer, step_size)
        if step_size == self.params.step_size:
            return self.step
        return self.cell * parts + (parts - 1 if step_size == "output" else 0)

    def moves(self, gettext: Callable[[str], str]) -> list[tuple[str, str, int]]:
        """Return (name, label, step) of the player's moves."""
        last = self.steps - 1
        return [
            ("first", gettext("First step"), 0),
            ("back", gettext("Step back"), max(0, self.step - 1)),
            ("next", gettext("Next step"), min(last, self.step + 1)),
            ("last", gettext("Last step"), last),
        ]

    @property
    def progress(self) -> str:
        return self._percent(self.step)

    @property
    def ticks(self) -> list[tuple[str, bool]]:
        """(place, long) of a tick per step while there is room; long where an output map begins."""
        per_map = self.steps // len(self.layer.output)
        every = 1 if self.steps <= MOST_TICKS else per_map
        return [(self._percent(step), step % per_map == 0) for step in range(0, self.steps, every)]

    def _percent(self, step: int) -> str:
        return f"{100 * step / max(1, self.steps - 1):.3f}%"

    def moments(self, start: int, stop: int, words: Words) -> list[moments.Moment]:
        """Return output cells start..stop as the page shows them, at most a chunk."""
        return [
            moments.moment(self.layer, self.precision, cell, self.params.step_size, words)
            for cell in range(start, min(stop, start + self.chunk, self.cells))
        ]

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return tensors, geometry and steps start..stop of the trace, unrounded."""
        layer, shape = self.layer, self.layer.geometry
        return {
            "x": plain(layer.x),
            "weight": plain(layer.weight),
            "bias": plain(layer.bias),
            "options": resolve.option_texts(layer) | {"true_convolution": layer.true_convolution},
            "output_size": shape.output_size,
            "window_rows": shape.window_rows,
            "window_columns": shape.window_columns,
            "uses": shape.uses,
            "unused": shape.unused,
            "sums": plain(layer.sums),
            "output": plain(layer.output),
            "steps": _steps(layer, start, min(stop, start + max(1, MOST_NUMBERS // layer.weight[0].size))),
        }

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/convolution-forward.html shows."""
        layer = self.layer
        (moment,) = self.moments(self.cell, self.cell + 1, words)
        return {
            "scene": self,
            "moment": moment,
            "part": moment.parts[self.part],
            "grids": self.grids,
            "sliders": controls.sliders(layer, words),
            "size_formula": controls.size_formula(layer.geometry),
            "bounds": {name: numbers.short(scale) for name, scale in self.grids.scales.items()},
            "windows": {
                "rows": layer.geometry.window_rows.tolist(),
                "columns": layer.geometry.window_columns.tolist(),
                "uses": layer.geometry.uses.tolist(),
                "cells": int(np.prod(layer.geometry.output_size)),
            },
            "uses": _uses(layer),
            "snippets": snippets.snippets(layer) if self.params.tab == "code" else {},
            "params_activation": layer.activation,
            **choices(self.params),
        }


def layer_links(settings: params.Params) -> list[str]:
    """Return the query of each layer of the preset, both as the learner left them; none if there is but one."""
    if len(PRESETS[settings.preset].layers) == 1:
        return []
    both = sorted((settings, resolve.other_layer(settings)), key=lambda layer: layer.layer)
    return [urlencode(resolve.canonical(layer)) for layer in both]


def choices(settings: params.Params) -> dict[str, Any]:
    """Return what the form offers whatever the state."""
    return {
        "params": settings,
        "preset": PRESETS[settings.preset],
        "presets": PRESETS,
        "reset": {} if settings.preset == FIRST else {"preset": settings.preset},
        "activations": ACTIVATION_NAMES,
        "layer_links": layer_links(settings),
        "option_names": (*params.OPTIONS, "true_convolution", "predict", "seed"),
        "step_sizes": STEP_SIZES,
    }


def broken(settings: params.Params, words: Words) -> dict[str, Any]:
    """Return the context of a page whose parts do not fit: the controls, and links that repair."""
    activation = settings.activation or "none"
    context = {
        "scene": None,
        "sliders": [],
        "repairs": [],
        "params_activation": activation,
        **choices(settings),
    }
    try:
        layer = resolve.resolve(settings)
    except EngineError:
        return context
    offered = controls.sliders(layer, words)
    context["sliders"] = offered
    context["repairs"] = [
        (slider.name, _nearest(slider.legal, slider.current), slider.label)
        for slider in offered
        if slider.legal and slider.current not in slider.legal
    ]
    return context


def _nearest(legal: Sequence[int], current: int | None) -> int:
    return min(legal, key=lambda value: abs(value - (current or 0)))


def _uses(layer: Layer) -> dict[str, Any]:
    """Tell how often corner and middle pixels are read, with and without padding."""
    uses = layer.geometry.uses
    rows, columns = uses.shape
    try:
        without = geometry.Geometry.of(
            layer.input_size, layer.kernel_size, stride=layer.stride, dilation=layer.dilation
        ).uses
    except EngineError:
        without = None
    return {
        "corner": int(uses[0, 0]),
        "middle": int(uses[rows // 2, columns // 2]),
        "bare_corner": None if without is None else int(without[0, 0]),
        "bare_middle": None if without is None else int(without[rows // 2, columns // 2]),
        "padded": any(sum(side) for side in layer.geometry.padding),
    }


def _steps(layer: Layer, start: int, stop: int) -> list[dict[str, Any]]:
    """Return steps of the trace; where all numbers are whole they are sent as integers."""
    whole = all(plain(values).dtype == np.int64 for values in (layer.x, layer.weight, layer.bias))
    kind = np.dtype(np.int64 if whole else np.float64)
    steps = layer.trace[start:stop].stacked()
    names = [field.name for field in fields(steps)]
    parts = [np.asarray(getattr(steps, name)) for name in names]
    columns = [np.ascontiguousarray(part.astype(kind) if part.dtype.kind == "f" else part) for part in parts]
    return [dict(zip(names, step, strict=True)) for step in zip(*columns, strict=True)]

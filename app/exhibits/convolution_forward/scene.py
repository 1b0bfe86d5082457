"""What one link of the exhibit shows: the layer, the step, and every view of them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any
from urllib.parse import urlencode

import numpy as np

from app import numbers
from app.exhibits.base import plain
from app.exhibits.controls import repairs
from app.exhibits.convolution_forward import controls, params, resolve, snippets
from app.exhibits.convolution_forward.presets import FIRST, PRESETS
from app.i18n import Words
from app.stepper.layer import Layer
from app.stepper.sentences import ACTIVATION_NAMES
from app.stepper.stage import STEP_SIZES, LayerStage
from engine import EngineError, geometry

MOST_NUMBERS = 50_000  # products in one answer of the API


class ConvolutionScene(LayerStage):
    """One convolution layer at one step, as a link of this exhibit describes it."""

    editable = True

    def __init__(self, settings: params.Params) -> None:
        self.params = settings
        super().__init__(resolve.resolve(settings), settings.step, settings.step_size)

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
        return {
            **super().context(words),
            "sliders": controls.sliders(layer, words),
            "size_formula": controls.size_formula(layer.geometry),
            "bounds": {name: numbers.short(scale) for name, scale in self.grids.scales.items()},
            "uses": _uses(layer),
            "snippets": snippets.snippets(layer) if self.params.tab == "code" else {},
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
    context["repairs"] = repairs(offered)
    return context


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

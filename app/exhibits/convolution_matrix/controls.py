"""The sliders of stride, padding, dilation and groups, as far as the parts fit and C can be drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.exhibits.controls import Slider
from app.exhibits.convolution_forward.controls import own_filters
from app.exhibits.convolution_forward.controls import sliders as convolution_sliders
from app.exhibits.convolution_matrix.params import BOUNDS, MOST_COLUMNS, MOST_ROWS, MOST_WEIGHTS, Params
from app.exhibits.convolution_matrix.resolve import layer_of, require_drawable
from app.i18n import Words, listed
from app.stepper.layer import Layer
from engine import EngineError


def sliders(params: Params, words: Words) -> list[Slider]:
    """Return a slider for each option; legal is what the engine takes and the page can draw."""
    layer = layer_of(params)
    return [_limited(slider, params, layer, words) for slider in convolution_sliders(layer, words, BOUNDS)]


def _limited(slider: Slider, params: Params, layer: Layer, words: Words) -> Slider:
    if slider.name == "groups" and params.weight:
        return own_filters(slider, layer, words)
    allowed = [value for value in slider.legal if _fits(layer, slider.name, value)]
    reason = words.gettext("only %(legal)s: C is drawn up to %(most)s, a filter with up to %(weights)s weights")
    values = {
        "legal": listed(words, map(str, allowed)) if allowed else "",
        "most": f"{MOST_ROWS} × {MOST_COLUMNS}",
        "weights": MOST_WEIGHTS,
    }
    return slider.limited(allowed, reason % values, words)


def _fits(layer: Layer, name: str, value: int) -> bool:
    options: dict[str, Any] = {name: value}
    changed = replace(layer, **options)
    slices = len(layer.x) // changed.groups
    if layer.weight.shape[1] != slices:
        changed = replace(changed, weight=np.zeros((len(layer.weight), slices, *layer.kernel_size)))
    try:
        require_drawable(changed)
    except EngineError:
        return False
    return True

"""The control column: stride, padding, dilation and groups, as far as the parts fit and stay small enough to step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.exhibits import fields
from app.exhibits.controls import Slider
from app.exhibits.convolution_backward.params import MOST_CHANNELS, MOST_NUMBERS, Params
from app.exhibits.convolution_backward.resolve import layer_of, require_few_numbers
from app.exhibits.convolution_forward.controls import own_filters
from app.exhibits.convolution_forward.controls import sliders as convolution_sliders
from app.i18n import Words, listed
from app.stepper.layer import Layer
from engine import EngineError

BOUNDS = {"stride": (1, 8), "padding": (0, fields.MOST_PADDING), "dilation": (1, 6), "groups": (1, MOST_CHANNELS)}


def sliders(params: Params, words: Words) -> list[Slider]:
    """Return the sliders of the layer, limited to what the page can show."""
    layer = layer_of(params)
    offered = convolution_sliders(layer, words, BOUNDS)
    return [_limited(slider, params, layer, words) for slider in offered]


def _limited(slider: Slider, params: Params, layer: Layer, words: Words) -> Slider:
    if slider.name == "groups":
        few = [value for value in slider.legal if layer.weight.size * layer.groups <= MOST_NUMBERS * value]
        reason = words.gettext("only %(legal)s: with fewer groups W has more than %(numbers)s numbers")
        values = {"legal": listed(words, map(str, few)) if few else "", "numbers": MOST_NUMBERS}
        return own_filters(slider, layer, words) if params.weight else slider.limited(few, reason % values, words)
    allowed = [value for value in slider.legal if _few(layer, slider.name, value)]
    reason = words.gettext("only %(least)s to %(most)s: beyond, dY has more than %(numbers)s numbers")
    least, most = (allowed[0], allowed[-1]) if allowed else ("", "")
    return slider.limited(allowed, reason % {"least": least, "most": most, "numbers": MOST_NUMBERS}, words)


def _few(layer: Layer, name: str, value: int) -> bool:
    """Return whether dY has no more numbers than the page shows once an option takes this value."""
    options: dict[str, Any] = {name: value}
    try:
        require_few_numbers("dY", (len(layer.weight), *replace(layer, **options).geometry.output_size))
    except EngineError:
        return False
    return True

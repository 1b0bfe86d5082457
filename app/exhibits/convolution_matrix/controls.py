"""The sliders of stride, padding and dilation, each with its legal range and the reason for its ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.exhibits.controls import Slider
from app.exhibits.convolution_matrix.params import BOUNDS, MOST_COLUMNS, MOST_ROWS, Params
from app.exhibits.convolution_matrix.resolve import layer_of, option_text, require_drawable
from app.i18n import Words, listed
from app.stepper.layer import Layer
from engine import EngineError


def sliders(params: Params, words: Words) -> list[Slider]:
    """Return a slider for each option; legal is what the engine takes and the page can draw."""
    layer = layer_of(params)
    return [_slider(layer, name, words) for name in BOUNDS]


def _slider(layer: Layer, name: str, words: Words) -> Slider:
    low, high = BOUNDS[name]
    legal = [value for value in range(low, high + 1) if _fits(layer, name, value)]
    value = option_text(layer, name)
    return Slider(
        name=name,
        label=words.gettext(Params.model_fields[name].title or name),
        text=value.replace("x", " × "),
        value=value,
        low=low,
        high=high,
        current=int(value) if value.isdigit() else None,
        legal=legal,
        cautions=(),
        note=_note(legal, high - low + 1, words),
    )


def _fits(layer: Layer, name: str, value: int) -> bool:
    changed: dict[str, Any] = {name: value if name == "padding" else (value, value)}
    try:
        require_drawable(replace(layer, **changed))
    except EngineError:
        return False
    return True


def _note(legal: list[int], count: int, words: Words) -> str:
    if not legal or len(legal) == count:
        return ""
    sentence = words.gettext("only %(legal)s: the kernel has to fit into the padded input, and C into %(most)s")
    return sentence % {"legal": listed(words, map(str, legal)), "most": f"{MOST_ROWS} × {MOST_COLUMNS}"}

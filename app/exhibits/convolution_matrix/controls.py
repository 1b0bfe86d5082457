"""The sliders of stride, padding and dilation, each with its legal range and the reason for its ends."""

from __future__ import annotations

from app.exhibits.controls import Slider
from app.exhibits.convolution_matrix.params import BOUNDS, MOST_COLUMNS, MOST_ROWS, Params
from app.exhibits.convolution_matrix.presets import PRESETS
from app.exhibits.convolution_matrix.resolve import option_text, resolve
from app.i18n import Words, listed
from engine import EngineError


def sliders(params: Params, words: Words) -> list[Slider]:
    """Return a slider for each option; legal is what the engine takes and the page can draw."""
    return [_slider(params, name, words) for name in BOUNDS]


def _slider(params: Params, name: str, words: Words) -> Slider:
    low, high = BOUNDS[name]
    legal = [value for value in range(low, high + 1) if _fits(params, name, value)]
    value = _value(params, name)
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


def _fits(params: Params, name: str, value: int) -> bool:
    try:
        resolve(params.model_copy(update={name: str(value)}))
    except EngineError:
        return False
    return True


def _value(params: Params, name: str) -> str:
    """Return the option as it is, also where the parts do not fit."""
    return getattr(params, name) or option_text(PRESETS[params.preset].layer, name)


def _note(legal: list[int], count: int, words: Words) -> str:
    if not legal or len(legal) == count:
        return ""
    sentence = words.gettext("only %(legal)s: the kernel has to fit into the padded input, and C into %(most)s")
    return sentence % {"legal": listed(words, map(str, legal)), "most": f"{MOST_ROWS} × {MOST_COLUMNS}"}

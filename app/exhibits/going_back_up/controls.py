"""The control column: the sliders of each way back up, with their legal ranges and the reasons."""

from __future__ import annotations

from typing import Any

from app.exhibits.controls import Slider
from app.exhibits.going_back_up.params import BOUNDS, Params
from app.exhibits.going_back_up.presets import DEFAULTS, KINDS, PRESETS, first_of
from app.exhibits.going_back_up.resolve import Chosen, resolve
from app.i18n import N_, Words, listed
from engine import EngineError

SLIDERS = {
    "transposed": ("kernel_size", "stride", "padding", "output_padding", "dilation", "groups"),
    "unpooling": ("kernel_size", "stride"),
    "shared": ("kernel_size", "stride"),
    "upsampling": ("scale_factor",),
    "checkerboard": ("kernel_size", "stride"),
    "dilation": ("kernel_size",),
}
REASONS = {
    "kernel_size": N_("only %(legal)s: of smaller stamps padding would crop everything"),
    "stride": N_("only %(legal)s: output padding has to stay below stride or dilation, and padding may not crop all"),
    "padding": N_("only %(legal)s: more would crop everything away"),
    "output_padding": N_("only %(legal)s: it stays below stride or dilation, else a further stamp would fit"),
    "dilation": N_("only %(legal)s: output padding has to stay below stride or dilation, and padding may not crop all"),
    "groups": N_("only %(legal)s: it must divide the channels of x and those of the output"),
}
POOLED_KERNEL = N_("only %(legal)s: the window has to fit into x")


def choices(params: Params) -> dict[str, Any]:
    """Return what the page offers whatever the state."""
    kind = PRESETS[params.preset].kind
    return {
        "params": params,
        "preset": PRESETS[params.preset],
        "presets": {name: preset for name, preset in PRESETS.items() if preset.kind == kind},
        "kinds": [(first_of(one), title, one == kind) for one, title in KINDS.items()],
    }


def sliders(params: Params, words: Words) -> list[Slider]:
    """Return the sliders of the kind that `params` show."""
    made, shown = [], _resolved(params)
    preset = {**DEFAULTS, **PRESETS[params.preset].values}
    for name in SLIDERS[PRESETS[params.preset].kind]:
        low, high = BOUNDS[name]
        possible = {value: _resolved(params.model_copy(update={name: value})) for value in range(low, high + 1)}
        legal = [value for value, chosen in possible.items() if chosen]
        value = getattr(params, name)
        current = int(getattr(shown, name) if shown else preset[name] if value is None else value)
        reason = words.gettext(_reason(params, name)) if len(legal) < len(possible) and legal else ""
        made.append(
            Slider(
                name=name,
                label=words.gettext(Params.model_fields[name].title or name),
                text=f"{current} × {current}" if name == "kernel_size" else str(current),
                value=str(current),
                low=low,
                high=high,
                current=current,
                legal=legal,
                cautions=(),
                note=reason % {"legal": listed(words, map(str, legal))} if reason else "",
            )
        )
    return made


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page whose parts do not fit: the controls, and links that repair."""
    offered = sliders(params, words)
    repairs = [
        (slider.name, min(slider.legal, key=lambda value: abs(value - (slider.current or 0))), slider.label)
        for slider in offered
        if slider.legal and slider.current not in slider.legal
    ]
    return {"scene": None, "sliders": offered, "repairs": repairs, **choices(params)}


def _reason(params: Params, name: str) -> str:
    pooled = PRESETS[params.preset].kind in ("unpooling", "shared")
    return POOLED_KERNEL if pooled else REASONS[name]


def _resolved(params: Params) -> Chosen | None:
    """Return what the page would show, or None where the parts do not fit."""
    try:
        return resolve(params)
    except EngineError:
        return None

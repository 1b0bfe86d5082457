"""The control column: stride, padding and dilation, as far as the parts fit and dY stays small enough to step."""

from __future__ import annotations

from dataclasses import replace

from app.exhibits.controls import Slider
from app.exhibits.convolution_backward.params import MOST_NUMBERS
from app.exhibits.convolution_backward.resolve import Backward, legal
from app.exhibits.convolution_forward.controls import sliders as convolution_sliders
from app.i18n import Words

NAMES = ("stride", "padding", "dilation")


def sliders(backward: Backward, words: Words) -> list[Slider]:
    """Return the sliders of the layer, limited to what the page can show."""
    return [_limited(slider, backward, words) for slider in convolution_sliders(backward.layer, words, NAMES)]


def _limited(slider: Slider, backward: Backward, words: Words) -> Slider:
    allowed = [value for value in slider.legal if legal(backward, slider.name, value)]
    if len(allowed) == len(slider.legal):
        return slider
    reason = words.gettext("only %(least)s to %(most)s: beyond, dY has more than %(numbers)s numbers") % {
        "least": allowed[0],
        "most": allowed[-1],
        "numbers": MOST_NUMBERS,
    }
    cautions = [value for value in slider.cautions if value in allowed]
    return replace(slider, legal=allowed, cautions=cautions, note=reason)

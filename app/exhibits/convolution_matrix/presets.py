"""The prepared convolutions. To add one, add a row to PRESETS (and its words in Chinese)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.i18n import N_
from app.stepper.layer import Layer


@dataclass(frozen=True)
class Preset:
    title: str
    note: str  # one sentence: what to look at
    layer: Layer


def layer(x: object, weight: object, **options: object) -> Layer:
    """Return a convolution without bias: C has no place for one."""
    image, filters = np.array(x, dtype=np.float64), np.array(weight, dtype=np.float64)
    return Layer(image, filters, np.zeros(len(filters)), **options)  # type: ignore[arg-type]


ORDERED = [[-4, -3, -2], [-1, 1, 2], [3, 4, 5]]  # nine different weights: each can be found again in C
X4 = [[1, 0, 2, 1], [0, 3, 1, 2], [2, 1, 0, 1], [1, 2, 1, 0]]
X5 = [[1, 0, 2, 1, 0], [0, 3, 1, 2, 1], [2, 1, 0, 1, 3], [1, 2, 1, 0, 2], [0, 1, 2, 1, 1]]
TWO_CHANNELS = [[[1, 0, 2], [0, 3, 1], [2, 1, 0]], [[0, 1, 1], [2, 0, 1], [1, 2, 0]]]
FOUR_KERNELS = [[[[1, 2], [3, 4]], [[-1, 2], [-3, 1]]], [[[2, -2], [1, -1]], [[-4, -3], [-2, -1]]]]

FIRST = "4x4"
PRESETS = {
    FIRST: Preset(
        N_("4 × 4, kernel 3 × 3: C is 4 × 16"),
        N_("Four windows, four rows: each row holds the same nine weights, shifted."),
        layer([X4], [[ORDERED]]),
    ),
    "stride": Preset(
        N_("5 × 5 with stride 2"),
        N_("From row to row the weights move on two pixels; where y begins a new line, two lines of pixels."),
        layer([X5], [[ORDERED]], stride=(2, 2)),
    ),
    "padding": Preset(
        N_("4 × 4 with padding 1"),
        N_("A weight that lies on padding meets no pixel, so it has no place in C: rows at the border are shorter."),
        layer([X4], [[ORDERED]], padding=1),
    ),
    "blocks": Preset(
        N_("Two channels, two filters"),
        N_("C falls into four blocks: one for each kernel, filters downwards, channels to the right."),
        layer(TWO_CHANNELS, FOUR_KERNELS),
    ),
    "groups": Preset(
        N_("Two channels in two groups"),
        N_("A filter that reads one channel only leaves the block of the other empty."),
        layer(TWO_CHANNELS, [[[[1, 2], [3, 4]]], [[[-4, -3], [-2, -1]]]], groups=2),
    ),
    "dilation": Preset(
        N_("5 × 5 with dilation 2"),
        N_("Dilation does not add weights to a row, it pulls them apart."),
        layer([X5], [[[[-2, -1], [1, 2]]]], dilation=(2, 2)),
    ),
    "line": Preset(
        N_("A signal of one line, 1 × 8"),
        N_("In one dimension every diagonal of C holds one weight: a Toeplitz matrix."),
        layer([[[1, 0, 2, 3, 0, 1, 2, 1]]], [[[[-1, 2, 3]]]]),
    ),
}

"""The prepared examples. To add one, add a row to PRESETS (and its words in Chinese)."""

from __future__ import annotations

from dataclasses import dataclass

from app.exhibits.convolution import drawn
from app.exhibits.convolution_forward.presets import CS231N, tensor
from app.i18n import N_
from app.stepper.layer import Layer
from app.tensors import Array


@dataclass(frozen=True)
class Preset:
    title: str
    note: str  # one sentence: what to look at
    layer: Layer
    grad: Array  # what comes back from above, in the shape of the layer's output


FIRST = "small"  # what a link without parameters shows
PRESETS: dict[str, Preset] = {
    "small": Preset(
        N_("3×3 input, 2×2 filter"),
        N_("Small enough to do every step in the head."),
        Layer(
            x=tensor([[[1, 0, 2], [3, 1, 0], [0, 2, 1]]]),
            weight=tensor([[[[1, -1], [2, 0]]]]),
            bias=tensor([0]),
        ),
        tensor([[[1, 2], [0, -1]]]),
    ),
    "cs231n": Preset(
        N_("CS231n example"),
        N_("The course's layer, backwards: three channels, two filters, stride 2, padding 1."),
        CS231N,
        tensor([[[1, 0, -1], [2, 1, 0], [0, -1, 1]], [[0, 1, 0], [-1, 2, 1], [1, 0, -2]]]),
    ),
    "stride": Preset(
        N_("Stride 2"),
        N_("Windows lie two apart: in the gather view zeros stand between the cells of dY."),
        Layer(
            x=drawn(51, (1, 5, 5), 0, 2),
            weight=tensor([[[[1, 0, -1], [2, 1, 0], [0, -1, 1]]]]),
            bias=tensor([0]),
            stride=(2, 2),
        ),
        tensor([[[1, -1], [2, 3]]]),
    ),
    "dilated": Preset(
        N_("Dilation 2"),
        N_("The weights lie two apart, and so do the cells that one stamp changes."),
        Layer(
            x=drawn(52, (1, 5, 5), 0, 2),
            weight=tensor([[[[1, 2], [-1, 3]]]]),
            bias=tensor([0]),
            dilation=(2, 2),
        ),
        tensor([[[1, 0, 2], [-1, 1, 0], [0, 2, -2]]]),
    ),
    "grouped": Preset(
        N_("Two groups"),
        N_("The gradient of a map flows back to the channels of its group only."),
        Layer(
            x=drawn(53, (4, 3, 4), 0, 2),
            weight=drawn(54, (2, 2, 2, 2), -1, 2),
            bias=tensor([0, 0]),
            groups=2,
        ),
        tensor([[[1, 0, -1], [2, 1, 0]], [[0, 1, 2], [-1, 0, 1]]]),
    ),
    "pointwise": Preset(
        N_("1×1 filters"),
        N_("Every pixel goes back alone: dX mixes the maps of dY by the turned-over table of weights."),
        Layer(
            x=drawn(55, (3, 2, 3), 0, 2),
            weight=tensor([[1, -1, 2], [0, 3, 1]])[:, :, None, None],
            bias=tensor([0, 0]),
        ),
        tensor([[[1, 0, 2], [-1, 1, 0]], [[2, 1, 0], [0, -1, 1]]]),
    ),
}

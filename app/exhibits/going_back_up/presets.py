"""The prepared examples. To add one, add a row to PRESETS (and its words in Chinese).

The kind of a preset says which of the ways back up it shows; what a preset does not say is as in DEFAULTS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.i18n import N_

KINDS = {
    "transposed": N_("Transposed convolution"),
    "unpooling": N_("Unpooling"),
    "shared": N_("Shared switches"),
    "upsampling": N_("Upsampling"),
    "checkerboard": N_("Checkerboard"),
    "dilation": N_("Dilation"),
}
DEFAULTS: Mapping[str, Any] = {
    "kernel_size": 3,
    "stride": 2,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "scale_factor": 2,
    "mode": "nearest",
    "align_corners": False,
    "dilations": "1x2x4",
    "x": "1x1_0",
    "weight": "1x1x3x3_1_2_0_0_1_-1_2_0_1",
    "bias": "1_0",
    "y": "1x1_0",
}


@dataclass(frozen=True)
class Preset:
    kind: str
    title: str
    note: str  # one sentence: what to look at
    values: Mapping[str, Any] = field(default_factory=dict)


POOLED = "1x4x4_1_3_2_0_5_2_0_7_4_0_9_1_2_6_3_8"
CENTRE = "1x5x5_1_0_2_0_1_0_3_0_4_0_2_0_9_0_2_0_4_0_3_0_1_0_2_0_1"
OVERLAPPING = "1x7x7_0_1_0_2_0_1_0_1_5_0_0_0_3_1_0_0_8_0_6_0_0_2_0_0_1_0_0_2_0_4_0_0_7_0_0_1_0_3_0_0_1_5_0_2_0_1_0_0_0"

PRESETS: dict[str, Preset] = {
    "stamps": Preset(
        "transposed",
        N_("2 × 2 to 5 × 5"),
        N_("Stride 2 sets the stamps 2 apart; where they overlap they add."),
        {"x": "1x2x2_1_2_3_4"},
    ),
    "doubled": Preset(
        "transposed",
        N_("3 × 3 to 6 × 6"),
        N_("A 4 × 4 filter with stride 2 and padding 1: the crop takes one ring off, and the size doubles."),
        {
            "x": "1x3x3_1_0_2_0_3_0_1_0_-1",
            "weight": "1x1x4x4_1_2_2_1_0_1_1_0_0_-1_-1_0_1_2_2_1",
            "kernel_size": 4,
            "padding": 1,
        },
    ),
    "output-padding": Preset(
        "transposed",
        N_("Output padding"),
        N_("Stride 2 takes 5 rows and 6 rows to the same 3; output padding says which of them to go back to."),
        {"x": "1x3x3_1_2_0_0_1_3_2_0_1", "padding": 1, "output_padding": 1},
    ),
    "dilated": Preset(
        "transposed",
        N_("Dilated stamps"),
        N_("The weights of one stamp land 2 apart; stride 1 fills what lies between."),
        {"x": "1x3x3_1_2_3_0_1_0_2_0_1", "weight": "1x1x2x2_1_-1_2_1", "kernel_size": 2, "stride": 1, "dilation": 2},
    ),
    "channels": Preset(
        "transposed",
        N_("2 channels to 2 maps"),
        N_("Each channel of x has a filter for each output map; the stamps of all channels add."),
        {
            "x": "2x2x2_1_2_0_1_2_0_1_-1",
            "weight": "2x2x3x3_1_0_0_0_1_0_0_0_1_0_1_0_1_2_1_0_1_0_1_1_1_0_0_0_-1_-1_-1_2_0_1_0_1_0_1_0_2",
        },
    ),
    "groups": Preset(
        "transposed",
        N_("Two groups, with bias"),
        N_("Each channel of x stamps into its own map only; every cell of a map begins as the bias of that map."),
        {
            "x": "2x2x2_1_2_0_1_2_0_1_-1",
            "weight": "2x1x3x3_1_0_0_0_1_0_0_0_1_1_1_1_0_0_0_-1_-1_-1",
            "bias": "2_1_-2",
            "groups": 2,
        },
    ),
    "switches": Preset(
        "unpooling",
        N_("4 × 4, pooled and back"),
        N_("Each maximum returns to the cell where it was found; the other cells stay zero."),
        {"x": POOLED, "kernel_size": 2},
    ),
    "shared": Preset(
        "shared",
        N_("Four windows, one winner"),
        N_("All four 3 × 3 windows find the same 9: written back, one value is left; added, none is lost."),
        {"x": CENTRE, "y": "1x2x2_1_2_3_4"},
    ),
    "shared-some": Preset(
        "shared",
        N_("Nine windows, some share"),
        N_("Windows 2 apart and 3 wide overlap by one row or column; a winner there belongs to several."),
        {
            "x": OVERLAPPING,
            "y": "1x3x3_1_2_3_4_5_6_7_8_9",
        },
    ),
    "nearest": Preset(
        "upsampling",
        N_("Nearest"),
        N_("Every cell is copied into a block of 2 × 2."),
        {"x": "1x2x3_1_2_3_4_0_-1"},
    ),
    "bilinear": Preset(
        "upsampling",
        N_("Bilinear"),
        N_("Every new cell is blended of the four around its place; the weights are sixteenths and add up to 1."),
        {"x": "1x2x3_16_32_0_0_16_-16", "mode": "bilinear"},
    ),
    "corners": Preset(
        "upsampling",
        N_("Bilinear, corners aligned"),
        N_("The corners keep their values, and the way between them is shared evenly."),
        {"x": "1x2x2_1_4_7_10", "mode": "bilinear", "align_corners": True},
    ),
    "checkerboard": Preset(
        "checkerboard",
        N_("Kernel 3, stride 2"),
        N_("3 is no multiple of 2: some cells are written once, their neighbours 2 or 4 times."),
    ),
    "checkerboard-5-3": Preset(
        "checkerboard",
        N_("Kernel 5, stride 3"),
        N_("5 is no multiple of 3: the pattern repeats every 3 cells."),
        {"kernel_size": 5, "stride": 3},
    ),
    "dilations": Preset(
        "dilation",
        N_("Dilation 1, 2, 4"),
        N_("Three 3 × 3 layers see 15 × 15 cells, without a hole."),
    ),
    "no-dilation": Preset(
        "dilation",
        N_("Dilation 1, 1, 1"),
        N_("The same three layers without dilation see 7 × 7 cells."),
        {"dilations": "1x1x1"},
    ),
    "holes": Preset(
        "dilation",
        N_("Dilation 2, 2, 2"),
        N_("With the same dilation everywhere every second row and column is never read."),
        {"dilations": "2x2x2"},
    ),
}
FIRST = next(iter(PRESETS))


def first_of(kind: str) -> str:
    """Return the preset that a tab opens."""
    return next(name for name, preset in PRESETS.items() if preset.kind == kind)

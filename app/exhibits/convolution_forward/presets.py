"""The prepared examples. To add one, add a row to PRESETS (and its words in Chinese).

A preset has one layer, or two of which the second reads the output of the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.exhibits.convolution import drawn
from app.i18n import N_
from app.stepper.layer import Layer
from app.tensors import Array


@dataclass(frozen=True)
class Preset:
    title: str
    note: str  # one sentence: what to look at
    layers: tuple[Layer, ...]  # one, or two of which the second reads the first's output


def tensor(rows: object) -> Array:
    return np.array(rows, dtype=np.float64)


def picture(size: int) -> Array:
    """Return a small scene (3, size, size): a disc, a square and a slope, in whole numbers."""
    row, column = np.mgrid[:size, :size]
    disc = (row - size * 0.38) ** 2 + (column - size * 0.36) ** 2 < (size * 0.24) ** 2
    square = (row > size * 0.55) & (row < size * 0.9) & (column > size * 0.5) & (column < size * 0.88)
    slope = (row + column) // (size // 4)
    return np.stack([2.0 * disc + square, slope - 3.0 * square, 2.0 * square - disc]).astype(np.float64)


NOTHING = np.zeros((1, 1, 1))  # the input of a second layer comes from the first

CS231N = Layer(
    x=tensor(
        [
            [[0, 0, 1, 0, 2], [1, 0, 2, 0, 1], [1, 0, 2, 2, 0], [2, 0, 0, 2, 0], [2, 1, 2, 2, 0]],
            [[2, 1, 2, 1, 1], [2, 1, 2, 0, 1], [0, 2, 1, 0, 1], [1, 2, 2, 2, 2], [0, 1, 2, 0, 1]],
            [[2, 1, 1, 2, 0], [1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [1, 0, 2, 1, 0], [2, 2, 1, 1, 1]],
        ]
    ),
    weight=tensor(
        [
            [
                [[-1, 0, 1], [0, 0, 1], [1, -1, 1]],
                [[-1, 0, 1], [1, -1, 1], [0, 1, 0]],
                [[-1, 1, 1], [1, 1, 0], [0, -1, 0]],
            ],
            [
                [[0, 1, -1], [0, -1, 0], [0, -1, 1]],
                [[-1, 0, 0], [1, -1, 0], [1, -1, 0]],
                [[-1, 1, -1], [0, -1, -1], [1, 0, 0]],
            ],
        ]
    ),
    bias=tensor([1, 0]),
    stride=(2, 2),
    padding=1,
)

SUM_TO_THREE = Layer(
    x=tensor(
        [
            [[0, 2, 1, 0, 1], [1, 0, 2, 1, 0], [2, 2, 0, 1, 1], [0, 1, 1, 2, 0], [1, 0, 2, 0, 2]],
            [[1, 0, 2, 2, 0], [2, 1, 0, 1, 1], [0, 1, 2, 0, 2], [2, 0, 1, 1, 0], [1, 2, 0, 2, 1]],
            [[2, 1, 0, 1, 2], [1, 2, 1, 0, 0], [0, 2, 1, 2, 1], [1, 0, 2, 1, 0], [2, 1, 0, 0, 1]],
        ]
    ),
    weight=tensor(
        [
            [
                [[1, -1, 0], [0, 1, 0], [-1, 0, 1]],
                [[0, 1, -1], [1, 0, 0], [0, 1, 0]],
                [[-1, 0, 1], [1, 1, 0], [0, 0, -1]],
            ]
        ]
    ),
    bias=tensor([1]),
    stride=(2, 2),
    padding=1,
)

GRAY_5X5 = Layer(
    x=tensor([[[1, 0, 2, 3, 0], [5, 4, 2, 1, 1], [3, 4, 5, 0, 2], [2, 1, 0, 3, 4], [0, 2, 1, 5, 3]]]),
    weight=tensor([[[[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]]]),
    bias=tensor([1]),
)

FIRST = "cs231n"  # what a link without parameters shows
PRESETS: dict[str, Preset] = {
    "cs231n": Preset(
        N_("CS231n example"),
        N_("The course's 7×7×3 example: 5×5×3 inside a ring of zeros, two filters, stride 2."),
        (CS231N,),
    ),
    "sum-to-three": Preset(
        N_("0 + 2 + 0 + 1 = 3"),
        N_("Three channels report 0, 2 and 0; the bias adds 1: the first output is 3."),
        (SUM_TO_THREE,),
    ),
    "gray-5x5": Preset(
        N_("Gray picture, 5×5"),
        N_("One channel, one filter that answers to vertical edges, no padding."),
        (GRAY_5X5,),
    ),
    "true-7x7x3": Preset(
        N_("7×7×3 before padding"),
        N_("Here 7×7×3 is the size before padding; with padding 1 and stride 2 it becomes 4×4×2."),
        (
            Layer(
                x=drawn(73, (3, 7, 7), 0, 2),
                weight=drawn(74, (2, 3, 3, 3), -1, 1),
                bias=tensor([1, 0]),
                stride=(2, 2),
                padding=1,
            ),
        ),
    ),
    "layer": Preset(
        N_("Two layers, 32×32×3"),
        N_("32×32×3 through six 5×5×3 filters to 28×28×6, then through ten 5×5×6 filters to 24×24×10."),
        (
            Layer(
                x=picture(32),
                weight=drawn(32, (6, 3, 5, 5), -1, 1),
                bias=tensor([0, 1, 0, -1, 0, 1]),
                activation="relu",
            ),
            Layer(
                x=NOTHING,
                weight=drawn(28, (10, 6, 5, 5), -1, 1),
                bias=drawn(24, (10,), -1, 1),
                activation="relu",
            ),
        ),
    ),
    "channels-3x3": Preset(
        N_("4 channels to 2, 3×3"),
        N_("Each of the two filters has four slices, one for each input channel."),
        (
            Layer(
                x=drawn(42, (4, 5, 5), 0, 2),
                weight=drawn(43, (2, 4, 3, 3), -1, 1),
                bias=tensor([0, 1]),
            ),
        ),
    ),
    "channels-1x1": Preset(
        N_("4 channels to 2, 1×1"),
        N_("A 1×1 filter looks at one pixel only and mixes its channels."),
        (
            Layer(
                x=drawn(44, (4, 4, 5), 0, 2),
                weight=tensor([[1, -1, 2, 0], [0, 1, 1, -2]])[:, :, None, None],
                bias=tensor([0, 1]),
            ),
        ),
    ),
    "grouped": Preset(
        N_("Two groups"),
        N_("Filters 0 and 1 read channels 0 and 1 only, filters 2 and 3 read channels 2 and 3 only."),
        (
            Layer(
                x=drawn(45, (4, 5, 5), 0, 2),
                weight=drawn(46, (4, 2, 3, 3), -1, 1),
                bias=tensor([0, 1, 0, -1]),
                groups=2,
            ),
        ),
    ),
    "dilated": Preset(
        N_("Dilation 2"),
        N_("Nine weights spread over 5×5 pixels: every second row and column is skipped."),
        (
            Layer(
                x=drawn(47, (1, 7, 7), 0, 2),
                weight=tensor([[[[0, 1, 0], [1, -4, 1], [0, 1, 0]]]]),
                bias=tensor([0]),
                dilation=(2, 2),
            ),
        ),
    ),
    "asymmetric": Preset(
        N_("Asymmetric"),
        N_("A 4×6 input, a 2×3 filter, other strides and paddings on each side: nothing has to be square."),
        (
            Layer(
                x=drawn(48, (2, 4, 6), 0, 2),
                weight=drawn(49, (2, 2, 2, 3), -1, 1),
                bias=tensor([1, 0]),
                stride=(1, 2),
                padding=((0, 1), (2, 0)),
            ),
        ),
    ),
}

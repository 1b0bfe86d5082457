"""The prepared examples. To add one, add a row to PRESETS (and its words in Chinese)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.exhibits.pooling.pool import Pool
from app.i18n import N_
from app.tensors import Array


@dataclass(frozen=True)
class Preset:
    title: str
    note: str  # one sentence: what to look at
    pool: Pool


def tensor(rows: object) -> Array:
    return np.array(rows, dtype=np.float64)


TEXTBOOK = tensor([[[1, 3, 2, 0], [4, 2, 1, 5], [0, 1, 6, 2], [2, 7, 3, 1]]])
OVERLAPPING = tensor([[[1, 0, 2, 3, 1], [2, 4, 1, 0, 5], [3, 8, 2, 6, 1], [0, 2, 5, 1, 7], [4, 1, 3, 2, 0]]])
TIES = tensor([[[2, 2, 0, 3], [1, 2, 3, 3], [5, 5, 0, 0], [5, 5, 0, 0]]])
NEGATIVE = tensor([[[-4, -2, -7, -1], [-3, -9, -5, -6], [-8, -1, -2, -4], [-6, -5, -3, -7]]])
SIX = tensor(
    [
        [
            [1, 0, 3, 2, 0, 4],
            [2, 5, 1, 0, 3, 1],
            [0, 2, 4, 1, 2, 6],
            [3, 1, 0, 7, 1, 0],
            [1, 6, 2, 3, 0, 5],
            [8, 0, 1, 2, 4, 3],
        ]
    ]
)
CHANNELS = tensor(
    [
        [[1, 0, 2, 3], [4, 6, 6, 8], [3, 1, 1, 0], [1, 2, 2, 4]],
        [[0, 2, 1, 1], [3, 1, 0, 2], [5, 0, 4, 1], [1, 2, 0, 3]],
        [[7, 1, 0, 0], [2, 2, 5, 1], [0, 3, 1, 9], [6, 1, 2, 4]],
    ]
)
NORMS = tensor([[[3, 4, 6, 0], [0, 0, 8, 0], [1, 2, 2, 4], [2, 0, 4, 0]]])
MAPS = tensor([[[1, 2, 0, 4], [3, 2, 1, 3], [8, 0, 2, 2], [4, 4, 6, 2]], TIES[0]])

FIRST = "textbook"
PRESETS = {
    "textbook": Preset(
        N_("2 × 2 windows on 4 × 4"),
        N_("The textbook case: each window gives its largest cell, and nothing overlaps."),
        Pool("max", TEXTBOOK, (2, 2)),
    ),
    "overlapping": Preset(
        N_("Overlapping 3 × 3 on 5 × 5"),
        N_("AlexNet's pooling: the 8 wins in two windows, so backwards it is given two gradients, which add."),
        Pool("max", OVERLAPPING, (3, 3), (2, 2)),
    ),
    "ties": Preset(
        N_("Ties: equal largest cells"),
        N_("Where cells are equal the first in row order wins, and backwards it alone gets the gradient."),
        Pool("max", TIES, (2, 2)),
    ),
    "ceil": Preset(
        N_("Ceil (Caffe) against floor"),
        N_("Windows of 3 × 3 every 2 cells: Caffe rounds the output size up, so a last window reaches over the edge."),
        Pool("max", SIX, (3, 3), (2, 2), ceil_mode=True),
    ),
    "padded": Preset(
        N_("Padding never wins"),
        N_("All numbers are below zero. If the padding held zeros it would win every time; here it cannot."),
        Pool("max", NEGATIVE, (3, 3), (2, 2), padding=1),
    ),
    "channels": Preset(
        N_("3 channels"),
        N_("Each channel is pooled by itself: three come in, three go out."),
        Pool("max", CHANNELS, (2, 2)),
    ),
    "average": Preset(
        N_("Average of 2 × 2"),
        N_("Every cell counts the same; backwards every cell gets a quarter of the gradient."),
        Pool("average", TEXTBOOK, (2, 2)),
    ),
    "global": Preset(
        N_("Global average"),
        N_("One window as large as the map: a map becomes one number, as before the classifier of a ResNet."),
        Pool("average", CHANNELS, (4, 4)),
    ),
    "norm": Preset(
        N_("LP pooling, p = 2"),
        N_("The root of the sum of squares: 3, 4, 0 and 0 give 5. A higher p comes closer to the maximum."),
        Pool("lp", NORMS, (2, 2)),
    ),
    "lenet": Preset(
        N_("LeNet-5's subsampling"),
        N_("Trainable: the window's sum times the weight of its map, plus the map's bias, squashed by a sigmoid."),
        Pool("subsampling", MAPS, (2, 2), weight=tensor([0.25, 0.5]), bias=tensor([-2, -3])),
    ),
}

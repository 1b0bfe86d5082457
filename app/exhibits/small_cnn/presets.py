"""The prepared pictures and networks. To add one, add a row to PRESETS (and its words in Chinese).

Pixels and weights are whole numbers, biases halves: a person can follow every sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.i18n import N_
from app.tensors import Array
from engine.small_cnn import Parameters

X_SHAPE = (1, 6, 6)
SHAPES = {"weight": (2, 1, 3, 3), "bias": (2,), "linear_weight": (2, 8), "linear_bias": (2,)}  # of Parameters


@dataclass(frozen=True)
class Preset:
    title: str
    note: str  # one sentence: what to look at
    x: Array
    target: int  # the right class
    classes: tuple[str, str]  # what the two classes are called
    parameters: Parameters


def drawn(seed: int) -> Parameters:
    """Return weights in quarters from -1 to 1; the same seed gives the same numbers in every version."""
    source = np.random.RandomState(seed)
    return Parameters(*(source.randint(-4, 5, size=shape) / 4 for shape in SHAPES.values()))


def picture(*rows: str) -> Array:
    """Return a picture (1, H, W) with a 1 at each #."""
    return np.array([[[float(cell == "#") for cell in row] for row in rows]])


# One filter answers to vertical strokes, the other to horizontal ones.
FILTERS = np.array([[[[-1, 1, -1]] * 3], [[[-1] * 3, [1] * 3, [-1] * 3]]], np.float64)
BIASES = np.array([-0.5, -0.5])


def _network(*rows: list[int]) -> Parameters:
    return Parameters(FILTERS, BIASES, np.array(rows, np.float64), np.zeros(2))


BARS = (N_("vertical bar"), N_("horizontal bar"))
LETTERS = (N_("letter T"), N_("letter L"))
BAR_NETWORK = _network([-1, 0, 1, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 1, 0, -1])
LETTER_NETWORK = _network([1, 0, -1, 0, 1, 0, 0, 0], [0, 0, 1, 0, 0, -1, 1, 0])

FIRST = "vertical"  # what a link without parameters shows
PRESETS: dict[str, Preset] = {
    "vertical": Preset(
        N_("A vertical bar"),
        N_("The network takes it for a horizontal one: watch three updates turn that round."),
        picture("......", "..#...", "..#...", "..#...", "..#...", "......"),
        0,
        BARS,
        BAR_NETWORK,
    ),
    "horizontal": Preset(
        N_("A horizontal bar"),
        N_("The same network cannot decide: both classes get the same logit."),
        picture("......", "......", ".####.", "......", "......", "......"),
        1,
        BARS,
        BAR_NETWORK,
    ),
    "t": Preset(
        N_("A letter T"),
        N_("One pooling window holds its largest number twice: a tie, where the gradient check has to fail."),
        picture("......", ".####.", "..#...", "..#...", "..#...", "......"),
        0,
        LETTERS,
        LETTER_NETWORK,
    ),
    "l": Preset(
        N_("A letter L"),
        N_("The network is right, but not sure: learning makes it surer."),
        picture("......", ".#....", ".#....", ".#....", ".###..", "......"),
        1,
        LETTERS,
        LETTER_NETWORK,
    ),
}

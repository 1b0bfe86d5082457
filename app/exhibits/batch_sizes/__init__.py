"""Full batch, mini-batch and SGD on the two smallest models there are, side by side."""

from __future__ import annotations

from functools import partial

import numpy as np

from app.drawing import Grid
from app.exhibits.base import Exhibit, Tile
from app.exhibits.batch_sizes import pictures
from app.exhibits.batch_sizes.params import Params
from app.exhibits.batch_sizes.scene import ARRAYS, BatchSizesScene
from app.i18n import N_
from app.landscape.schedules import canonical

CELLS = 16  # along a side of a tile's picture


def _tile(query: str, title: str, note: str, turn: float, steep: float) -> Tile:
    """Return a prepared state and a picture of it: a valley, turned, so many times as steep across as along."""
    x, y = np.meshgrid(np.linspace(-1, 1, CELLS), np.linspace(1, -1, CELLS))
    along, across = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    height = along**2 / steep + across**2
    return Tile(query, title, note, Grid("output", "output", (0,), height, 64 // CELLS, 1.4), range(7, 9), range(7, 9))


TILES = (
    _tile("", N_("Three ways to the minimum"), N_("All examples a step, four, or one: which costs less?"), 0.4, 2),
    _tile(
        "tab=rate",
        N_("Too small, right, too large"),
        N_("Above 2/λₘₐₓ every step overshoots by more than the last."),
        0.8,
        3,
    ),
    _tile(
        "tab=scales&steps=40",
        N_("The zig-zag, and its cure"),
        N_("Areas up to 2000, rooms up to 5: before and after normalisation."),
        0.1,
        12,
    ),
    _tile(
        "tab=likelihood&model=logistic",
        N_("Where the logistic loss comes from"),
        N_("Maximum likelihood, line by line, with your own numbers."),
        -0.5,
        1.5,
    ),
)

EXHIBIT = Exhibit(
    slug="batch-sizes",
    chapter=N_("Landscapes"),
    title=N_("Full batch, mini-batch, SGD"),
    summary=N_("Gradient descent on linear and logistic regression: what batches, rates, scales and schedules do."),
    Params=Params,
    canonical=canonical,
    prepare=BatchSizesScene,
    view_params=("tab",),
    arrays={name: partial(BatchSizesScene.array, name=name) for name in ARRAYS},
    picture=pictures.png,
    vector=pictures.svg,
    tiles=TILES,
)

"""Activations beside each other: curves and slopes at the pointer, units that die, and all in one table."""

from __future__ import annotations

from functools import partial

import numpy as np

from app.drawing import Grid
from app.exhibits.activations.catalogue import ACTIVATIONS, functions
from app.exhibits.activations.dying import gather
from app.exhibits.activations.params import Params
from app.exhibits.activations.scene import ARRAYS, ActivationsScene
from app.exhibits.base import Exhibit, Tile
from app.i18n import N_

CELLS = 8  # along a side of a tile's picture


def _tile(query: str, title: str, note: str, keys: tuple[str, ...]) -> Tile:
    """Return a prepared state and a picture of it: a row for each activation, from -4 to 4; the last one repeated."""
    x, params = np.linspace(-4, 4, CELLS), Params()
    rows = [functions(key, params.options(key))[0](x) for key in keys]
    picture = np.stack([rows[min(k * len(rows) // CELLS, len(rows) - 1)] for k in range(CELLS)])
    return Tile(query, title, note, Grid("output", "output", (0,), picture, 64 // CELLS, 2.0), range(1), range(CELLS))


TILES = (
    _tile(
        "",
        N_("Three activations"),
        N_("Sigmoid, tanh and ReLU with their slopes, at one x."),
        ("sigmoid", "tanh", "relu", "relu"),
    ),
    _tile("tab=dying", N_("Dying ReLU"), N_("One rate too large, and half the units are silent for ever."), ("relu",)),
    _tile(
        "tab=table",
        N_("All of them compared"),
        N_("Range, slope, cost, what for, and who found it."),
        tuple(ACTIVATIONS)[:8],
    ),
)

EXHIBIT = Exhibit(
    slug="activations",
    chapter=N_("Workshop"),
    title=N_("Activations"),
    summary=N_("Every activation with its derivative at the pointer, where it saturates, and how units die."),
    Params=Params,
    prepare=ActivationsScene,
    gather=gather,
    view_params=("tab",),
    arrays={name: partial(ActivationsScene.array, name=name) for name in ARRAYS},
    tiles=TILES,
)

"""Losses beside each other: value and gradient of one prediction, and which of them teaches an output."""

from __future__ import annotations

from functools import partial

import numpy as np

from app.drawing import Grid
from app.exhibits.base import Exhibit, Tile
from app.exhibits.losses.params import Params
from app.exhibits.losses.scene import ARRAYS, LossesScene
from app.i18n import N_

CELLS = 8  # along a side of a tile's picture


def _tile(query: str, title: str, note: str, **given: str) -> Tile:
    """Return a prepared state and a picture of it: a row for each loss of its kind over the predictions, repeated."""
    curves = LossesScene(Params.model_validate(given)).curves
    chosen = [curves[k * len(curves) // CELLS].values for k in range(CELLS)]
    picture = np.stack([values[:: len(values) // CELLS][:CELLS] for values in chosen])
    return Tile(
        query, title, note, Grid("gradient", "loss", (0,), picture, 64 // CELLS, 6.0), range(CELLS), range(3, 4)
    )


TILES = (
    _tile("", N_("What a wrong number costs"), N_("Six losses of one prediction, with their slopes.")),
    _tile(
        "tab=beside",
        N_("Why not the square?"),
        N_("A sure and wrong sigmoid: mean squared error hardly moves it."),
        kind="logit",
    ),
    _tile("kind=classes", N_("Three classes"), N_("Cross-entropy and margins, as one score moves."), kind="classes"),
)

EXHIBIT = Exhibit(
    slug="losses",
    chapter=N_("Workshop"),
    title=N_("Losses"),
    summary=N_("Every loss of a prediction that you move, its gradient, and why classifiers take cross-entropy."),
    Params=Params,
    prepare=LossesScene,
    view_params=("tab",),
    arrays={name: partial(LossesScene.array, name=name) for name in ARRAYS},
    tiles=TILES,
)

"""Why saddles are everywhere: minima get rare as the dimension grows, and more so the higher one looks."""

from __future__ import annotations

from functools import partial

import numpy as np

from app.drawing import Grid
from app.exhibits.base import Exhibit, Tile
from app.exhibits.high_dimension import pictures
from app.exhibits.high_dimension.drawn import gather
from app.exhibits.high_dimension.params import Params
from app.exhibits.high_dimension.scene import ARRAYS, HighDimensionScene
from app.i18n import N_
from engine.landscape.dimension import random_hessians

SIDE = 64  # px of a tile's picture


def _tile(query: str, title: str, note: str, n: int) -> Tile:
    """Return a prepared state: one random Hessian of n x n as its picture, its first row outlined."""
    matrix = random_hessians(n, 1, np.random.default_rng(n))[0]
    return Tile(query, title, note, Grid("filter", "weight", (0,), matrix, SIDE // n, 2.5), range(1), range(n))


TILES = (
    _tile("n=2&height=0", N_("Two dimensions"), N_("Here one critical point in four is a minimum."), 2),
    _tile("", N_("Ten dimensions"), N_("Hardly any is one any more: nearly all are saddles."), 8),
    _tile(
        "n=50&height=-1.5", N_("Low down it differs"), N_("The lower a critical point, the fewer ways lead down."), 32
    ),
)

EXHIBIT = Exhibit(
    slug="high-dimension",
    chapter=N_("Landscapes"),
    title=N_("Why saddles are everywhere"),
    summary=N_("How rare minima become as the dimension grows: theory, coins, and matrices drawn at random."),
    Params=Params,
    prepare=HighDimensionScene,
    gather=gather,
    arrays={name: partial(HighDimensionScene.array, name=name) for name in ARRAYS},
    picture=pictures.png,
    vector=pictures.svg,
    tiles=TILES,
)

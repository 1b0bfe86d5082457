"""Minima, maxima and saddles: told from the eigenvalues of the Hessian, found on surfaces, and convex or not."""

from __future__ import annotations

from functools import partial

import numpy as np

from app.drawing import Grid
from app.exhibits.base import Exhibit, Tile
from app.exhibits.critical_points import pictures
from app.exhibits.critical_points.ground import gather
from app.exhibits.critical_points.params import Params
from app.exhibits.critical_points.scene import ARRAYS, CriticalPointsScene, broken
from app.i18n import N_
from engine.landscape import CATALOGUE, SURFACES

SIDE = 32  # cells of a tile's picture


def _tile(query: str, title: str, note: str, key: str, scale: float, window: tuple[int, int, int]) -> Tile:
    """Return a prepared state: the surface from above, a square of `window` (row, column, size) outlined."""
    left, right, bottom, top = CATALOGUE[key].domain
    x, y = np.meshgrid(np.linspace(left, right, SIDE), np.linspace(top, bottom, SIDE))
    row, column, size = window
    grid = Grid("output", "x", (0,), np.asarray(SURFACES[key].value(x, y)), 64 // SIDE, scale)
    return Tile(query, title, note, grid, range(row, row + size), range(column, column + size))


TILES = (
    _tile(
        "angle=0",
        N_("A saddle by its eigenvalues"),
        N_("+2 along one axis, −2 along the other: turn them and see what becomes of it."),
        "saddle",
        4,
        (13, 13, 6),
    ),
    _tile(
        "tab=points&surface=himmelblau",
        N_("Nine critical points"),
        N_("Himmelblau's function: four minima, four saddles, one maximum."),
        "himmelblau",
        300,
        (9, 21, 6),
    ),
    _tile(
        "tab=points&surface=ackley",
        N_("A bowl full of minima"),
        N_("Ackley's function: descent stops in the next hollow, not in the deepest."),
        "ackley",
        14,
        (13, 13, 6),
    ),
    _tile(
        "tab=convex&surface=double-well",
        N_("Convex or not?"),
        N_("One chord that lies below the surface is enough to say no."),
        "double-well",
        1.5,
        (13, 6, 20),
    ),
)

EXHIBIT = Exhibit(
    slug="critical-points",
    chapter=N_("Landscapes"),
    title=N_("Minima, maxima, saddles"),
    summary=N_(
        "Where a surface is level, the eigenvalues of its Hessian tell what the place is, and where descent goes."
    ),
    Params=Params,
    prepare=CriticalPointsScene,
    gather=gather,
    broken=broken,
    view_params=("tab",),
    arrays={name: partial(CriticalPointsScene.array, name=name) for name in ARRAYS},
    picture=pictures.png,
    vector=pictures.svg,
    tiles=TILES,
)

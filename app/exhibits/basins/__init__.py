"""Basins of attraction: which minimum an optimizer reaches, from every start of a map."""

from __future__ import annotations

from functools import partial

import numpy as np

from app.drawing import Grid
from app.exhibits.base import Exhibit, LiveMaps, Tile
from app.exhibits.basins import export
from app.exhibits.basins.maps import gather
from app.exhibits.basins.params import Params
from app.exhibits.basins.scene import FILES, BasinsScene, broken
from app.i18n import N_
from app.landscape.schedules import canonical
from engine.landscape import CATALOGUE, endpoints

CELLS, STEPS = 16, 100  # of a tile's picture: cells along a side, steps of each path


def _tile(query: str, title: str, note: str, surface: str, optimizer: str, **options: float) -> Tile:
    """Return a prepared state, and a small map of it: how far to the right each start ends."""
    left, right, bottom, top = CATALOGUE[surface].domain
    x, y = np.meshgrid(np.linspace(left, right, CELLS), np.linspace(top, bottom, CELLS))
    ends = endpoints(optimizer, surface, np.stack((x.ravel(), y.ravel()), 1), STEPS, **options)
    across = np.nan_to_num(ends[:, 0].reshape(CELLS, CELLS), posinf=0, neginf=0)
    return Tile(
        query, title, note, Grid("output", "output", (0,), across, 64 // CELLS, right), range(3, 5), range(4, 6)
    )


TILES = (
    _tile(
        "",
        N_("Four valleys"),
        N_("Himmelblau's function: smooth borders for SGD, swirls once there is momentum."),
        "himmelblau",
        "momentum",
        lr=0.005,
    ),
    _tile(
        "surface=himmelblau&optimizer=newton&beside=saddle-free-newton",
        N_("Newton goes wherever it is level"),
        N_("Also to saddles and maxima: a third of the map reaches no minimum."),
        "himmelblau",
        "newton",
        lr=1.0,
    ),
    _tile(
        "surface=double-well&optimizer=momentum&momentum=0.95&beside=adam",
        N_("Over the hill and back"),
        N_("A fast ball passes the first well: stripes."),
        "double-well",
        "momentum",
        lr=0.1,
        momentum=0.95,
    ),
)

EXHIBIT = Exhibit(
    slug="basins",
    chapter=N_("Landscapes"),
    title=N_("Basins of attraction"),
    summary=N_("Which minimum an optimizer reaches depends on where it starts: a map of every start, in colour."),
    Params=Params,
    canonical=canonical,
    prepare=BasinsScene,
    gather=gather,
    broken=broken,
    arrays={
        name: partial(BasinsScene.array, name=name)
        for kind, _ in FILES
        for name in (kind, *((f"beside-{kind}",) if kind != "minima" else ()))
    },
    picture=export.png,
    vector=export.svg,
    live=LiveMaps(("map",), BasinsScene.live, BasinsScene.sheet),
    tiles=TILES,
)

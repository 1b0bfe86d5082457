"""A real network's landscape: the loss of LeNet-5 round its trained weights, and the path that led there."""

from __future__ import annotations

from functools import partial

from app.drawing import Grid
from app.exhibits.base import Exhibit, Tile
from app.exhibits.network_landscape import pictures
from app.exhibits.network_landscape.grounds import gather, mnist_ground
from app.exhibits.network_landscape.params import VIEW, Params
from app.exhibits.network_landscape.scene import ARRAYS, LandscapeScene, broken
from app.exhibits.saddle_race.contour import heights_of
from app.i18n import N_


def _tile(query: str, title: str, note: str, kind: str) -> Tile:
    """Return a prepared state, and its plane as a small picture; outlined is the trained network."""
    ground = mnist_ground(kind)
    every = ground.loss[::-2, ::2]
    grid = Grid("output", "loss", (), heights_of(ground.loss, uneven=True).position(every), 5, 1.0)
    row, column = ground.surfaces["loss"].nearest(0.0, 0.0)
    rows, columns = (len(every) - 1 - row // 2,), (column // 2,)
    return Tile(query, title, note, grid, rows, columns)


TILES = (
    _tile(
        "",
        N_("The way that training took"),
        N_("Twenty epochs of LeNet-5, on the plane that shows most of it."),
        "path",
    ),
    _tile(
        "plane=random",
        N_("Two random directions"),
        N_("A bowl round the trained weights, each filter stepped by its own length."),
        "filter",
    ),
    _tile(
        "data=digits&plane=random&direction=plain&factor=4",
        N_("Why steps are normalised"),
        N_("The same network with other weights: plain steps draw another picture."),
        "plain",
    ),
)

EXHIBIT = Exhibit(
    slug="network-landscape",
    chapter=N_("Landscapes"),
    title=N_("A real network's landscape"),
    summary=N_(
        "The loss of a trained LeNet-5 along directions of its 61 706 weights, the path of its training, "
        "and the curvatures where it ended."
    ),
    Params=Params,
    prepare=LandscapeScene,
    gather=gather,
    broken=broken,
    long_params=("digit",),
    view_params=VIEW,
    arrays={name: partial(LandscapeScene.array, name=name) for name in ARRAYS},
    picture=pictures.png,
    vector=pictures.svg,
    tiles=TILES,
)

"""Race at the saddle: up to six optimizers leave one start, and every number of every step is there."""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qsl

import numpy as np

from app.drawing import Grid
from app.exhibits.base import Exhibit, LiveMaps, Tile
from app.exhibits.saddle_race import pictures
from app.exhibits.saddle_race.contour import heights_of
from app.exhibits.saddle_race.course import frame_of, start_of
from app.exhibits.saddle_race.fair import gather
from app.exhibits.saddle_race.params import VIEW, Params
from app.exhibits.saddle_race.scene import RaceScene, broken, canonical
from app.i18n import N_
from engine.landscape import SURFACES

TILE = 16  # cells along each side of a small picture
TILES = (
    ("", N_("Six leave one start"), N_("Some slide along the ridge for a hundred steps, some never see it.")),
    (
        "x=-1.5&y=1e-08",
        N_("A nudge of 1e−8"),
        N_("The exact gradient finds the way out of a saddle, however small the nudge; it takes its time."),
    ),
    (
        "x=-1.5&y=0.0&noise=0.01",
        N_("On the ridge, with noise"),
        N_("On the ridge no slope leads out; the noise of small batches does."),
    ),
    (
        "fair=1",
        N_("A fair race"),
        N_("Every optimizer with the learning rate that suits it best, found by a stated budget and seed."),
    ),
    ("surface=monkey-saddle", N_("Monkey saddle"), N_("Three ways down, and no curvature at all in the middle.")),
    ("surface=rosenbrock", N_("Rosenbrock"), N_("No saddle: a bent valley, steep across and nearly level along.")),
)


def _tile(query: str, title: str, note: str) -> Tile:
    params = Params.model_validate(dict(parse_qsl(query)))
    frame, start = frame_of(params, params.surface), start_of(params, params.surface, SURFACES[params.surface])
    across, up = frame.grid(TILE)
    values = np.asarray(SURFACES[params.surface].value(across[None, :], up[::-1, None]))
    grid = Grid("output", "f", (), heights_of(values).position(values), 4, 1.0)
    column, row = (int(share * (TILE - 1)) for share in frame.places(np.array(start)).tolist())
    return Tile(query, title, note, grid, [TILE - 1 - row], [column])


EXHIBIT = Exhibit(
    slug="saddle-race",
    chapter=N_("Landscapes"),
    title=N_("Six optimizers meet a saddle"),
    summary=N_(
        "Race up to six of sixteen optimizers over a surface of your own, and see who leaves the saddle, when and why."
    ),
    Params=Params,
    prepare=RaceScene,
    gather=gather,
    canonical=canonical,
    broken=broken,
    view_params=VIEW,
    arrays={name: partial(RaceScene.array, name=name) for name in ("output", "paths")},
    picture=pictures.png,
    vector=pictures.svg,
    live=LiveMaps((), RaceScene.live, None),
    tiles=tuple(_tile(*row) for row in TILES),
)

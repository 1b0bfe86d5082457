"""Race at the saddle: up to six optimizers leave one start, and every number of every step is there."""

from __future__ import annotations

from functools import partial

from app.exhibits.base import Exhibit, LiveMaps
from app.exhibits.saddle_race import pictures
from app.exhibits.saddle_race.params import VIEW, Params
from app.exhibits.saddle_race.scene import RaceScene, broken, canonical
from app.i18n import N_

EXHIBIT = Exhibit(
    slug="saddle-race",
    chapter=N_("Landscapes"),
    title=N_("Six optimizers meet a saddle"),
    summary=N_(
        "Race up to six of sixteen optimizers over a surface of your own, and see who leaves the saddle, when and why."
    ),
    Params=Params,
    prepare=RaceScene,
    canonical=canonical,
    broken=broken,
    view_params=VIEW,
    arrays={name: partial(RaceScene.array, name=name) for name in ("output", "paths")},
    picture=pictures.png,
    vector=pictures.svg,
    live=LiveMaps((), RaceScene.live, None),
)

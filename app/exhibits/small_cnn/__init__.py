"""One small CNN, every number of it: forward, backward, update, on the learner's own picture and weights."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from app.drawing import Grid
from app.exhibits.base import Exhibit, OwnNumbers, Tile
from app.exhibits.small_cnn import pictures
from app.exhibits.small_cnn.cell import OPENED, SHAPE_OF
from app.exhibits.small_cnn.params import Params
from app.exhibits.small_cnn.presets import FIRST, PRESETS, Preset
from app.exhibits.small_cnn.resolve import TENSORS, canonical, edited, taken
from app.exhibits.small_cnn.scene import SmallCnnScene, broken
from app.i18n import N_


def _tile(name: str, preset: Preset) -> Tile:
    query = "" if name == FIRST else urlencode({"preset": name})
    grid = Grid("input", "x", (0,), preset.x[0], 10, 1)
    return Tile(query, preset.title, preset.note, grid, range(1, 4), range(1, 4))


EXHIBIT = Exhibit(
    slug="small-cnn",
    chapter=N_("Networks"),
    title=N_("One small CNN, every number"),
    summary=N_("Walk through a whole network forwards, backwards and through its updates, and open any number of it."),
    Params=Params,
    prepare=SmallCnnScene,
    canonical=canonical,
    broken=broken,
    long_params=TENSORS,
    view_params=("step", "at", "cell", "check"),
    arrays={name: partial(SmallCnnScene.array, name=name) for name in ("output", *dict.fromkeys((*SHAPE_OF, *OPENED)))},
    picture=pictures.draw,
    own_numbers=OwnNumbers(TENSORS, edited, taken),
    tiles=tuple(_tile(name, preset) for name, preset in PRESETS.items()),
)

"""What the first layer of a network learned, above all AlexNet's against ZFNet's."""

from __future__ import annotations

from functools import partial

from app.drawing import Grid
from app.exhibits.base import Exhibit, LiveMaps, Tile
from app.exhibits.first_layer.measured import gather
from app.exhibits.first_layer.params import Params
from app.exhibits.first_layer.scene import ARRAYS, PICTURES, FirstLayerScene, broken
from app.i18n import N_
from engine.nets.aliasing import Wave, grating

SIDE = 8  # cells of a tile's picture


def _tile(query: str, title: str, note: str, wave: Wave, stride: int = SIDE) -> Tile:
    """Return a prepared state: a wave as its picture, one window or the first cell of a stride outlined."""
    cells = range(min(stride, SIDE))
    return Tile(query, title, note, Grid("filter", "weight", (0,), grating(SIDE, wave), 64 // SIDE, 1.0), cells, cells)


TILES = (
    _tile(
        "",
        N_("AlexNet against ZFNet"),
        N_("11 × 11 every 4 pixels, 7 × 7 every 2: both banks of filters on one scale."),
        (0.06, 0.1),
    ),
    _tile(
        "tab=spectrum",
        N_("Slow waves, fast waves"),
        N_("The power of all filters at each frequency, a curve each."),
        (0, 0.15),
    ),
    _tile(
        "tab=aliasing",
        N_("A fast wave passes for a slow one"),
        N_("0.2 cycles per pixel: too fast for stride 4, not for stride 2."),
        (0, 0.2),
        4,
    ),
    _tile(
        "tab=shift",
        N_("One pixel to the right"),
        N_("Does the map move along with the photo? What is left over are aliases."),
        (0.2, 0.1),
        2,
    ),
)

EXHIBIT = Exhibit(
    slug="first-layer",
    chapter=N_("Networks"),
    title=N_("What the first layer learned"),
    summary=N_(
        "The first filters of two networks: which frequencies they see, which are dead, what a stride folds back."
    ),
    Params=Params,
    prepare=FirstLayerScene,
    gather=gather,
    broken=broken,
    view_params=("tab",),
    arrays={name: partial(FirstLayerScene.array, name=name) for name in ARRAYS},
    tiles=TILES,
    live=LiveMaps(PICTURES, None, FirstLayerScene.sheet),
)

"""Going back up: the operations that make maps larger again, each stepped through with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

import numpy as np

from app.exhibits.base import Exhibit, OwnNumbers, Tile
from app.exhibits.going_back_up import pictures
from app.exhibits.going_back_up.checkerboard import CheckerboardScene
from app.exhibits.going_back_up.controls import broken
from app.exhibits.going_back_up.dilation import DilationScene
from app.exhibits.going_back_up.gathering import GatherScene
from app.exhibits.going_back_up.params import TENSORS, Params
from app.exhibits.going_back_up.presets import FIRST, PRESETS
from app.exhibits.going_back_up.resolve import Chosen, canonical, resolve, with_number, with_tensor
from app.exhibits.going_back_up.scene import UpScene
from app.exhibits.going_back_up.stamping import StampScene
from app.exhibits.going_back_up.unpooling import SharedScene, UnpoolScene
from app.exhibits.going_back_up.upsampling import UpsampleScene
from app.i18n import N_, words
from app.tensors import Array

TILES = ("stamps", "doubled", "switches", "shared", "bilinear", "checkerboard", "dilations")
SCENES: dict[str, Callable[[Params, Chosen], UpScene]] = {
    "stamp": StampScene,
    "gather": GatherScene,
    "unpooling": UnpoolScene,
    "shared": SharedScene,
    "upsampling": UpsampleScene,
    "checkerboard": CheckerboardScene,
    "dilation": DilationScene,
}


def prepare(params: Params) -> UpScene:
    """Return the scene of `params`. Raises EngineError if the parts do not fit."""
    chosen = resolve(params)
    return SCENES[chosen.view if chosen.kind == "transposed" else chosen.kind](params, chosen)


def _array(scene: UpScene, name: str) -> Array:
    return np.asarray(scene.tensors()[name], np.float64)


def _tile(name: str) -> Tile:
    params = Params(preset=name)
    scene = prepare(params)
    columns = scene.columns(words("en"))
    shown = max(
        (one for column in columns for one in column), key=lambda one: (len(one.rows) > 0, one.grid.values.size)
    )
    grid = replace(shown.grid, pitch=max(2, 64 // max(shown.grid.rows, shown.grid.columns)), ring=((0, 0), (0, 0)))
    rows = [row for row in shown.rows if 0 <= row < grid.rows]
    inside = [column for column in shown.columns if 0 <= column < grid.columns]
    preset = PRESETS[name]
    return Tile("" if name == FIRST else urlencode({"preset": name}), preset.title, preset.note, grid, rows, inside)


EXHIBIT = Exhibit(
    slug="going-back-up",
    chapter=N_("Going back up"),
    title=N_("Going back up"),
    summary=N_("Make maps larger again: unpooling, upsampling and transposed convolution, stepped number by number."),
    Params=Params,
    prepare=prepare,
    canonical=canonical,
    broken=broken,
    long_params=TENSORS,
    view_params=("step",),
    arrays={name: partial(_array, name=name) for name in ("x", "output")},
    picture=pictures.draw,
    own_numbers=OwnNumbers(TENSORS, with_number, with_tensor),
    tiles=tuple(_tile(name) for name in TILES),
)

"""The exhibit as one PNG: the photo under its patch, activity, projection, probability and the most likely class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import ImageColor

from app import palette
from app.exhibits.occlusion.panels import OTHER
from app.i18n import words
from app.networks.wall import rgb_png
from engine.ops.arrays import Array

if TYPE_CHECKING:
    from app.exhibits.occlusion.scene import OcclusionScene

SIDE, GAP = 448, 16  # pixels
# The light theme's colours of the ranks, as static/css/occlusion.css has them.
RANKS = ("#FFFFFF", "#27348B", "#7A5200", "#00606B", "#7530AE", "#3F7D1E", "#1A1C20")
PAPER = "#FBFAF6"


def composed(scene: OcclusionScene) -> bytes:
    """Return the five pictures side by side, light theme."""
    panels = scene.panels(words("en"))
    rows, columns = scene.swept.grid.shape
    drawn = [np.tile(_colour(PAPER)[:, None, None], (1, rows, columns)) for _ in range(3)]
    for cell in panels.cells():
        at = (slice(None), slice(cell.row, cell.row + cell.span), slice(cell.column, cell.column + cell.span))
        codes = palette.colour(cell.activity), palette.colour(cell.probability), RANKS[min(cell.rank, OTHER)]
        for picture, code in zip(drawn, codes, strict=True):
            picture[at] = _colour(code)[:, None, None]
    activity, probability, label = drawn
    pictures = [_enlarged(one) for one in (scene.covered, activity, scene.projected, probability, label)]
    gap = np.tile(_colour(PAPER)[:, None, None], (1, SIDE, GAP))
    row = [part for one in pictures for part in (one, gap)][:-1]
    return rgb_png(np.concatenate(row, axis=2))


def _colour(code: str) -> Array:
    return np.array(ImageColor.getrgb(code)[:3], np.uint8)


def _enlarged(picture: Array) -> Array:
    """Return a picture (3, H, W) of SIDE x SIDE pixels, none of them smoothed."""
    rows, columns = (np.arange(SIDE) * size // SIDE for size in picture.shape[1:])
    return picture[:, rows][:, :, columns]

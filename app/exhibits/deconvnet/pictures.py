"""The pictures of the way down: signals on the house's scale, projections in colour with zero as grey."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.networks.planes import planes
from app.networks.wall import Layout, Look, Wall, as_they_come, png, rgb_png
from engine.interpret.photo_projection import Step
from engine.nets.filters import GREY
from engine.ops.arrays import Array

CLIPPED = 99.7  # percentile of |value| at which the colours of a projection end
HALF = 127
BAND = 4  # px between the parts of the picture that is exported


def drawn(window: Array, shape: tuple[int, ...]) -> Array:
    """Return a signal's window as it is drawn: maps as they are, units in rows."""
    return window if len(shape) == 3 else np.asarray(planes(window.reshape(-1)))


def wall_of(window: Array, shape: tuple[int, ...], other: Array) -> Wall:
    """Return all maps of a signal, on one scale with what it is compared with."""
    maps, beside = drawn(window, shape), drawn(other, shape)
    return Wall(maps, Look(), as_they_come(maps), Layout.of(maps.shape), (beside,))


def scale_of(*projections: Array) -> float:
    """Return where the colours of projections end that are to be compared."""
    return max(float(np.percentile(np.abs(pixels), CLIPPED)) for pixels in projections) or 1.0


def in_colour(pixels: Array, bound: float) -> NDArray[np.uint8]:
    """Return a projection (3, h, w) as red, green and blue: grey is zero."""
    return np.asarray(np.clip(np.rint(GREY + HALF * pixels / bound), 0, 255), np.uint8)


def thumbnail(step: Step, theme: str) -> bytes:
    """Return the strongest map of a step, or all its units, on a scale of its own."""
    return level_png(drawn(step.plane[None], step.shape)[0], step.largest or 1.0, theme)


def side_by_side(patch: NDArray[np.uint8], projections: list[NDArray[np.uint8]], zoom: int) -> bytes:
    """Return the photo's patch and projections of it in one row, each pixel `zoom` wide, as a PNG."""
    height = patch.shape[1]
    white = np.full((3, height, BAND), 255, np.uint8)
    parts = [patch]
    for projection in projections:
        parts += [white, projection]
    return rgb_png(np.concatenate(parts, axis=2).repeat(zoom, axis=1).repeat(zoom, axis=2))


def inside(pixels: Array, box: tuple[int, int, int, int]) -> Array:
    """Return the rows and columns of a picture that a box names."""
    top, left, bottom, right = box
    return pixels[:, top:bottom, left:right]


def level_png(plane: Array, bound: float, theme: str) -> bytes:
    """Return a plane of numbers on the house's scale, which ends at `bound`."""
    levels = np.clip(plane / bound * HALF, -HALF, HALF) + HALF + 1.5
    return png(levels.astype(np.uint8), "diverging", theme)

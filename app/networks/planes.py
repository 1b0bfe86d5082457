"""A stage's value as pictures: maps as they are, vectors in rows; one symmetric scale for each stage."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image, ImageColor

from app import palette
from engine.ops.arrays import Array

IN_ONE_ROW = 16  # so many numbers stand in one row; more are laid out as a rectangle
CLIPPED = 99.7  # percentile of |value| at which the scale ends: single outliers do not wash out the rest
GAP = 1  # pixels between maps of a sheet


def plane_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return maps, rows, columns of a value: (C, H, W) as it is, (N,) as the squarest rectangle."""
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    (size,) = shape
    if size <= IN_ONE_ROW:
        return 1, 1, size
    rows = max(divisor for divisor in range(1, math.isqrt(size) + 1) if size % divisor == 0)
    return 1, rows, size // rows


def planes(value: Array) -> Array:
    """Return a stage's value as (maps, rows, columns)."""
    return value.reshape(plane_shape(value.shape))


def place_in_planes(place: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return map, row and column at which the entry `place` of a value is drawn."""
    if len(place) == 3:
        return place[0], place[1], place[2]
    return 0, *divmod(place[0], plane_shape(shape)[2])


def scale_of(value: Array) -> float:
    """Return where the colour scale of a stage ends."""
    return float(np.percentile(np.abs(value), CLIPPED)) or float(np.abs(value).max()) or 1.0


def levels(value: Array, scale: float) -> Array:
    """Return the colour level -16..16 of every number, int8 (maps, rows, columns); see app.palette."""
    steps = np.rint(np.clip(planes(value) / scale, -1, 1) * palette.STEPS)
    return steps.astype(np.int8)


def sheet(value: Array, scale: float, across: int, theme: str, packed: bool) -> bytes:
    """Return all maps of a stage as one PNG, `across` in a row, one pixel per number; packed unless the answer is."""
    drawn = levels(value, scale)
    count, rows, columns = drawn.shape
    down = -(-count // across)
    picture = np.zeros((down * (rows + GAP) - GAP, across * (columns + GAP) - GAP), np.uint8)
    for k, plane in enumerate(drawn):
        top, left = (k // across) * (rows + GAP), (k % across) * (columns + GAP)
        picture[top : top + rows, left : left + columns] = plane + palette.STEPS + 1
    image = Image.fromarray(picture, "P")
    colours = [ImageColor.getrgb(palette.colour(at, theme)) for at in range(-palette.STEPS, palette.STEPS + 1)]
    image.putpalette([0, 0, 0, *(part for colour in colours for part in colour[:3])])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=0, compress_level=6 if packed else 0)
    return buffer.getvalue()

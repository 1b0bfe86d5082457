"""What can cover a part of a photo. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from engine.errors import RangeError

Pixels = NDArray[np.uint8]
GREY = 128
BLUR = 8.0  # pixels, the standard deviation


def _flat(level: int) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.full_like(pixels, level)


def _mean(pixels: Pixels) -> Pixels:
    return np.broadcast_to(np.rint(pixels.mean(axis=(1, 2), keepdims=True)).astype(np.uint8), pixels.shape)


def _blurred(pixels: Pixels) -> Pixels:
    photo = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    return np.asarray(photo.filter(ImageFilter.GaussianBlur(BLUR))).transpose(2, 0, 1)


FILLS: dict[str, Callable[[Pixels], Pixels]] = {
    "grey": _flat(GREY),
    "mean": _mean,
    "black": _flat(0),
    "white": _flat(255),
    "blur": _blurred,
}


def cover(pixels: Pixels, fill: str) -> Pixels:
    """Return the picture of which a patch shows its part, (3, H, W) of 0 to 255.

    fill   "grey": 128 everywhere, "black", "white"; "mean": the photo's mean colour; "blur": the photo, blurred
    Raises RangeError on anything else.
    """
    if fill not in FILLS:
        raise RangeError("fill must be one of {fills}, got {got}", fills=", ".join(FILLS), got=fill)
    return FILLS[fill](pixels)


def covered(pixels: Pixels, fill: str, corner: tuple[int, int], size: int) -> Pixels:
    """Return a photo (3, H, W) under a patch of size x size whose top left corner is (row, column)."""
    top, left = corner
    shown, over = pixels.copy(), cover(pixels, fill)
    patch = (slice(None), slice(max(top, 0), max(top + size, 0)), slice(max(left, 0), max(left + size, 0)))
    shown[patch] = over[patch]
    return shown

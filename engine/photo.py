"""From a photo to what a network for photos reads: a square part, resized, less a mean, by a deviation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.errors import RangeError, ShapeError

MEAN = (0.485, 0.456, 0.406)  # of ImageNet's photos, 0 to 1: red, green, blue; as torchvision's models have them
STD = (0.229, 0.224, 0.225)

Pixels = NDArray[np.uint8]
Crop = tuple[int, int, int]  # left, top, side, in pixels of the photo


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPhoto:
    """Every step from a photo to a network's input."""

    crop: Crop
    pixels: Pixels  # (3, size, size), 0 to 255: the part of the photo that is seen
    input: NDArray[np.float32]  # (3, size, size): (pixels / 255 - MEAN) / STD


def crop_of(height: int, width: int, *, zoom: float = 1.0, across: float = 0.5, down: float = 0.5) -> Crop:
    """Return a square part of a photo: left, top, side.

    zoom           1 for a part as large as the shorter side, 2 for half of that
    across, down   0 for the left and the top edge, 0.5 for the middle, 1 for the right and the bottom edge
    Raises RangeError on anything else.
    """
    if not (zoom >= 1 and 0 <= across <= 1 and 0 <= down <= 1):
        raise RangeError(
            "zoom must be at least 1, across and down between 0 and 1; got zoom {zoom}, across {across}, down {down}",
            zoom=zoom,
            across=across,
            down=down,
        )
    side = max(1, round(min(height, width) / zoom))
    return round((width - side) * across), round((height - side) * down), side


def prepare(photo: Pixels, size: int, crop: Crop | None = None) -> PreparedPhoto:
    """Return the steps from a photo to an input of size x size.

    photo   uint8 (H, W, 3): red, green, blue
    crop    the square part to take; the largest in the middle unless told
    Resized by Pillow's bilinear filter, which averages where it makes smaller: as in training.
    Raises ShapeError on another array, RangeError on a part outside of the photo.
    """
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3:
        raise ShapeError(
            "a photo must be (H, W, 3) of type uint8, got shape {shape} of type {dtype}",
            shape=photo.shape,
            dtype=photo.dtype,
        )
    height, width, _ = photo.shape
    left, top, side = crop or crop_of(height, width)
    if side < 1 or not (0 <= left <= width - side and 0 <= top <= height - side):
        raise RangeError(
            "a part of side {side} at column {left}, row {top} is not inside a photo of {height} x {width}",
            side=side,
            left=left,
            top=top,
            height=height,
            width=width,
        )
    box = (left, top, left + side, top + side)
    resized = Image.fromarray(photo).resize((size, size), Image.Resampling.BILINEAR, box)
    pixels = np.ascontiguousarray(np.asarray(resized).transpose(2, 0, 1))
    return PreparedPhoto((left, top, side), pixels, normalised(pixels))


def normalised(pixels: Pixels) -> NDArray[np.float32]:
    """Return (pixels / 255 - MEAN) / STD, channel by channel, float32; pixels uint8 (3, H, W)."""
    mean, std = (np.array(values).reshape(3, 1, 1) for values in (MEAN, STD))
    return np.asarray((pixels / 255 - mean) / std, np.float32)

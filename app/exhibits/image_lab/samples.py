"""Photos to begin with: scikit-image's, which are free to use; they come with its package."""

from __future__ import annotations

import io
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from app.i18n import N_
from app.pictures import LONGER_SIDE, Pixels

SAMPLES = {  # name in a link -> (file, what it shows)
    "cat": ("chelsea.png", N_("a cat")),
    "motorcycle": ("motorcycle_left.png", N_("a motorcycle")),
    "coffee": ("coffee.png", N_("a cup of coffee")),
    "rocket": ("rocket.jpg", N_("a rocket")),
    "astronaut": ("astronaut.png", N_("an astronaut")),
    "coins": ("coins.png", N_("coins")),
}
WHOLE = 400  # pixels
THUMBNAIL = 116  # pixels, twice what a page shows


@cache
def sample(name: str) -> Pixels:
    """Return the photo `name` as (H, W, 3)."""
    with Image.open(_folder() / SAMPLES[name][0]) as photo:
        photo.thumbnail((LONGER_SIDE, LONGER_SIDE))
        pixels = np.array(photo.convert("RGB"))
    pixels.flags.writeable = False
    return pixels


def small(pixels: Pixels) -> Pixels:
    """Return a whole photo for a page, at most WHOLE pixels wide or high."""
    photo = Image.fromarray(pixels)
    photo.thumbnail((WHOLE, WHOLE))
    return np.asarray(photo)


@cache
def thumbnail(name: str) -> bytes:
    """Return the middle of the photo, small, as JPEG."""
    pixels = sample(name)
    side = min(pixels.shape[:2])
    top, left = ((size - side) // 2 for size in pixels.shape[:2])
    square = Image.fromarray(pixels[top : top + side, left : left + side]).resize((THUMBNAIL, THUMBNAIL))
    stream = io.BytesIO()
    square.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _folder() -> Path:
    spec = find_spec("skimage")  # found, not imported: that would take a second
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "data"

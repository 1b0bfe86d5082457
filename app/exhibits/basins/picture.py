"""A map as a picture: each minimum has a colour and a pattern, so that either tells it."""

from __future__ import annotations

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from engine.landscape.attraction import DIVERGED

SIDE = 512  # px
SWATCH = (18, 27)
PERIOD = 8  # px of a pattern
# (fill, line) of each hue
HUES = {
    "light": (
        "B9D9F6 3C78AE", "F8D3AE A8642A", "C9E6BC 55883F", "E6CCF1 8655A5", "F3E7A6 87752A", "F7C4CE A9566A",
        "B3E2DC 3A827B", "D9D2C7 746B5D",
    ),
    "dark": (
        "1F476E 6FA6DA", "6E421B D79A5F", "2C5527 83BC70", "533468 BC8FD8", "5C5115 C6B24E", "6C2A3D DF8FA2",
        "1A514E 66B9B1", "484239 ADA392",
    ),
}  # fmt: skip
NEUTRAL = {"light": ("F3F1EB", "B9B5AA", "494D55", "BDBEC3"), "dark": ("1F2227", "4C515A", "BDBEC3", "494D55")}
LOOKS = 64  # of minima, until one comes again


def picture(labels: NDArray[np.int64], theme: str) -> bytes:
    """Return labels (size, size), row 0 at the bottom, as a PNG of SIDE x SIDE px."""
    times = SIDE // len(labels)
    return _png(np.repeat(np.repeat(labels[::-1], times, 0), times, 1), theme)


def swatch(label: int, theme: str) -> str:
    """Return a small piece of a label's colour and pattern as a data address."""
    return f"data:image/png;base64,{base64.b64encode(swatch_png(label, theme)).decode()}"


def swatch_png(label: int, theme: str) -> bytes:
    """Return the same as a PNG."""
    return _png(np.full(SWATCH, label), theme)


def _png(labels: NDArray[np.int64], theme: str) -> bytes:
    """Return labels as a PNG of as many pixels.

    Eight hues, eight patterns: minima that are neighbours in number differ in both.
    """
    down, across = (np.arange(count) for count in labels.shape)
    down, across = np.broadcast_arrays(down[:, None], across)
    number = labels % LOOKS
    hue, pattern = number % 8, (number + number // 8) % 8
    lined = np.choose(pattern, _patterns(down, across)).astype(bool)
    levels = 2 * hue + lined
    x, y = across % PERIOD, down % PERIOD
    crossed = ((x == y) | (x + y == PERIOD - 1)) & (x >= 1) & (x <= PERIOD - 2)
    levels = np.where(labels >= 0, levels, np.where(labels == DIVERGED, 18 + crossed, 16 + ((across + down) % 5 < 2)))
    image = Image.fromarray(levels.astype(np.uint8), "P")
    codes = [code for pair in HUES[theme] for code in pair.split()] + list(NEUTRAL[theme])
    image.putpalette([part for code in codes for part in ImageColor.getrgb(f"#{code}")])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def _patterns(down: NDArray[np.int64], across: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
    """Return where the lines of each of the eight patterns are."""
    x, y = across % PERIOD, down % PERIOD
    rising, falling = (across + down) % PERIOD == 0, (across - down) % PERIOD == 0
    dots = (x // 2 == 1) & (y // 2 == 1)
    return [
        np.zeros(down.shape, bool),
        rising,
        dots,
        y == 0,
        falling,
        x == 0,
        rising | falling,
        (x == 0) | (y == 0),
    ]

"""All maps of a stage on one wall: their order, their size on the page, their picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Self

import numpy as np
from PIL import Image, ImageColor

from app import palette
from app.networks.planes import CLIPPED, GAP, plane_shape, planes
from engine.ops.arrays import Array

WIDTH = 432  # px that the wall takes on a desktop
SMALLEST, LARGEST = 27, 54  # px of one map
RUNS = 3  # zlib's Z_RLE: maps are runs of zeros and noise; looking for longer repetitions takes twice the time
SAMPLED = 6_000  # numbers that tell where a scale ends; all of a layer would take longer than its picture
HALF = 127  # colour levels on each side of zero
VIRIDIS = "440154 472D7B 3B528B 2C728E 21918C 28AE80 5EC962 ADDC30 FDE725".split()  # van der Walt & Smith 2015


@dataclass(frozen=True)
class Look:
    """How numbers become colours.

    scale    "layer": one for all maps, "map": each its own, "fixed": `bound`
    gamma    level = |value / scale| ** gamma: below 1 it brings up what is faint
    colours  "diverging": zero in the middle; "grey", "viridis": from the smallest to the largest
    """

    scale: str = "layer"
    bound: float = 1.0
    gamma: float = 1.0
    colours: str = "diverging"


@dataclass(frozen=True)
class Layout:
    """How so many maps of so many rows and columns lie on a wall."""

    maps: int
    rows: int
    columns: int
    across: int  # maps in a row

    @classmethod
    def of(cls, shape: tuple[int, ...], width: int = WIDTH) -> Self:
        """Return the layout for a value of `shape` on a wall of `width` px."""
        maps, rows, columns = plane_shape(shape)
        side = min(LARGEST, max(SMALLEST, columns * 4 // 3))
        return cls(maps, rows, columns, max(1, min(maps, width // side)))

    @property
    def down(self) -> int:
        return -(-self.maps // self.across)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the picture, one pixel a number."""
        return self.across * (self.columns + GAP) - GAP, self.down * (self.rows + GAP) - GAP


@dataclass(frozen=True)
class Wall:
    """The maps of one stage's value."""

    value: Array
    look: Look
    order: tuple[int, ...]  # which map stands where
    layout: Layout
    shares: tuple[Array, ...] = ()  # other values that are to have the same scale

    @cached_property
    def maps(self) -> Array:
        return planes(self.value)

    @cached_property
    def bound(self) -> float:
        """Where the scale of the whole wall ends."""
        if self.look.scale == "fixed":
            return self.look.bound
        return max(_clipped(one) for one in (self.value, *self.shares)) or 1.0

    @property
    def levels(self) -> Array:
        """Colour levels of all maps, uint8 (maps, rows, columns): 128 is zero, 1 and 255 the scale's ends."""
        return self._levels(self.maps)

    def corner(self, unit: int) -> tuple[int, int]:
        """Return column and row of the picture at which a map begins."""
        down, right = divmod(self.order.index(unit), self.layout.across)
        _, rows, columns = self.maps.shape
        return right * (columns + GAP), down * (rows + GAP)

    def picture(self, theme: str, packed: bool = True) -> bytes:
        """Return all maps as one PNG; not packed if something faster packs it on its way."""
        shown, down, across = self.maps, self.layout.down, self.layout.across
        width, height = self.layout.size
        cells = np.zeros((down * across, shown.shape[1] + GAP, shown.shape[2] + GAP), np.uint8)
        cells[: len(shown), :-GAP, :-GAP] = self._levels(shown[list(self.order)])
        tiled = cells.reshape(down, across, *cells.shape[1:]).transpose(0, 2, 1, 3)
        sheet = tiled.reshape(down * cells.shape[1], across * cells.shape[2])
        return png(sheet[:height, :width], self.look.colours, theme, packed)

    def one(self, unit: int, theme: str) -> bytes:
        """Return one map as a PNG, one pixel a number."""
        return png(self._levels(self.maps[unit : unit + 1])[0], self.look.colours, theme)

    def _levels(self, maps: Array) -> Array:
        """Return 1..255 for every number, 128 for zero; 0 is kept for what lies between maps."""
        bound: Array | np.float32 = np.float32(self.bound)
        if self.look.scale == "map":
            largest = np.abs(maps).max(axis=(1, 2), keepdims=True)
            bound = np.where(largest > 0, largest, np.float32(1))
        share = maps / bound
        if self.look.gamma != 1:
            share = np.sign(share) * np.abs(share) ** np.float32(self.look.gamma)
        share *= HALF
        np.clip(share, -HALF, HALF, out=share)
        share += HALF + 1.5  # what follows cuts off, and so rounds
        return share.astype(np.uint8)


def _clipped(value: Array) -> float:
    """Return where a scale ends that leaves out single outliers, judged by evenly chosen numbers of a large value."""
    chosen = value.ravel()[:: max(1, value.size // SAMPLED)]
    return float(np.percentile(np.abs(chosen), CLIPPED))


def strongest_first(value: Array) -> tuple[int, ...]:
    """Return the maps, those with the largest number first."""
    return tuple(int(k) for k in np.argsort(-planes(value).max(axis=(1, 2)), kind="stable"))


def as_they_come(value: Array) -> tuple[int, ...]:
    """Return the maps in the order of their index."""
    return tuple(range(len(planes(value))))


def png(levels: Array, colours: str, theme: str, packed: bool = True) -> bytes:
    """Return levels 0..255 as a PNG of as many pixels."""
    image = Image.fromarray(np.ascontiguousarray(levels), "P")
    image.putpalette(_palette(colours, theme))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=0, compress_level=1 if packed else 0, compress_type=RUNS)
    return buffer.getvalue()


def rgb_png(pixels: Array) -> bytes:
    """Return red, green and blue, perhaps also how opaque it is, uint8 (3 or 4, H, W), as a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def ramp(colours: str, theme: str = "light") -> list[str]:
    """Return some colours from the lowest to the highest, for a legend."""
    return ["#" + "".join(f"{part:02X}" for part in _colour(k / 8, colours, theme)) for k in range(-8, 9)]


@cache
def _palette(colours: str, theme: str) -> bytes:
    """Return red, green and blue of the levels 0 to 255; 0 is seen through."""
    return bytes([0, 0, 0, *(part for k in range(-HALF, HALF + 1) for part in _colour(k / HALF, colours, theme))])


def _colour(share: float, colours: str, theme: str) -> tuple[int, ...]:
    """Return red, green and blue of -1..1."""
    if colours == "diverging":
        return ImageColor.getrgb(palette.colour(round(share * palette.STEPS * HALF) / HALF, theme))[:3]
    if colours == "grey":
        return (round(255 * (share + 1) / 2),) * 3
    place = (share + 1) / 2 * (len(VIRIDIS) - 1)
    low = min(int(place), len(VIRIDIS) - 2)
    ends = [ImageColor.getrgb(f"#{code}") for code in VIRIDIS[low : low + 2]]
    return tuple(round(a + (b - a) * (place - low)) for a, b in zip(*ends, strict=True))[:3]

"""The filters of a first layer as small colour pictures: what each would like to see."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.networks.wall import rgb_png
from engine.nets.filters import GREY, colours, low_power, smooth

WIDTH = 432  # px that they take on a page
LEAST = 36  # px of one filter


@dataclass(frozen=True)
class ColourFilters:
    """Filters (F, 3, K, K), red, green and blue, or (F, 1, K, K); zero is grey.

    wide     pixels that a row of them takes, so that filters of different sizes stand on one scale; 0 for as many
             as the image lab has room for
    shared   one colour scale for all filters; else each has its own
    order    in which they stand; empty for that of their index
    """

    weight: NDArray[np.floating]
    wide: int = 0
    shared: bool = False
    order: tuple[int, ...] = ()

    @property
    def across(self) -> int:
        """How many stand in a row."""
        if self.wide:
            return max(1, (self.wide + 1) // (int(self.weight.shape[3]) + 1))
        return min(len(self.weight), WIDTH // LEAST)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the picture, one pixel a weight."""
        count, _, rows, columns = self.weight.shape
        return self.wide or self.across * (columns + 1) - 1, math.ceil(count / self.across) * (rows + 1) - 1

    def corner(self, unit: int) -> tuple[int, int]:
        """Return column and row at which a filter begins."""
        down, right = divmod(self.order.index(unit) if self.order else unit, self.across)
        _, _, rows, columns = self.weight.shape
        return right * (columns + 1), down * (rows + 1)

    @property
    def smooth(self) -> int:
        """How many have most of their power in slow changes; see engine.nets.filters."""
        return int(smooth(self.weight).sum())

    def low_power(self, unit: int) -> float:
        """Return the share of one filter's power below half the Nyquist frequency."""
        return float(low_power(self.weight[unit : unit + 1])[0])

    def picture(self) -> bytes:
        """Return them all as one PNG; where a row may stay short, nothing is seen between and behind them."""
        width, height = self.size
        sheet = np.full((4, height, width), GREY, np.uint8)
        sheet[3] = 0
        _, _, rows, columns = self.weight.shape
        for unit, pixels in enumerate(self.pixels()):
            left, top = self.corner(unit)
            sheet[:3, top : top + rows, left : left + columns] = pixels
            sheet[3, top : top + rows, left : left + columns] = 255
        return rgb_png(sheet if self.wide else sheet[:3])

    def one(self, unit: int) -> bytes:
        """Return one filter as a PNG."""
        return rgb_png(np.broadcast_to(self.pixels()[unit], (3, *self.weight.shape[2:])))

    def pixels(self) -> NDArray[np.uint8]:
        """Return the colours of each filter, of the shape of the weights."""
        return colours(self.weight, shared=self.shared)

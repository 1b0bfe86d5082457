"""The filters of a first layer as small colour pictures: what each would like to see."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.networks.wall import rgb_png
from engine.nets.filters import low_power, smooth

GREY = 128  # weight 0, and what lies between the filters
WIDTH = 432  # px that they take on a page
LEAST = 36  # px of one filter


@dataclass(frozen=True)
class ColourFilters:
    """Filters (F, 3, K, K), red, green and blue; each on a scale of its own, zero is grey."""

    weight: NDArray[np.floating]

    @property
    def across(self) -> int:
        """How many stand in a row."""
        return min(len(self.weight), WIDTH // LEAST)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the picture, one pixel a weight."""
        count, _, rows, columns = self.weight.shape
        return self.across * (columns + 1) - 1, math.ceil(count / self.across) * (rows + 1) - 1

    def corner(self, unit: int) -> tuple[int, int]:
        """Return column and row at which a filter begins."""
        down, right = divmod(unit, self.across)
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
        """Return them all as one PNG."""
        width, height = self.size
        sheet = np.full((3, height, width), GREY, np.uint8)
        _, _, rows, columns = self.weight.shape
        for unit, pixels in enumerate(self._pixels()):
            left, top = self.corner(unit)
            sheet[:, top : top + rows, left : left + columns] = pixels
        return rgb_png(sheet)

    def _pixels(self) -> NDArray[np.uint8]:
        largest = np.abs(self.weight).max(axis=(1, 2, 3), keepdims=True)
        share = self.weight / np.where(largest > 0, largest, 1)
        return np.asarray(np.rint(GREY + (GREY - 1) * share), np.uint8)

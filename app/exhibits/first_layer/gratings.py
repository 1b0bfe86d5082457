"""What one filter answers to a wave, between the windows and at those that its stride keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app import numbers
from app.charts import Axis, Chart
from app.networks.wall import HALF, png
from engine.nets.aliasing import Wave, folded, grating, response
from engine.nets.spectrum import Reals, grid_nyquist
from engine.ops.conv2d import conv2d

SIZE = 96  # pixels of the grating's picture
FINER = 8  # points of the drawn curve for each pixel


def levels(values: Reals, scale: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return colour levels 1..255 of values on a scale that ends at +-`scale`; 128 is zero."""
    share = np.clip(values / (scale or 1.0), -1, 1)
    return np.asarray(HALF + 1 + np.rint(HALF * share), np.uint8)


def grating_picture(wave: Wave, theme: str) -> bytes:
    """Return the wave itself."""
    return png(levels(grating(SIZE, wave), 1), "diverging", theme)


@dataclass(frozen=True, eq=False)
class Answer:
    """The map of one filter on a grating, the same in all channels, without padding."""

    weight: Reals  # (C, K, K)
    stride: int
    wave: Wave

    @cached_property
    def map(self) -> Reals:
        """At the stride of the layer."""
        x = np.broadcast_to(grating(SIZE, self.wave), (len(self.weight), SIZE, SIZE))
        return np.asarray(conv2d(x, self.weight[None], stride=self.stride)[0])

    @cached_property
    def response(self) -> complex:
        return response(self.weight, self.wave)

    @property
    def amplitude(self) -> float:
        """How far the answer swings."""
        return abs(self.response)

    @cached_property
    def alias(self) -> Wave:
        """What the wave looks like in the map, cycles per pixel."""
        return folded(self.wave, self.stride)

    @property
    def folds(self) -> bool:
        """Whether it looks like another wave than it is."""
        return max(map(abs, self.wave)) > grid_nyquist(self.stride)

    @property
    def frequencies(self) -> tuple[str, str]:
        """Of the wave and of what the map shows, as printed."""
        return numbers.fitting(math.hypot(*self.wave), 3), numbers.fitting(math.hypot(*self.alias), 3)

    @property
    def angles(self) -> tuple[str, str]:
        """Of both, in degrees from 0 to 180."""
        first, second = (math.degrees(math.atan2(*wave)) % 180 for wave in (self.wave, self.alias))
        return numbers.fitting(first, 0), numbers.fitting(round(second, 6) % 180, 0)

    def picture(self, theme: str) -> bytes:
        """Return the map, one pixel a cell."""
        return png(levels(self.map, self.amplitude), "diverging", theme)

    @property
    def axis(self) -> int:
        """Along which the section goes: the direction in which the wave is faster."""
        return 0 if abs(self.wave[0]) > abs(self.wave[1]) else 1

    @property
    def section(self) -> Reals:
        """The map's numbers along the section through its middle."""
        middle = len(self.map) // 2
        return self.map[:, middle] if self.axis == 0 else self.map[middle]

    def between(self, places: Reals, wave: Wave) -> Reals:
        """Return the answer to `wave` along the section, also where no window stands; places in pixels."""
        across = len(self.map) // 2 * self.stride
        turns = wave[self.axis] * places + wave[1 - self.axis] * across
        return np.asarray((self.response * np.exp(2j * np.pi * turns)).real)

    @property
    def chart(self) -> Chart:
        """Of the section: pixels of the photo across, the answer up."""
        top = self.amplitude or 1.0
        return Chart(Axis(0, SIZE, (0, 24, 48, 72, 96)), Axis(-1.15 * top, 1.15 * top, (-top, 0, top)))

    @property
    def lines(self) -> tuple[str, str, list[tuple[float, float]]]:
        """The answer everywhere, its alias, and the points that the stride keeps; x at the middle of the window."""
        middle = (self.weight.shape[2] - 1) / 2
        last = (len(self.map) - 1) * self.stride
        fine = np.linspace(0, last, last * FINER + 1)
        kept = np.arange(len(self.map)) * self.stride
        chart = self.chart
        true, alias = (chart.line(fine + middle, self.between(fine, wave)) for wave in (self.wave, self.alias))
        return true, alias, chart.points(kept + middle, self.section)

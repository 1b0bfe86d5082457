"""One of the two banks of filters: their pictures, the open one, and what all of them see together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app import numbers
from app.exhibits.first_layer.measured import Measured
from app.exhibits.first_layer.params import Params
from app.i18n import N_
from app.networks.colour_filters import ColourFilters
from app.networks.wall import HALF, png
from engine.nets.filters import FINE, HALF_NYQUIST, SMOOTH, low_share, power_share, spectrum
from engine.nets.first_layer import STRIDES, FirstLayer
from engine.nets.spectrum import NYQUIST, Reals, band, beyond_grid, dead, grid_nyquist, peak, radial, rms

WIDE = 143  # weights in a row of the picture: 12 filters of 11, 18 of 7, 36 of 3, each with its gap
FLOOR = 40  # decibels below its largest power at which a spectrum's colours end
BINS = 10  # of the histogram of low shares
NOTHING = 1e-9  # a share below it comes of rounding
LISTED = 5  # features that answer least
BANDS = ((0, 0.125), (0.125, 0.25), (0.25, 1))  # cycles per pixel: slow, middle and fast waves


def share_text(share: float) -> str:
    """Return a share as printed; what is nothing but for rounding is 0."""
    return "0 %" if abs(share) < NOTHING else numbers.percent(share)


@dataclass(frozen=True, eq=False)
class Bank:
    """The first layer of one network.

    side    "" for the left one, "beside" for the right one
    trained whether its weights were learned
    """

    side: str
    measured: Measured
    params: Params

    @property
    def layer(self) -> FirstLayer:
        return self.measured.layer

    @property
    def unit(self) -> int:
        """The filter that is open."""
        return self.measured.unit

    @property
    def unchosen(self) -> bool:
        """Whether no filter of this bank was asked for, or one that it has not."""
        return bool(getattr(self.params, self.parameter("unit")) != self.unit)

    def parameter(self, name: str) -> str:
        """Return what a link calls a parameter of this side."""
        if name == "net":
            return self.side or name
        return f"{self.side}_{name}" if self.side else name

    @property
    def trained(self) -> bool:
        return self.layer.source != "random"

    @property
    def count(self) -> int:
        return len(self.layer.weight)

    @property
    def kernel(self) -> int:
        return int(self.layer.weight.shape[3])

    @property
    def stride(self) -> int:
        return self.layer.stage.stride

    @property
    def limit(self) -> float:
        """The fastest wave that the map's grid carries, cycles per pixel."""
        return grid_nyquist(self.stride)

    @cached_property
    def low(self) -> Reals:
        """Share of each filter's power below half the Nyquist frequency."""
        return low_share(self.layer.power)

    @property
    def smooth(self) -> int:
        """How many filters have most of their power there."""
        return int((self.low > SMOOTH).sum())

    @cached_property
    def rms(self) -> Reals:
        return rms(self.layer.weight)

    @cached_property
    def radial(self) -> Reals:
        """Mean of all filters' spectra by distance from the constant."""
        return np.asarray(radial(self.layer.power).mean(axis=0))

    def folded(self, stride: int) -> Reals:
        """Return the share of each filter's power that a grid of every `stride`-th pixel folds back."""
        return power_share(self.layer.power, beyond_grid(stride))

    @property
    def bands(self) -> list[str]:
        """Mean share of the filters' power in slow, middle and fast waves, as printed."""
        return [share_text(power_share(self.layer.power, band(*ends)).mean()) for ends in BANDS]

    @property
    def folded_rows(self) -> list[tuple[int, bool, str, str, str]]:
        """(stride, whether it is the layer's, its limit, share folded of all filters, of the open one)."""
        return [
            (
                stride,
                stride == self.stride,
                numbers.fitting(grid_nyquist(stride), 4),
                share_text(self.folded(stride).mean()),
                share_text(self.folded(stride)[self.unit]),
            )
            for stride in self.strides
        ]

    @property
    def moved_rows(self) -> list[tuple[int, bool, list[str]]]:
        """(stride, whether it is the layer's, shares folded, changed, unexplained: of all filters, of the open one)."""
        return [
            (
                one.stride,
                one.stride == self.stride,
                [
                    share_text(share)
                    for values in (one.folded, one.change, one.unexplained)
                    for share in (values.mean(), values[self.unit])
                ],
            )
            for one in self.measured.sampling or []
        ]

    @property
    def strides(self) -> list[int]:
        """At which the bank is looked at: its own is one of them."""
        return sorted({*STRIDES, self.stride})

    @cached_property
    def filters(self) -> ColourFilters:
        """All of them in colour."""
        return ColourFilters(self.layer.weight, WIDE, self.params.scale == "bank", self.order)

    @property
    def order(self) -> tuple[int, ...]:
        """The filters as they stand."""
        keys: dict[str, Callable[[], Reals]] = {"low": lambda: self.low, "rms": lambda: -self.rms}
        if self.params.order not in keys:
            return tuple(range(self.count))
        return tuple(np.argsort(keys[self.params.order](), kind="stable").tolist())

    def neighbour(self, by: int) -> int:
        """Return the filter that stands before (-1) or after (1) the open one."""
        return self.order[(self.order.index(self.unit) + by) % self.count]

    @cached_property
    def peak(self) -> tuple[float, float]:
        """Frequency (cycles per pixel) and angle (0 to 180 degrees) of the open filter's best grey wave.

        A diagonal wave beyond 0.5 cycles per pixel is left out: a link does not name one.
        """
        grey = self.layer.weight[self.unit : self.unit + 1].sum(axis=1, keepdims=True)
        rows, columns = peak(spectrum(grey) * band(0, NYQUIST + 1e-9))[0].tolist()
        frequency = math.hypot(rows, columns)
        return round(frequency, 3), round(math.degrees(math.atan2(rows, columns)) % 180, 1) % 180

    @property
    def facts(self) -> list[tuple[str, str]]:
        """(name, number) of the open filter."""
        weight, unit = self.layer.weight[self.unit].astype(np.float64), self.unit
        frequency, angle = self.peak
        return [
            (N_("below half the Nyquist frequency"), share_text(self.low[unit])),
            (N_("folded back by its stride"), share_text(self.folded(self.stride)[unit])),
            (N_("best grey wave, cycles per pixel"), f"{numbers.fitting(frequency, 3)} · {numbers.fitting(angle, 1)}°"),
            (N_("norm ‖w‖"), numbers.short(float(np.linalg.norm(weight)), 3)),
            (N_("root mean square"), numbers.short(float(self.rms[unit]), 4)),
            (N_("mean of the weights"), numbers.short(float(weight.mean()), 4)),
            (N_("bias"), numbers.short(float(self.layer.bias[unit]), 3)),
        ]

    def weights_of(self, channel: int) -> list[list[str]]:
        """Return one channel of the open filter as printed."""
        return [[numbers.printed(float(value), 3) for value in row] for row in self.layer.weight[self.unit, channel]]

    @property
    def channels(self) -> list[str]:
        """What the channels of a filter are called."""
        return [N_("red"), N_("green"), N_("blue")] if self.layer.sees_photos else [N_("grey")]

    def spectrum_picture(self, theme: str) -> bytes:
        """Return the open filter's power in decibels, the constant in the middle."""
        power = np.fft.fftshift(self.layer.power[self.unit])
        share = power / (float(power.max()) or 1.0)
        decibels = 10 * np.log10(np.maximum(share, 10 ** (-FLOOR / 10)))
        levels = HALF + 1 + np.rint(HALF * (1 + decibels / FLOOR))
        return png(levels.astype(np.uint8), "diverging", theme)

    @property
    def circles(self) -> dict[str, float]:
        """Radius, in places of the spectrum, of the frequencies that are drawn; "grid" is half a square's side."""
        return {"nyquist": NYQUIST * FINE, "half": HALF_NYQUIST * FINE, "grid": self.limit * FINE}

    @property
    def histogram(self) -> list[int]:
        """How many filters have a low share of 0 to 10 %, 10 to 20 % and so on."""
        return [int(count) for count in np.histogram(self.low, BINS, (0, 1))[0]]

    @property
    def dead(self) -> list[int]:
        """The dead features."""
        if self.measured.largest is None:
            return []
        return [int(k) for k in np.flatnonzero(dead(self.measured.largest, self.params.dead / 100))]

    @property
    def median(self) -> float:
        """Of the largest activations."""
        return 0.0 if self.measured.largest is None else float(np.median(self.measured.largest))

    @property
    def ratios(self) -> Reals:
        """Largest activation of each feature by the median, the largest first."""
        if self.measured.largest is None or not self.median:
            return np.zeros(0)
        return -np.sort(-self.measured.largest / self.median)

    @property
    def weakest(self) -> list[tuple[int, str, str, str]]:
        """(filter, largest activation, share of the median, root mean square) of those that answer least."""
        largest = self.measured.largest
        if largest is None:
            return []
        return [
            (
                int(k),
                numbers.short(float(largest[k]), 3),
                share_text(largest[k] / self.median) if self.median else "–",
                numbers.short(float(self.rms[k]), 4),
            )
            for k in np.argsort(largest, kind="stable")[:LISTED]
        ]

    @property
    def said(self) -> list[str]:
        """The share of slow waves of each filter, as printed."""
        return [share_text(share) for share in self.low]

    @property
    def loudest(self) -> float:
        """How many times the median of the root mean squares the largest is."""
        return float(self.rms.max() / (np.median(self.rms) or 1.0))

"""What one link shows: two banks of filters, and one question that is asked of both."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from app.charts import Axis, Chart
from app.exhibits.first_layer.bank import BINS, FLOOR, Bank
from app.exhibits.first_layer.gratings import Answer, grating_picture, levels
from app.exhibits.first_layer.measured import Gathered
from app.exhibits.first_layer.params import NETS_HERE, Params
from app.exhibits.image_lab.samples import SAMPLES
from app.i18n import N_, Words
from app.networks.planes import CLIPPED, GAP
from app.networks.sources import SOURCES, best_source
from app.networks.wall import png
from engine import RangeError
from engine.nets import NETS
from engine.nets.aliasing import grating, wave_of
from engine.nets.filters import HALF_NYQUIST, SMOOTH
from engine.nets.spectrum import NYQUIST, ring_middles
from engine.ops.arrays import Array
from engine.weights.official import OFFICIAL

TABS = {
    "filters": N_("Filters"),
    "spectrum": N_("Spectrum"),
    "dead": N_("Dead features"),
    "aliasing": N_("Aliasing"),
    "shift": N_("Move the photo"),
}
ORDERS = {"index": N_("by index"), "low": N_("fast waves first"), "rms": N_("largest weights first")}
PICTURES = ("filters", "filter", "spectrum", "grating", "map", "moved")
BESIDE = "beside"
FILES = (
    ("filters", N_("left filters: (F, C, K, K)")),
    ("beside-filters", N_("right filters")),
    ("spectra", N_("power of each left filter, the constant at [0, 0]: (F, 64, 64)")),
    ("beside-spectra", N_("power of each right filter")),
    ("radial", N_("both mean spectra, left first")),
    ("grating", N_("the wave of the view “Aliasing”")),
    ("map", N_("what the open left filter answers to it")),
    ("beside-map", N_("what the open right filter answers to it")),
)
ARRAYS = tuple(name for name, _ in FILES)


class FirstLayerScene:
    """Two first layers side by side."""

    def __init__(self, params: Params, gathered: Gathered) -> None:
        self.params, self.gathered = params, gathered
        self.banks = (Bank("", gathered.left, params), Bank(BESIDE, gathered.right, params))
        self.wave = wave_of(params.frequency, params.angle)

    @cached_property
    def answers(self) -> tuple[Answer, Answer]:
        """What the open filter of each bank answers to the grating."""
        left, right = (
            Answer(np.asarray(bank.layer.weight[bank.unit], np.float64), bank.stride, self.wave) for bank in self.banks
        )
        return left, right

    @property
    def spectra_chart(self) -> Chart:
        """Of the mean spectra: frequency across, power by that of a single pixel up."""
        return Chart(Axis(0, 0.72, (0, 0.125, 0.25, 0.5)), Axis(0.001, 100, (0.001, 0.01, 0.1, 1, 10, 100), True))

    @property
    def shares_chart(self) -> Chart:
        """Of the histogram of low shares."""
        most = max(max(bank.histogram) for bank in self.banks)
        return Chart(Axis(0, 100, (0, 20, 40, 60, 80, 100)), Axis(0, most, (0, most)))

    @property
    def ranks_chart(self) -> Chart:
        """Of the largest activations, in falling order."""
        most = max(bank.count for bank in self.banks)
        return Chart(Axis(1, most, (1, most)), Axis(0.01, 10, (0.01, 0.1, 1, 10), True))

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return both banks filter by filter, their mean spectra and the answers to the grating, unrounded."""
        return {
            "frequencies": ring_middles(),
            "wave": {"rows": self.wave[0], "columns": self.wave[1]},
            "banks": [self._numbers(bank, answer) for bank, answer in zip(self.banks, self.answers, strict=True)],
        }

    def _numbers(self, bank: Bank, answer: Answer) -> dict[str, Any]:
        sampling = bank.measured.sampling or []
        return {
            "net": bank.layer.net,
            "weights": bank.layer.source,
            "shape": bank.layer.weight.shape,
            "stride": bank.stride,
            "grid_nyquist": bank.limit,
            "unit": bank.unit,
            "radial": bank.radial,
            "low_power": bank.low,
            "smooth": bank.smooth,
            "rms": bank.rms,
            "folded": {str(stride): bank.folded(stride) for stride in bank.strides},
            "largest": bank.measured.largest,
            "dead": bank.dead,
            "grating": {"amplitude": answer.amplitude, "alias": answer.alias, "folds": answer.folds},
            "moved": [
                {"stride": one.stride, "folded": one.folded, "change": one.change, "unexplained": one.unexplained}
                for one in sampling
            ],
        }

    def array(self, name: str) -> Array:
        """Return filters (F, C, K, K), spectra (F, 64, 64), the mean spectra (2, rings), grating or map, by name."""
        at = 1 if name.startswith(BESIDE) else 0
        bank, kind = self.banks[at], name.removeprefix(f"{BESIDE}-")
        values: dict[str, Any] = {
            "filters": lambda: bank.layer.weight,
            "spectra": lambda: bank.layer.power,
            "map": lambda: self.answers[at].map,
            "grating": lambda: grating(96, self.wave),
            "radial": lambda: np.stack([one.radial for one in self.banks]),
        }
        return np.asarray(values[kind](), np.float64)

    def sheet(self, name: str, theme: str, of: str, packed: bool) -> bytes:  # small: always packed
        """Return a picture: all filters, the open one, its spectrum, the grating, its map, its maps of the photo."""
        at = 1 if of == BESIDE else 0
        bank = self.banks[at]
        if name == "grating":
            return grating_picture(self.wave, theme)
        if name == "moved":
            return _moved(bank, theme)
        if name == "filters":
            return bank.filters.picture()
        if name == "filter":
            return bank.filters.one(bank.unit)
        return bank.spectrum_picture(theme) if name == "spectrum" else self.answers[at].picture(theme)

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/first-layer.html shows."""
        return {
            "params": self.params,
            "scene": self,
            "banks": self.banks,
            "sources": SOURCES,
            "orders": ORDERS,
            "files": FILES,
            "half_nyquist": HALF_NYQUIST,
            "nyquist": NYQUIST,
            "smooth_above": round(100 * SMOOTH),
            "floor": FLOOR,
            "bin_edges": [100 * k / BINS for k in range(BINS + 1)],
            "rings": ring_middles().tolist(),
            "trained": [(net, source, NETS[net].title) for net, source in self.gathered.trained],
            "samples": [(name, title) for name, (_, title) in SAMPLES.items()],
            **choices(self.params),
        }


def _moved(bank: Bank, theme: str) -> bytes:
    """Return the open filter's map before, after, as foretold, and what is left, side by side on one scale."""
    if bank.measured.moved is None:
        raise RangeError(N_("maps of a moved photo are there only with tab=shift, of a network that reads photos"))
    before, after, predicted = bank.measured.moved
    scale = float(np.percentile(np.abs(before), CLIPPED))
    rows, columns = before.shape
    sheet = np.zeros((rows, 4 * (columns + GAP) - GAP), np.uint8)
    for k, plane in enumerate((before, after, predicted, after - predicted)):
        sheet[:, k * (columns + GAP) :][:, :columns] = levels(plane, scale)
    return png(sheet, "diverging", theme)


def choices(params: Params) -> dict[str, Any]:
    """Return what can be chosen, whether or not there is anything to see."""
    official = [
        (OFFICIAL[net], side)
        for (net, source), side in zip(params.sides, ("weights", "beside_weights"), strict=True)
        if net in OFFICIAL and source != "official"
    ]
    return {
        "tabs": TABS,
        "nets": [(net, NETS[net].title, best_source(net)) for net in NETS_HERE],
        "sources": SOURCES,
        "official": official,
    }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page that has nothing to show: the networks can still be chosen."""
    return {"scene": None, "params": params, "repairs": [], "banks": (), **choices(params)}

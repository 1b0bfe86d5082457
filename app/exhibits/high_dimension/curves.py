"""The four diagrams, as SVG paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.charts import Axis, Chart
from app.exhibits.high_dimension.drawn import DRAWN_TO, FIELD_TO, HEIGHTS, Drawn
from app.exhibits.high_dimension.params import Params
from engine.landscape import Estimate, coin_share, index_law, minima_share, semicircle, spectrum

Floats = NDArray[np.float64]
EXACT_TO = 20  # dimensions up to which the engine knows the exact share
LEAST = 1e-12  # end of the axis of shares
ERRORS = 2  # standard errors that a bar is long on each side
CAP = 3  # px of half the end of a bar
REACH, BINS = 4.6, 46  # of the histogram
WIDTH, HEIGHT = 380, 240


@dataclass(frozen=True)
class Dots:
    """Estimates: a dot for each, and its error bar; where nothing was met, an arrow down from the end of the bar."""

    dots: list[tuple[float, float]]
    bars: str
    arrows: str


@dataclass(frozen=True, eq=False)
class SharesCurves:
    """Share of minima against dimension, on a logarithmic axis."""

    params: Params
    drawn: Drawn

    @property
    def chart(self) -> Chart:
        ticks = (1e-12, 1e-9, 1e-6, 1e-3, 1.0)
        return Chart(Axis(0, EXACT_TO, (1, 5, 10, 15, 20)), Axis(LEAST, 1, ticks, True), WIDTH, HEIGHT)

    @property
    def y_ticks(self) -> list[tuple[float, str]]:
        """(y, exponent of ten) of each tick."""
        exponents = [round(float(np.log10(value))) for value in self.chart.y.ticks]
        return [(self.chart.down(value), str(e)) for value, e in zip(self.chart.y.ticks, exponents, strict=True)]

    @property
    def exact(self) -> str:
        return self._line([minima_share(n) for n in range(1, EXACT_TO + 1)])

    @property
    def coins(self) -> str:
        return self._line([coin_share(n) for n in range(1, EXACT_TO + 1)])

    def _line(self, shares: list[float]) -> str:
        seen = [(n, share) for n, share in enumerate(shares, 1) if share >= LEAST]
        return self.chart.line([n for n, _ in seen], [share for _, share in seen])

    @property
    def hessians(self) -> Dots:
        return dots(self.chart, range(1, DRAWN_TO + 1), self.drawn.shares.hessians)

    @property
    def field(self) -> Dots:
        return dots(self.chart, range(1, FIELD_TO + 1), self.drawn.shares.field)

    @property
    def at(self) -> float | None:
        """Where the chosen dimension stands."""
        return self.chart.across(self.params.n) if self.params.n <= EXACT_TO else None


@dataclass(frozen=True, eq=False)
class IndexCurves:
    """Share of directions that go down, against height."""

    params: Params
    drawn: Drawn

    @property
    def chart(self) -> Chart:
        return Chart(Axis(-2.5, 2.5, (-2, -1, 0, 1, 2)), Axis(0, 1, (0, 0.25, 0.5, 0.75, 1)), WIDTH, HEIGHT)

    @property
    def law(self) -> str:
        heights = np.linspace(-2.5, 2.5, 101).tolist()
        return self.chart.line(heights, [index_law(height) for height in heights])

    @property
    def drawn_dots(self) -> Dots:
        return dots(self.chart, HEIGHTS, self.drawn.spectrum.indices)

    @property
    def at(self) -> float:
        return self.chart.across(self.params.height)


@dataclass(frozen=True, eq=False)
class SpectrumCurves:
    """Eigenvalues over sqrt n at the chosen height: how many of which size."""

    params: Params
    drawn: Drawn

    @property
    def edges(self) -> Floats:
        return np.linspace(-REACH, REACH, BINS + 1)

    @cached_property
    def densities(self) -> Floats:
        return spectrum(self.drawn.spectrum.eigenvalues, self.params.height, self.edges)

    @property
    def chart(self) -> Chart:
        most = max(0.4, float(self.densities.max()) * 1.08)
        ticks = tuple(tick for tick in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5) if tick <= most)
        return Chart(Axis(-REACH, REACH, (-4, -2, 0, 2, 4)), Axis(0, most, ticks), WIDTH, HEIGHT)

    @property
    def bars(self) -> tuple[str, str]:
        """Bars below 0, and above."""
        half = BINS // 2
        chart, edges, densities = self.chart, self.edges.tolist(), self.densities.tolist()
        return _bars(chart, edges[: half + 1], densities[:half]), _bars(chart, edges[half:], densities[half:])

    @property
    def theory(self) -> str:
        places = np.linspace(-2, 2, 161) - self.params.height
        seen = places[abs(places) <= REACH]
        return self.chart.line(seen, semicircle(seen, self.params.height))


@dataclass(frozen=True, eq=False)
class KindCurves:
    """Level points of the field by how many directions go down there."""

    params: Params
    drawn: Drawn

    @property
    def shares(self) -> list[Estimate]:
        return self.drawn.spectrum.field

    @property
    def chart(self) -> Chart:
        n = self.params.n
        most = max(share.value + ERRORS * share.error for share in self.shares)
        high = min(1.0, 0.1 * np.ceil(10 * most + 1e-9))
        ticks = (0, n) if n < 4 else (0, n // 2, n)
        return Chart(Axis(-0.5, n + 0.5, ticks), Axis(0, float(high), (0, float(high))), WIDTH, HEIGHT)

    @property
    def bars(self) -> list[tuple[str, str]]:
        """(kind, bars): minima, saddles, maxima."""
        n = self.params.n
        parts: dict[str, list[str]] = {"minimum": [], "saddle": [], "maximum": []}
        for k, share in enumerate(self.shares):
            kind = "minimum" if k == 0 else "maximum" if k == n else "saddle"
            parts[kind].append(_bars(self.chart, [k - 0.42, k + 0.42], [share.value]))
        return [(kind, "".join(paths)) for kind, paths in parts.items()]

    @property
    def errors(self) -> str:
        return dots(self.chart, range(self.params.n + 1), self.shares).bars


def _bars(chart: Chart, edges: Sequence[float], heights: Sequence[float]) -> str:
    floor = chart.down(0)
    parts = []
    for low, high, value in zip(edges, edges[1:], heights, strict=False):
        if value:
            left, right, top = chart.across(low), chart.across(high), chart.down(value)
            parts.append(f"M{left} {floor}V{top}H{right}V{floor}z")
    return "".join(parts)


def dots(chart: Chart, places: Sequence[float], estimates: Sequence[Estimate]) -> Dots:
    """Return what is drawn of estimates."""
    found, bars, arrows = [], [], []
    for place, (value, error) in zip(places, estimates, strict=True):
        x, high = chart.across(place), chart.down(value + ERRORS * error)
        if value == 0 and chart.y.logarithmic:
            arrows.append(f"M{x - CAP} {high}h{2 * CAP}M{x} {high}v14m{-CAP} {-CAP}l{CAP} {CAP}l{CAP} {-CAP}")
            continue
        if value > chart.y.low or not chart.y.logarithmic:
            found.append((x, chart.down(value)))
        if error and value + ERRORS * error > chart.y.low:
            low = chart.down(max(value - ERRORS * error, chart.y.low))
            bars.append(f"M{x - CAP} {high}h{2 * CAP}M{x} {high}V{low}M{x - CAP} {low}h{2 * CAP}")
    return Dots(found, "".join(bars), "".join(arrows))

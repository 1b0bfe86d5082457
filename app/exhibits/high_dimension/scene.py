"""What one link shows: how rare minima are in n dimensions, by theory, by coins, by drawing."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import zip_longest
from typing import Any

import numpy as np

from app import numbers
from app.exhibits.high_dimension.curves import (
    ERRORS,
    EXACT_TO,
    IndexCurves,
    KindCurves,
    SharesCurves,
    SpectrumCurves,
)
from app.exhibits.high_dimension.drawn import DRAWN_TO, HEIGHTS, Drawn, count_of
from app.exhibits.high_dimension.params import Params
from app.i18n import N_, Words
from engine.landscape import Estimate, coin_share, index_law, minima_share, minima_share_limit
from engine.ops.arrays import Array

COUNTS = (500, 2000, 5000, 10_000)
FILES = (
    ("shares", N_("n, exact share, coins, drawn share, its error, share in the field, its error")),
    ("kinds", N_("directions that go down, share of level points, its error")),
    ("index", N_("height, law, drawn share of directions, its error")),
    ("eigenvalues", N_("of M, ascending: (matrices, n)")),
)
RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
ARRAYS = tuple(name for name, _ in FILES)


def share_text(share: float) -> str:
    """Return a share as printed: percent, and a power of ten where that is below a tenth of a percent."""
    if share == 0 or share >= 0.001:
        return numbers.percent(share) if share > 0.999 else f"{numbers.significant(100 * share, 3)} %"
    return raised(numbers.significant(share, 2) if share < 1e-4 else f"{share:.1e}")


def raised(text: str) -> str:
    """Return "1.2e-14" as 1.2 x 10 to the power of -14."""
    mantissa, _, exponent = text.replace(numbers.MINUS, "-").partition("e")
    return f"{mantissa} · 10{str(int(exponent)).translate(RAISED)}" if exponent else mantissa


def estimate_text(estimate: Estimate, words: Words) -> str:
    """Return a share with its standard error as printed."""
    value, error = estimate
    if value == 0:
        return words.gettext("none met")
    if value < 1e-4:
        return f"{share_text(value)} ± {share_text(error)}"
    return f"{numbers.significant(100 * value, 3)} ± {numbers.significant(100 * error, 2)} %"


class HighDimensionScene:
    """One dimension, one height, and what was drawn."""

    def __init__(self, params: Params, drawn: Drawn) -> None:
        self.params, self.drawn = params, drawn
        self.count = count_of(params)

    @property
    def n(self) -> int:
        return self.params.n

    @property
    def is_exact(self) -> bool:
        return self.n <= EXACT_TO

    @property
    def theory(self) -> float:
        """The share of minima among random Hessians; beyond EXACT_TO dimensions by how it falls in the limit."""
        return minima_share(self.n) if self.is_exact else minima_share_limit(self.n)

    @property
    def met(self) -> int:
        """How many of the drawn matrices have all eigenvalues above 0."""
        return int((self.drawn.spectrum.eigenvalues[:, 0] > 0).sum())

    @property
    def saddles(self) -> float:
        """Share of saddles among the level points of the field."""
        return sum(share.value for share in self.drawn.spectrum.field[1:-1])

    @cached_property
    def shares(self) -> SharesCurves:
        return SharesCurves(self.params, self.drawn)

    @cached_property
    def index(self) -> IndexCurves:
        return IndexCurves(self.params, self.drawn)

    @cached_property
    def spectrum(self) -> SpectrumCurves:
        return SpectrumCurves(self.params, self.drawn)

    @cached_property
    def kinds(self) -> KindCurves:
        return KindCurves(self.params, self.drawn)

    @property
    def below(self) -> float:
        """Share of the drawn eigenvalues that are below 0 at the chosen height."""
        values = self.drawn.spectrum.eigenvalues
        return float((values < self.params.height * np.sqrt(self.n)).mean())

    def printed(self, words: Words) -> dict[str, str]:
        """Return the numbers that sentences have."""
        field = self.drawn.spectrum.field
        return {
            "theory": share_text(self.theory),
            "coins": share_text(coin_share(self.n)),
            "odds": raised(numbers.significant(1 / self.theory, 3)),
            "coin_odds": raised(numbers.significant(1 / coin_share(self.n), 4)),
            "field": estimate_text(field[0], words),
            "saddles": share_text(self.saddles),
            "law": share_text(index_law(self.params.height)),
            "below": share_text(self.below),
            "height": numbers.fitting(self.params.height, 2),
        }

    def share_rows(self, words: Words) -> list[tuple[int, str, str, str, str]]:
        """Return n, exact, coins, drawn, field, as printed."""
        both = zip_longest(self.drawn.shares.hessians, self.drawn.shares.field)
        return [
            (
                n,
                share_text(minima_share(n)),
                share_text(coin_share(n)),
                estimate_text(hessians, words) if hessians else "",
                estimate_text(field, words),
            )
            for n, (hessians, field) in enumerate(both, 1)
        ]

    def index_rows(self, words: Words) -> list[tuple[str, str, str]]:
        """Return height, law, drawn, as printed."""
        return [
            (numbers.fitting(height, 2), share_text(index_law(height)), estimate_text(estimate, words))
            for height, estimate in zip(HEIGHTS, self.drawn.spectrum.indices, strict=True)
        ]

    def kind_rows(self, words: Words) -> list[tuple[int, str]]:
        """Return how many directions go down, and the share of such level points, as printed."""
        return [(k, estimate_text(estimate, words)) for k, estimate in enumerate(self.drawn.spectrum.field)]

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return every share that is drawn or known, unrounded."""
        return {
            "n": self.n,
            "matrices": self.count,
            "minima": {
                "theory": self.theory,
                "exact": self.is_exact,
                "coins": coin_share(self.n),
                "met": self.met,
            },
            "shares": self.array("shares"),
            "kinds": self.array("kinds"),
            "index": self.array("index"),
            "law": index_law(self.params.height),
            "below": self.below,
        }

    def array(self, name: str) -> Array:
        """Return shares (20, 7), kinds (n + 1, 3), index (21, 4) or eigenvalues (matrices, n).

        Of shares those columns are NaN for which nothing was drawn.
        """
        shares, spectrum = self.drawn.shares, self.drawn.spectrum
        if name == "eigenvalues":
            return spectrum.eigenvalues
        if name == "kinds":
            return np.array([(k, *share) for k, share in enumerate(spectrum.field)])
        if name == "index":
            return np.array([(h, index_law(h), *one) for h, one in zip(HEIGHTS, spectrum.indices, strict=True)])
        both = zip_longest(shares.hessians, shares.field, fillvalue=(math.nan, math.nan))
        return np.array([(n, minima_share(n), coin_share(n), *one, *other) for n, (one, other) in enumerate(both, 1)])

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/high-dimension.html shows."""
        return {
            "params": self.params,
            "scene": self,
            "said": self.printed(words),
            "share_rows": self.share_rows(words),
            "index_rows": self.index_rows(words),
            "kind_rows": self.kind_rows(words),
            "counts": sorted({*COUNTS, self.params.samples}),
            "errors": ERRORS,
            "drawn_to": DRAWN_TO,
            "exact_to": EXACT_TO,
            "files": FILES,
        }

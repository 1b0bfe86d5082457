"""What is drawn at random for a page, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool

from app.exhibits.high_dimension.params import Params
from app.networks.kept import Kept
from engine.landscape import Estimate, drawn_eigenvalues, drawn_field_shares, drawn_indices, drawn_minima_share

Floats = NDArray[np.float64]
DRAWN_TO = 12  # dimensions up to which random Hessians are drawn: beyond, a minimum is never met
FIELD_TO, FIELD_SAMPLES = 20, 1000  # the field's share can be drawn further, and from fewer matrices
HEIGHTS = tuple(round(k / 4, 2) for k in range(-10, 11))
MOST_NUMBERS = 2**20  # of all matrices of one dimension; the larger they are, the fewer
MOST_BYTES = 30_000_000


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of minima: among random Hessians of 1 to DRAWN_TO dimensions, level points of a field of 1 to FIELD_TO."""

    hessians: list[Estimate]
    field: list[Estimate]


@dataclass(frozen=True, eq=False)
class Spectrum:
    """One dimension: eigenvalues (count, n), the index at HEIGHTS, the share of level points with each index."""

    eigenvalues: Floats
    indices: list[Estimate]
    field: list[Estimate]


@dataclass(frozen=True, eq=False)
class Drawn:
    shares: Shares
    spectrum: Spectrum


def draw_shares(samples: int, seed: int) -> Shares:
    """Return the shares of minima, dimension by dimension."""
    fewer = min(samples, FIELD_SAMPLES)
    return Shares(
        [drawn_minima_share(n, samples, seed) for n in range(1, DRAWN_TO + 1)],
        [drawn_field_shares(n, fewer, seed)[0] for n in range(1, FIELD_TO + 1)],
    )


def draw_spectrum(n: int, samples: int, seed: int) -> Spectrum:
    """Return what matrices of one dimension say."""
    return Spectrum(
        drawn_eigenvalues(n, samples, seed),
        drawn_indices(n, HEIGHTS, samples, seed),
        drawn_field_shares(n, samples, seed),
    )


def count_of(params: Params) -> int:
    """Return how many matrices of n x n are drawn."""
    return min(params.samples, MOST_NUMBERS // params.n**2)


SHARES: Kept[Shares] = Kept(100, lambda _: 1)
SPECTRA: Kept[Spectrum] = Kept(MOST_BYTES, lambda spectrum: spectrum.eigenvalues.nbytes)


async def gather(params: Params, state: Any) -> Drawn:
    """Return what is drawn for a link; the same link draws the same."""
    # In threads: half a second at most, and a slider that is dragged asks so often that the worker's queue were full.
    shares_key, key = (params.samples, params.seed), (params.n, count_of(params), params.seed)
    shares = await SHARES.get(shares_key, lambda: run_in_threadpool(draw_shares, *shares_key))
    return Drawn(shares, await SPECTRA.get(key, lambda: run_in_threadpool(draw_spectrum, *key)))

"""What a bank of filters sees and what it misses: frequencies by their distance from the constant. NumPy alone.

Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.1: AlexNet's first layer is a
mix of extremely high and low frequencies with little of what lies between, and some of its filters are dead.
"""

import numpy as np
from numpy.typing import NDArray

from engine.nets.filters import FINE, Floats, frequencies

RING = 1 / 32  # cycles per pixel: width of a ring
RINGS = 23  # up to 23/32, which holds the corners of a spectrum at sqrt(1/2)
NYQUIST = 0.5  # cycles per pixel: the fastest wave that pixels can carry along a row or a column
DEAD = 0.1  # share of the bank's median below which a feature counts as dead

Reals = NDArray[np.float64]


def ring_middles() -> Reals:
    """Return the frequency (RINGS,) in the middle of each ring, cycles per pixel."""
    return np.asarray((np.arange(RINGS) + 0.5) * RING, np.float64)


def radial(power: Floats) -> Reals:
    """Return how much of its power each filter has in each ring, (F, RINGS): 1 is what a single pixel has everywhere.

    radial[f, k] = mean over the ring k RING <= sqrt(u ** 2 + v ** 2) < (k + 1) RING of power[f] / mean(power[f])

    power   (F, size, size) as of engine.nets.filters.spectrum; each filter is divided by its own mean, so that
            loud filters count no more than soft ones. Of a filter of zeros, 0.
    """
    rings = _rings(power.shape[-1]).ravel()
    flat = power.reshape(len(power), -1)
    mean = flat.mean(axis=1, keepdims=True)
    relative = flat / np.where(mean > 0, mean, 1)
    counts = np.bincount(rings, minlength=RINGS)
    return np.array([np.bincount(rings, row, RINGS) / counts for row in relative])


def ring_counts(size: int = FINE) -> NDArray[np.int64]:
    """Return how many places of a spectrum lie in each ring, (RINGS,)."""
    return np.asarray(np.bincount(_rings(size).ravel(), minlength=RINGS), np.int64)


def beyond_grid(stride: int, size: int = FINE) -> NDArray[np.bool_]:
    """Return which frequencies a grid of every `stride`-th pixel cannot carry, (size, size).

    They are those above 1 / (2 stride) cycles per pixel down the rows or along the columns: sampled, such a wave
    looks like a slower one (it is folded back, an alias).
    """
    rows, columns = frequencies(size)
    exactly = 1 + 1e-9  # what lies on the limit is carried, also where a fraction of a cycle is rounded
    return np.asarray(np.maximum(np.abs(rows), np.abs(columns)) > grid_nyquist(stride) * exactly)


def band(low: float, high: float, size: int = FINE) -> NDArray[np.bool_]:
    """Return which frequencies are from `low` to below `high` cycles per pixel away from the constant, (size, size)."""
    radius = np.hypot(*frequencies(size))
    return np.asarray((radius >= low) & (radius < high))


def grid_nyquist(stride: int) -> float:
    """Return the fastest wave that a grid of every `stride`-th pixel carries: 1 / (2 stride) cycles per pixel."""
    return NYQUIST / stride


def peak(power: Floats) -> Reals:
    """Return the frequency (F, 2) that each filter answers to most: down the rows, along the columns.

    Of a wave and its opposite, which are the same, it is the one that goes right or straight down; half a cycle
    per pixel, which is its own opposite, is written without a minus.
    """
    rows, columns = (np.where(f == -NYQUIST, NYQUIST, f).ravel() for f in frequencies(power.shape[-1]))
    half = (columns > 0) | ((columns == 0) & (rows >= 0))
    at = np.where(half, power.reshape(len(power), -1), -1).argmax(axis=1)
    return np.stack([rows[at], columns[at]], axis=1)


def rms(weight: Floats) -> Reals:
    """Return the root of the mean square (F,) of each filter's weights: what ZFNet's training kept below a bound."""
    return np.asarray(np.sqrt((np.asarray(weight, np.float64) ** 2).mean(axis=(1, 2, 3))))


def dead(largest: Floats, share: float = DEAD) -> NDArray[np.bool_]:
    """Return which features (F,) are dead: their largest activation is below `share` of the bank's median.

    largest   (F,) after the ReLU, over all places of some photos. A bank whose median is 0 has only what is above
              0 alive.
    """
    bound = share * float(np.median(largest))
    return np.asarray((largest < bound) | (largest <= 0))


def _rings(size: int) -> NDArray[np.int64]:
    return np.asarray(np.hypot(*frequencies(size)) / RING, np.int64)

"""How the eigenvalues of a random symmetric matrix lie, and how they shift with the height of a level point.

Divided by sqrt n, those of M (engine.landscape.dimension) fill a semicircle of radius 2 (Wigner 1955). The Hessian at
height h, f = h sqrt n, is M - h sqrt n I: the same semicircle, shifted by -h. What lies below 0 goes down.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.landscape.bounded import ANY, bounded
from engine.ops.arrays import real_array

Floats = NDArray[np.float64]


def semicircle(places: object, height: float = 0.0) -> Floats:
    """Return the density sqrt(4 - u^2) / (2 pi), u = x + height, of eigenvalue / sqrt n; 0 beyond |u| = 2."""
    u = np.asarray(real_array(places, "places"), np.float64) + bounded("height", height, ANY)
    return np.asarray(np.sqrt(np.maximum(4 - u * u, 0)) / (2 * math.pi))


def spectrum(eigenvalues: object, height: float, edges: object) -> Floats:
    """Return the density of drawn eigenvalues between edges, as numpy.histogram's, at a height.

    eigenvalues   (samples, n) of M
    edges         (bins + 1,) ascending, of eigenvalue / sqrt n - height; beyond the last ones nothing is counted, but
                  it counts in the whole, so that the density is that of all eigenvalues
    returns       (bins,)
    """
    values, ends = (
        np.asarray(real_array(a, n), np.float64) for a, n in ((eigenvalues, "eigenvalues"), (edges, "edges"))
    )
    if values.ndim != 2 or not values.size:
        raise ShapeError("eigenvalues must be (samples, n), got shape {shape}", shape=values.shape)
    if ends.ndim != 1 or len(ends) < 2 or not (np.diff(ends) > 0).all():
        raise RangeError("edges must be two numbers or more, each above the one before")
    counts, _ = np.histogram(values / math.sqrt(values.shape[1]) - bounded("height", height, ANY), bins=ends)
    return np.asarray(counts / values.size / np.diff(ends))

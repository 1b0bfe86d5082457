"""Elementary functions that NumPy has only one number at a time: made of those that it has for many at once.

Each keeps the digits of the textbook's function: about one unit in the last place is lost.
"""

import numpy as np

from engine.ops.arrays import Array


def expm1(x: Array) -> Array:
    """Return exp(x) - 1 for x <= 0, without losing the digits of small x: 2 t / (1 - t), t = tanh(x / 2)."""
    t = np.tanh(x * x.dtype.type(0.5))
    return np.asarray((t + t) / (1 - t))


def log1p(x: Array) -> Array:
    """Return log(1 + x) for -1 <= x <= 1, without losing the digits of small x.

    w = 1 + x is rounded; what the rounding took, x - (w - 1), is put back by the first term of the series:
    log(1 + x) = log(w) + (x - (w - 1)) / w.
    """
    w = 1 + x
    return np.asarray(np.log(w) + (x - (w - 1)) / np.maximum(w, np.finfo(w.dtype).tiny))


def erf(x: Array) -> Array:
    """Return 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.

    float64 as SciPy has it. float32 by a polynomial in 1 / (1 + p |x|) times exp(-x^2), off by 1.5e-7 at most, the
    rounding of float32 itself: 1 - (a1 t + a2 t^2 + ... + a5 t^5) exp(-x^2).
    Source: Abramowitz & Stegun 1964, Handbook of Mathematical Functions, formula 7.1.26.
    """
    if x.dtype == np.float32:
        return _erf_of_singles(x)
    from scipy.special import erf as exact  # here, since the first page must not wait for SciPy

    return np.asarray(exact(x.astype(np.float64, copy=False)), x.dtype)


_COEFFICIENTS = [np.float32(a) for a in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)]


def _erf_of_singles(x: Array) -> Array:
    size = np.abs(x)
    t = size * np.float32(0.3275911)
    t += 1
    np.divide(1, t, out=t)
    series = t * _COEFFICIENTS[0]
    for a in _COEFFICIENTS[1:]:
        series += a
        series *= t
    size *= size
    np.negative(size, out=size)
    series *= np.exp(size, out=size)
    np.subtract(1, series, out=series)
    return np.asarray(np.copysign(series, x, out=series))

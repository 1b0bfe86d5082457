"""Where a typed formula has a value: a start in the middle of nowhere shows nothing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from engine.landscape import Surface

CELLS = 40  # places along each side that are tried
Point = tuple[float, float]
Sides = tuple[float, float, float, float]


@lru_cache(maxsize=64)
def nearest_defined(surface: Surface, sides: Sides, wanted: Point) -> Point:
    """Return `wanted` if f and its gradient are finite there, else the nearest of a grid where they are.

    sides   left, right, bottom, top. Where there is no such place at all, `wanted` it is.
    """
    left, right, bottom, top = sides
    shares = (np.arange(CELLS) + 0.5) / CELLS
    x, y = (part.ravel() for part in np.meshgrid(left + shares * (right - left), bottom + shares * (top - bottom)))
    x, y = np.append(x, wanted[0]), np.append(y, wanted[1])
    with np.errstate(all="ignore"):
        parts = (surface.value(x, y), *surface.gradient(x, y))
        finite = np.all([np.isfinite(np.broadcast_to(part, x.shape)) for part in parts], axis=0)
    if finite[-1] or not finite.any():
        return wanted
    far = np.hypot((x - wanted[0]) / (right - left), (y - wanted[1]) / (top - bottom))
    best = int(np.where(finite, far, np.inf).argmin())
    return float(f"{x[best]:.6g}"), float(f"{y[best]:.6g}")

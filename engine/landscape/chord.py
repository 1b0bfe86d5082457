"""Convex or not: a chord between two points of a surface, and the curvature wherever one looks.

f is convex if and only if no chord lies below the surface anywhere:
f((1 - t) a + t b) <= (1 - t) f(a) + t f(b)  for all a, b and 0 <= t <= 1 (Jensen 1906); one counterexample decides.
Where f has second derivatives that is the same as a Hessian without an eigenvalue below 0 at every point.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.landscape.critical import Domain, curvature
from engine.landscape.surface import Surface
from engine.landscape.surfaces import surface_of
from engine.ops.arrays import real_array

Floats = NDArray[np.float64]
ROUNDING = 1e-12  # of the largest |f| along the chord: an excess below this is rounding


@dataclass(frozen=True, eq=False)
class Chord:
    """The surface above a straight line from a to b, and the straight line between its two ends.

    t        (count,) from 0 to 1
    points   (count, 2)
    curve    (count,) f at the points; NaN or infinite where f has no value
    line     (count,) (1 - t) f(a) + t f(b)
    """

    t: Floats
    points: Floats
    curve: Floats
    line: Floats

    @property
    def excess(self) -> Floats:
        """How far the curve lies above its chord, (count,); a convex function has nothing above 0."""
        return self.curve - self.line

    @property
    def complete(self) -> bool:
        """Whether f has a finite value at all points."""
        return bool(np.isfinite(self.curve).all())

    @property
    def highest(self) -> int:
        """Where the curve is furthest above its chord; the first such point."""
        return int(np.nanargmax(self.excess)) if np.isfinite(self.excess).any() else 0

    @property
    def broken(self) -> bool:
        """Whether the curve is above its chord somewhere, so that f is not convex."""
        scale = float(abs(self.curve).max(initial=0.0, where=np.isfinite(self.curve)))
        return bool((self.excess > ROUNDING * scale).any())


def chord(surface: Surface | str, a: object, b: object, *, count: int = 101) -> Chord:
    """Return what lies between two points (x, y) of a surface. Raises ShapeError or RangeError."""
    ends = np.stack([_point(name, point) for name, point in (("a", a), ("b", b))])
    t = np.linspace(0, 1, whole(count, "count", minimum=2))
    points = (1 - t[:, None]) * ends[0] + t[:, None] * ends[1]
    curve = np.asarray(surface_of(surface).value(points[:, 0], points[:, 1]), np.float64)
    with np.errstate(all="ignore"):
        return Chord(t, points, curve, (1 - t) * curve[0] + t * curve[-1])


def _point(name: str, point: object) -> Floats:
    place = np.asarray(real_array(point, name), np.float64)
    if place.shape != (2,):
        raise ShapeError("{name} must be (x, y), got shape {shape}", name=name, shape=place.shape)
    if not np.isfinite(place).all():
        raise RangeError("{name} must be finite, got {got}", name=name, got=place.tolist())
    return place


def lowest_curvature(surface: Surface | str, domain: object, *, count: int = 65) -> Floats:
    """Return the smaller eigenvalue of the Hessian at a grid of points of (left, right, bottom, top).

    (count, count), row i from the bottom, column j from the left; NaN where there is no finite Hessian.
    """
    grid = Domain.of(domain).grid(whole(count, "count", minimum=2))
    return np.asarray(curvature(surface, grid).values[..., 0])

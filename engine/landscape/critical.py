"""Where a surface is level: its minima, maxima and saddles, found by Newton's method from many starts.

The eigenvalues of the Hessian tell them apart: both above 0 a minimum, both below 0 a maximum, one of each a saddle.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.landscape.surface import Surface
from engine.landscape.surfaces import surface_of
from engine.ops.arrays import real_array

Floats = NDArray[np.float64]
Kind = Literal["minimum", "maximum", "saddle", "flat"]

ITERATIONS = 140  # also Newton's slow way to a point with a singular Hessian, 4/5 of the distance a step, ends
LONGEST_STEP = 1 / 20  # of the domain: a longer step leaves the part in which the Hessian says anything
ARRIVED = 1e-9  # of the domain: a last step below this
SAME = 1e-5  # of the domain: nearer points are one
SINGULAR = 1e-6  # of the usual size of the Hessian: an eigenvalue below this decides nothing
AROUND = 5e-3  # of the domain: the circle on which f is compared where eigenvalues do not decide
MANY = 1000  # more points than that are a line or an area of them


@dataclass(frozen=True)
class CriticalPoint:
    """A point without slope.

    eigenvalues    (smaller, larger) of the Hessian
    eigenvectors   of length 1, in the same order: the directions of least and most curvature
    degenerate     whether an eigenvalue is 0 (or there is none, at a kink), so that f nearby decided instead
    """

    x: float
    y: float
    value: float
    kind: Kind
    eigenvalues: tuple[float, float]
    eigenvectors: tuple[tuple[float, float], tuple[float, float]]
    degenerate: bool


class Curvature(NamedTuple):
    """Eigenvalues (..., 2), ascending, and eigenvectors (..., 2, 2): vectors[..., k, :] belongs to values[..., k]."""

    values: Floats
    vectors: Floats


class Domain(NamedTuple):
    """A rectangle of the plane."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def of(cls, domain: object) -> "Domain":
        """Return (left, right, bottom, top), checked. Raises ShapeError or RangeError."""
        sides = np.asarray(real_array(domain, "domain"), np.float64)
        if sides.shape != (4,):
            raise ShapeError("domain must be (left, right, bottom, top), got shape {shape}", shape=sides.shape)
        if not np.isfinite(sides).all() or sides[0] >= sides[1] or sides[2] >= sides[3]:
            raise RangeError("domain must have left < right and bottom < top, got {got}", got=sides.tolist())
        return cls(*sides.tolist())

    @property
    def size(self) -> float:
        """The longer side."""
        return max(self.right - self.left, self.top - self.bottom)

    def grid(self, count: int) -> Floats:
        """Return (count, count, 2): the points of a grid; [i, j] is row i from the bottom, column j from the left."""
        x, y = np.meshgrid(np.linspace(self.left, self.right, count), np.linspace(self.bottom, self.top, count))
        return np.stack((x, y), axis=-1)

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Return which of the points lie inside, or on the border."""
        x, y, slack = points[..., 0], points[..., 1], ARRIVED * self.size
        inside = (x >= self.left - slack) & (x <= self.right + slack) & (y >= self.bottom - slack)
        return np.asarray(inside & (y <= self.top + slack))


def curvature(surface: Surface | str, points: object) -> Curvature:
    """Return the eigenvalues and eigenvectors of the Hessian at points (..., 2), NaN where it is not finite.

    Of the two vectors of length 1 along a direction the one to the right is taken, or upwards.
    """
    places = np.asarray(real_array(points, "points"), np.float64)
    xx, xy, yy = surface_of(surface).hessian(places[..., 0], places[..., 1])
    hessians = np.stack((np.stack((xx, xy), -1), np.stack((xy, yy), -1)), -2)
    finite = np.isfinite(hessians).all((-2, -1), keepdims=True)
    values, vectors = np.linalg.eigh(np.where(finite, hessians, 0.0))
    rows = np.swapaxes(vectors, -2, -1)
    along, across = rows[..., :1], rows[..., 1:]
    rows = np.where((along < 0) | ((along == 0) & (across < 0)), -rows, rows)
    return Curvature(np.where(finite[..., 0], values, np.nan), np.where(finite, rows, np.nan))


def critical_points(surface: Surface | str, domain: object, *, starts: int = 65) -> list[CriticalPoint]:
    """Return the points of a rectangle at which the gradient is 0, by value, then x, then y.

    domain   (left, right, bottom, top)
    starts   Newton's method starts from a grid of starts x starts points; what is narrower than its mesh may be missed
    Points of the grid where f has a value but no gradient, such as the tip of a cone, are kinks: they come as well if
    they are a minimum or a maximum. Where f is level along a line only some points of it come, as flat or degenerate.
    """
    chosen, frame, count = surface_of(surface), Domain.of(domain), whole(starts, "starts", minimum=2)
    grid = frame.grid(count).reshape(-1, 2)
    found = _newton(chosen, grid, frame)
    usual = _usual_curvature(chosen, grid)
    points = [_classified(chosen, point, frame, usual) for point in _distinct(found[frame.holds(found)], frame)]
    kinks = [_classified(chosen, point, frame, usual) for point in _kinks(chosen, grid)]
    points += [kink for kink in kinks if kink.kind in ("minimum", "maximum")]
    return sorted(points, key=lambda point: (point.value, point.x, point.y))[:MANY]


def _newton(surface: Surface, points: Floats, frame: Domain) -> Floats:
    """Return where Newton's method arrives; starts from which it does not are left out."""
    x, y = points.T
    longest, arrived = LONGEST_STEP * frame.size, ARRIVED * frame.size
    with np.errstate(all="ignore"):
        for _ in range(ITERATIONS):
            dx, dy = _newton_step(surface, x, y)
            shorter = np.minimum(1, longest / np.hypot(dx, dy))
            shorter[np.isnan(shorter)] = 1  # a step of length 0; or NaN, which stays so
            x, y = x - dx * shorter, y - dy * shorter
            if not (np.hypot(dx, dy) > 1e-3 * arrived).any():
                break
        near = np.hypot(*_newton_step(surface, x, y)) <= arrived
    points = np.stack((x, y), -1)[near]
    points[abs(points) < 1e-2 * arrived] = 0  # what rounding left of a coordinate that is 0
    return points


def _newton_step(surface: Surface, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return H^-1 g, by Cramer's rule.

    Where H has one eigenvalue only, its trace t, the inverse along that one, H / t^2, does; the slope must then have no
    part across it, or there is no level point to go to, and the step is NaN.
    """
    gx, gy = surface.gradient(x, y)
    xx, xy, yy = surface.hessian(x, y)
    determinant, trace = xx * yy - xy * xy, xx + yy
    singular = abs(determinant) <= 1e-14 * (xx * xx + 2 * xy * xy + yy * yy)
    divisor = np.where(singular, trace * trace, determinant)
    dx = np.where(singular, xx * gx + xy * gy, yy * gx - xy * gy) / divisor
    dy = np.where(singular, xy * gx + yy * gy, xx * gy - xy * gx) / divisor
    level = singular & (divisor == 0)
    dx, dy = np.where(level, 0.0, dx), np.where(level, 0.0, dy)
    across = np.hypot(gx - (xx * dx + xy * dy), gy - (xy * dx + yy * dy))
    lost = singular & (across > 1e-7 * np.hypot(gx, gy))
    return np.where(lost, np.nan, dx), np.where(lost, np.nan, dy)


def _distinct(points: Floats, frame: Domain) -> list[Floats]:
    """Return one of each group of points that are the same but for rounding."""
    cells = np.round(points / (SAME * frame.size))
    _, first = np.unique(cells, axis=0, return_index=True)
    kept: list[Floats] = []
    for point in points[np.sort(first)]:
        near = np.hypot(*(np.array(kept) - point).T) < SAME * frame.size if kept else np.array([False])
        if not near.any():
            kept.append(point)
        if len(kept) == MANY:
            break
    return kept


def _kinks(surface: Surface, grid: Floats) -> list[Floats]:
    value = surface.value(grid[:, 0], grid[:, 1])
    slopes = np.stack(surface.gradient(grid[:, 0], grid[:, 1]), -1)
    kinks: list[Floats] = list(grid[np.isfinite(value) & np.isnan(slopes).any(-1)][:MANY])
    return kinks


def _usual_curvature(surface: Surface, grid: Floats) -> float:
    sizes = abs(np.stack(surface.hessian(grid[:, 0], grid[:, 1]))).max(0)
    sizes = sizes[np.isfinite(sizes)]
    return float(np.median(sizes)) if sizes.size else 0.0


def _classified(surface: Surface, point: Floats, frame: Domain, usual: float) -> CriticalPoint:
    values, vectors = curvature(surface, point)
    small, large = values.tolist()
    zero = SINGULAR * usual
    degenerate = not (abs(small) > zero and abs(large) > zero)  # NaN too
    if degenerate:
        kind = _seen_around(surface, point, AROUND * frame.size)
    elif small > 0:
        kind = "minimum"
    else:
        kind = "maximum" if large < 0 else "saddle"
    x, y = (float(number) for number in point)
    first, second = ((float(a), float(b)) for a, b in vectors)
    return CriticalPoint(x, y, float(surface.value(x, y)), kind, (small, large), (first, second), degenerate)


def _seen_around(surface: Surface, point: Floats, radius: float) -> Kind:
    """Return what the point is by the values on a small circle around it."""
    angle = np.linspace(0, 2 * math.pi, 64, endpoint=False)
    ring: Any = surface.value(point[0] + radius * np.cos(angle), point[1] + radius * np.sin(angle))
    here = float(surface.value(*(float(number) for number in point)))
    rounding = 1e-14 * max(abs(here), float(np.nanmax(abs(ring), initial=0.0)))
    higher, lower = bool((ring > here + rounding).any()), bool((ring < here - rounding).any())
    if higher and lower:
        return "saddle"
    if higher:
        return "minimum" if bool((ring > here + rounding).all()) else "flat"
    return "maximum" if lower and bool((ring < here - rounding).all()) else "flat"

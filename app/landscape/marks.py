"""What is drawn on a plane: glyphs, arrows, the cross of the eigenvectors, the path of a descent. All as SVG paths."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.landscape.plane import Plane

Floats = NDArray[np.float64]
ARM = 62  # px from the point to the end of an arm of the cross
HEAD = 9  # px of an arrow's head
ARROW = 64  # px of the arrow of a gradient
BEYOND = 200  # px that a path is followed outside of the plane


def glyph(kind: str, x: float, y: float, size: float) -> str:
    """Return the outline of a glyph: a disc for minima, triangle for maxima, diamond for saddles, square for flat."""
    if kind == "minimum":
        return f"M{x - size:.1f} {y:.1f}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0z"
    if kind == "maximum":
        wide = 1.15 * size
        return f"M{x - wide:.1f} {y + 0.9 * size:.1f}h{2 * wide:.1f}L{x:.1f} {y - 1.15 * size:.1f}z"
    if kind == "saddle":
        wide = 1.25 * size
        return f"M{x - wide:.1f} {y:.1f}l{wide:.1f} {-wide:.1f}l{wide:.1f} {wide:.1f}l{-wide:.1f} {wide:.1f}z"
    return f"M{x - size:.1f} {y - size:.1f}h{2 * size}v{2 * size}h{-2 * size}z"


def arrow(x: float, y: float, across: float, down: float) -> str:
    """Return an arrow from a pixel by so many pixels; "" if it has no length."""
    length = math.hypot(across, down)
    if not 0 < length < math.inf:
        return ""
    return f"M{x:.1f} {y:.1f}l{across:.1f} {down:.1f}{_head(across / length, down / length)}"


def _head(across: float, down: float) -> str:
    """Return the two strokes of a head at the end of a line in this direction."""
    parts = []
    for side in (0.5, -0.5):
        dx, dy = (-across + side * down) * HEAD, (-down - side * across) * HEAD
        parts.append(f"m{dx:.1f} {dy:.1f}l{-dx:.1f} {-dy:.1f}")
    return "".join(parts)


@dataclass(frozen=True)
class Arm:
    """One line of the cross: both ways along an eigenvector.

    inward   arrows point to the middle: f rises that way, so descent comes in; outward: it goes out
    """

    path: str
    value: float
    text: str
    label: tuple[float, float]
    end: bool  # whether the label stands to the left of its place

    @property
    def kind(self) -> str:
        return "in" if self.value > 0 else "out" if self.value < 0 else "level"


def cross(plane: Plane, point: Floats, values: Floats, vectors: Floats) -> list[Arm]:
    """Return the arms of the eigenvectors at a point, the least curvature first; none where there is no Hessian.

    values (2,), vectors (2, 2) as engine.landscape.curvature has them
    """
    if not np.isfinite(values).all():
        return []
    x, y = plane.place(*point.tolist())
    arms = []
    for value, (along, up) in zip(values.tolist(), vectors.tolist(), strict=True):
        path = "".join(_half(x, y, side * along, -side * up, value) for side in (1, -1))
        far = ARM + 12
        ends = [(x + side * far * along, y - side * far * up) for side in (1, -1)]
        place = max(ends, key=lambda end: min(end[0], plane.width - end[0], end[1], plane.height - end[1]))
        arms.append(Arm(path, value, numbers.significant(value, 4), place, place[0] < x))
    return arms


def _half(x: float, y: float, across: float, down: float, value: float) -> str:
    near, far = 10, ARM
    start, stop = (far, near) if value > 0 else (near, far)
    begin = (x + start * across, y + start * down)
    by = ((stop - start) * across, (stop - start) * down)
    if value:
        return arrow(*begin, *by)
    return f"M{begin[0]:.1f} {begin[1]:.1f}l{by[0]:.1f} {by[1]:.1f}"


def downhill(plane: Plane, point: tuple[float, float], gradient: tuple[float, float]) -> str:
    """Return the arrow of steepest descent, of one length: its direction counts, the numbers say how steep."""
    size = math.hypot(*gradient)
    if not 0 < size < math.inf:
        return ""
    return arrow(*plane.place(*point), -ARROW * gradient[0] / size, ARROW * gradient[1] / size)


@dataclass(frozen=True)
class Trail:
    """A path as far as it is near the plane: its line, a dot for each step, where it ends."""

    line: str
    dots: str
    end: tuple[float, float] | None


def trail(plane: Plane, path: Floats) -> Trail:
    """Return what is drawn of a path (steps + 1, 2)."""
    pixels = plane.pixels(path)
    near = (pixels > -BEYOND).all(1) & (pixels < np.array((plane.width, plane.height)) + BEYOND).all(1)
    count = len(path) if near.all() else int(near.argmin()) + 1
    edge = np.array((plane.width, plane.height))
    middle = edge / 2
    shown = [middle + np.clip(p - middle, -2 * edge, 2 * edge) for p in pixels[:count] if np.isfinite(p).all()]
    places = [(round(float(x), 1), round(float(y), 1)) for x, y in shown]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in places) if len(places) > 1 else ""
    dots = "".join(f"M{x:g} {y:g}h0" for x, y in places[1:])
    return Trail(line, dots, places[-1] if count == len(path) and plane.holds(path[-1]) else None)

"""The surface as a mesh seen from the side: heights on a coarse grid, turned, and drawn from back to front.

Space is -1 to 1 across and up the frame, and height -0.5 to 0.5 as the colour scale counts it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import palette
from app.exhibits.saddle_race.contour import heights_of
from app.exhibits.saddle_race.course import Frame, relief
from app.landscape.gridded import Valued
from app.landscape.heights import Heights

QUADS = 24  # along each side
WIDTH, HEIGHT = 480, 350  # px of the picture
UNIT = 148  # px
STRIDE, STRIDES = 0.06, 48  # a look from a place towards the reader, to see whether the surface is in the way
CLEAR = 0.02  # that a place may lie below the mesh, whose quads cut corners

Floats = NDArray[np.float64]


class Quad(NamedTuple):
    level: int
    points: str


@dataclass(frozen=True)
class Mesh:
    """heights (QUADS + 1, QUADS + 1), row 0 at the bottom of the frame; NaN where f is not defined."""

    heights: Floats
    levels: NDArray[np.int64]  # colour of each quad
    scale: Heights
    middle: float  # of the scale, what stands at height 0
    spread: float  # of the scale, from -0.5 to 0.5

    def data(self) -> dict[str, Any]:
        """Return what a script needs to draw the mesh from another side."""
        return {
            "quads": QUADS,
            "unit": UNIT,
            "middle": [WIDTH / 2, HEIGHT / 2],
            "heights": [None if np.isnan(one) else one for one in self.heights.ravel().tolist()],
            "levels": self.levels.ravel().tolist(),
        }

    def rise(self, values: Floats) -> Floats:
        """Return how high values of f stand in space."""
        with np.errstate(invalid="ignore"):
            return (self.scale.position(values) - self.middle) / self.spread

    def quads(self, turn: int, tilt: int) -> list[Quad]:
        """Return the mesh on the screen, the farthest quad first."""
        side = np.linspace(-1, 1, QUADS + 1)
        across, up = np.meshgrid(side, side)
        x, y, depth = projected(across, up, self.heights, turn, tilt)
        corners = [(0, 0), (0, 1), (1, 1), (1, 0)]
        found = []
        for i in range(QUADS):
            for j in range(QUADS):
                places = [(i + down, j + right) for down, right in corners]
                far = sum(depth[place] for place in places)
                if math.isfinite(far):
                    points = " ".join(f"{x[place]:.1f},{y[place]:.1f}" for place in places)
                    found.append((float(far), Quad(int(self.levels[i, j]), points)))
        return [quad for _, quad in sorted(found, key=lambda one: -one[0])]

    def seen(self, across: Floats, up: Floats, rise: Floats, turn: int, tilt: int) -> list[bool]:
        """Return which places on the surface are not hidden behind a part of it that is nearer to the reader."""
        a, e = math.radians(turn), math.radians(tilt)
        far = STRIDE * np.arange(1, STRIDES + 1)
        x = across[:, None] - far * (math.cos(e) * math.sin(a))
        y = up[:, None] - far * (math.cos(e) * math.cos(a))
        z = rise[:, None] + far * math.sin(e)
        column, row = (x + 1) / 2 * QUADS, (y + 1) / 2 * QUADS
        i, j = np.clip(row.astype(int), 0, QUADS - 1), np.clip(column.astype(int), 0, QUADS - 1)
        v, u, h = row - i, column - j, self.heights
        low = h[i, j] + (h[i, j + 1] - h[i, j]) * u
        high = h[i + 1, j] + (h[i + 1, j + 1] - h[i + 1, j]) * u
        over = (abs(x) <= 1) & (abs(y) <= 1)
        hidden = over & (low + (high - low) * v > z + CLEAR)
        return [not any(one) for one in hidden.tolist()]


def solid_line(
    form: Mesh, points: list[list[float]], rises: list[float | None], turn: int, tilt: int
) -> tuple[str, str]:
    """Return a path on the mesh, what is seen of it and what the surface hides; it breaks off where it leaves.

    points   in shares of the frame's sides, from the left and from the top
    rises    how high each stands, None where the surface has no height
    """
    if not points:
        return "", ""
    places, heights = np.array(points), np.array(rises, float)
    across, up = 2 * places[:, 0] - 1, 1 - 2 * places[:, 1]
    x, y, _ = projected(across, up, heights, turn, tilt)
    seen = form.seen(across, up, heights, turn, tilt)
    inside = (np.isfinite(heights) & np.all(abs(places - 0.5) <= 0.5, axis=1)).tolist()
    paths, ends = ["", ""], [-1, -1]
    for k in range(1, len(points)):
        if inside[k] and inside[k - 1]:
            part = 0 if seen[k] and seen[k - 1] else 1
            begin = "" if ends[part] == k - 1 else f"M{x[k - 1]:.1f} {y[k - 1]:.1f}"
            paths[part] += f"{begin}L{x[k]:.1f} {y[k]:.1f}"
            ends[part] = k
    return paths[0], paths[1]


def solid_place(point: list[float], rise: float | None, turn: int, tilt: int) -> str:
    """Return the transform that puts something on the mesh; "" where the surface has no height."""
    if rise is None:
        return ""
    across, up = np.array([2 * point[0] - 1]), np.array([1 - 2 * point[1]])
    x, y, _ = projected(across, up, np.array([rise]), turn, tilt)
    return f"translate({x[0]:.1f} {y[0]:.1f})"


def projected(across: Floats, up: Floats, rise: Floats, turn: int, tilt: int) -> tuple[Floats, Floats, Floats]:
    """Return (x, y) on the screen in px and the depth, seen from far away: parallels stay parallel.

    The surface is turned about the vertical by `turn` degrees, and looked at from `tilt` degrees above the horizon.
    """
    a, e = math.radians(turn), math.radians(tilt)
    right = across * math.cos(a) - up * math.sin(a)
    away = across * math.sin(a) + up * math.cos(a)
    x = WIDTH / 2 + UNIT * right
    y = HEIGHT / 2 - UNIT * (away * math.sin(e) + rise * math.cos(e))
    return x, y, away * math.cos(e) - rise * math.sin(e)


@lru_cache(maxsize=32)
def mesh(surface: Valued, frame: Frame, uneven: bool = False) -> Mesh:
    """Return the mesh of a surface; see heights_of."""
    scale = heights_of(relief(surface, frame), uneven)
    across, up = frame.grid(QUADS + 1)
    values = np.asarray(surface.value(across[None, :], up[:, None]))
    places = np.where(np.isnan(values), np.nan, scale.position(values))
    known = places[np.isfinite(places)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    spread = (high - low) or 1.0
    middle = (high + low) / 2
    centres = (places[1:, 1:] + places[:-1, 1:] + places[1:, :-1] + places[:-1, :-1]) / 4
    half = len(scale.bounds) // 2
    bands = np.clip(np.floor(np.nan_to_num(centres) * half), -half, half - 1) + 0.5
    levels = np.vectorize(lambda share: palette.level(share, 1.0))(bands / half)
    heights = np.round((places - middle) / spread, 3)  # as scripts get them
    return Mesh(heights, levels, scale, middle, spread)

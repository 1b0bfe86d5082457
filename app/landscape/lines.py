"""Lines of equal height at given heights, and bands between them, where the axes may have scales of their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import palette
from app.landscape.frame import Frame
from app.landscape.isolines import Isolines
from engine.landscape import Surface

SAMPLES = 97  # along each side
Floats = NDArray[np.float64]


class Band(NamedTuple):
    """Everything between two heights: a level of the colour scale, and a path (fill-rule evenodd)."""

    level: int
    path: str


class Contour(NamedTuple):
    bands: Sequence[Band]
    lines: Sequence[tuple[float, str]]  # (height, path)


def heights(surface: Surface, frame: Frame) -> Floats:
    """Return f on a grid of the frame, row 0 at the bottom."""
    across, up = frame.grid(SAMPLES)
    return np.asarray(surface.value(across[None, :], up[:, None]))


def spread_levels(values: Floats, count: int = 12) -> list[float]:
    """Return heights between which lie equal parts of the picture: lines stand evenly, however steep f gets."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return []
    levels = np.unique(np.quantile(finite, np.linspace(0, 1, count + 2)[1:-1]))
    return [float(level) for level in levels if finite.min() < level < finite.max()]


def contour(values: Floats, frame: Frame, levels: Sequence[float], scale: float | None = None) -> Contour:
    """Return the lines at `levels`, and with a scale also the bands between them, coloured by where they stand.

    values   as heights() returns them
    scale    the height at which the colour scale ends: bands are coloured by their rank among the levels up to it
    """
    found = Isolines(values, frame.width, frame.height)
    lines = [(level, found.line(level)) for level in levels]
    if scale is None:
        return Contour([], lines)
    edges = [-np.inf, *levels, np.inf]
    bands = [
        Band(palette.level(scale * number / max(1, len(levels)), 1.0), found.area(low, high))
        for number, (low, high) in enumerate(pairwise(edges))
    ]
    return Contour(bands, lines)

"""Lines of equal height of a surface, and the bands between them, also where the axes have scales of their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, cast

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from app import palette
from app.landscape.frame import Frame, svg_line
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
    """Return heights between which lie equal parts of the frame: lines stand evenly, however steep f gets."""
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
    rows, columns = values.shape
    shown = np.ma.masked_invalid(np.clip(values, -1e300, 1e300))
    across, down = np.linspace(0, frame.width, columns), np.linspace(frame.height, 0, rows)
    make = contour_generator(
        across, down, shown, name="serial", fill_type=FillType.OuterOffset, line_type=LineType.Separate
    )
    lines = [(level, "".join(svg_line(np.asarray(one)) for one in make.lines(level))) for level in levels]
    if scale is None:
        return Contour([], lines)
    edges = [-np.inf, *levels, np.inf]
    bands = []
    for number, (low, high) in enumerate(pairwise(edges)):
        points, offsets = cast("tuple[list[Floats], list[NDArray[np.uint32]]]", make.filled(low, high))
        path = "".join(
            svg_line(polygon[start:stop]) + "z"
            for polygon, marks in zip(points, offsets, strict=True)
            for start, stop in pairwise(marks)
        )
        bands.append(Band(palette.level(scale * number / max(1, len(levels)), 1.0), path))
    return Contour(bands, lines)

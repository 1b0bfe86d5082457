"""Lines of equal height, and the areas between them, as SVG paths. contourpy (Ian Thomas) finds them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from app.landscape.frame import svg_line
from app.landscape.heights import LARGEST

Floats = NDArray[np.float64]


class Isolines:
    """A grid of heights, row 0 at the bottom, that fills a picture of width x height px.

    Where a value is not finite there is neither line nor area.
    """

    def __init__(self, values: Floats, width: float, height: float) -> None:
        rows, columns = values.shape
        shown = np.ma.masked_invalid(np.clip(values, -LARGEST, LARGEST))
        self.empty = not shown.count()
        self.low, self.high = (0.0, 0.0) if self.empty else (float(shown.min()), float(shown.max()))
        self._found: Any = contour_generator(
            np.linspace(0, width, columns),
            np.linspace(height, 0, rows),
            shown,
            name="serial",
            fill_type=FillType.OuterOffset,
            line_type=LineType.Separate,
        )

    def area(self, low: float, high: float) -> str:
        """Return where heights lie between two; holes come out by the even-odd rule."""
        return "".join(
            svg_line(outline[begin : end - 1]) + "z"
            for outline, offsets in zip(*self._found.filled(low, high), strict=True)
            for begin, end in pairwise(offsets)
        )

    def lines(self, height: float) -> list[Floats]:
        """Return each line of a height as points (n, 2) in px, the longest first."""
        return sorted(self._found.lines(height), key=len, reverse=True)

    def line(self, height: float) -> str:
        """Return all lines of a height."""
        return "".join(svg_line(one) for one in self.lines(height))

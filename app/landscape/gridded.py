"""A surface that is known on a grid only, such as the loss of a network: between its places it runs straight."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Valued(Protocol):
    """Whatever has a height at each place of the plane; what is drawn of it is remembered."""

    def value(self, x: Any, y: Any) -> Any:
        """Return the heights at places whose arrays broadcast."""

    def __hash__(self) -> int:
        """Pictures of a surface are kept by it."""


class GridSurface:
    """Heights at the crossings of a grid, bilinear between them; outside of it those at its edge.

    across, up   (C,), (R,), ascending and evenly spaced
    values       (R, C), row 0 at the lowest of `up`
    """

    def __init__(self, across: Floats, up: Floats, values: Floats) -> None:
        self.across, self.up, self.values = across, up, values

    def value(self, x: Any, y: Any) -> Floats:
        """Return the heights at places whose arrays broadcast."""
        (j, right), (i, above) = _cell(self.across, x), _cell(self.up, y)
        low = self.values[i, j] * (1 - right) + self.values[i, j + 1] * right
        high = self.values[i + 1, j] * (1 - right) + self.values[i + 1, j + 1] * right
        return np.asarray(low * (1 - above) + high * above)

    def nearest(self, x: float, y: float) -> tuple[int, int]:
        """Return (row, column) of the crossing nearest to a place."""
        return int(abs(self.up - y).argmin()), int(abs(self.across - x).argmin())


def _cell(places: Floats, at: Any) -> tuple[NDArray[np.int64], Floats]:
    """Return between which two places each one lies, and at what share of the way."""
    last = len(places) - 1
    share = np.clip((np.asarray(at, np.float64) - places[0]) / (places[-1] - places[0]) * last, 0, last)
    left = np.minimum(share.astype(np.int64), last - 1)
    return left, share - left

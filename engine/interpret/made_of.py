"""What a number on the way down is made of, as data: what goes from a worker to a page. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Place = tuple[int, int, int]  # channel, row, column


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """One number of a signal: the sum of factors * signals.

    places    (n, 3): channel, row and column, in the signal above, of every number that can reach it
    signals   (n,) the numbers there
    factors   (n,) what each is multiplied by
    seen      what stood in this place on the way up
    """

    places: NDArray[np.int64]
    signals: NDArray[np.float64]
    factors: NDArray[np.float64]
    seen: float

    @property
    def products(self) -> NDArray[np.float64]:
        """What each adds."""
        return self.signals * self.factors

    @property
    def value(self) -> float:
        """The number itself."""
        return float(self.products.sum())

    @property
    def strongest(self) -> list[int]:
        """The terms, the one that adds or takes most first."""
        return [int(k) for k in np.argsort(-np.abs(self.products), kind="stable")]


@dataclass(frozen=True, slots=True, eq=False)
class SmallPart:
    """What comes from above to one cell through a convolution or a pooling, and what it meets there.

    signals   (rows, columns) of one map above: the windows that hold the cell
    numbers   the kernel (K, K) of the strongest filter, or what these windows of the pooling read on the way up
    row       of the cell, counted from the first row of all these windows; column likewise
    """

    kind: str  # "conv2d" or "max_pool2d"
    kernel_size: int
    stride: int
    signals: Array
    numbers: Array
    row: int
    column: int

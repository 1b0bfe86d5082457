"""Where a patch stands on a picture, and what a network answers there. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from engine.geometry import output_size

FEWEST = 4  # positions along an axis of the first, coarse picture
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answers:
    """What the network answers at n positions of the patch; or at those of a grid."""

    probability: NDArray[np.float64]  # of the target
    label: NDArray[np.int64]  # the most likely class
    total: NDArray[np.float64]  # the unit's activity: the sum over its map
    peak: NDArray[np.float64]  # its value where it is largest in the undisturbed picture

    @classmethod
    def unknown(cls, *shape: int) -> Answers:
        """Return answers that are still to come: NaN, and -1 for a class."""
        return cls(np.full(shape, np.nan), np.full(shape, -1), np.full(shape, np.nan), np.full(shape, np.nan))

    def put(self, rows: Places, columns: Places, found: Answers) -> None:
        """Write what was found at places of a grid."""
        for field in fields(self):
            getattr(self, field.name)[rows, columns] = getattr(found, field.name)


@dataclass(frozen=True)
class Grid:
    """The positions of a patch of size x size that is moved by `stride` from the top left corner of a picture.

    As with a convolution's windows, what is left over at the right and at the bottom is never covered.
    Raises ShapeError if the patch is larger than the picture.
    """

    height: int
    width: int
    size: int
    stride: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of positions."""
        return (
            output_size(self.height, self.size, stride=self.stride),
            output_size(self.width, self.size, stride=self.stride),
        )

    @property
    def count(self) -> int:
        """How many positions there are."""
        rows, columns = self.shape
        return rows * columns

    def coarse_to_fine(self) -> Iterator[tuple[int, Places]]:
        """Yield (step, places): a few places of the grid far apart, then those between, until all are told.

        step     how far apart the places known by then are; at last 1
        places   (n, 2): row and column
        """
        rows, columns = self.shape
        step = 1
        while 2 * step * (FEWEST - 1) < max(rows, columns):
            step *= 2
        places = np.indices((rows, columns)).reshape(2, -1).T
        told = np.zeros(len(places), bool)
        while step:
            here = (places % step == 0).all(axis=1) & ~told
            told |= here
            yield step, places[here]
            step //= 2

"""Basins of attraction: which minimum an optimizer reaches from each point of a rectangle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeError
from engine.geometry import whole
from engine.landscape.bounded import ABOVE_ZERO, bounded
from engine.landscape.critical import CriticalPoint, Domain, critical_points
from engine.landscape.paths import endpoints
from engine.landscape.surface import Surface
from engine.landscape.surfaces import surface_of

NOWHERE = -1  # still on its way, or at rest where no minimum is
DIVERGED = -2


@dataclass(frozen=True, eq=False)
class Basins:
    """Where each start of a grid ends.

    labels   (size, size) number of the minimum in `minima`, NOWHERE (-1) or DIVERGED (-2); row 0 is the lowest y
    ends     (size, size, 2) the last point of each path
    minima   by value
    radius   how near to a minimum a path must end to have reached it
    """

    labels: NDArray[np.int64]
    ends: NDArray[np.float64]
    minima: tuple[CriticalPoint, ...]
    radius: float

    def reached(self, end: object) -> int:
        """Return the label of one more path that ends at (x, y). Raises ShapeError unless that is one point."""
        point = np.asarray(end, np.float64)
        if point.shape != (2,):
            raise ShapeError("an end must be (x, y), got shape {shape}", shape=point.shape)
        return int(_nearest(point[None], self.minima, self.radius)[0])


def basins(
    optimizer: str,
    surface: Surface | str,
    domain: object,
    *,
    size: int = 256,
    steps: int = 300,
    radius: float | None = None,
    minima: Sequence[CriticalPoint] | None = None,
    **options: Any,
) -> Basins:
    """Return which minimum the optimizer reaches from each of size x size starts.

    domain    (left, right, bottom, top)
    radius    a path that ends within this distance of a minimum has reached it; a hundredth of the domain unless given
    minima    which a path may reach; all in the domain unless given, as for a part of a larger map
    options   as in trajectories
    """
    chosen, frame, count = surface_of(surface), Domain.of(domain), whole(size, "size", minimum=2)
    near = frame.size / 100 if radius is None else bounded("radius", radius, ABOVE_ZERO)
    points = critical_points(chosen, domain) if minima is None else minima
    lowest = tuple(point for point in points if point.kind == "minimum")
    ends = endpoints(optimizer, chosen, frame.grid(count).reshape(-1, 2), steps, **options)
    labels = _nearest(ends, lowest, near).reshape(count, count)
    return Basins(labels, ends.reshape(count, count, 2), lowest, near)


def _nearest(ends: NDArray[np.float64], minima: tuple[CriticalPoint, ...], near: float) -> NDArray[np.int64]:
    finite = np.isfinite(ends).all(1)
    labels = np.where(finite, NOWHERE, DIVERGED)
    closest = np.full(len(ends), near * near)
    with np.errstate(all="ignore"):
        for number, point in enumerate(minima):
            distance = (ends[:, 0] - point.x) ** 2 + (ends[:, 1] - point.y) ** 2
            nearer = distance < closest
            labels[nearer], closest = number, np.where(nearer, distance, closest)
    return labels

"""The movable point: its slope, and where plain gradient descent goes from there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.exhibits.critical_points.ground import Ground, Point
from app.landscape.marks import Trail, downhill, trail
from engine.landscape import CriticalPoint, curvature, diverged_at, trajectory

Floats = NDArray[np.float64]
AT_REST = 1e-3  # |gradient| below which descent is said to have arrived
NEAR = 1 / 40  # of the plane's longer side: this near to a level point descent is said to come to it


@dataclass(frozen=True, eq=False)
class Spot:
    """A point of the surface and what f does there."""

    ground: Ground
    x: float
    y: float
    moved: bool  # whether the link's point lay outside of the plane

    @classmethod
    def of(cls, ground: Ground, x: float | None, y: float | None, usual: Point) -> Spot:
        wanted = (usual[0] if x is None else x, usual[1] if y is None else y)
        place = ground.plane.nearest(*wanted)
        return cls(ground, *place, moved=place != wanted)

    @property
    def place(self) -> tuple[float, float]:
        return self.ground.plane.place(self.x, self.y)

    @property
    def value(self) -> float:
        return float(self.ground.surface.value(float(self.x), float(self.y)))

    @cached_property
    def gradient(self) -> tuple[float, float]:
        along, up = self.ground.surface.gradient(float(self.x), float(self.y))
        return float(along), float(up)

    @property
    def slope(self) -> float:
        """|gradient|"""
        return float(np.hypot(*self.gradient))

    @property
    def eigenvalues(self) -> tuple[float, float]:
        """Of the Hessian there."""
        low, high = curvature(self.ground.surface, (self.x, self.y)).values.tolist()
        return low, high

    @property
    def field(self) -> tuple[str, str]:
        """Both coordinates as a number field writes them."""
        return f"{self.x:.10g}", f"{self.y:.10g}"

    @property
    def arrow(self) -> str:
        return downhill(self.ground.plane, (self.x, self.y), self.gradient)

    @property
    def text(self) -> str:
        """(x, y) as printed."""
        decimals = self.ground.plane.decimals + 1
        return f"({numbers.fitting(self.x, decimals)}, {numbers.fitting(self.y, decimals)})"

    @property
    def printed(self) -> dict[str, str]:
        """f, the gradient and its length as printed."""
        along, up = (numbers.significant(part) for part in self.gradient)
        return {
            "value": self.ground.height(self.value),
            "gradient": f"({along}, {up})",
            "slope": numbers.significant(self.slope),
        }


@dataclass(frozen=True, eq=False)
class Descent:
    """Plain gradient descent, x <- x - lr grad f, from a spot."""

    start: Spot
    lr: float
    steps: int

    @cached_property
    def path(self) -> Floats:
        """(steps + 1, 2)"""
        start = self.start
        return trajectory("sgd", start.ground.surface, (start.x, start.y), self.steps, lr=self.lr)

    @property
    def left_at(self) -> int | None:
        """The first step outside of the picture."""
        outside = ~self.start.ground.plane.holds(self.path)
        return int(outside.argmax()) if outside.any() else None

    @property
    def diverged_at(self) -> int | None:
        return diverged_at(self.path)

    @property
    def trail(self) -> Trail:
        return trail(self.start.ground.plane, self.path)

    @cached_property
    def end(self) -> Spot | None:
        """Where it is after the last step; None if that is no place any more."""
        x, y = self.path[-1].tolist()
        return Spot(self.start.ground, x, y, moved=False) if np.isfinite((x, y)).all() else None

    @property
    def rests(self) -> bool:
        """Whether the slope at the end is nearly 0: at a minimum it has arrived, near a saddle it only seems so."""
        return self.end is not None and self.end.slope < AT_REST

    def nearest(self, points: list[CriticalPoint]) -> int | None:
        """Return which of the level points the end is near to, None if it is near to none."""
        if self.end is None or not points:
            return None
        distances = np.hypot(*(np.array([(p.x, p.y) for p in points]) - (self.end.x, self.end.y)).T)
        plane = self.start.ground.plane
        near = distances.min() < NEAR * max(plane.right - plane.left, plane.top - plane.bottom)
        return int(distances.argmin()) if near else None

    def numbers(self) -> dict[str, Any]:
        """Return the path and what is told of it, unrounded."""
        return {
            "lr": self.lr,
            "start": (self.start.x, self.start.y),
            "value": self.start.value,
            "gradient": self.start.gradient,
            "eigenvalues": self.start.eigenvalues,
            "path": self.path,
            "left_at": self.left_at,
            "diverged_at": self.diverged_at,
        }

"""The network as a ribbon: one slab for each stage, drawn to scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from engine.nets.architecture import Shape

HIDDEN = {"relu", "dropout"}  # kinds that change no size; ReLU is shown beside its convolution
TALLEST, WIDEST = 74.0, 40.0  # px: of the input's side, and of the deepest stage
SLANT = 0.55  # how far the depth goes up for each px that it goes right
LONGEST = 60.0  # px: of a layer with more units than any has maps
LEAST = 3.0


@dataclass(frozen=True)
class Slab:
    """One stage as a box: its front is a square of the maps' side, its depth are its channels."""

    name: str
    title: str
    shape: Shape
    side: float
    depth: float

    @property
    def width(self) -> float:
        """Of the picture, px."""
        return self.side + self.depth

    @property
    def height(self) -> float:
        """Of the picture, px."""
        return self.side + self.depth * SLANT

    @property
    def front(self) -> tuple[float, float]:
        """Left and top of the front."""
        return 0.0, self.depth * SLANT

    @property
    def edges(self) -> str:
        """The top and the right side, as an SVG path."""
        up, right = -self.depth * SLANT, self.depth
        top = -up
        return (
            f"M0 {top:.1f}l{right:.1f} {up:.1f}h{self.side:.1f}l{-right:.1f} {-up:.1f}z"
            f"M{self.side:.1f} {top:.1f}l{right:.1f} {up:.1f}v{self.side:.1f}l{-right:.1f} {-up:.1f}z"
        )


def ribbon(shapes: dict[str, Shape], titles: dict[str, str], kinds: dict[str, str]) -> list[Slab]:
    """Return the slabs of a network: sides as the square root of the height, depths of the channels.

    A layer of units is so many channels of one cell.
    """
    tallest = max(sqrt(shape[1]) for shape in shapes.values() if len(shape) == 3)
    deepest = max(sqrt(shape[0]) for shape in shapes.values() if len(shape) == 3)
    slabs = []
    for name, shape in shapes.items():
        if kinds.get(name) in HIDDEN:
            continue
        height, channels = (shape[1], shape[0]) if len(shape) == 3 else (1, shape[0])
        side = min(TALLEST, TALLEST * sqrt(height) / tallest)
        slabs.append(Slab(name, titles.get(name, name), shape, max(LEAST, side), _depth(channels, deepest)))
    return slabs


def _depth(channels: int, deepest: float) -> float:
    return min(LONGEST, max(LEAST, WIDEST * sqrt(channels) / deepest))

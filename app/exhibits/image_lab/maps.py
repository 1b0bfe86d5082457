"""The walls of maps of one link: in its colours, its order, with what stands beside on the same scale."""

from __future__ import annotations

from dataclasses import dataclass

from app.exhibits.image_lab.params import Params
from app.networks.wall import Layout, Look, Wall, as_they_come, strongest_first
from engine.ops.arrays import Array

WHOLE_PAGE = 1376  # px that a wall may take where all layers are shown


@dataclass(frozen=True)
class StageMaps:
    """The maps of one stage, and those beside if there are any; nothing else of the network need be there."""

    params: Params
    value: Array
    beside: Array | None = None

    def wall(self) -> Wall:
        return walled(self.params, self.value, self.beside)

    def sheet(self, name: str, theme: str, of: str, packed: bool) -> bytes:
        """Return the maps as a PNG; `name` says of which stage they are."""
        if of == "beside" and self.beside is not None:
            return walled(self.params, self.beside, self.value).picture(theme, packed)
        return self.wall().picture(theme, packed)


def walled(params: Params, value: Array, other: Array | None = None) -> Wall:
    """Return a stage's value as the link wants it seen, on one scale with `other`."""
    look = Look(params.scale, params.bound, params.gamma, params.colours)
    order = strongest_first(value) if params.order == "strength" else as_they_come(value)
    return Wall(value, look, order, layout_of(params, value.shape), () if other is None else (other,))


def layout_of(params: Params, shape: tuple[int, ...]) -> Layout:
    """Return how the maps of a value of `shape` lie on the page."""
    return Layout.of(shape, width=WHOLE_PAGE) if params.view == "layers" else Layout.of(shape)

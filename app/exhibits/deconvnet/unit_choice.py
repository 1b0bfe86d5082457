"""Which unit is gone down from: its layer as the image lab draws it, its map, and the links that lead there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np

from app.exhibits.deconvnet.params import Params
from app.exhibits.image_lab.params import PhotoParams
from app.networks.planes import GAP
from app.networks.wall import Layout
from engine.interpret.photo_projection import PhotoProjection


@dataclass(frozen=True)
class UnitChoice:
    """A unit among those of its layer."""

    params: Params
    found: PhotoProjection

    @property
    def layer(self) -> str:
        """The stage that is begun with."""
        return self.found.steps[0].through

    @property
    def rank(self) -> int:
        """How many indices a number of that layer has."""
        return len(self.found.steps[0].shape)

    @property
    def cell_name(self) -> str:
        """The place as a link has it: the unit, and the cell where the link names one."""
        place = self.found.place if self.params.keep == "cell" else self.found.place[:1]
        return ".".join(map(str, (self.layer, *place)))

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to send down."""
        return self.found.steps[0].largest == 0

    @property
    def has_norm(self) -> bool:
        """Whether there is a normalisation on the way down."""
        return any(step.step == "local_response_norm" for step in self.found.steps)

    @property
    def layer_wall(self) -> Layout:
        """How the maps of the layer lie in the image lab's picture of them."""
        return Layout.of(self.found.steps[0].shape)

    @property
    def kept_shape(self) -> tuple[int, int]:
        """Rows and columns of the unit's map."""
        rows, columns = np.atleast_2d(self.found.map).shape
        return rows, columns

    @property
    def unit_ring(self) -> tuple[int, int, int, int]:
        """Column, row, width and height of the unit in that picture."""
        unit, wall = self.found.place[0], self.layer_wall
        if self.rank == 1:
            return unit % wall.columns, unit // wall.columns, 1, 1
        down, right = divmod(unit, wall.across)
        return right * (wall.columns + GAP), down * (wall.rows + GAP), wall.columns, wall.rows

    @property
    def lab_query(self) -> str:
        """What makes the image lab show the same photo in the same network."""
        said = self.params.model_dump(include=set(PhotoParams.model_fields), exclude_defaults=True)
        return urlencode(said)

    @property
    def lab_cell_query(self) -> str:
        """The same at the unit."""
        return "&".join(filter(None, (self.lab_query, urlencode({"cell": self.cell_name}))))

"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.exhibits.image_lab.params import PhotoParams, PhotoText
from app.i18n import N_

MOST_PARTS = 600


class Params(PhotoParams):
    """A photo, a network, a patch and what is watched."""

    photo: Annotated[PhotoText, Field(title=N_("Photo"), description="a sample's name or p-PICTURE")] = "motorcycle"
    size: Annotated[int, Field(ge=4, le=160, title=N_("Side of the patch"), description="pixels")] = 56
    stride: Annotated[int, Field(ge=2, le=64, title=N_("Stride"), description="pixels")] = 8
    fill: Annotated[Literal["grey", "mean", "black", "white", "blur"], Field(title=N_("What covers"))] = "grey"
    row: Annotated[int | None, Field(ge=0, lt=224, title=N_("Row of the patch"), description="its top")] = None
    column: Annotated[int | None, Field(ge=0, lt=224, title=N_("Column of the patch"), description="its left")] = None
    target: Annotated[int | None, Field(ge=0, lt=1000, title=N_("Class"))] = None
    layer: Annotated[str, Field(max_length=32, title=N_("Layer"), description="whose map is watched")] = ""
    unit: Annotated[int | None, Field(ge=0, lt=4096, title=N_("Map"))] = None
    sweep: Annotated[Literal["coarse", "whole"], Field(title=N_("Positions"), description="some far apart, or all")] = (
        "coarse"
    )
    part: Annotated[
        int | None, Field(ge=0, lt=MOST_PARTS, title=N_("Part of the positions"), description="for /live: one part")
    ] = None

    @property
    def layers(self) -> list[str]:
        """The stages whose maps can be watched: each convolution after its ReLU."""
        shapes = self.architecture.shapes
        return [one.name for one in self.architecture.stages if one.kind == "relu" and len(shapes[one.name]) == 3]

    @property
    def shown_layer(self) -> str:
        """The layer that was chosen; the last one if none was, or this network has no such one."""
        return self.layer if self.layer in self.layers else self.layers[-1]

    @property
    def side(self) -> int:
        """Of the part of the photo that the network reads, in pixels."""
        return self.architecture.input_shape[1]

    @property
    def corner(self) -> tuple[int, int]:
        """Row and column of the patch's top left corner: in the middle unless told, never over the edge."""
        free = max(0, self.side - self.size)
        row, column = (free // 2 if place is None else min(place, free) for place in (self.row, self.column))
        return row, column

"""What a link to this exhibit may say."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.exhibits.image_lab.params import AnyPlace, PhotoParams
from app.i18n import N_
from app.networks.place import Place
from engine import RangeError
from engine.interpret.photo_projection import NO_WAY_DOWN, Asked

METHODS = {"deconvnet": "deconvnet", "gradient": N_("gradient"), "guided": N_("guided")}
KEEPS = {
    "strongest": N_("the strongest cell"),
    "count": N_("the strongest cells"),
    "map": N_("the whole map"),
    "cell": N_("this cell"),
}
NORMS = {"gradient": N_("its gradient"), "pass": N_("left out, as in the paper")}
MOST_KEPT = 50
_SPOT = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){0,2}")

Method = Literal["deconvnet", "gradient", "guided"]


def _spot(text: str) -> str:
    if not _SPOT.fullmatch(text):
        raise RangeError(N_("wanted map, row and column, as in 146.6.13, got “{got}”"), got=text[:40])
    return text


SpotText = Annotated[str, AfterValidator(_spot)]


class Params(PhotoParams):
    """A unit of a network, what is kept of its map, how the way down is gone, and how far the reader is."""

    cell: Annotated[
        AnyPlace, Field(title=N_("Place"), max_length=60, description="layer.map.row.column; less will do: conv5")
    ] = "pool5"
    keep: Annotated[Literal["strongest", "count", "map", "cell"], Field(title=N_("Keep"))] = "strongest"
    count: Annotated[int, Field(ge=2, le=MOST_KEPT, title=N_("Number of cells"))] = 9
    method: Annotated[Method, Field(title=N_("Method"))] = "deconvnet"
    against: Annotated[Method, Field(title=N_("Compared with"))] = "gradient"
    norm: Annotated[Literal["gradient", "pass"], Field(title=N_("LRN on the way down"))] = "gradient"
    step: Annotated[int | None, Field(ge=0, le=100, title=N_("Step"))] = None
    spot: Annotated[SpotText | None, Field(title=N_("Number that is opened"), max_length=20)] = None

    @property
    def layers(self) -> list[str]:
        """The stages that one can begin with."""
        return [stage.name for stage in self.architecture.stages if stage.kind not in NO_WAY_DOWN]

    @property
    def place(self) -> Place:
        """The place; where this network has none of that name, its last layer of maps."""
        architecture = self.architecture
        try:
            place = Place.read(self.cell, architecture)
        except RangeError:
            place = Place("")
        if place.stage in self.layers:
            return place
        maps = [name for name in self.layers if len(architecture.shapes[name]) == 3]
        pools = [name for name in maps if architecture.stage(name).kind == "max_pool2d"]
        return Place((pools or maps)[-1])

    @property
    def asked(self) -> Asked:
        """What the engine is asked for."""
        spot = None
        if self.spot is not None:
            channel, row, column = (*map(int, self.spot.split(".")), 0, 0)[:3]
            spot = channel, row, column
        return Asked(
            self.place.stage,
            self.place.indices,
            self.method,
            self.against,
            self.keep,
            self.count,
            self.norm,
            self.step,
            spot,
        )

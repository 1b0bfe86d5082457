"""What a link to this exhibit may say."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from app.exhibits.image_lab.samples import SAMPLES
from app.exhibits.link_params import LinkParams
from app.i18n import N_
from app.networks.cell import Cell, read_trail
from app.networks.place import Place
from app.networks.sources import architecture_of, best_source
from engine import RangeError
from engine.nets import NETS
from engine.nets.architecture import Architecture
from engine.photo import Crop, Pixels, crop_of

PhotoNet = Literal["alexnet-2012", "alexnet", "zfnet", "vgg16", "tiny-vgg"]
PHOTO_NETS = get_args(PhotoNet)
FIRST_NET: PhotoNet = "alexnet-2012"
STAGES = {"gap", "drop", "fc", *(stage for name in PHOTO_NETS for stage in NETS[name].shapes)}
LONGEST_TRAIL = 400
_PICTURE = re.compile(r"p-([0-9a-f]{32})")


def _photo(text: str) -> str:
    if text not in SAMPLES and not _PICTURE.fullmatch(text):
        raise RangeError(
            N_("wanted one of {samples} or an uploaded picture (p-...), got “{got}”"),
            samples=", ".join(SAMPLES),
            got=text[:40],
        )
    return text


def picture_of(photo: str) -> str:
    """Return the hash of an uploaded photo, "" of a sample."""
    match = _PICTURE.fullmatch(photo)
    return match[1] if match else ""


def _place(text: str) -> str:
    """Refuse a stage that no network has; one that is gone with another network is no mistake."""
    if text.partition(".")[0] not in STAGES:
        Place.read(text, NETS[FIRST_NET])
    return text


PhotoText = Annotated[str, AfterValidator(_photo)]
AnyPlace = Annotated[str, AfterValidator(_place)]


class PhotoParams(LinkParams):
    """A photo, the part of it that is seen, and the network that looks at it."""

    photo: Annotated[PhotoText, Field(title=N_("Photo"), description="a sample's name or p-PICTURE")] = "cat"
    zoom: Annotated[int, Field(ge=100, le=800, title=N_("Zoom"), description="percent")] = 100
    across: Annotated[int, Field(ge=0, le=100, title=N_("Across"), description="percent")] = 50
    down: Annotated[int, Field(ge=0, le=100, title=N_("Down"), description="percent")] = 50
    net: Annotated[PhotoNet, Field(title=N_("Network"))] = FIRST_NET
    weights: Annotated[Literal["", "shipped", "official", "random"], Field(title=N_("Weights"))] = ""

    @property
    def source(self) -> str:
        """Where the weights come from; what was not said is the best there is."""
        return self.weights or best_source(self.net)

    @property
    def architecture(self) -> Architecture:
        """The network in the variant that its weights are for. Raises EngineError if they are not here."""
        return architecture_of(self.net, self.source)

    def crop(self, photo: Pixels) -> Crop:
        """Return the part of `photo` that is seen."""
        height, width, _ = photo.shape
        return crop_of(height, width, zoom=self.zoom / 100, across=self.across / 100, down=self.down / 100)


class Params(PhotoParams):
    """What a network made of a photo, and a place in it."""

    cell: Annotated[
        AnyPlace, Field(title=N_("Place"), max_length=60, description="stage.map.row.column; less will do: conv2")
    ] = "conv1"
    trail: Annotated[str, Field(title=N_("Way here"), max_length=LONGEST_TRAIL)] = ""
    scale: Annotated[Literal["layer", "map", "fixed"], Field(title=N_("Colour scale"))] = "layer"
    bound: Annotated[float, Field(gt=0, le=10_000, title=N_("Fixed bound"))] = 5.0
    gamma: Annotated[float, Field(ge=0.2, le=1, title=N_("Gamma"))] = 1.0
    colours: Annotated[Literal["diverging", "grey", "viridis"], Field(title=N_("Colours"))] = "diverging"
    order: Annotated[Literal["index", "strength"], Field(title=N_("Order of maps"))] = "index"
    beside: Annotated[PhotoText | None, Field(title=N_("Photo beside"))] = None
    beside_net: Annotated[PhotoNet | None, Field(title=N_("Network beside"))] = None
    view: Annotated[Literal["stage", "layers", "depth"], Field(title=N_("View"))] = "stage"
    step_size: Annotated[Literal["layer", "map", "channel"], Field(title=N_("Step size"))] = "layer"
    step: Annotated[int | None, Field(ge=0, le=10_000, title=N_("Step"))] = None

    @property
    def place(self) -> Place:
        """The place, or the first stage where the network has no such one."""
        architecture = self.architecture
        try:
            return Place.read(self.cell, architecture)
        except RangeError:
            return Place(architecture.stages[0].name)

    @property
    def way(self) -> tuple[Cell, ...]:
        """The cells that the reader came through; none of them if one is not in this network."""
        try:
            return read_trail(self.trail, self.architecture)
        except RangeError:
            return ()

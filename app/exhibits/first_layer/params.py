"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from app.exhibits.link_params import LinkParams
from app.i18n import N_
from app.networks.sources import best_source

Net = Literal["alexnet-2012", "zfnet", "alexnet", "vgg16", "tiny-vgg", "lenet5"]
NETS_HERE = get_args(Net)
Source = Literal["", "shipped", "official", "random"]
Tab = Literal["filters", "spectrum", "dead", "aliasing", "shift"]
Photo = Literal["cat", "motorcycle", "coffee", "rocket", "astronaut", "coins"]
MOST_FILTERS = 96


class Params(LinkParams):
    """Two networks, a filter of each, and what is asked of them."""

    tab: Annotated[Tab, Field(title=N_("View"))] = "filters"
    net: Annotated[Net, Field(title=N_("Network"))] = "alexnet-2012"
    weights: Annotated[Source, Field(title=N_("Weights"))] = ""
    unit: Annotated[int | None, Field(ge=0, lt=MOST_FILTERS, title=N_("Filter"))] = None
    beside: Annotated[Net, Field(title=N_("Network beside"))] = "zfnet"
    beside_weights: Annotated[Source, Field(title=N_("Weights beside"))] = ""
    beside_unit: Annotated[int | None, Field(ge=0, lt=MOST_FILTERS, title=N_("Filter beside"))] = None
    order: Annotated[Literal["index", "low", "rms"], Field(title=N_("Order of filters"))] = "index"
    scale: Annotated[Literal["filter", "bank"], Field(title=N_("Colour scale"))] = "filter"
    dead: Annotated[int, Field(ge=1, le=50, title=N_("Dead below"), description="percent of the median")] = 10
    frequency: Annotated[float, Field(ge=0, le=0.5, title=N_("Frequency"), description="cycles per pixel")] = 0.2
    angle: Annotated[float, Field(ge=0, lt=180, title=N_("Angle"), description="degrees; 0 runs to the right")] = 0
    photo: Annotated[Photo, Field(title=N_("Photo"))] = "cat"

    @property
    def sides(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """(network, where its weights come from) of both; what was not said is the best there is."""
        return (
            (self.net, self.weights or best_source(self.net)),
            (self.beside, self.beside_weights or best_source(self.beside)),
        )

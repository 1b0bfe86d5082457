"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.exhibits.link_params import LinkParams
from app.i18n import N_

MOST = 50  # dimensions
MOST_DRAWN = 10_000


class Params(LinkParams):
    """A dimension, a height, and how much is drawn at random."""

    n: Annotated[int, Field(ge=1, le=MOST, title=N_("Dimensions n"))] = 10
    height: Annotated[float, Field(ge=-2.5, le=2.5, title=N_("Height h"), description="f / sqrt n")] = -0.8
    samples: Annotated[int, Field(ge=100, le=MOST_DRAWN, title=N_("Matrices drawn"))] = 2000
    seed: Annotated[int, Field(ge=0, le=999_999, title=N_("Seed"))] = 0

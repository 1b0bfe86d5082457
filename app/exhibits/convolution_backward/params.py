"""The exhibit's parameters: its form, its link, its API and their bounds, written once."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from app.exhibits import fields
from app.exhibits.convolution_backward.presets import FIRST, PRESETS
from app.exhibits.link_params import LinkParams
from app.i18n import N_
from engine import RangeError

MOST_CHANNELS, MOST_FILTERS, MOST_SIZE, MOST_KERNEL = 4, 4, 9, 5
MOST_NUMBERS = 108  # of each tensor: a page draws every one several times, and goes through all steps of both views
EPSILONS = ("0.1", "0.001", "0.00001")
_PLACE = re.compile(r"[0-9]{1,2}(_[0-9]{1,2}){0,3}")


def _place(text: str) -> str:
    if not _PLACE.fullmatch(text):
        raise RangeError(N_("wanted the indices of a cell, as in 0_1_2; got “{got}”"), got=text[:40])
    return text


class Params(LinkParams):
    """What a link to this exhibit may say. None means: as the preset has it."""

    predict: ClassVar = False  # what the dock of other exhibits can also do

    preset: Annotated[str, fields.Preset(PRESETS), Field(title=N_("Preset"))] = FIRST
    x: Annotated[fields.TensorText | None, Field(title=N_("Input"))] = None
    weight: Annotated[fields.TensorText | None, Field(title=N_("Filters"))] = None
    grad_output: Annotated[fields.TensorText | None, Field(title=N_("Gradient dY"))] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, title=N_("Seed"))] = None
    stride: Annotated[Annotated[str, fields.Pair(1, 8)] | None, Field(title=N_("Stride"))] = None
    padding: Annotated[fields.PaddingText | None, Field(title=N_("Padding"))] = None
    dilation: Annotated[Annotated[str, fields.Pair(1, 6)] | None, Field(title=N_("Dilation"))] = None
    groups: Annotated[int | None, Field(ge=1, le=MOST_CHANNELS, title=N_("Groups"))] = None
    tab: Annotated[Literal["dx", "dw", "db"], Field(title=N_("Gradient"))] = "dx"
    dx_view: Annotated[Literal["scatter", "gather"], Field(title=N_("View of dX"))] = "scatter"
    dw_view: Annotated[Literal["stamps", "weights"], Field(title=N_("View of dW"))] = "stamps"
    step_size: Annotated[Literal["output", "channel", "product"], Field(title=N_("Step size"))] = "output"
    step: Annotated[int, Field(ge=0, le=10**6, title=N_("Step"))] = 0
    lr: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, title=N_("Learning rate"))] = 0.1
    check: Annotated[
        Annotated[str, AfterValidator(_place)] | None,
        Field(title=N_("Cell to check"), json_schema_extra={"examples": ["0_1_2"]}),
    ] = None
    eps: Annotated[Literal["0.1", "0.001", "0.00001"], Field(title=N_("Epsilon"))] = "0.001"

    @property
    def view(self) -> str:
        """The way in which the gradient of the open tab is made."""
        return {"dx": self.dx_view, "dw": self.dw_view, "db": "bias"}[self.tab]


LAYER_OPTIONS = ("stride", "padding", "dilation", "groups")

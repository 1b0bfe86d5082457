"""What a link to this exhibit may say, and its bounds."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from app.exhibits import fields
from app.exhibits.going_back_up.presets import FIRST, PRESETS
from app.exhibits.link_params import LinkParams
from app.i18n import N_
from engine import RangeError

MOST_CHANNELS, MOST_SIZE, MOST_POOLED, MOST_KERNEL = 2, 6, 9, 5
BOUNDS = {  # what the sliders offer
    "kernel_size": (1, MOST_KERNEL),
    "stride": (1, 4),
    "padding": (0, 5),
    "output_padding": (0, 3),
    "dilation": (1, 3),
    "groups": (1, MOST_CHANNELS),
    "scale_factor": (1, 4),
}
MOST_LAYERS, MOST_DILATION = 4, 4


def _dilations(text: str) -> str:
    """Return "1x2x4" for whatever separates the numbers."""
    found = re.split(r"[x×,_\s]+", text.strip())
    if len(found) > MOST_LAYERS or not all(re.fullmatch(r"[1-9]", part) for part in found):
        raise RangeError(
            N_("wanted: one dilation from 1 to {most} for each of at most {layers} layers, as 1x2x4; got “{got}”"),
            most=MOST_DILATION,
            layers=MOST_LAYERS,
            got=text[:40],
        )
    if max(map(int, found)) > MOST_DILATION:
        raise RangeError(N_("wanted: dilations of at most {most}; got “{got}”"), most=MOST_DILATION, got=text[:40])
    return "x".join(found)


def _bounds(name: str) -> Any:
    low, high = BOUNDS[name]
    return Field(ge=low, le=high)


class Params(LinkParams):
    """One of the ways back up, its numbers and options. None means: as the preset has it."""

    predict: ClassVar = False  # what the dock of other exhibits can also do

    preset: Annotated[str, fields.Preset(PRESETS), Field(title=N_("Preset"))] = FIRST
    view: Annotated[Literal["stamp", "gather"], Field(title=N_("View"))] = "stamp"
    x: Annotated[fields.TensorText | None, Field(title=N_("Input"))] = None
    weight: Annotated[fields.TensorText | None, Field(title=N_("Filters"))] = None
    bias: Annotated[fields.TensorText | None, Field(title=N_("Bias"))] = None
    y: Annotated[fields.TensorText | None, Field(title=N_("Values that go back"))] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, title=N_("Seed"))] = None
    kernel_size: Annotated[int | None, _bounds("kernel_size"), Field(title=N_("Kernel"))] = None
    stride: Annotated[int | None, _bounds("stride"), Field(title=N_("Stride"))] = None
    padding: Annotated[int | None, _bounds("padding"), Field(title=N_("Padding"))] = None
    output_padding: Annotated[int | None, _bounds("output_padding"), Field(title=N_("Output padding"))] = None
    dilation: Annotated[int | None, _bounds("dilation"), Field(title=N_("Dilation"))] = None
    groups: Annotated[int | None, _bounds("groups"), Field(title=N_("Groups"))] = None
    scale_factor: Annotated[int | None, _bounds("scale_factor"), Field(title=N_("Scale factor"))] = None
    mode: Annotated[Literal["nearest", "bilinear"] | None, Field(title=N_("Mode"))] = None
    align_corners: Annotated[bool | None, Field(title=N_("Align corners"))] = None
    dilations: Annotated[
        Annotated[str, AfterValidator(_dilations)] | None,
        Field(title=N_("Dilation of each layer"), json_schema_extra={"examples": ["1x2x4"]}),
    ] = None
    step: Annotated[int, Field(ge=0, le=10**6, title=N_("Step"))] = 0


TENSORS = ("x", "weight", "bias", "y")
OPTIONS = ("kernel_size", "stride", "padding", "output_padding", "dilation", "groups", "scale_factor", "dilations")
CHOICES = ("mode", "align_corners")

"""The exhibit's parameters: its form, its link, its API and their bounds, written once."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import AfterValidator, Field, ValidationError

from app.exhibits import fields
from app.exhibits.convolution_forward.presets import FIRST, PRESETS
from app.exhibits.link_params import LinkParams
from app.i18n import N_
from engine import RangeError

MOST_CHANNELS, MOST_FILTERS, MOST_SIZE, MOST_KERNEL = 8, 16, 32, 11


def _layer_query(text: str) -> str:
    """Return the query of the layer that is not shown, if it says what a layer may say."""
    given = dict(parse_qsl(text, keep_blank_values=True))
    try:
        Params.model_validate(given)
        understood = bool(given) and set(given) <= set(LAYER_PARAMS)
    except ValidationError:
        understood = False
    if not understood:
        raise RangeError(N_("wanted the options of the other layer, as in stride=2; got “{got}”"), got=text[:40])
    return text


class Params(LinkParams):
    """What a link to this exhibit may say. None means: as the preset has it."""

    preset: Annotated[str, fields.Preset(PRESETS), Field(title=N_("Preset"))] = FIRST
    layer: Annotated[int, Field(ge=1, le=2, title=N_("Layer"))] = 1
    x: Annotated[fields.TensorText | None, Field(title=N_("Input"))] = None
    weight: Annotated[fields.TensorText | None, Field(title=N_("Filters"))] = None
    bias: Annotated[fields.TensorText | None, Field(title=N_("Bias"))] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, title=N_("Seed"))] = None
    size: Annotated[Annotated[str, fields.Pair(1, MOST_SIZE)] | None, Field(title=N_("Input size"))] = None
    in_channels: Annotated[int | None, Field(ge=1, le=MOST_CHANNELS, title=N_("Channels"))] = None
    out_channels: Annotated[int | None, Field(ge=1, le=MOST_FILTERS, title=N_("Number of filters"))] = None
    kernel_size: Annotated[Annotated[str, fields.Pair(1, MOST_KERNEL)] | None, Field(title=N_("Kernel"))] = None
    stride: Annotated[Annotated[str, fields.Pair(1, 8)] | None, Field(title=N_("Stride"))] = None
    padding: Annotated[fields.PaddingText | None, Field(title=N_("Padding"))] = None
    dilation: Annotated[Annotated[str, fields.Pair(1, 6)] | None, Field(title=N_("Dilation"))] = None
    groups: Annotated[int | None, Field(ge=1, le=MOST_CHANNELS, title=N_("Groups"))] = None
    activation: Annotated[Literal["none", "relu", "sigmoid", "tanh"] | None, Field(title=N_("Activation"))] = None
    true_convolution: Annotated[bool, Field(title=N_("True convolution"))] = False
    other: Annotated[Annotated[str, AfterValidator(_layer_query)] | None, Field(title=N_("Other layer"))] = None
    step_size: Annotated[Literal["output", "channel", "product"], Field(title=N_("Step size"))] = "output"
    step: Annotated[int, Field(ge=0, le=10**8, title=N_("Step"))] = 0
    predict: Annotated[bool, Field(title=N_("Predict"))] = False
    tab: Annotated[Literal["forward", "code"], Field(title=N_("Tab"))] = "forward"


OPTIONS = (
    "size",
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "activation",
)
LAYER_PARAMS = (*OPTIONS, "x", "weight", "bias", "seed", "true_convolution")  # what each layer has of its own

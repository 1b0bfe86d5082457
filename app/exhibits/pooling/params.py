"""The exhibit's parameters: its form, its link, its API and their bounds, written once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.exhibits import fields
from app.exhibits.link_params import LinkParams
from app.exhibits.pooling.presets import FIRST, PRESETS
from app.i18n import N_

MOST_CHANNELS, MOST_SIZE, MOST_STRIDE, MOST_DILATION, MOST_SHIFT = 4, 12, 12, 3, 3

MOST_CELLS = 600  # on a page: what is drawn within the 50 ms that a request may take


Shift = Annotated[int, Field(ge=-MOST_SHIFT, le=MOST_SHIFT)]


class Params(LinkParams):
    """What a link to this exhibit may say. None means: as the preset has it."""

    preset: Annotated[str, fields.Preset(PRESETS), Field(title=N_("Preset"))] = FIRST
    kind: Annotated[Literal["max", "average", "lp", "subsampling"] | None, Field(title=N_("Kind"))] = None
    x: Annotated[fields.TensorText | None, Field(title=N_("Input"))] = None
    grad: Annotated[fields.TensorText | None, Field(title=N_("Gradient of the output"))] = None
    weight: Annotated[fields.TensorText | None, Field(title=N_("Weights"))] = None
    bias: Annotated[fields.TensorText | None, Field(title=N_("Bias"))] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, title=N_("Seed"))] = None
    size: Annotated[Annotated[str, fields.Pair(1, MOST_SIZE)] | None, Field(title=N_("Input size"))] = None
    in_channels: Annotated[int | None, Field(ge=1, le=MOST_CHANNELS, title=N_("Channels"))] = None
    kernel_size: Annotated[Annotated[str, fields.Pair(1, MOST_SIZE)] | None, Field(title=N_("Kernel"))] = None
    stride: Annotated[Annotated[str, fields.Pair(1, MOST_STRIDE)] | None, Field(title=N_("Stride"))] = None
    padding: Annotated[fields.PaddingText | None, Field(title=N_("Padding"))] = None
    dilation: Annotated[Annotated[str, fields.Pair(1, MOST_DILATION)] | None, Field(title=N_("Dilation"))] = None
    ceil_mode: Annotated[bool | None, Field(title=N_("Output size rounded up"))] = None
    count_include_pad: Annotated[bool | None, Field(title=N_("Padding counts in the average"))] = None
    norm_type: Annotated[Literal["1", "2", "4", "8"] | None, Field(title=N_("Power p"))] = None
    tab: Annotated[Literal["forward", "backward", "shift"], Field(title=N_("Tab"))] = "forward"
    step: Annotated[int, Field(ge=0, le=10**8, title=N_("Step"))] = 0
    shift_rows: Annotated[Shift, Field(title=N_("Rows that the input is shifted down"))] = 0
    shift_columns: Annotated[Shift, Field(title=N_("Columns that the input is shifted right"))] = 0


OPTIONS = (
    "kind",
    "size",
    "in_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "ceil_mode",
    "count_include_pad",
    "norm_type",
)

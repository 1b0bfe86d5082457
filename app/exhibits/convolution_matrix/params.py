"""The exhibit's parameters: its form, its link, its API and their bounds, written once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.exhibits import fields
from app.exhibits.convolution_matrix.presets import FIRST, PRESETS
from app.exhibits.link_params import LinkParams
from app.i18n import N_

MOST_ROWS, MOST_COLUMNS, MOST_WEIGHTS = 36, 100, 50  # of C as it is drawn; weights of one filter
BOUNDS = {"stride": (1, 4), "padding": (0, 3), "dilation": (1, 3), "groups": (1, 4)}


class Params(LinkParams):
    """What a link to this exhibit may say. None means: as the preset has it."""

    preset: Annotated[str, fields.Preset(PRESETS), Field(title=N_("Preset"))] = FIRST
    x: Annotated[fields.TensorText | None, Field(title=N_("Input"))] = None
    weight: Annotated[fields.TensorText | None, Field(title=N_("Filters"))] = None
    grad_output: Annotated[fields.TensorText | None, Field(title=N_("Gradient of the output"))] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, title=N_("Seed"))] = None
    stride: Annotated[Annotated[str, fields.Pair(*BOUNDS["stride"])] | None, Field(title=N_("Stride"))] = None
    padding: Annotated[fields.PaddingText | None, Field(title=N_("Padding"))] = None
    dilation: Annotated[Annotated[str, fields.Pair(*BOUNDS["dilation"])] | None, Field(title=N_("Dilation"))] = None
    groups: Annotated[int | None, Field(ge=1, le=BOUNDS["groups"][1], title=N_("Groups"))] = None
    tab: Annotated[
        Literal["forward", "backward", "neurons", "columns", "loops"],
        Field(title=N_("Tab")),
    ] = "forward"
    way: Annotated[Literal["gather", "stamp"], Field(title=N_("Way back"))] = "gather"
    cell: Annotated[
        Annotated[str, fields.Pair(0, MOST_COLUMNS - 1)] | None,
        Field(title=N_("Cell of C")),
    ] = None
    timed: Annotated[bool, Field(title=N_("Measure"))] = False
    step: Annotated[int, Field(ge=0, le=10**8, title=N_("Step"))] = 0

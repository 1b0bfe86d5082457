"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from app.exhibits import fields
from app.exhibits.link_params import LinkParams
from app.exhibits.small_cnn.cell import Cell
from app.exhibits.small_cnn.presets import FIRST, PRESETS
from app.i18n import N_

MOST_UPDATES = 50


def _cell(text: str) -> str:
    return str(Cell.read(text))


def _two_decimals(value: float) -> float:
    return round(value, 2)  # the slider's steps: what a link says can be set by hand


class Params(LinkParams):
    """A picture, a network, how far it has learnt, and the number that is open. None means: as the preset has it."""

    predict: ClassVar = False  # what the stage of other exhibits can also do
    true_convolution: ClassVar = False

    preset: Annotated[str, fields.Preset(PRESETS), Field(title=N_("Preset"))] = FIRST
    target: Annotated[int | None, Field(ge=0, le=1, title=N_("Right class"))] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, title=N_("Seed"))] = None
    x: Annotated[fields.TensorText | None, Field(title=N_("Input"))] = None
    weight: Annotated[fields.TensorText | None, Field(title=N_("Filters"))] = None
    bias: Annotated[fields.TensorText | None, Field(title=N_("Bias"))] = None
    linear_weight: Annotated[fields.TensorText | None, Field(title=N_("Linear weights"))] = None
    linear_bias: Annotated[fields.TensorText | None, Field(title=N_("Linear bias"))] = None
    lr: Annotated[
        float, Field(ge=0.01, le=1, allow_inf_nan=False, title=N_("Learning rate")), AfterValidator(_two_decimals)
    ] = 0.05
    updates: Annotated[int, Field(ge=0, le=MOST_UPDATES, title=N_("Updates"))] = 0
    step: Annotated[int | None, Field(ge=0, le=10**8, title=N_("Step"))] = None
    cell: Annotated[
        Annotated[str, AfterValidator(_cell)] | None,
        Field(title=N_("Cell"), description="conv.map.row.column; d_ before it: its gradient, new_: after the update"),
    ] = None
    at: Annotated[int, Field(ge=0, le=10**8, title=N_("Step of the network"))] = 0
    step_size: Annotated[Literal["output", "channel", "product"], Field(title=N_("Step size"))] = "output"
    check: Annotated[bool, Field(title=N_("Gradient check"))] = False

"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from app.exhibits.lenet5.drawing import Drawing
from app.exhibits.link_params import LinkParams
from app.i18n import N_
from app.networks.cell import Cell, read_trail
from engine.nets import NETS

NETWORK = NETS["lenet5"]
LONGEST_TRAIL = 400


def _drawing(text: str) -> str:
    Drawing.read(text)
    return text


def _cell(text: str) -> str:
    return str(Cell.read(text, NETWORK))


def _trail(text: str) -> str:
    return ",".join(map(str, read_trail(text, NETWORK)))


DrawingText = Annotated[str, AfterValidator(_drawing)]


class Params(LinkParams):
    """A drawing, another one beside it, and the cell that is open."""

    predict: ClassVar = False  # what the stage of other exhibits can also do
    true_convolution: ClassVar = False

    digit: Annotated[DrawingText, Field(title=N_("Drawing"), description="0-9, s-STROKES or p-PICTURE")] = "3"
    beside: Annotated[DrawingText | None, Field(title=N_("Drawing beside"))] = None
    cell: Annotated[
        Annotated[str, AfterValidator(_cell)] | None,
        Field(title=N_("Cell"), description="stage.map.row.column, as conv1.3.10.12"),
    ] = None
    trail: Annotated[str, AfterValidator(_trail), Field(title=N_("Way here"), max_length=LONGEST_TRAIL)] = ""
    step_size: Annotated[Literal["output", "channel", "product"], Field(title=N_("Step size"))] = "output"
    step: Annotated[int | None, Field(ge=0, le=10**8, title=N_("Step"))] = None

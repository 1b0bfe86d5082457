"""What a link to this exhibit may say."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from app.exhibits.lenet5.drawing import Drawing
from app.exhibits.link_params import LinkParams
from app.i18n import N_
from app.landscape.frame import Frame
from engine import RangeError

ALL = "all"  # in place of one drawing: the ten typical digits together
FARTHEST = 100.0  # that alpha and beta may reach
GRIDS = (13, 25, 41)
FACTORS = (1, 2, 4, 8)
LAST = 20  # epochs


def _frame(text: str) -> str:
    frame = Frame.read(text)
    if max(map(abs, frame.domain)) > FARTHEST or min(frame.right - frame.left, frame.top - frame.bottom) < 1e-3:
        sentence = N_("alpha and beta may reach to {most}, and must differ by 0.001; got “{got}”")
        raise RangeError(sentence, most=FARTHEST, got=text[:40])
    return frame.text


def _drawing(text: str) -> str:
    if text != ALL:
        Drawing.read(text)
    return text


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise RangeError(N_("wanted a number, got “{got}”"), got=str(value))
    return value


Place = Annotated[Annotated[float, AfterValidator(_finite)], Field(ge=-FARTHEST, le=FARTHEST)]


def _one_of(known: tuple[int, ...]) -> AfterValidator:
    def checked(value: int) -> int:
        if value not in known:
            raise RangeError(N_("wanted one of {known}, got {got}"), known=", ".join(map(str, known)), got=value)
        return value

    return AfterValidator(checked)


class Params(LinkParams):
    """A plane through the trained weights, what the loss is taken on, and what is looked at."""

    predict: ClassVar = False  # what the dock of other exhibits can also do

    data: Annotated[Literal["mnist", "digits"], Field(title=N_("Loss on"))] = "mnist"
    plane: Annotated[Literal["path", "random"], Field(title=N_("Plane"))] = "path"
    direction: Annotated[Literal["filter", "plain"], Field(title=N_("Directions"))] = "filter"
    show: Annotated[Literal["loss", "error"], Field(title=N_("Height"))] = "loss"
    digit: Annotated[
        Annotated[str, AfterValidator(_drawing)],
        Field(title=N_("Digit"), description="all, 0-9, s-STROKES or p-PICTURE"),
    ] = ALL
    label: Annotated[int | None, Field(ge=0, le=9, title=N_("What the drawing is"))] = None
    seed: Annotated[int, Field(ge=0, le=999_999, title=N_("Seed"))] = 0
    frame: Annotated[
        Annotated[str, AfterValidator(_frame)] | None,
        Field(title=N_("Range of alpha and beta"), json_schema_extra={"examples": ["-1_1_-1_1"]}),
    ] = None
    grid: Annotated[int, _one_of(GRIDS), Field(title=N_("Grid"), json_schema_extra={"enum": list(GRIDS)})] = GRIDS[0]
    factor: Annotated[
        int, _one_of(FACTORS), Field(title=N_("C1 times, C3 divided by"), json_schema_extra={"enum": list(FACTORS)})
    ] = 1
    x: Annotated[Place, Field(title=N_("Place, alpha"))] = 0.0
    y: Annotated[Place, Field(title=N_("Place, beta"))] = 0.0
    step: Annotated[int, Field(ge=0, le=10**6, title=N_("Epoch"))] = LAST
    turn: Annotated[int, Field(ge=0, le=359, title=N_("Turn of the surface"))] = 150
    tilt: Annotated[int, Field(ge=5, le=90, title=N_("Tilt of the surface"))] = 38

    @property
    def kind(self) -> str:
        """The plane as the engine calls it."""
        return "path" if self.plane == "path" else self.direction


VIEW = ("step", "turn", "tilt")

"""What a link to the race may say, and its bounds."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from app.exhibits.fields import Number, Preset, Seed
from app.exhibits.saddle_race import options
from app.exhibits.saddle_race.racers import RACERS, SIX
from app.i18n import N_
from app.landscape.frame import FARTHEST, Frame
from app.landscape.schedules import ScheduleParams
from engine import RangeError
from engine.landscape import CATALOGUE

MOST_STEPS, USUAL_STEPS, SHOWN_AT = 1000, 120, 30
MOST_BUDGET, USUAL_BUDGET = 32, 16
LONGEST_FORMULA = 400  # of a text that is kept to be mended; the engine reads half of it


def _frame(text: str) -> str:
    return "_".join(options.written(side) for side in Frame.read(text).domain)


def _race(text: str) -> str:
    keys = list(dict.fromkeys(part for part in re.split(r"[,\s]+", text.strip()) if part))
    for key in keys:
        if key not in RACERS:
            raise RangeError("there is no optimizer {key}; there are {known}", key=key[:40], known=", ".join(RACERS))
    return ",".join(keys)


class Params(ScheduleParams):
    """A surface, a start, some optimizers and how far they have come. None means: as the surface has it."""

    predict: ClassVar = False  # what the dock of other exhibits can also do

    surface: Annotated[str, Preset(CATALOGUE), Field(title=N_("Surface"))] = "saddle"
    f: Annotated[str | None, Field(max_length=LONGEST_FORMULA, title=N_("Formula f(x, y)"))] = None
    good: Annotated[str | None, Field(max_length=LONGEST_FORMULA, title=N_("The last formula that could be read"))] = (
        None
    )
    condition: Annotated[Number | None, Field(ge=1, le=10_000, title=N_("Condition number of the ravine"))] = None
    frame: Annotated[
        Annotated[str, AfterValidator(_frame)] | None,
        Field(title=N_("Frame"), json_schema_extra={"examples": ["-2_2_-2_2"]}),
    ] = None
    x: Annotated[Number | None, Field(ge=-FARTHEST, le=FARTHEST, title=N_("Start, x"))] = None
    y: Annotated[Number | None, Field(ge=-FARTHEST, le=FARTHEST, title=N_("Start, y"))] = None
    race: Annotated[str, AfterValidator(_race), Field(max_length=300, title=N_("Optimizers"))] = ",".join(SIX)
    pick: Annotated[str | None, Field(max_length=40, title=N_("Selected optimizer"))] = None
    set: Annotated[str, AfterValidator(options.shortest), Field(title=N_("Options of the optimizers"))] = ""
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS, title=N_("Steps"))] = USUAL_STEPS
    step: Annotated[int, Field(ge=0, le=10**6, title=N_("Step"))] = SHOWN_AT
    noise: Annotated[Number, Field(ge=0, le=1000, title=N_("Noise on the gradient"))] = 0.0
    seed: Annotated[Seed, Field(title=N_("Seed of the noise"))] = 0
    clip_norm: Annotated[Number | None, Field(ge=0, le=1e6, title=N_("Longest gradient"))] = None
    margin: Annotated[Number | None, Field(ge=0, le=1e12, title=N_("Margin"))] = None
    radius: Annotated[Number | None, Field(ge=0, le=1e6, title=N_("Radius"))] = None
    fair: Annotated[bool, Field(title=N_("Fair race"))] = False
    budget: Annotated[int, Field(ge=1, le=MOST_BUDGET, title=N_("Budget"))] = USUAL_BUDGET
    tuning_seed: Annotated[Seed, Field(title=N_("Seed of the tuning"))] = 0
    turn: Annotated[int, Field(ge=0, le=359, title=N_("Turn of the surface"))] = 150
    tilt: Annotated[int, Field(ge=5, le=90, title=N_("Tilt of the surface"))] = 38


VIEW = ("step", "turn", "tilt")

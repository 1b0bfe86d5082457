"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.exhibits.curves import Several
from app.exhibits.link_params import LinkParams
from app.exhibits.losses.catalogue import KINDS, LOSSES, Kind
from app.i18n import N_

MOST_STEPS = 200


class Params(LinkParams):
    """Losses of one prediction; and two of them that teach an output."""

    tab: Annotated[Literal["curves", "beside", "table"], Field(title=N_("View"))] = "curves"
    kind: Annotated[Literal["number", "probability", "logit", "classes"], Field(title=N_("What is predicted"))] = (
        "number"
    )
    shown: Annotated[str, Several(LOSSES), Field(title=N_("Losses"), min_length=1, max_length=300)] = ",".join(LOSSES)
    x: Annotated[float | None, Field(ge=-6, le=6, title=N_("Prediction"))] = None
    target: Annotated[float, Field(ge=0.25, le=6, title=N_("Target t"))] = 2.0
    answer: Annotated[Literal["yes", "no"], Field(title=N_("What is true"))] = "yes"
    beta: Annotated[float, Field(ge=0.1, le=4, title=N_("smooth_l1_loss: width β"))] = 1.0
    delta: Annotated[float, Field(ge=0.1, le=4, title=N_("huber_loss: width δ"))] = 1.0
    b: Annotated[float, Field(ge=-5, le=5, title=N_("Score of the second class, b"))] = 0.0
    c: Annotated[float, Field(ge=-5, le=5, title=N_("Score of the third class, c"))] = 1.0
    output: Annotated[Literal["sigmoid", "softmax"], Field(title=N_("Output"))] = "sigmoid"
    start: Annotated[float, Field(ge=-10, le=10, title=N_("Logit of the right answer at first"))] = -5.0
    lr: Annotated[float, Field(ge=0, le=10, title=N_("Learning rate"))] = 1.0
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS, title=N_("Number of steps"))] = 60
    step: Annotated[int, Field(ge=0, le=MOST_STEPS, title=N_("Step"))] = 0

    @property
    def about(self) -> Kind:
        return KINDS[self.kind]

    @property
    def place(self) -> float:
        """Where the prediction stands: inside what can be predicted."""
        return min(max(self.about.usual if self.x is None else self.x, self.about.low), self.about.high)

    @property
    def keys(self) -> list[str]:
        """The losses that are drawn: those chosen of this kind, or all of it."""
        own = [key for key, entry in LOSSES.items() if entry.kind == self.kind]
        return [key for key in own if key in self.shown.split(",")] or own

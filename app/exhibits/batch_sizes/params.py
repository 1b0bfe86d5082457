"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.exhibits.fields import Number, Preset, Seed
from app.i18n import N_
from app.landscape.schedules import ScheduleParams
from engine.landscape import SCHEDULES

Tab = Literal["batches", "rate", "scales", "schedules", "likelihood"]
Model = Literal["linear", "logistic"]
MOST_EXAMPLES, MOST_STEPS, MOST_EPOCHS, MOST_SHARE = 60, 400, 40, 200
USUAL_SHARES = {"batches": 25, "rate": 30, "scales": 90, "schedules": 60, "likelihood": 15}  # percent of 2 / lambda_max
FARTHEST = 100  # that a weight may be


Weight = Annotated[Number, Field(ge=-FARTHEST, le=FARTHEST)]


class Params(ScheduleParams):
    """A model, its examples, and how it is trained."""

    tab: Annotated[Tab, Field(title=N_("View"))] = "batches"
    model: Annotated[Model | None, Field(title=N_("Model"))] = None
    inputs: Annotated[Literal["bias", "two"], Field(title=N_("Inputs"))] = "bias"
    count: Annotated[int, Field(ge=2, le=MOST_EXAMPLES, title=N_("Examples"))] = 24
    noise: Annotated[Number, Field(ge=0, le=3, title=N_("Noise of the targets"))] = 0.6
    seed: Annotated[Seed, Field(title=N_("Seed of the examples"))] = 0
    order: Annotated[Seed, Field(title=N_("Seed of their order"))] = 0
    batch: Annotated[int, Field(ge=1, le=MOST_EXAMPLES, title=N_("Batch size"))] = 4
    share: Annotated[
        int | None, Field(ge=0, le=MOST_SHARE, title=N_("Learning rate"), description="percent of 2 / lambda_max")
    ] = None
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS, title=N_("Number of steps"))] = 100
    epochs: Annotated[int, Field(ge=1, le=MOST_EPOCHS, title=N_("Epochs"))] = 10
    schedule: Annotated[str, Preset(SCHEDULES), Field(title=N_("Schedule"))] = "cosine"
    step: Annotated[int, Field(ge=0, le=MOST_STEPS, title=N_("Step"))] = 20
    x: Annotated[Weight, Field(title=N_("First weight"))] = -1.0
    y: Annotated[Weight, Field(title=N_("Second weight"))] = 2.0

    @property
    def kind(self) -> Model:
        """The model: linear where none is chosen, but logistic in the view of the likelihood."""
        return self.model or ("logistic" if self.tab == "likelihood" else "linear")

    @property
    def percent(self) -> int:
        """The learning rate in percent of 2 / lambda_max."""
        return USUAL_SHARES[self.tab] if self.share is None else self.share

    @property
    def batch_size(self) -> int:
        """Of the mini-batches: not more than there are examples."""
        return min(self.batch, self.count)

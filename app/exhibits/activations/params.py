"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from app.exhibits.activations.catalogue import ACTIVATIONS
from app.exhibits.curves import Several
from app.exhibits.link_params import LinkParams
from app.i18n import N_

Tab = Literal["curves", "dying", "table"]
Hidden = Literal["relu", "leaky_relu", "elu", "gelu", "tanh", "sigmoid"]
REACH = 6.0  # of the curves, on both sides
MOST_STEPS = 100


class Params(LinkParams):
    """Some activations, their parameters and a place; and a hidden layer in training."""

    tab: Annotated[Tab, Field(title=N_("View"))] = "curves"
    shown: Annotated[str, Several(ACTIVATIONS), Field(title=N_("Activations"), min_length=1, max_length=200)] = (
        "sigmoid,tanh,relu"
    )
    x: Annotated[float, Field(ge=-REACH, le=REACH, title=N_("Input x"))] = 1.5
    negative_slope: Annotated[float, Field(ge=0, le=1, title=N_("leaky_relu: slope below 0, a"))] = 0.01
    weight: Annotated[float, Field(ge=-1, le=1, title=N_("prelu: learned slope below 0, w"))] = 0.25
    alpha: Annotated[float, Field(ge=0, le=3, title=N_("elu: depth below 0, α"))] = 1.0
    beta: Annotated[float, Field(ge=0.25, le=5, title=N_("softplus: sharpness β"))] = 1.0
    piece: Annotated[float, Field(ge=-2, le=2, title=N_("maxout: slope of its second piece, a"))] = -0.5
    approximate: Annotated[Literal["none", "tanh"], Field(title=N_("gelu: how Φ is computed"))] = "none"
    hidden: Annotated[Hidden, Field(title=N_("Activation of the layer"))] = "relu"
    lr: Annotated[float, Field(ge=0, le=0.3, title=N_("Learning rate"))] = 0.1
    bias: Annotated[float, Field(ge=-8, le=2, title=N_("Bias at first"))] = 0.0
    steps: Annotated[int, Field(ge=0, le=MOST_STEPS, title=N_("Number of steps"))] = 60
    seed: Annotated[int, Field(ge=0, le=999_999, title=N_("Seed"))] = 0

    def options(self, key: str) -> dict[str, Any]:
        """Return what the engine gets beside x."""
        if key == "gelu":
            return {"approximate": self.approximate}
        name = ACTIVATIONS[key].parameter
        return {ACTIVATIONS[key].option or name: getattr(self, name)} if name else {}

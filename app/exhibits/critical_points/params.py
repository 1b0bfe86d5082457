"""What a link to this exhibit may say."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from app.exhibits.link_params import LinkParams
from app.i18n import N_

Tab = Literal["quadratic", "points", "convex"]
Key = Literal[
    "himmelblau",
    "ackley",
    "rastrigin",
    "rosenbrock",
    "beale",
    "double-well",
    "saddle",
    "monkey-saddle",
    "slow-saddle",
    "bowl",
    "ravine",
    "plateau",
]
KEYS = get_args(Key)
Coordinate = Annotated[float | None, Field(ge=-1000, le=1000)]
Eigenvalue = Annotated[float, Field(ge=-4, le=4)]


class Params(LinkParams):
    """A view; a quadratic by its eigenvalues, or a surface; one point that can be moved, or two."""

    tab: Annotated[Tab, Field(title=N_("View"))] = "quadratic"
    lambda1: Annotated[Eigenvalue, Field(title=N_("First eigenvalue"))] = 2
    lambda2: Annotated[Eigenvalue, Field(title=N_("Second eigenvalue"))] = -2
    angle: Annotated[float, Field(ge=0, lt=180, title=N_("Angle"), description="degrees, to the first axis")] = 30
    surface: Annotated[Key, Field(title=N_("Surface"))] = "himmelblau"
    f: Annotated[str, Field(title="f(x, y)", description="a formula of your own, in place of the surface")] = ""
    reach: Annotated[float, Field(ge=0.1, le=50, title=N_("Reach of your own formula"), description="±")] = 3
    x: Annotated[Coordinate, Field(title="x")] = None
    y: Annotated[Coordinate, Field(title="y")] = None
    to_x: Annotated[Coordinate, Field(title=N_("x of the chord's end"))] = None
    to_y: Annotated[Coordinate, Field(title=N_("y of the chord's end"))] = None
    lr: Annotated[float | None, Field(ge=0.0001, le=2, title=N_("Learning rate"))] = None
    steps: Annotated[int, Field(ge=0, le=500, title=N_("Steps of descent"))] = 40
    at: Annotated[int | None, Field(ge=0, le=999, title=N_("Critical point"), description="by value")] = None

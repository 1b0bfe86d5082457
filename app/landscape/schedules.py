"""Schedules of the learning rate in a link: their options, their equation with these numbers, their curve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from app.charts import Axis, Chart
from app.exhibits.base import plain_query
from app.exhibits.fields import Number, Preset
from app.exhibits.link_params import LinkParams
from app.i18n import N_
from app.numbers import whole
from engine.landscape import SCHEDULES, schedule
from engine.landscape.schedules import Schedule

WIDTH, HEIGHT = 210, 128
OPTIONS = {  # those that a reader may set; the highest rate is the optimizer's, the end that of the run
    "constant": (),
    "step": ("step_size", "gamma"),
    "exponential": ("gamma",),
    "cosine": ("T_max", "eta_min"),
    "warm-up": ("start_factor", "end_factor", "total_iters"),
    "1/t": ("decay",),
    "one-cycle": ("pct_start", "div_factor", "final_div_factor"),
}
EVERY = tuple(dict.fromkeys(name for names in OPTIONS.values() for name in names))
assert list(OPTIONS) == list(SCHEDULES)


Count = Annotated[int | None, Field(ge=1, le=10_000)]
Factor = Annotated[Number | None, Field(ge=0, le=1)]
Divisor = Annotated[Number | None, Field(ge=1e-3, le=1e9)]


class ScheduleParams(LinkParams):
    """What a link says of the schedule, by torch's names. None means: as is usual there."""

    schedule: Annotated[str, Preset(SCHEDULES), Field(title=N_("Schedule"))] = "constant"
    step_size: Annotated[Count, Field(title=N_("Steps from one fall to the next"))] = None
    gamma: Annotated[Number | None, Field(ge=0, le=10, title=N_("Factor of a fall, or of a step"))] = None
    T_max: Annotated[Count, Field(title=N_("Steps of half a cosine"))] = None
    eta_min: Annotated[Number | None, Field(ge=0, le=1000, title=N_("Lowest rate"))] = None
    start_factor: Annotated[Factor, Field(title=N_("Share of the rate at the start"))] = None
    end_factor: Annotated[Factor, Field(title=N_("Share of the rate at the end"))] = None
    total_iters: Annotated[Count, Field(title=N_("Steps of the warm-up"))] = None
    decay: Annotated[Number | None, Field(ge=0, le=1000, title=N_("Decay per step"))] = None
    pct_start: Annotated[Factor, Field(title=N_("Share of steps that rise"))] = None
    div_factor: Annotated[Divisor, Field(title=N_("Highest rate over the first"))] = None
    final_div_factor: Annotated[Divisor, Field(title=N_("First rate over the last"))] = None

    @property
    def schedule_options(self) -> dict[str, float]:
        """What the link sets of its schedule."""
        return {name: value for name in OPTIONS[self.schedule] if (value := getattr(self, name)) is not None}


def without_strangers(query: dict[str, str], key: str) -> dict[str, str]:
    """Return a query without the options that another schedule has."""
    return {name: text for name, text in query.items() if name not in EVERY or name in OPTIONS[key]}


def canonical(params: ScheduleParams) -> dict[str, str]:
    """Return the shortest query that means the same."""
    return without_strangers(plain_query(params), params.schedule)


class Option(NamedTuple):
    """An option as a form shows it."""

    name: str
    title: str
    value: str


@dataclass(frozen=True, eq=False)
class Scheduled:
    """A schedule over so many steps of an optimizer with a learning rate."""

    key: str
    made: Schedule
    steps: int
    lr: float

    @property
    def options(self) -> dict[str, float]:
        """What is in use, by torch's names."""
        found = {name: getattr(self.made, name) for name in OPTIONS[self.key]}
        return {name: self.steps if value is None else value for name, value in found.items()}  # T_max: all of them

    @property
    def form(self) -> list[Option]:
        titles = {name: str(field.title) for name, field in ScheduleParams.model_fields.items()}
        return [Option(name, titles[name], f"{value:.9g}") for name, value in self.options.items()]

    @property
    def equation(self) -> str:
        """eta(t) with these numbers."""
        shown = {name: whole(value) for name, value in self.options.items()}
        plain = self.key == "cosine" and not self.options["eta_min"]
        return (DOWN_TO_0 if plain else EQUATIONS[self.key]).format(**shown)

    @cached_property
    def shares(self) -> list[float]:
        """Rate over the optimizer's own, step by step."""
        lr = self.lr or 1.0
        return [rate / lr for rate in self.made.rates(lr, self.steps)]

    @property
    def chart(self) -> Chart:
        """Of the rate as a share of the optimizer's."""
        last, highest = max(1, self.steps - 1), max(1.0, *(rate for rate in self.shares if math.isfinite(rate)))
        top = min(highest, 1e6)
        return Chart(Axis(0, last, (0, last)), Axis(0, 1.05 * top, (0, 1) if top == 1 else (0, 1, top)), WIDTH, HEIGHT)

    @property
    def path(self) -> str:
        """The curve, an SVG path."""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.places)

    @cached_property
    def places(self) -> list[tuple[float, float]]:
        """Where each step stands on the curve; the end of the run stands at its last one."""
        shares = [min(share, 1e9) for share in (*self.shares, self.shares[-1])]
        return self.chart.points([*range(self.steps), self.steps - 1], shares)

    def at(self, step: int) -> tuple[float, float]:
        """Return where a step stands on the curve."""
        return self.places[step]


EQUATIONS = {
    "constant": "η(t) = η",
    "step": "η(t) = η · {gamma}^⌊t / {step_size}⌋",
    "exponential": "η(t) = η · {gamma}^t",
    "cosine": "η(t) = {eta_min} + (η − {eta_min}) (1 + cos(π t / {T_max})) / 2",
    "warm-up": "η(t) = η · ({start_factor} + ({end_factor} − {start_factor}) · min(t, {total_iters}) / {total_iters})",
    "1/t": "η(t) = η / (1 + {decay} t)",
    "one-cycle": "η(t): η/{div_factor} → η → η/({div_factor} · {final_div_factor}), up to {pct_start} of the steps",
}
DOWN_TO_0 = "η(t) = η · (1 + cos(π t / {T_max})) / 2"


def scheduled(key: str, steps: int, lr: float, options: Mapping[str, Any]) -> Scheduled:
    """Return a schedule by its key; what is not among the options is torch's. Raises RangeError."""
    return Scheduled(key, schedule(key, **options), steps, lr)

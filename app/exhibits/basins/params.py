"""What a link to this exhibit may say."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from app.exhibits.fields import Number, Preset
from app.i18n import N_
from app.landscape.domain import nearest_defined
from app.landscape.frame import FARTHEST, Frame
from app.landscape.names import SURFACE_NAMES
from app.landscape.schedules import ScheduleParams
from engine import EngineError, RangeError
from engine.landscape import CATALOGUE, OPTIMIZERS, parse, schedule

NOBODY = "none"  # in place of the second optimizer
LONGEST_FORMULA = 400  # of a text that is kept to be mended; the engine reads half of it
USUAL_FRAME = "-3_3_-3_3"  # of a typed formula
SIZES = (64, 128, 256)
MOST_STEPS = 600
STARTS = {"himmelblau": (0.6, 1.5)}  # where another start than the catalogue's tells more
# Learning rates where the learner gives none. Steps of the first kind are as long as the slope is steep, ...
BY_SLOPE = ("sgd", "momentum", "nesterov", "perturbed-gd")
STEEP = {"slow-saddle": 0.5, "plateau": 0.5, "bowl": 0.1, "double-well": 0.1, "rosenbrock": 5e-4, "himmelblau": 5e-3}
STEEP |= {
    "two-scales": 5e-7,
    "two-scales-normalised": 0.1,
    "ravine": 0.015,
    "beale": 1e-3,
    "ackley": 0.02,
    "rastrigin": 2e-3,
}
USUAL_RATE = 0.01
# ... those of the second a share of the frame, and Newton's one step as he would take it.
SHARES = {"adagrad": 1 / 24, "lion": 1 / 400, "rmsprop": 1 / 120}
USUAL_SHARE = 1 / 60
WHOLE_STEPS = ("newton", "saddle-free-newton", "adadelta")


def _size(value: int) -> int:
    if value not in SIZES:
        raise RangeError(N_("wanted one of {known}, got {got}"), known=", ".join(map(str, SIZES)), got=value)
    return value


Rate = Annotated[Number, Field(ge=0, le=1000)]
Share = Annotated[Number, Field(ge=0, lt=1)]
Place = Annotated[Number, Field(ge=-FARTHEST, le=FARTHEST)]


@dataclass(frozen=True)
class Choice:
    """One optimizer of a link: its key, and its options by torch's names."""

    key: str
    options: tuple[tuple[str, Any], ...]


class Params(ScheduleParams):
    """A surface, one or two optimizers, and the start that is looked at. None means: as is usual there."""

    surface: Annotated[str, Preset(SURFACE_NAMES), Field(title=N_("Surface"))] = "himmelblau"
    f: Annotated[str | None, Field(max_length=LONGEST_FORMULA, title=N_("Formula f(x, y)"))] = None
    frame: Annotated[
        Annotated[str, AfterValidator(lambda text: Frame.read(text).text)] | None,
        Field(title=N_("Frame"), json_schema_extra={"examples": ["-2_2_-2_2"]}),
    ] = None
    optimizer: Annotated[str, Preset(OPTIMIZERS), Field(title=N_("Optimizer"))] = "sgd"
    lr: Annotated[Rate | None, Field(title=N_("Learning rate"))] = None
    momentum: Annotated[Share | None, Field(title=N_("Momentum"))] = None
    beta1: Annotated[Share | None, Field(title=N_("beta 1"))] = None
    beta2: Annotated[Share | None, Field(title=N_("beta 2"))] = None
    beside: Annotated[str, Preset({**OPTIMIZERS, NOBODY: None}), Field(title=N_("Optimizer beside"))] = "momentum"
    beside_lr: Annotated[Rate | None, Field(title=N_("Learning rate beside"))] = None
    beside_momentum: Annotated[Share | None, Field(title=N_("Momentum beside"))] = None
    beside_beta1: Annotated[Share | None, Field(title=N_("beta 1 beside"))] = None
    beside_beta2: Annotated[Share | None, Field(title=N_("beta 2 beside"))] = None
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS, title=N_("Number of steps"))] = 300
    size: Annotated[
        int, AfterValidator(_size), Field(title=N_("Starts along a side"), json_schema_extra={"enum": list(SIZES)})
    ] = 256
    x: Annotated[Place | None, Field(title=N_("Start, x"))] = None
    y: Annotated[Place | None, Field(title=N_("Start, y"))] = None
    lines: Annotated[bool, Field(title=N_("Contour lines"))] = True

    @property
    def window(self) -> Frame:
        """The part of the plane that is drawn."""
        if self.frame is not None:
            return Frame.read(self.frame)
        return Frame.read(USUAL_FRAME) if self.f is not None else Frame.of(CATALOGUE[self.surface].domain)

    @property
    def whole(self) -> Frame:
        """Where minima are looked for: the surface's usual frame and what is drawn."""
        usual, drawn = Frame.of(CATALOGUE[self.surface].domain), self.window
        if self.f is not None:
            usual = Frame.read(USUAL_FRAME)
        lower, upper = (usual.left, usual.bottom), (usual.right, usual.top)
        return Frame(
            min(lower[0], drawn.left), max(upper[0], drawn.right), min(lower[1], drawn.bottom), max(upper[1], drawn.top)
        )

    @property
    def start(self) -> tuple[float, float]:
        """The start that is looked at: the surface's own, if it is in the frame."""
        frame = self.window
        x, y = STARTS.get(self.surface, CATALOGUE[self.surface].start)
        if not frame.holds(x, y) or self.f is not None:
            x, y = frame.left + (frame.right - frame.left) / 4, frame.bottom + (frame.top - frame.bottom) * 5 / 8
        if self.f is not None:
            with suppress(EngineError):  # a formula that cannot be read has no map; its page still has fields
                x, y = nearest_defined(parse(self.f), frame.domain, (x, y))
        return float(x if self.x is None else self.x), float(y if self.y is None else self.y)

    @property
    def sides(self) -> list[tuple[str, Choice]]:
        """(prefix of its parameters, optimizer) of one or two."""
        chosen = [("", self._choice("", self.optimizer))]
        if self.beside != NOBODY:
            chosen.append(("beside_", self._choice("beside_", self.beside)))
        return chosen

    def _choice(self, prefix: str, key: str) -> Choice:
        given, known = (
            {name: getattr(self, prefix + name) for name in ("lr", "momentum", "beta1", "beta2")},
            option_defaults(key),
        )
        options: dict[str, Any] = {"lr": usual_rate(key, self) if given["lr"] is None else given["lr"]}
        if "momentum" in known:
            options["momentum"] = known["momentum"] if given["momentum"] is None else given["momentum"]
        if "betas" in known:
            options["betas"] = tuple(
                usual if given[name] is None else given[name]
                for name, usual in zip(("beta1", "beta2"), known["betas"], strict=True)
            )
        return Choice(key, (*options.items(), ("schedule", schedule(self.schedule, **self.schedule_options))))


def option_defaults(key: str) -> dict[str, Any]:
    """Return the options of an optimizer with torch's defaults."""
    kind = OPTIMIZERS[key]
    made = kind()
    return {name: getattr(made, name) for name in kind.option_names()}


def usual_rate(key: str, params: Params) -> float:
    """Return the learning rate of an optimizer where none is given."""
    if key in WHOLE_STEPS:
        return 1.0
    if key in BY_SLOPE:
        return USUAL_RATE if params.f is not None else STEEP.get(params.surface, USUAL_RATE)
    frame = params.window
    return float(f"{SHARES.get(key, USUAL_SHARE) * max(frame.right - frame.left, frame.top - frame.bottom):.0e}")

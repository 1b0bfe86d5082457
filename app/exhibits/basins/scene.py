"""What one link shows: the map of one optimizer or two, and the path from one start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.exhibits.basins.maps import surface_of
from app.exhibits.basins.params import NOBODY, SIZES, Choice, Params, option_defaults
from app.exhibits.basins.picture import picture, swatch
from app.i18n import N_, Words
from app.landscape.frame import Frame, figure
from app.landscape.lines import contour, heights, spread_levels
from app.landscape.names import OPTIMIZER_NAMES, SCHEDULE_NAMES, SURFACE_NAMES
from app.landscape.schedules import EVERY, Scheduled, scheduled
from app.numbers import percent
from engine.landscape import CATALOGUE, Basins, diverged_at, trajectory
from engine.landscape.attraction import DIVERGED, NOWHERE

MOST_BADGES = 40  # minima that have their number on the map; more would hide it
LISTED = 12  # minima of the table that are seen without opening the rest
THEMES = ("light", "dark")
FILES = (
    ("output", N_("number of the minimum of each start, −1 not arrived, −2 diverged; row 0 is the lowest y")),
    ("ends", N_("last point of each path: (rows, columns, 2)")),
    ("path", N_("path from the chosen start: (steps + 1, 2)")),
    ("minima", N_("x, y and f of each minimum")),
)


@dataclass(frozen=True)
class Row:
    """A line of the legend: what is coloured so, and how much of each map it is."""

    label: int
    swatches: dict[str, str]
    shares: list[str]


class Side:
    """One optimizer: its map, and its path from the start."""

    def __init__(self, prefix: str, choice: Choice, found: Basins, params: Params) -> None:
        self.prefix, self.choice, self.found, self.params = prefix, choice, found, params
        self.options = dict(choice.options)

    @property
    def name(self) -> str:
        return OPTIMIZER_NAMES[self.choice.key]

    @property
    def of(self) -> str:
        """What a link to its picture says."""
        return "&of=beside" if self.prefix else ""

    @property
    def fields(self) -> list[tuple[str, str, float, float]]:
        """(parameter, label, value in use, step of its field) of the options that this optimizer has."""
        known = option_defaults(self.choice.key)
        rows = [("lr", N_("Learning rate"), self.options["lr"], 1000.0)]
        if "momentum" in known:
            rows.append(("momentum", N_("Momentum"), self.options["momentum"], 0.999999))
        if "betas" in known:
            rows += [(f"beta{k + 1}", f"β{'₁₂'[k]}", self.options["betas"][k], 0.999999) for k in (0, 1)]
        return [(self.prefix + name, label, value, most) for name, label, value, most in rows]

    @cached_property
    def path(self) -> NDArray[np.float64]:
        """From the start that is looked at."""
        surface = surface_of(self.params.surface, self.params.f)
        return trajectory(self.choice.key, surface, self.params.start, self.params.steps, **self.options)

    @property
    def reached(self) -> int:
        """Label of that path."""
        return self.found.reached(self.path[-1])

    @cached_property
    def counts(self) -> dict[int, int]:
        """How many starts have each label."""
        labels, counts = np.unique(self.found.labels, return_counts=True)
        return dict(zip(labels.tolist(), counts.tolist(), strict=True))

    def share(self, label: int) -> str:
        """Return how much of the map has that label, as printed."""
        count = self.counts.get(label, 0)
        return percent(count / self.found.labels.size) if count else "0 %"

    def told(self, words: Words) -> str:
        """Return where the path from the start ends, as a sentence."""
        values = {"optimizer": words.gettext(self.name), "steps": self.params.steps}
        if self.reached == DIVERGED:
            lost = diverged_at(self.path)
            return words.gettext(N_("%(optimizer)s diverges: at step %(step)s it is no longer finite.")) % {
                **values,
                "step": lost,
            }
        x, y = self.path[-1].tolist()
        if self.reached == NOWHERE:
            sentence = N_("%(optimizer)s is at (%(x)s, %(y)s) after %(steps)s steps: at no minimum.")
            return words.gettext(sentence) % {**values, "x": figure(x), "y": figure(y)}
        point = self.found.minima[self.reached]
        sentence = N_("%(optimizer)s reaches minimum %(number)s at (%(x)s, %(y)s), f = %(f)s.")
        values |= {"number": self.reached + 1, "x": figure(point.x), "y": figure(point.y), "f": figure(point.value)}
        return words.gettext(sentence) % values

    def end(self, frame: Frame) -> tuple[float, float] | None:
        """Return where the path ends in the picture; None if it does so outside."""
        x, y = self.path[-1].tolist()
        return frame.place(x, y) if frame.holds(x, y) else None


class BasinsScene:
    """One optimizer, or two side by side."""

    def __init__(self, params: Params, found: Sequence[Basins]) -> None:
        self.params, self.frame = params, params.window
        self.sides = [
            Side(prefix, choice, one, params) for (prefix, choice), one in zip(params.sides, found, strict=True)
        ]

    @property
    def minima(self) -> list[tuple[float, float, int]]:
        """(x, y, number from 1) of each minimum in the picture."""
        return [(*self.frame.place(point.x, point.y), k + 1) for k, point in enumerate(self.sides[0].found.minima)]

    @property
    def points(self) -> list[tuple[str, str, str]]:
        """x, y and f of each minimum as printed."""
        return [(figure(one.x), figure(one.y), figure(one.value)) for one in self.sides[0].found.minima]

    @cached_property
    def rows(self) -> list[Row]:
        """The minima, and what there is besides on the maps."""
        besides = [label for label in (NOWHERE, DIVERGED) if any(label in side.counts for side in self.sides)]
        return [
            Row(label, {theme: swatch(label, theme) for theme in THEMES}, [side.share(label) for side in self.sides])
            for label in (*range(len(self.points)), *besides)
        ]

    @property
    def formula(self) -> str:
        return CATALOGUE[self.params.surface].formula if self.params.f is None else self.params.f

    @property
    def badges(self) -> bool:
        """Whether the minima have their numbers on the map."""
        return len(self.sides[0].found.minima) <= MOST_BADGES

    @cached_property
    def lines(self) -> str:
        """Contour lines, as one SVG path."""
        if not self.params.lines:
            return ""
        values = heights(surface_of(self.params.surface, self.params.f), self.frame)
        return "".join(path for _, path in contour(values, self.frame, spread_levels(values)).lines)

    def live(self, words: Words) -> dict[str, Any]:
        """Return what changes with the start: paths, and what is said of them."""
        x, y = self.params.start
        return {
            "start": self.frame.place(x, y),
            "said": self.start_text(words),
            "sides": [
                {"path": self.frame.line(side.path), "end": side.end(self.frame), "told": side.told(words)}
                for side in self.sides
            ],
        }

    def start_text(self, words: Words) -> str:
        """Return the start as a sentence has it."""
        x, y = self.params.start
        return words.gettext(N_("From (%(x)s, %(y)s):")) % {"x": figure(x), "y": figure(y)}

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return minima, shares of the map, and the path from the start with where it leads, unrounded."""
        return {
            "frame": self.frame.domain,
            "minima": [{"x": one.x, "y": one.y, "f": one.value} for one in self.sides[0].found.minima],
            "sides": [self._numbers(side) for side in self.sides],
        }

    def _numbers(self, side: Side) -> dict[str, Any]:
        return {
            "optimizer": side.choice.key,
            "options": {**side.options, "schedule": self.params.schedule},
            "schedule_options": self.params.schedule_options,
            "counts": {str(label): count for label, count in side.counts.items()},
            "path": side.path,
            "reached": side.reached,
            "diverged_at": diverged_at(side.path),
        }

    def array(self, name: str) -> NDArray[Any]:
        """Return labels (size, size), ends (size, size, 2), path (steps + 1, 2) or minima (count, 3), by name."""
        side = self.sides[-1] if name.startswith("beside") else self.sides[0]
        kind = name.removeprefix("beside-")
        if kind == "minima":
            return np.array([(one.x, one.y, one.value) for one in side.found.minima]).reshape(-1, 3)
        return {"output": side.found.labels, "ends": side.found.ends, "path": side.path}[kind]

    @property
    def scheduled(self) -> Scheduled:
        """The schedule as it moves the learning rate on the left."""
        given = self.params
        return scheduled(given.schedule, given.steps, self.sides[0].options["lr"], given.schedule_options)

    @property
    def files(self) -> list[tuple[str, str]]:
        """(array, what it is) of what there is: of the second map too, if there is one."""
        second = [(f"beside-{name}", title) for name, title in FILES if name != "minima"]
        return [*FILES, *(second if len(self.sides) > 1 else [])]

    def sheet(self, name: str, theme: str, of: str, packed: bool) -> bytes:
        """Return a map as a picture; small, so always packed."""
        side = self.sides[-1] if of == "beside" else self.sides[0]
        return picture(side.found.labels, theme)

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/basins.html shows."""
        return {
            "params": self.params,
            "scene": self,
            "frame": self.frame,
            "now": self.live(words),
            "listed": LISTED,
            "files": self.files,
            "scheduled": self.scheduled,
            **choices(self.params),
        }


def choices(params: Params) -> dict[str, Any]:
    """Return what can be chosen, whether or not there is a map."""
    return {
        "surfaces": {key: (name, CATALOGUE[key].formula) for key, name in SURFACE_NAMES.items()},
        "optimizers": OPTIMIZER_NAMES,
        "schedules": SCHEDULE_NAMES,
        "schedule_options": EVERY,
        "sizes": SIZES,
        "nobody": NOBODY,
    }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page without a map: everything can still be chosen."""
    return {"scene": None, "params": params, "repairs": [], **choices(params)}

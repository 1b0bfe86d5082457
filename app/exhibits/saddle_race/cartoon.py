"""The update cartoon: what moves the selected optimizer in the next step, as arrows and areas, with its numbers.

Arrows of SGD and its kin are parts of the step, to one scale. The others divide by a size, so that gradient and mean
have a scale of their own. An area is as large as the number it stands for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.exhibits.saddle_race.course import Course
from app.exhibits.saddle_race.plot import NOWHERE, head
from app.exhibits.saddle_race.printing import pair, rate
from app.exhibits.saddle_race.race import Run
from app.exhibits.saddle_race.racers import RACERS
from engine.landscape import Record, record

WIDTH, HEIGHT = 248, 150
BESIDE = 16  # px from an arrow to its name
LONGEST = 96  # px of an arrow
SQUARE = 40  # px of a side of the largest area
PLAIN = ("sgd", "momentum", "nesterov")
MEANS = ("exp_avg", "momentum_buffer")

Floats = NDArray[np.float64]


@dataclass
class Arrow:
    """An arrow from the ball, or from the end of another: its path for each step, and where its name stands.

    kind   "gradient", "mean" or "step"; the step has its name on the other side
    """

    kind: str
    symbol: str
    paths: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def add(self, start: tuple[float, float], vector: Floats) -> None:
        """Add a step; an arrow that is too short to be seen is left out."""
        dx, dy = float(vector[0]), -float(vector[1])  # on the screen y grows downwards
        length = math.hypot(dx, dy)
        if not math.isfinite(length) or length < 1:
            self.paths.append("")
            self.labels.append(NOWHERE)
            return
        tip = (start[0] + dx, start[1] + dy)
        strokes = head(tip, (dx / length, dy / length), min(6.0, length / 2))
        self.paths.append(f"M{start[0]:.1f} {start[1]:.1f}L{tip[0]:.1f} {tip[1]:.1f}{strokes}")
        side = BESIDE * (1 if self.kind == "step" else -1) * (1 if dy < 0 else -1) / length
        x, y = start[0] + dx / 2 - side * dy * 1.3, start[1] + dy / 2 + side * dx
        self.labels.append(f"translate({x:.1f} {y + 4:.1f})")


@dataclass
class Area:
    """A remembered number of both coordinates as two squares: their sides for each step."""

    name: str
    symbol: str
    sides: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))


@dataclass
class Cartoon:
    """arrows, areas, and rows of (kind, symbol, name by torch, the text of each step).

    balls       where the ball is for each step, as a transform
    one_scale   whether all arrows have the same scale
    """

    balls: list[str]
    arrows: list[Arrow]
    areas: list[Area]
    rows: list[tuple[str, str, str, list[str]]]
    one_scale: bool


def cartoon(course: Course, run: Run) -> Cartoon:
    """Return the cartoon of every step; at the end of the race that of the last one."""
    told = record(run.key, course.surface, course.start, course.params.steps, **run.options, **course.run)
    steps = [min(t, course.params.steps - 1) for t in range(course.params.steps + 1)]
    symbols = RACERS[run.key].symbols
    rows = [("gradient", "g", "", [pair(told.gradients[t]) for t in steps])]
    for name, values in told.inner.items():
        kind = "mean" if name in MEANS else "area"
        rows.append((kind, symbols[name], name, [pair(values[t]) for t in steps]))
    rows.append(("rate", "η", "lr", [rate(float(told.rates[t])) for t in steps]))
    rows.append(("step", "Δθ", "", [pair(told.moves[t]) for t in steps]))
    plain = run.key in PLAIN and not run.options.get("weight_decay")
    with np.errstate(all="ignore"):  # of a path that diverges nothing is drawn
        balls, arrows = _parts(told, steps) if plain else _own_scales(told, symbols, steps)
    areas = [_area(name, symbols[name], values, steps) for name, values in told.inner.items() if name not in MEANS]
    return Cartoon(balls, arrows, areas, rows, plain)


def _parts(told: Record, steps: list[int]) -> tuple[list[str], list[Arrow]]:
    """Return the step of SGD and its kin as a sum: what was left of the velocity, then the gradient."""
    balls = list[str]()
    by_slope, carried, whole = Arrow("gradient", "−ηg"), Arrow("mean", "−ημv"), Arrow("step", "Δθ")
    for t in steps:
        move = told.moves[t]
        slope = -told.rates[t] * told.gradients[t]
        rest = move - slope
        size = max(float(np.hypot(*part)) for part in (move, slope, rest))
        scale = LONGEST / size if size > 0 and math.isfinite(size) else 0.0
        ball = _ball([move * scale, rest * scale])
        balls.append(_place(ball))
        carried.add(ball, rest * scale)
        by_slope.add((ball[0] + rest[0] * scale, ball[1] - rest[1] * scale), slope * scale)
        whole.add(ball, move * scale)
    return balls, [carried, by_slope, whole] if "momentum_buffer" in told.inner else [by_slope, whole]


def _own_scales(told: Record, symbols: dict[str, str], steps: list[int]) -> tuple[list[str], list[Arrow]]:
    """Return the gradient and the mean to one scale, and the step to its own; all downhill."""
    means = [name for name in told.inner if name in MEANS]
    arrows = [Arrow("gradient", "−g"), *(Arrow("mean", f"−{symbols[name]}") for name in means), Arrow("step", "Δθ")]
    balls = list[str]()
    for t in steps:
        vectors = [-told.gradients[t], *(-told.inner[name][t] for name in means)]
        sizes = [float(np.hypot(*vector)) for vector in vectors]
        largest, length = max(sizes), float(np.hypot(*told.moves[t]))
        scale = LONGEST / largest if largest > 0 and math.isfinite(largest) else 0.0
        own = LONGEST / length if length > 0 and math.isfinite(length) else 0.0
        scaled = [*(vector * scale for vector in vectors), told.moves[t] * own]
        ball = _ball(scaled)
        balls.append(_place(ball))
        for arrow, vector in zip(arrows, scaled, strict=True):
            arrow.add(ball, vector)
    return balls, arrows


def _ball(vectors: list[Floats]) -> tuple[float, float]:
    """Return where the ball has to be for the arrows to lie in the middle of the picture."""
    ends = np.nan_to_num(np.array([(0.0, 0.0), *vectors]), posinf=0.0, neginf=0.0)
    middle = (ends.max(axis=0) + ends.min(axis=0)) / 2
    return WIDTH / 2 - float(middle[0]), HEIGHT / 2 + float(middle[1])


def _place(ball: tuple[float, float]) -> str:
    return f"translate({ball[0]:.1f} {ball[1]:.1f})"


def _area(name: str, symbol: str, values: Floats, steps: list[int]) -> Area:
    """Return squares whose areas are as the numbers; the largest of the whole race fills its place."""
    sizes = np.abs(values)
    finite = sizes[np.isfinite(sizes)]
    most = float(finite.max(initial=0.0)) or 1.0
    sides = np.nan_to_num(SQUARE * np.sqrt(np.minimum(sizes / most, 1.0)))
    area = Area(name, symbol)
    for t in steps:
        for k in (0, 1):
            area.sides[k].append(f"{sides[t, k]:.1f}")
    return area

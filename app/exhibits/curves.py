"""Functions of one number drawn beside each other, with their derivatives: what activations and losses share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from app.charts import Axis, Chart
from app.i18n import N_
from app.lessons.formulas import mathml
from engine import RangeError

Floats = NDArray[np.float64]
POINTS = 361  # of a curve
FLAT = 0.05  # a slope below this is marked as saturated
JUMP = 0.08  # of the diagram's height, from one point to the next: no slope changes so fast, it has a gap there
WIDTH, HEIGHT = 400, 250
COLOURS, DASHES = 6, 3


@dataclass(frozen=True)
class Several:
    """Marks a field that names some of these, with commas between them."""

    known: Mapping[str, object]

    def checked(self, text: str) -> str:
        """Return the names in their usual order, each once. Raises RangeError if one is not known."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        for name in names:
            if name not in self.known:
                raise RangeError(
                    N_("there is no function “{got}”; have {known}"), got=name[:40], known=", ".join(self.known)
                )
        return ",".join(name for name in self.known if name in names)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "examples": [",".join(list(self.known)[:2])]}


def toggled(shown: str, name: str, known: Mapping[str, object]) -> str | None:
    """Return the names with one more, or one less; None, which takes the field out of a link, if none were left."""
    names = set(shown.split(","))
    changed = names ^ {name}
    return ",".join(key for key in known if key in changed) or None


_PLACES = re.compile(r"(?<![A-Za-z\\])[XTASBC](?![A-Za-z])")


@cache
def formula(latex: str, **letters: str) -> str:
    """Return a formula as MathML, with letters in the places X, T, A, S, B and C."""
    return mathml(_PLACES.sub(lambda place: letters[place.group()], latex), display=False)


def filled(latex: str, **numbers: float) -> str:
    """Return a formula as MathML, with numbers in its places; negative ones in brackets."""

    def written(place: re.Match[str]) -> str:
        value = numbers[place.group()]
        return f"({value:.6g})" if value < 0 else f"{value:.6g}"

    return mathml(_PLACES.sub(written, latex), display=False)


def equals(value: float, digits: int) -> str:
    """Return the sign that belongs between a formula and its value, printed with so many digits."""
    return "=" if float(f"{value:.{digits}g}") == value else "≈"


def style(k: int) -> tuple[int, int]:
    """Return the number of the colour and of the dash of the k-th curve; its neighbours differ in both."""
    return k % COLOURS + 1, (k + k // COLOURS) % DASHES + 1


@dataclass(frozen=True, eq=False)
class Curve:
    """One function: what it is at every x of its curve, and at the pointer."""

    key: str
    name: str
    style: int  # which colour and dash
    xs: Floats
    values: Floats
    slopes: Floats
    value: float
    slope: float

    @property
    def colour(self) -> int:
        return style(self.style)[0]

    @property
    def dash(self) -> int:
        return style(self.style)[1]

    @property
    def flat(self) -> list[tuple[float, float]]:
        """From where to where its slope is nearly 0."""
        edges = np.diff(np.concatenate([[0], (np.abs(self.slopes) < FLAT).astype(int), [0]]))
        starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
        return [(float(self.xs[a]), float(self.xs[b])) for a, b in zip(starts, stops, strict=True) if b > a]


@dataclass(frozen=True, eq=False)
class CurvePair:
    """The curves in two diagrams that share their x: values, and derivatives."""

    curves: Sequence[Curve]
    x: float
    across: Axis
    up: Axis
    slope_up: Axis

    @property
    def charts(self) -> tuple[Chart, Chart]:
        return Chart(self.across, self.up, WIDTH, HEIGHT), Chart(self.across, self.slope_up, WIDTH, HEIGHT)

    @cached_property
    def drawn(self) -> list[tuple[str, Chart, list[tuple[Curve, str, tuple[float, float] | None]]]]:
        """("value" or "slope", chart, its curves): each with its path, and its dot at x if that is inside.

        Solid ones come first: of two curves that are the same, the dashed one is seen on the other.
        """
        (values, slopes), curves = self.charts, sorted(self.curves, key=lambda curve: curve.dash)
        return [
            ("value", values, [(c, inside(values, c.xs, c.values), self._dot(values, c.value)) for c in curves]),
            (
                "slope",
                slopes,
                [(c, inside(slopes, c.xs, c.slopes, cut=True), self._dot(slopes, c.slope)) for c in curves],
            ),
        ]

    @property
    def at(self) -> float:
        """Where x stands."""
        return self.charts[0].across(self.x)

    @property
    def flats(self) -> list[tuple[Curve, list[tuple[float, float]]]]:
        """For each curve the stretches where it is saturated: (left, width) in the diagram."""
        chart = self.charts[0]
        return [
            (c, [(chart.across(a), round(chart.across(b) - chart.across(a), 1)) for a, b in c.flat])
            for c in self.curves
        ]

    def _dot(self, chart: Chart, value: float) -> tuple[float, float] | None:
        held = (
            np.isfinite(value)
            and chart.y.low <= value <= chart.y.high
            and self.across.low <= self.x <= self.across.high
        )
        return chart.points([self.x], [value])[0] if held else None


def inside(chart: Chart, xs: Floats, values: Floats, *, cut: bool = False) -> str:
    """Return the path of a curve where it lies inside the diagram: its parts, each a line of its own, cut at jumps."""
    with np.errstate(invalid="ignore"):
        gaps = np.abs(np.diff(values)) > JUMP * (chart.y.high - chart.y.low)
    parts = []
    for where in np.split(np.arange(len(xs)), np.flatnonzero(gaps) + 1 if cut else []):
        kept = np.isfinite(values[where]) & (values[where] >= chart.y.low) & (values[where] <= chart.y.high)
        edges = np.diff(np.concatenate([[0], kept.astype(int), [0]]))
        for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
            parts.append(chart.line(xs[where][a:b], values[where][a:b]))
    return "".join(parts)


def table(curves: Sequence[Curve]) -> Floats:
    """Return x and of each curve value and slope, a row for each point."""
    columns = [part for curve in curves for part in (curve.values, curve.slopes)]
    return np.column_stack([curves[0].xs, *columns])

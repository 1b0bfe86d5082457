"""The diagrams beside the plane: the loss along a row and a column of it, and both kinds of steps compared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.charts import Axis, Chart
from app.i18n import Words

if TYPE_CHECKING:
    from app.exhibits.network_landscape.scene import LandscapeScene

Floats = NDArray[np.float64]
STEPS = 4  # between the ticks of an axis, about


class Slice(NamedTuple):
    """A diagram: what it shows, its axes, one or two lines by their kind, the place that is looked at."""

    title: str
    detail: str
    chart: Chart
    across: str
    up: str
    lines: tuple[tuple[str, str, str], ...]  # (kind, name, path); the name is "" where there is only one
    dot: tuple[float, float] | None


def slices(scene: LandscapeScene, words: Words) -> list[Slice]:
    """Return the row and the column through the place, and the two kinds of steps where there are two."""
    (row, column), (alpha, beta), surface = scene.place, scene.point, scene.surface
    said = words.gettext("through the place that is looked at, %(letter)s = %(value)s")
    height = words.gettext("error") if scene.params.show == "error" else words.gettext("loss")
    at = float(surface.values[row, column])
    made = [
        _slice(
            words.gettext("Along α"),
            said % {"letter": "β", "value": numbers.printed(beta, 3)},
            ("α", height),
            surface.across,
            {"only": ("", surface.values[row])},
            (alpha, at),
        ),
        _slice(
            words.gettext("Along β"),
            said % {"letter": "α", "value": numbers.printed(alpha, 3)},
            ("β", height),
            surface.up,
            {"only": ("", surface.values[:, column])},
            (beta, at),
        ),
    ]
    if scene.ground.lines.shape[1]:
        alphas, filtered, plain = scene.ground.lines
        both = {
            "filter": (words.gettext("filter-normalised"), filtered),
            "plain": (words.gettext("plain"), plain),
        }
        title, detail = words.gettext("Both kinds of steps"), words.gettext("along α at β = 0, from the same draw")
        made.append(_slice(title, detail, ("α", words.gettext("loss")), alphas, both, None))
    return made


def _slice(
    title: str,
    detail: str,
    names: tuple[str, str],
    places: Floats,
    lines: dict[str, tuple[str, Floats]],
    at: tuple[float, float] | None,
) -> Slice:
    most = max(float(values[np.isfinite(values)].max(initial=0.0)) for _, values in lines.values()) or 1.0
    x = _axis(float(places[0]), float(places[-1]))
    y = _axis(0.0, most)
    chart = Chart(x, y)
    drawn = tuple((kind, name, chart.line(places, values)) for kind, (name, values) in lines.items())
    return Slice(title, detail, chart, *names, drawn, chart.points([at[0]], [at[1]])[0] if at else None)


def _axis(low: float, high: float) -> Axis:
    """Return an axis with ticks at round numbers."""
    rough = (high - low) / STEPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    ticks = tuple(k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1))
    return Axis(low, high, ticks)

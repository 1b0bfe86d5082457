"""The sixteen optimizers as a race shows them: name, colour, glyph, line, the learning rate they start with.

The first six have the colours of the design; the others come dashed, and those of them whose colours a colour-blind
reader could confuse have different dashes. Glyphs are all different.
A glyph is an outline in a box from -8 to 8; it is filled with the colour, except where `hollow`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from app.i18n import N_
from engine.landscape import OPTIMIZERS

Outline = tuple[tuple[float, float], ...]


class Racer(NamedTuple):
    name: str
    light: str
    dark: str
    outline: Outline
    dash: str  # of its path; "" for a whole line
    hollow: bool
    lr: float  # that the race gives it unless told otherwise: torch's own defaults are made for networks
    symbols: dict[str, str]  # torch's names of what it remembers -> how the equation calls it

    @property
    def glyph(self) -> str:
        """The outline as a path."""
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in self.outline) + "z"


def _round(count: int, radius: float, inner: float | None = None, turn: float = 0.0) -> Outline:
    """Return the corners of a polygon with `count` equal sides; with `inner`, of a star."""
    corners = count if inner is None else 2 * count
    places = []
    for k in range(corners):
        size = radius if inner is None or k % 2 == 0 else inner
        angle = turn + 2 * math.pi * k / corners - math.pi / 2
        places.append((round(size * math.cos(angle), 2), round(size * math.sin(angle), 2)))
    return tuple(places)


_SQUARE: Outline = ((-6, -6), (6, -6), (6, 6), (-6, 6))
_DISC = _round(24, 7)
_DIAMOND = _round(4, 8)
_UP: Outline = ((0, -8), (7.5, 6), (-7.5, 6))
_DOWN: Outline = ((0, 8), (7.5, -6), (-7.5, -6))
_RIGHT: Outline = ((8, 0), (-6, 7.5), (-6, -7.5))
_LEFT: Outline = ((-8, 0), (6, 7.5), (6, -7.5))
_ARM: Outline = ((-2.2, -8), (2.2, -8), (2.2, -2.2))
_PLUS: Outline = (
    *_ARM,
    *((-y, x) for x, y in _ARM),
    *((-x, -y) for x, y in _ARM),
    *((y, -x) for x, y in _ARM),
)
_CROSS: Outline = tuple((round(0.7071 * (x - y), 2), round(0.7071 * (x + y), 2)) for x, y in _PLUS)
_STAR = _round(5, 8.5, 3.6)
_HEXAGON = _round(6, 7.5, turn=math.pi / 6)
_HOUSE: Outline = ((0, -8), (7, -1), (7, 7), (-7, 7), (-7, -1))

_MEANS = {"exp_avg": "m", "exp_avg_sq": "v"}

RACERS: dict[str, Racer] = {
    "sgd": Racer("SGD", "#1A1C20", "#ECEAE4", _SQUARE, "", False, 0.02, {"momentum_buffer": "v"}),
    "momentum": Racer("Momentum", "#00606B", "#7FE0E6", _DISC, "", False, 0.02, {"momentum_buffer": "v"}),
    "nesterov": Racer("Nesterov", "#7530AE", "#C49BF3", _DIAMOND, "", False, 0.02, {"momentum_buffer": "v"}),
    "adagrad": Racer("Adagrad", "#3F7D1E", "#8FCB6B", _UP, "", False, 0.1, {"sum": "s"}),
    "adadelta": Racer(
        "Adadelta", "#A3401F", "#F2A58A", _RIGHT, "7 3", False, 1.0, {"square_avg": "s", "acc_delta": "u"}
    ),
    "rmsprop": Racer(
        "RMSprop",
        "#7A5200",
        "#E3C468",
        _DOWN,
        "",
        False,
        0.02,
        {"square_avg": "s", "momentum_buffer": "v", "grad_avg": "a"},
    ),
    "adam": Racer("Adam", "#27348B", "#A9B4FF", _PLUS, "", False, 0.05, _MEANS | {"max_exp_avg_sq": "v^"}),
    "adamw": Racer("AdamW", "#0B62B8", "#7DB8F5", _CROSS, "7 3", False, 0.05, _MEANS | {"max_exp_avg_sq": "v^"}),
    "adamax": Racer("Adamax", "#5B6B00", "#C5D35B", _HEXAGON, "2 3", False, 0.05, {"exp_avg": "m", "exp_inf": "u"}),
    "nadam": Racer("NAdam", "#8C2B4D", "#F092B0", _STAR, "2 3", False, 0.05, _MEANS),
    "amsgrad": Racer("AMSGrad", "#4A5A6A", "#B4C3D2", _HOUSE, "2 3", False, 0.05, _MEANS | {"max_exp_avg_sq": "v^"}),
    "radam": Racer("RAdam", "#006B4E", "#6FD9B4", _LEFT, "7 3", False, 0.05, _MEANS),
    "perturbed-gd": Racer("Perturbed GD", "#6B4A3A", "#D3B09C", _SQUARE, "7 3 2 3", True, 0.02, {}),
    "newton": Racer("Newton", "#B3261E", "#FF9C94", _DISC, "12 4", True, 1.0, {}),
    "saddle-free-newton": Racer(N_("Saddle-free Newton"), "#0A7285", "#6CC8DA", _DIAMOND, "7 3 2 3", True, 0.1, {}),
    "lion": Racer("Lion", "#8A5A00", "#EFC050", _UP, "7 3 2 3", True, 0.02, {"exp_avg": "m"}),
}
assert list(RACERS) == list(OPTIMIZERS)
SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
MOST = 6  # that race at once: more cannot be told apart

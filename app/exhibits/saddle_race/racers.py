"""The sixteen optimizers as a race shows them: name, colour, glyph, line, the learning rate they start with.

The first six have the colours of the design; the others come dashed, so that the line tells them apart as well.
A glyph is a path in a box from -8 to 8; it is filled with the colour, except where `hollow`.
"""

from __future__ import annotations

from typing import NamedTuple

from app.i18n import N_
from engine.landscape import OPTIMIZERS


class Racer(NamedTuple):
    name: str
    light: str
    dark: str
    glyph: str
    dash: str  # of its path; "" for a whole line
    hollow: bool
    lr: float  # that the race gives it unless told otherwise: torch's own defaults are made for networks
    symbols: dict[str, str]  # torch's names of what it remembers -> how the equation calls it


_SQUARE = "M-6 -6H6V6H-6z"
_DISC = "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z"
_DIAMOND = "M0 -8L8 0L0 8L-8 0z"
_UP = "M0 -8L7.500 6H-7.500z"
_DOWN = "M0 8L7.500 -6H-7.500z"
_RIGHT = "M8 0L-6 7.500V-7.500z"
_LEFT = "M-8 0L6 7.500V-7.500z"
_PLUS = "M-2.200 -8H2.200V-2.200H8V2.200H2.200V8H-2.200V2.200H-8V-2.200H-2.200z"
_CROSS = "M-7 -4.200L-4.200 -7L0 -2.800L4.200 -7L7 -4.200L2.800 0L7 4.200L4.200 7L0 2.800L-4.200 7L-7 4.200L-2.800 0z"
_STAR = "M0 -8L2 -2.700L7.600 -2.500L3.200 1L4.700 6.500L0 3.400L-4.700 6.500L-3.200 1L-7.600 -2.500L-2 -2.700z"
_HEXAGON = "M-4 -7H4L8 0L4 7H-4L-8 0z"
_HOUSE = "M0 -8L7 -1V7H-7V-1z"

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
    "nadam": Racer("NAdam", "#8C2B4D", "#F092B0", _STAR, "7 3 2 3", False, 0.05, _MEANS),
    "amsgrad": Racer("AMSGrad", "#4A5A6A", "#B4C3D2", _HOUSE, "2 3", False, 0.05, _MEANS | {"max_exp_avg_sq": "v^"}),
    "radam": Racer("RAdam", "#006B4E", "#6FD9B4", _LEFT, "7 3 2 3", False, 0.05, _MEANS),
    "perturbed-gd": Racer("Perturbed GD", "#6B4A3A", "#D3B09C", _SQUARE, "2 3", True, 0.02, {}),
    "newton": Racer("Newton", "#B3261E", "#FF9C94", _DISC, "7 3", True, 1.0, {}),
    "saddle-free-newton": Racer(N_("Saddle-free Newton"), "#0A7285", "#6CC8DA", _DIAMOND, "7 3 2 3", True, 0.1, {}),
    "lion": Racer("Lion", "#8A5A00", "#EFC050", _UP, "2 3", True, 0.02, {"exp_avg": "m"}),
}
assert list(RACERS) == list(OPTIMIZERS)
SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
MOST = 6  # that race at once: more cannot be told apart

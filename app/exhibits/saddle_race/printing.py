"""How the race prints numbers: three decimals, fewer of large ones, powers of ten where those would say nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from app import numbers

LARGE, SMALL = 1e5, 5e-4
DECIMALS = ((100, 3), (10_000, 1), (LARGE, 0))  # below that, so many
RATE_FIGURES = 3
NOTHING = "–"


def number(value: float) -> str:
    """Return a value as the table prints it: 0.194, −1.5e−9, ∞."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "∞" if value > 0 else f"{numbers.MINUS}∞"
    if value and not SMALL <= abs(value) < LARGE:
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", numbers.MINUS)
    decimals = next(decimals for below, decimals in DECIMALS if abs(value) < below)
    return numbers.printed(value, decimals)


def pair(values: Sequence[float]) -> str:
    """Return a vector: (0.194, −0.551)."""
    return f"({number(values[0])}, {number(values[1])})"


def rate(value: float) -> str:
    """Return a learning rate with three figures."""
    return numbers.whole(float(f"{value:.{RATE_FIGURES}g}"))


def exact(value: float) -> str:
    """Return a setting with as many figures as it needs."""
    return numbers.whole(value)

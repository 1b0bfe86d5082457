"""How numbers are printed: a true minus, a fixed number of decimals, terms that add up.

What is printed is exact decimal arithmetic on the printed figures: where rounding makes
printed terms miss the printed sum, `remainder` is the difference, and the page shows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MINUS = "\N{MINUS SIGN}"
MOST_DECIMALS = 3


def decimals_of(values: NDArray[np.generic], most: int = MOST_DECIMALS) -> int:
    """Return how many decimals print every value exactly, at most `most`."""
    flat = np.asarray(values, dtype=np.float64)
    for decimals in range(most):
        scaled = flat * 10.0**decimals
        if np.all(np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(1.0, np.abs(scaled))):
            return decimals
    return most


def rounded(value: float, decimals: int) -> Decimal:
    """Return `value` as it is printed: rounded half to even at `decimals`."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def printed(value: float | Decimal, decimals: int) -> str:
    """Return `value` with `decimals` decimals and a true minus; no minus zero."""
    exact = value if isinstance(value, Decimal) else rounded(value, decimals)
    text = f"{abs(exact):.{decimals}f}"
    return MINUS + text if exact < 0 and exact != 0 else text


def whole(value: float) -> str:
    """Return every digit of `value` that counts (12), with a true minus."""
    return f"{value:.12g}".replace("-", MINUS)


def significant(value: float, digits: int = 4) -> str:
    """Return `value` with `digits` digits that count, or all before the dot, without needless zeros; else as 1e7."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.0f}" if 10**digits <= abs(value) < 1e6 else f"{value:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    text = f"{mantissa}e{int(exponent)}" if exponent else mantissa
    return "0" if text == "-0" else text.replace("-", MINUS)


def fitting(value: float, decimals: int) -> str:
    """Return `value` with at most `decimals` decimals, without needless zeros at their end.

    What rounding changed keeps them, so 0.9991 is 1.00 and never passes for 1.
    """
    if value == 0:
        return "0"  # most numbers of most pages
    exact = rounded(value, decimals)
    text = printed(exact, decimals)
    if abs(float(exact) - value) > 1e-9 * abs(value):
        return text
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4_096)  # a page asks for the same number to size the cells, to size the digits and to print it
def short(value: float, decimals: int = 2) -> str:
    """Return `value` for a narrow cell: at most `decimals` decimals, large ones as 1e5."""
    if abs(value) >= 1e5:
        mantissa, exponent = f"{value:.0e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    return fitting(value, decimals)


def remainder(total: Decimal, terms: Iterable[Decimal]) -> Decimal:
    """Return what is missing between the printed terms and the printed total."""
    return total - sum(terms, Decimal(0))


def percent(share: float) -> str:
    """Return a probability as it is printed; what is not all and not nothing never looks so."""
    text = f"{100 * float(share):.1f}"
    if text == "0.0":
        return "< 0.1 %"
    return "> 99.9 %" if text == "100.0" else f"{text} %"

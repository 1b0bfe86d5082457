"""What "check my answer" says, when two answers agree, and how a cause is looked for."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.ops.arrays import Array, DType

MOST_DECIMALS = 9
ULPS = 32  # what rounding errors may add up to

Detail = dict[str, Any]
Explanation = tuple[str, Detail, Callable[[], Array]]  # cause, its values, how to compute what it gives


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known about an answer."""

    right: bool
    first_difference: tuple[int, int, int] | None = None  # filter, row, column
    expected: float | None = None  # there; None if the shapes differ
    got: float | None = None
    cause: str | None = None  # key of a hypothesis, "wrong-shape", or None: not recognised
    detail: Detail = field(default_factory=dict)


def likely_cause(answer: Array, explanations: Iterable[Explanation]) -> tuple[str | None, Detail]:
    """Return the first cause (with its detail) that gives exactly this answer, or (None, {})."""
    for cause, detail, compute in explanations:
        with suppress(EngineError):  # a mistaken stride or axis need not give a legal operation
            if agree(answer, compute()):
                return cause, detail
    return None, {}


def agree(answer: Array, expected: Array, noise: float = 0.0) -> bool:
    """Return whether answer equals expected, up to rounding error and its own decimals."""
    return answer.shape == expected.shape and bool(agreeing_cells(answer, expected, noise).all())


def agreeing_cells(answer: Array, expected: Array, noise: float = 0.0) -> Array:
    """Return where answer equals expected, as booleans of their common shape.

    Tolerance: 1e-9 of the largest expected value (float32: 4e-6), and half a unit of the last
    decimal in answer unless that is coarser than a tenth of the largest value: zeros are no
    rounding of 0.3.
    noise   rounding error of expected where its terms cancel: 0.1 + 0.2 - 0.3 is 0
    """
    scale = float(np.max(np.abs(expected), where=np.isfinite(expected), initial=0.0))
    rounding = _half_last_decimal(answer)
    exact = max(1e-9 * scale, round_off(scale, _own_dtype(answer)), noise)
    tolerance = exact + (rounding if rounding <= scale / 10 else 0.0)
    return np.asarray(np.isclose(answer, expected, rtol=0.0, atol=tolerance, equal_nan=True))


def round_off(size: float, dtype: DType) -> float:
    """Return how far rounding errors may move a sum whose terms have this size altogether."""
    return ULPS * float(np.finfo(dtype).eps) * size if np.isfinite(size) else 0.0


def floats(array: Array) -> Array:
    """Return array in floating point; its own, because float32 answers are less exact."""
    return np.asarray(array if array.dtype.kind == "f" else array.astype(np.float64))


def _own_dtype(answer: Array) -> DType:
    """float32 also for such numbers that came as text, where their type was lost."""
    with np.errstate(over="ignore", invalid="ignore"):
        single = answer.astype(np.float32)
    return single.dtype if np.array_equal(single, answer, equal_nan=True) else answer.dtype


def _half_last_decimal(answer: Array) -> float:
    with np.errstate(over="ignore", invalid="ignore"):  # huge values have no decimals to find
        for decimals in range(MOST_DECIMALS + 1):
            if np.allclose(np.round(answer, decimals), answer, rtol=1e-12, atol=0.0, equal_nan=True):
                return 0.5 * 10.0**-decimals
    return 0.0

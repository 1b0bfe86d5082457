"""What a row of the benchmark is: a measurement, its peer, and the goal it is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


class MissingPeerError(Exception):
    """What a row measures against is not installed."""


class MeasurementError(Exception):
    """A row could not be measured, or both sides computed different things."""


@dataclass(frozen=True)
class Goal:
    """A bound on a row's figure."""

    sign: Literal["<=", ">="]
    bound: float

    def is_met_by(self, value: float) -> bool:
        return value <= self.bound if self.sign == "<=" else value >= self.bound


@dataclass(frozen=True)
class Result:
    """What one row measured.

    value   ours / peer for times, ours / peer for requests per second, or an absolute figure in Row.unit
    limit   what the best possible way reached just now, where a row measures it
    """

    value: float
    limit: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table. `measure` may raise MissingPeerError or MeasurementError."""

    name: str
    what: str
    peer: str
    measure: Callable[[], Result]
    goal: Goal | None
    unit: str = "x"
    limit: str = ""
    why_no_goal: str = ""


@dataclass(frozen=True)
class Outcome:
    """One row with what became of it: a result, or the sentence that says why there is none."""

    row: Row
    result: Result | None
    problem: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal or a result."""
        if self.row.goal is None or self.result is None:
            return None
        return self.row.goal.is_met_by(self.result.value)

    @property
    def limit(self) -> str:
        return (self.result.limit if self.result else "") or self.row.limit


def outcome(row: Row) -> Outcome:
    """Return what measuring `row` gave; a row that fails leaves the others alone."""
    try:
        return Outcome(row, row.measure())
    except MissingPeerError:
        return Outcome(row, None, "peer missing: install it with pip install 'convlens[bench]'")
    except MeasurementError as problem:
        return Outcome(row, None, f"failed: {problem}")

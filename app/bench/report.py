"""How results are printed: as a table for people, as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.bench.row import Outcome

COLUMNS = ("name", "what", "peer", "ratio", "goal", "limit", "met")
MET = {True: "yes", False: "no", None: "-"}


def table(machine: Mapping[str, str], outcomes: Sequence[Outcome]) -> str:
    """Return the machine in one paragraph and a line for each row, columns aligned."""
    lines = [COLUMNS, *map(_cells, outcomes)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(COLUMNS))]
    padded = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    about = "\n".join(f"{name + ':':8}{words}" for name, words in machine.items())
    return "\n".join((about, "", *padded))


def document(machine: Mapping[str, str], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the same as a JSON object; `ratio` is a number in `unit`, or null."""
    return {"machine": dict(machine), "rows": [_entry(outcome) for outcome in outcomes]}


def _cells(outcome: Outcome) -> tuple[str, ...]:
    row = outcome.row
    return (row.name, row.what, row.peer, _ratio(outcome), _goal(outcome), outcome.limit, MET[outcome.met])


def _entry(outcome: Outcome) -> dict[str, Any]:
    row, result = outcome.row, outcome.result
    return {
        "name": row.name,
        "what": row.what,
        "peer": row.peer,
        "ratio": None if result is None else result.value,
        "unit": row.unit.strip(),
        "goal": _goal(outcome),
        "limit": outcome.limit,
        "met": outcome.met,
        "problem": outcome.problem,
    }


def _ratio(outcome: Outcome) -> str:
    if outcome.result is None:
        return outcome.problem
    value = outcome.result.value
    return f"{value:.{0 if value >= 100 else 1 if value >= 10 else 2}f}{outcome.row.unit}"


def _goal(outcome: Outcome) -> str:
    goal = outcome.row.goal
    return f"{goal.sign} {goal.bound:g}{outcome.row.unit}" if goal else outcome.row.why_no_goal

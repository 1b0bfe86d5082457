"""`convlens bench`: how fast we are, as ratios to peers measured beside us on the same machine.

Each module of a family has one function, `rows`. To add a row, add it there or add a module,
and name it in FAMILIES. Nothing here judges: goals are printed, missing them is no error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from app.bench import (
    conv2d,
    conv_transpose2d,
    first_page,
    image,
    interpret,
    landscape,
    light_requests,
    occlusion,
    operations,
    pooling,
    race_dragged,
    step_drawn,
    trace_http,
)
from app.bench.machine import machine
from app.bench.report import document, table
from app.bench.row import Outcome, Row, outcome

FAMILIES = (
    conv2d,
    conv_transpose2d,
    pooling,
    operations,
    landscape,
    race_dragged,
    image,
    interpret,
    occlusion,
    trace_http,
    first_page,
    light_requests,
    step_drawn,
)
ROWS: dict[str, Row] = {row.name: row for family in FAMILIES for row in family.rows()}


def run(names: Sequence[str], *, as_json: bool) -> int:
    """Measure the rows named, or all; print them; return 0, or 2 if a name is not known.

    A name is a row's or the beginning of several ("conv2d", "conv2d-forward-alexnet").
    """
    unknown = [name for name in names if not _named(name)]
    if unknown:
        known = ", ".join(ROWS)
        sys.stderr.write(f"There is no row named {unknown[0]}; there are: {known}.\n")
        return 2
    chosen = [row for row in ROWS.values() if not names or any(row in _named(name) for name in names)]
    about = machine()
    outcomes = [_measured(row) for row in chosen]
    text = json.dumps(document(about, outcomes), indent=2) if as_json else table(about, outcomes)
    sys.stdout.write(text + "\n")
    return 0


def _named(name: str) -> list[Row]:
    return [row for row in ROWS.values() if row.name == name or row.name.startswith(f"{name}-")]


def _measured(row: Row) -> Outcome:
    sys.stderr.write(f"measuring {row.name}\n")  # not part of what is printed: a run takes minutes
    return outcome(row)

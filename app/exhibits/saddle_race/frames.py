"""What changes with the step: a column of texts for each place of the page.

The page shows one row of it; with scripts it gets all rows at once, so that scrubbing asks the server for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Column = Sequence[str]


class Frames:
    """Columns by the name of their place (data-frame in the page)."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self._columns: dict[str, Column] = {}

    def add(self, name: str, column: Column) -> None:
        """Add the texts of a place, one for each step."""
        assert len(column) == self.steps, name
        self._columns[name] = column

    def at(self, name: str, step: int) -> str:
        """Return what a place shows at a step."""
        return self._columns[name][step]

    def row(self, step: int) -> dict[str, str]:
        """Return what every place shows at a step."""
        return {name: column[step] for name, column in self._columns.items()}

    def packed(self) -> dict[str, Any]:
        """Return all columns for scripts: {"every": texts}, or the few changes as [[from step, text], ...]."""
        return {name: _packed(column) for name, column in self._columns.items()}


def _packed(column: Column) -> Any:
    changes = [[step, text] for step, text in enumerate(column) if step == 0 or text != column[step - 1]]
    return changes if 3 * len(changes) < len(column) else {"every": list(column)}

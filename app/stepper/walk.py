"""Where the reader is among the steps of an exhibit: what the player draws and where its buttons lead."""

from __future__ import annotations

from collections.abc import Callable

MOST_TICKS = 60


class Walk:
    """Some steps, and the one that the reader has got to.

    maps   into how many stretches of equal length the steps fall; the scrubber marks their beginnings
    first  what the first step is called: 0 where it is the state before anything has happened
    pace   ms that a step lasts while it is played
    """

    first, pace = 1, 900

    def __init__(self, steps: int, maps: int, step: int) -> None:
        self.steps, self.maps = steps, maps
        self.step = min(step, steps - 1)

    def moves(self, gettext: Callable[[str], str]) -> list[tuple[str, str, int]]:
        """Return (name, label, step) of the player's moves."""
        last = self.steps - 1
        return [
            ("first", gettext("First step"), 0),
            ("back", gettext("Step back"), max(0, self.step - 1)),
            ("next", gettext("Next step"), min(last, self.step + 1)),
            ("last", gettext("Last step"), last),
        ]

    @property
    def progress(self) -> str:
        return self._percent(self.step)

    @property
    def ticks(self) -> list[tuple[str, bool]]:
        """(place, long) of a tick per step while there is room; long where an output map begins."""
        per_map = self.steps // self.maps
        every = 1 if self.steps <= MOST_TICKS else per_map
        return [(self._percent(step), step % per_map == 0) for step in range(0, self.steps, every)]

    def _percent(self, step: int) -> str:
        return f"{100 * step / max(1, self.steps - 1):.3f}%"


class PartedWalk(Walk):
    """Steps of which each makes a cell or, in a finer step size, a part of one.

    cells, cell   how many cells there are, and which one is being made
    parts, part   how many steps a cell takes, and which one of them this is
    """

    def __init__(self, cells: int, maps: int, step: int, step_size: str) -> None:
        self.cells, self.step_size = cells, step_size
        self.parts = self.parts_in(step_size)
        super().__init__(self.cells * self.parts, maps, step)
        self.cell, self.part = divmod(self.step, self.parts)

    def parts_in(self, step_size: str) -> int:
        """Return how many steps of `step_size` one cell takes."""
        return 1

    def step_in(self, step_size: str) -> int:
        """Return the same place counted in another step size."""
        parts = self.parts_in(step_size)
        if step_size == self.step_size:
            return self.step
        return self.cell * parts + (parts - 1 if step_size == "output" else 0)

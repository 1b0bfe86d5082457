"""One convolution layer at one step: what stage, dock and player show of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from app.i18n import N_, Words
from app.stepper import moments
from app.stepper.grids import Grids
from app.stepper.layer import Layer

CHUNK = 2_400  # terms that one answer with moments holds, about
MOST_TICKS = 60
STEP_SIZES = {"output": N_("Output"), "channel": N_("Channel"), "product": N_("Product")}


class Stage:
    """A layer, a step size, and the step that the reader has got to."""

    editable = True  # whether the learner may change its numbers

    def __init__(self, layer: Layer, step: int, step_size: str) -> None:
        self.layer, self.step_size = layer, step_size
        self.cells = len(self.layer.trace)  # what does not fit is refused here, not half way down the page
        self.precision = moments.Precision.of(self.layer)
        self.parts = moments.parts_per_cell(self.layer, step_size)
        self.steps = self.cells * self.parts
        self.step = min(step, self.steps - 1)
        self.cell, self.part = divmod(self.step, self.parts)

    @cached_property
    def grids(self) -> Grids:
        return Grids(self.layer, editable=self.editable)

    @property
    def kernel_rows(self) -> range:
        return range(self.layer.kernel_size[0])

    @property
    def kernel_columns(self) -> range:
        return range(self.layer.kernel_size[1])

    def kernel_cell(self, part: moments.Part) -> tuple[int, int] | None:
        """Return the weight being multiplied, where the steps are single products."""
        if self.step_size != "product":
            return None
        row, column = divmod(part.product, self.layer.kernel_size[1])
        return row, column

    def input_cell(self, moment: moments.Moment, part: moments.Part) -> tuple[int, int] | None:
        """Return the input cell being multiplied, where the steps are single products."""
        place = self.kernel_cell(part)
        return (moment.rows[place[0]], moment.columns[place[1]]) if place else None

    @staticmethod
    def told(part: moments.Part, channel: int, product: int) -> bool:
        """Return whether a product has been reached at `part` of the cell."""
        return (channel, product) <= (part.channel, part.product)

    @property
    def chunk(self) -> int:
        """How many output cells one request for moments brings."""
        weight = int(self.layer.weight[0].size)
        return max(1, min(64, CHUNK // (weight + 8 * self.parts)))

    @property
    def wide_terms(self) -> bool:
        """Whether the written products need smaller print."""
        return self.grids.tight or self.layer.kernel_size[1] > 3 or self.precision.x + self.precision.weight > 0

    def parts_in(self, step_size: str) -> int:
        """Return how many steps of `step_size` one output cell takes."""
        return moments.parts_per_cell(self.layer, step_size)

    def step_in(self, step_size: str) -> int:
        """Return the same place counted in another step size."""
        parts = moments.parts_per_cell(self.layer, step_size)
        if step_size == self.step_size:
            return self.step
        return self.cell * parts + (parts - 1 if step_size == "output" else 0)

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
        per_map = self.steps // len(self.layer.output)
        every = 1 if self.steps <= MOST_TICKS else per_map
        return [(self._percent(step), step % per_map == 0) for step in range(0, self.steps, every)]

    def _percent(self, step: int) -> str:
        return f"{100 * step / max(1, self.steps - 1):.3f}%"

    def moments(self, start: int, stop: int, words: Words) -> list[moments.Moment]:
        """Return output cells start..stop as the page shows them, at most a chunk."""
        return [
            moments.moment(self.layer, self.precision, cell, self.step_size, words)
            for cell in range(start, min(stop, start + self.chunk, self.cells))
        ]

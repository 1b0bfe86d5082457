"""What is on the stage at one step: a grid per tensor, the moment, the player's moves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

from app.drawing import Grid
from app.i18n import N_, Words
from app.stepper.grids import Grids
from app.stepper.layer import Layer
from app.stepper.moments import Moment, Part, Precision, parts_per_cell
from app.stepper.moments import moment as told_moment
from app.stepper.sentences import ACTIVATION_NAMES
from app.stepper.walk import PartedWalk
from engine.geometry import Geometry, Size

CHUNK = 2_400  # terms that one answer with moments holds, about
STEP_SIZES = {"output": N_("Output"), "channel": N_("Channel"), "product": N_("Product")}


class Drawn(Protocol):
    """The grids of a stage."""

    @property
    def tight(self) -> bool: ...
    @property
    def inputs(self) -> list[Grid]: ...
    @property
    def filters(self) -> list[list[Grid]]: ...
    @property
    def outputs(self) -> list[Grid]: ...


class Stage(PartedWalk, ABC):
    """An operation, a step size, and the step that the reader has got to.

    A step makes a whole output cell, or a part of one. Subclasses say what a cell is made of.
    """

    editable = False  # whether the learner may change its numbers
    formula = "formulas/_convolution.html"  # the template of its equation
    sign = "+"  # what stands between the written terms
    first_filter = 0  # what the first filter is called
    weighted = False  # whether the terms are products with weights, summed by channel
    known = False  # whether the output is there from the start, not made step by step

    @property
    @abstractmethod
    def grids(self) -> Drawn:
        """The tensors as they are drawn."""

    @property
    @abstractmethod
    def geometry(self) -> Geometry:
        """Which input cells each output cell reads."""

    @abstractmethod
    def moment(self, cell: int, words: Words) -> Moment:
        """Return one output cell as the page shows it."""

    @property
    def kernel_size(self) -> Size:
        return self.geometry.kernel_size

    @property
    def wide_terms(self) -> bool:
        """Whether the written terms need smaller print."""
        return True

    @property
    def chunk(self) -> int:
        """How many output cells one request for moments brings."""
        return 64

    def moments(self, start: int, stop: int, words: Words) -> list[Moment]:
        """Return output cells start..stop as the page shows them, at most a chunk."""
        return [self.moment(cell, words) for cell in range(start, min(stop, start + self.chunk, self.cells))]

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/_stage.html and templates/_dock.html show."""
        moment = self.moment(self.cell, words)
        return {
            "scene": self,
            "moment": moment,
            "part": moment.parts[self.part],
            "grids": self.grids,
            "windows": self.windows,
        }

    def window(self, row: int, column: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return the input rows and columns that an output cell is made from; outside the input is padding."""
        return self.geometry.window(row, column)

    @property
    def windows(self) -> dict[str, Any]:
        """Return which input rows and columns each output cell reads, and how often each pixel is read."""
        return {
            "rows": self.geometry.window_rows.tolist(),
            "columns": self.geometry.window_columns.tolist(),
            "uses": self.geometry.uses.tolist(),
            "cells": self.geometry.output_size[0] * self.geometry.output_size[1],
        }

    @property
    def kernel_rows(self) -> range:
        return range(self.kernel_size[0])

    @property
    def kernel_columns(self) -> range:
        return range(self.kernel_size[1])

    def kernel_cell(self, part: Part) -> tuple[int, int] | None:
        """Return the weight being multiplied, where the steps are single products."""
        if self.step_size != "product":
            return None
        row, column = divmod(part.product, self.kernel_size[1])
        return row, column

    def input_cell(self, moment: Moment, part: Part) -> tuple[int, int] | None:
        """Return the input cell being multiplied, where the steps are single products."""
        place = self.kernel_cell(part)
        return (moment.rows[place[0]], moment.columns[place[1]]) if place else None

    @staticmethod
    def told(part: Part, channel: int, product: int) -> bool:
        """Return whether a product has been reached at `part` of the cell."""
        return (channel, product) <= (part.channel, part.product)


class LayerStage(Stage):
    """A convolution layer at one step."""

    weighted = True

    def __init__(self, layer: Layer, step: int, step_size: str) -> None:
        self.layer = layer
        cells = len(layer.trace)  # what does not fit is refused here, not half way down the page
        self.precision = Precision.of(layer)
        self.first_filter = layer.first_filter
        super().__init__(cells, len(layer.output), step, step_size)

    @cached_property
    def grids(self) -> Grids:
        return Grids(self.layer, editable=self.editable)

    @property
    def geometry(self) -> Geometry:
        return self.layer.geometry

    def moment(self, cell: int, words: Words) -> Moment:
        return told_moment(self.layer, self.precision, cell, self.step_size, words)

    def context(self, words: Words) -> dict[str, Any]:
        named = {"activations": ACTIVATION_NAMES, "params_activation": self.layer.activation}
        return {**super().context(words), **named}

    def parts_in(self, step_size: str) -> int:
        return parts_per_cell(self.layer, step_size)

    @property
    def chunk(self) -> int:
        weight = int(self.layer.weight[0].size)
        return max(1, min(64, CHUNK // (weight + 8 * self.parts)))

    @property
    def wide_terms(self) -> bool:
        return self.grids.tight or self.layer.kernel_size[1] > 3 or self.precision.x + self.precision.weight > 0

"""Stages whose output cells are made without weights: of one map, one cell or one window after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from markupsafe import Markup

from app import numbers
from app.drawing import Grid, Sides, pitch_for
from app.i18n import Words
from app.stepper.grids import INPUT_SIZES, OUTPUT_SIZES
from app.stepper.moments import Moment, Part, Term
from app.stepper.stage import Stage
from app.tensors import Array
from engine.geometry import Geometry

DECIMALS = 4


@dataclass(frozen=True)
class PlainGrids:
    """One input map and one output map."""

    inputs: list[Grid]
    outputs: list[Grid]
    filters: list[list[Grid]]
    tight: bool = False


class SingleMap(Stage):
    """One map of an operation that works on each map by itself.

    x, output   (H, W) the map before and after
    channel     which map of its layer it is
    """

    known = True

    def __init__(self, x: Array, output: Array, channel: int, step: int) -> None:
        self.x, self.output, self.channel = x, output, channel
        super().__init__(output.size, 1, step, "output")

    @cached_property
    def grids(self) -> PlainGrids:
        sizes = [(self.x, INPUT_SIZES, 256), (self.output, OUTPUT_SIZES, 232)]
        pitches = [pitch_for(plane.shape[1], plane.size, sizes=known, width=width) for plane, known, width in sizes]
        scales = [float(np.abs(plane).max()) or 1.0 for plane in (self.x, self.output)]
        place = (self.channel,)
        shown = Grid("input", "x", place, self.x, pitches[0], scales[0], self.ring, self.geometry.unused)
        made = Grid("output", "output", place, self.output, pitches[1], scales[1])
        return PlainGrids([shown], [made], [[] for _ in range(self.channel + 1)])

    @property
    def ring(self) -> Sides:
        return self.geometry.padding

    @cached_property
    def geometry(self) -> Geometry:
        return Geometry.of(self.x.shape, 1)

    def told_cell(
        self, cell: int, *, terms: Sequence[Term], formula: Markup, total: Markup, narration: Markup, question: str = ""
    ) -> Moment:
        """Return the moment of a cell that is made in one go."""
        row, column = divmod(cell, self.output.shape[1])
        rows, columns = self.window(row, column)
        value = numbers.printed(float(self.output[row, column]), DECIMALS)
        return Moment(
            cell=cell,
            filter=self.channel,
            row=row,
            column=column,
            channels=[self.channel],
            rows=list(rows),
            columns=list(columns),
            terms=[list(terms)],
            sums=[value],
            roundings=[""],
            bias="",
            rounding="",
            value=value,
            activated="",
            question=question,
            formulas={"1": str(formula)},
            totals={"1": str(total)},
            parts=[Part(0, len(terms) - 1, 1, value, str(narration))],
        )


def mark(text: str) -> Markup:
    """Return the number that is being explained."""
    return Markup("<mark>%s</mark>") % text


def cell_name(channel: int, row: int, column: int) -> Markup:
    """Return o with its indices, in MathML."""
    return Markup(
        '<msub><mi class="role-output">o</mi><mrow><mn>%s</mn><mo>,</mo><mn>%s</mn><mo>,</mo><mn>%s</mn></mrow></msub>'
    ) % (
        channel,
        row,
        column,
    )


def equation(left: Markup, right: Markup, value: str) -> Markup:
    """Return left = right = value, in MathML."""
    result = Markup('<mn class="role-output result">%s</mn>') % value
    return Markup("<math><mrow>%s<mo>=</mo>%s<mo>=</mo>%s</mrow></math>") % (left, right, result)


def place_of(words: Words, row: int, column: int) -> str:
    """Return "row 3, column 4"."""
    return words.gettext("row %(row)s, column %(column)s") % {"row": row, "column": column}

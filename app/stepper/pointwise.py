"""Operations that look at one cell alone: ReLU, and the scaling of pixels."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.i18n import Words
from app.stepper.moments import Moment, Term
from app.stepper.single import DECIMALS, SingleMap, cell_name, equation, mark
from app.tensors import Array
from engine.geometry import Geometry


class ReluStage(SingleMap):
    """One map of a ReLU."""

    formula = "formulas/_relu.html"

    def __init__(self, x: Array, channel: int, step: int) -> None:
        super().__init__(x, np.asarray(engine.relu(x)), channel, step)

    def moment(self, cell: int, words: Words) -> Moment:
        row, column = divmod(cell, self.output.shape[1])
        x, value = (numbers.printed(float(plane[row, column]), DECIMALS) for plane in (self.x, self.output))
        right = Markup(
            '<mi>max</mi><mo stretchy="false">(</mo><mn class="role-input">%s</mn><mo>,</mo><mn>0</mn>'
            '<mo stretchy="false">)</mo>'
        )
        passes = self.x[row, column] > 0
        sentence = (
            words.gettext("%(x)s is above zero and passes as it is: %(value)s.")
            if passes
            else words.gettext("%(x)s is not above zero, so it becomes %(value)s.")
        )
        input_number = Markup('<b class="role-input">%s</b>') % x
        return self.told_cell(
            cell,
            terms=[Term("", x, not passes, False)],
            formula=equation(cell_name(self.channel, row, column), right % x, value),
            total=Markup("max(%s, 0) = %s") % (x, mark(value)),
            narration=Markup(sentence) % {"x": input_number, "value": mark(value)},
        )


class ScaleStage(SingleMap):
    """Pixels 0..255 made into what a network takes: divided by 255, the mean away, over the deviation.

    padding   rings of background (pixel 0) round the picture
    """

    formula = "formulas/_scale.html"

    def __init__(self, x: Array, output: Array, step: int, *, mean: float, std: float, padding: int) -> None:
        self.mean, self.std, self.padding = mean, std, padding
        super().__init__(x, output, 0, step)

    @cached_property
    def geometry(self) -> Geometry:
        return Geometry.of(self.x.shape, 1, padding=self.padding)

    def moment(self, cell: int, words: Words) -> Moment:
        row, column = divmod(cell, self.output.shape[1])
        inside = row - self.padding in range(len(self.x)) and column - self.padding in range(self.x.shape[1])
        pixel = int(self.x[row - self.padding, column - self.padding]) if inside else 0
        value = numbers.printed(float(self.output[row, column]), DECIMALS)
        figures = {"pixel": pixel, "unit": numbers.printed(pixel / 255, 4), "mean": self.mean, "std": self.std}
        right = Markup(
            '<mfrac><mrow><mfrac><mn class="role-input">%(pixel)s</mn><mn>255</mn></mfrac>'
            "<mo>−</mo><mn>%(mean)s</mn></mrow><mn>%(std)s</mn></mfrac>"
        )
        sentence = (
            words.gettext(
                "Pixel %(pixel)s of 0 to 255: divided by 255 it is %(unit)s; "
                "minus the mean %(mean)s, over the deviation %(std)s, it is %(value)s."
            )
            if inside
            else words.gettext(
                "The border is background, pixel %(pixel)s: "
                "minus the mean %(mean)s, over the deviation %(std)s, it is %(value)s."
            )
        )
        return self.told_cell(
            cell,
            terms=[Term("", str(pixel), pixel == 0, not inside)],
            formula=equation(cell_name(0, row, column), right % figures, value),
            total=Markup("(%(pixel)s / 255 − %(mean)s) / %(std)s") % figures + Markup(" = %s") % mark(value),
            narration=Markup(sentence) % {**figures, "value": mark(value)},
        )

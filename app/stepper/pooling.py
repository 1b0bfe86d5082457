"""Max pooling on the stage: the largest number of each window."""

from __future__ import annotations

from functools import cached_property

from markupsafe import Markup

import engine
from app import numbers
from app.i18n import Words
from app.stepper.moments import Moment, Term
from app.stepper.single import DECIMALS, SingleMap, cell_name, equation, mark, place_of
from app.tensors import Array
from engine.geometry import Geometry


class PoolStage(SingleMap):
    """One map of a max pooling."""

    sign = ","
    formula = "formulas/_max_pooling.html"

    def __init__(self, x: Array, channel: int, step: int, *, kernel_size: int, stride: int) -> None:
        self.options = {"kernel_size": kernel_size, "stride": stride}
        self.trace = engine.trace.max_pool2d(x[None], kernel_size, stride=stride)
        super().__init__(x, engine.max_pool2d(x[None], kernel_size, stride=stride).output[0], channel, step)

    @cached_property
    def geometry(self) -> Geometry:
        return Geometry.of(self.x.shape, self.options["kernel_size"], stride=self.options["stride"])

    def moment(self, cell: int, words: Words) -> Moment:
        step = self.trace[cell]
        texts = [numbers.fitting(float(value), DECIMALS) for value in step.window.ravel()]
        best = step.winner[0] * step.window.shape[1] + step.winner[1]
        value = numbers.printed(step.value, DECIMALS)
        inner = Markup("<mo>,</mo>").join(Markup('<mn class="role-input">%s</mn>') % text for text in texts)
        formula = equation(
            cell_name(self.channel, *step.index[2:]),
            Markup('<mi>max</mi><mo stretchy="false">(</mo>%s<mo stretchy="false">)</mo>') % inner,
            value,
        )
        row, column = step.rows[step.winner[0]], step.columns[step.winner[1]]
        narration = Markup(
            words.gettext(
                "The largest number of the window in map %(map)s stands at %(place)s: %(value)s. Only it goes on."
            )
        ) % {"map": self.channel, "place": place_of(words, row, column), "value": mark(value)}
        return self.told_cell(
            cell,
            terms=[Term("", text, index != best, False) for index, text in enumerate(texts)],
            formula=formula,
            total=Markup("max(%s) = %s") % (", ".join(texts), mark(value)),
            narration=narration,
        )

"""Softmax on the stage: one probability out of all logits."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from markupsafe import Markup

import engine
from app import numbers
from app.i18n import N_, Words
from app.stepper.moments import Moment, Term
from app.stepper.single import DECIMALS, SingleMap, cell_name, equation, mark
from app.tensors import Array
from engine.geometry import Geometry, Size

PER_ROW = 4  # powers written in one row
PLACES = 4  # decimals of powers and probabilities


class SoftmaxStage(SingleMap):
    """All logits in one row, all probabilities in another."""

    formula = "formulas/_softmax.html"
    sentence = N_(
        "Digit %(digit)s: its logit %(logit)s minus the largest %(largest)s, as a power of e, is %(power)s; "
        "that is %(value)s of all powers together, %(total)s."
    )

    def __init__(self, logits: Array, step: int) -> None:
        self.trace = engine.trace.softmax(logits)
        super().__init__(logits[None], engine.softmax(logits)[None], 0, step)

    @cached_property
    def geometry(self) -> Geometry:
        return Geometry.of(self.x.shape, 1)

    @property
    def kernel_size(self) -> Size:
        """The powers are written in rows of five."""
        return -(-self.x.size // PER_ROW), PER_ROW

    @property
    def windows(self) -> dict[str, Any]:
        """Every probability is made from all logits."""
        size = self.x.size
        return {"rows": [[0]], "columns": [list(range(size))] * size, "uses": [[size] * size], "cells": size}

    def window(self, row: int, column: int) -> tuple[range, range]:
        return range(1), range(self.x.size)

    def moment(self, cell: int, words: Words) -> Moment:
        step = self.trace[cell]
        powers = [_share(float(power)) for power in step.powers]
        value, total = _share(step.value), numbers.printed(step.total, PLACES)
        logit, largest = (numbers.printed(float(number), DECIMALS) for number in (step.x[cell], step.largest))
        power = Markup("<mfrac><mn>%s</mn><mn>%s</mn></mfrac>") % (powers[cell], total)
        narration = Markup(words.gettext(self.sentence)) % {
            "digit": cell,
            "logit": Markup('<b class="role-input">%s</b>') % logit,
            "largest": largest,
            "power": powers[cell],
            "value": mark(value),
            "total": total,
        }
        return self.told_cell(
            cell,
            terms=[Term("", text, index != cell, False) for index, text in enumerate(powers)],
            formula=equation(cell_name(0, 0, cell), power, value),
            total=Markup("%s / %s = %s") % (powers[cell], total, mark(value)),
            narration=narration,
        )


def _share(value: float) -> str:
    """Return a number from 0 to 1; what four decimals would print as nothing keeps two digits, as 1.6e-23."""
    if value == 0 or value >= 10.0**-PLACES:
        return numbers.printed(value, PLACES)
    return f"{value:.1e}".replace("-", numbers.MINUS)

"""What the network makes of a drawing: computed in the worker, kept for the next cell that is opened."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool

from app.exhibits.lenet5.drawing import Drawing
from app.exhibits.lenet5.params import Params
from engine.digit import PreparedDigit
from engine.nets.reading import read_digit
from engine.ops.arrays import Array

MOST_KEPT = 16  # one takes up to 3 MB


@dataclass(frozen=True)
class Reading:
    """A drawing, the way to the network's input, and the value of every stage."""

    drawing: Drawing
    prepared: PreparedDigit
    values: dict[str, Array]  # by stage, "input" first, without batch axis, float32

    @property
    def probabilities(self) -> Array:
        return self.values["softmax"]

    def value(self, name: str) -> Array:
        """Return a stage's value, or "scaled" or "digit", the pictures on the way to the input."""
        if name == "scaled":
            return self.prepared.scaled[None]
        return self.prepared.digit[None] if name == "digit" else self.values[name]

    @property
    def digit(self) -> int:
        """The digit that the network finds most probable."""
        return int(np.argmax(self.probabilities))


class Readings:
    """The last few readings, by the text of their drawing."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Reading] = OrderedDict()

    async def of(self, text: str, state: Any) -> Reading:
        """Return the reading of a drawing. Raises EngineError if there is nothing to read."""
        if text in self._kept:
            self._kept.move_to_end(text)
            return self._kept[text]
        drawing = Drawing.read(text)
        pixels = await run_in_threadpool(drawing.pixels, state.pictures)
        prepared, values = await state.worker.call(read_digit, pixels)
        reading = self._kept[text] = Reading(drawing, prepared, values)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return reading


READINGS = Readings()


async def gather(params: Params, state: Any) -> tuple[Reading, Reading | None]:
    """Return the reading of the drawing, and of the one beside it if there is one."""
    beside = await READINGS.of(params.beside, state) if params.beside else None
    return await READINGS.of(params.digit, state), beside

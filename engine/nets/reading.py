"""From a drawing to every number inside the network that reads it. Importing this imports no torch."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.digit import PreparedDigit, prepare
from engine.nets import build

if TYPE_CHECKING:
    from engine.nets.network import Network


def read_digit(picture: NDArray[np.uint8]) -> tuple[PreparedDigit, dict[str, NDArray[np.float32]]]:
    """Return the steps from a drawing to LeNet-5's input, and the value of every stage.

    picture   uint8, (H, W) grey or (H, W, 3) red, green, blue
    Raises ShapeError on another picture, RangeError if nothing is drawn on it.
    """
    from engine.nets.run import activations

    prepared = prepare(picture)
    return prepared, activations(_lenet5(), prepared.input)


@cache
def _lenet5() -> Network:
    return build("lenet5", weights="shipped")

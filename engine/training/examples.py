"""Pictures and what they show: what a network is trained and tested on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Pictures of one size, each of one class."""

    pictures: Bytes  # (N, H, W) grey, or (N, 3, H, W) red, green, blue
    labels: NDArray[np.integer[Any]]  # (N,), places in `classes`
    classes: tuple[str, ...]

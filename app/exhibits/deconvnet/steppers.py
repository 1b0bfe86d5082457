"""The steppers that the learner knows, opened with the real numbers around one cell of the way down."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import numpy as np

from app.i18n import N_
from app.tensors import compact
from engine.interpret.made_of import SmallPart

MOST_ROWS, MOST_KERNEL = 6, 5  # that the stepper of transposed convolution takes
DECIMALS = 4

TRANSPOSED = N_("Step through these stamps: the signal of one map and its filter, transposed")
POOLED = N_("Step through these windows: the maxima of the way up, and what goes back to them")


def stepper(part: SmallPart | None) -> tuple[str, str] | None:
    """Return (address, title) of the stepper that makes the cell from these numbers; None if they do not fit in it."""
    if part is None or max(part.signals.shape) > MOST_ROWS:
        return None
    if part.kind == "max_pool2d":
        query = {
            "preset": "overlapping",
            "tab": "backward",
            "kernel_size": part.kernel_size,
            "stride": part.stride,
            "x": _written(part.numbers[None]),
            "grad": _written(part.signals[None]),
        }
        return f"/exhibits/pooling?{urlencode(query)}", POOLED
    if part.kernel_size > MOST_KERNEL:
        return None
    columns = (part.signals.shape[1] - 1) * part.stride + part.kernel_size
    query = {
        "preset": "stamps",
        "view": "gather",
        "kernel_size": part.kernel_size,
        "stride": part.stride,
        "x": _written(part.signals[None]),
        "weight": _written(part.numbers[None, None]),
        "bias": "1_0",
        "step": part.row * columns + part.column,
    }
    return f"/exhibits/going-back-up?{urlencode(query)}", TRANSPOSED


def _written(values: Any) -> str:
    """Return values as a link has them, rounded: these steppers print two decimals."""
    return compact(np.round(values.astype(np.float64), DECIMALS) + 0.0)

"""One number of a network and what it is made of."""

from __future__ import annotations

import numpy as np

from app.i18n import Words
from app.networks.cell import Cell
from app.networks.explained.explanation import Explanation
from app.networks.explained.plain import PLAIN, explain_pixel
from app.networks.explained.sums import Sums, weighted
from engine.nets.architecture import Architecture
from engine.ops.arrays import Array

__all__ = ["Explanation", "Sums", "explain", "explain_pixel"]


def explain(
    architecture: Architecture, values: dict[str, Array], sums: Sums | None, cell: Cell, at: int, words: Words
) -> Explanation:
    """Return what makes `cell`; `at` says which channel of a weighted sum is written out, the strongest is 0.

    sums   of a stage with weights; None for any other
    """
    if sums is not None:
        return weighted(architecture.reads(cell.stage), sums, at, words)
    stage, below = architecture.stage(cell.stage), architecture.reads(cell.stage)
    return PLAIN[stage.kind](stage, below, values[below].astype(np.float64), values[cell.stage], cell, words)

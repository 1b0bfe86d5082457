"""The translation experiment: the input moved by some pixels, and what the pool makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.exhibits.pooling.pool import Pool
from app.i18n import Words
from engine.ops.arrays import Array


@dataclass(frozen=True)
class Shift:
    """The input of a pooling moved down and right; what leaves is lost, zeros come in."""

    pool: Pool
    rows: int
    columns: int

    @property
    def still(self) -> bool:
        return self.rows == self.columns == 0

    @cached_property
    def x(self) -> Array:
        return moved(self.pool.x, self.rows, self.columns)

    @cached_property
    def output(self) -> Array:
        return self.pool.output_of(self.x)

    @cached_property
    def changed_inputs(self) -> Array:
        return np.asarray(self.x != self.pool.x)

    @cached_property
    def changed_outputs(self) -> Array:
        return ~np.isclose(self.output, self.pool.output, rtol=1e-12, atol=0)

    @property
    def by_strides(self) -> tuple[int, int] | None:
        """By how many output cells the shift is a whole stride, if it is one."""
        rows, columns = self.pool.steps
        return None if self.rows % rows or self.columns % columns else (self.rows // rows, self.columns // columns)

    @cached_property
    def moved_along(self) -> Array:
        """Where the new output equals the old one moved by the same number of strides; nowhere without such."""
        strides = self.by_strides
        if strides is None:
            return np.zeros(self.output.shape, np.bool_)
        there = moved(np.ones(self.output.shape), *strides) == 1
        along = np.isclose(self.output, moved(self.pool.output, *strides), rtol=1e-12, atol=0)
        return np.asarray(there & along)

    def told(self, words: Words) -> list[str]:
        """Return what can be seen, in sentences."""
        if self.still:
            return [words.gettext("Nothing is shifted yet: press an arrow.")]
        inputs, outputs = self.changed_inputs, self.changed_outputs
        figures = {
            "in": int(inputs.sum()),
            "all_in": inputs.size,
            "out": int(outputs.sum()),
            "all_out": outputs.size,
        }
        counts = words.gettext(
            "The shift changed %(in)s of the %(all_in)s input cells, and after the pool %(out)s of the %(all_out)s "
            "output cells."
        )
        return [counts % figures, self._verdict(words)]

    def _verdict(self, words: Words) -> str:
        if not self.changed_outputs.any():
            return words.gettext("To this shift the pool is invariant: its output is the same, cell by cell.")
        if self.by_strides:
            return words.gettext(
                "The shift is a whole number of strides, so the output moves along (down %(rows)s, right %(columns)s): "
                "%(count)s of its cells are just the old ones in their new places. That is "
                "equivariance, not invariance."
            ) % {"count": int(self.moved_along.sum()), "rows": self.by_strides[0], "columns": self.by_strides[1]}
        return words.gettext(
            "The pool is invariant only where the largest cell, or the mean, of a window stays what it was. The shift "
            "is no whole number of strides (%(rows)s × %(columns)s), so the output does not simply move along either."
        ) % {"rows": self.pool.steps[0], "columns": self.pool.steps[1]}


def moved(values: Array, rows: int, columns: int) -> Array:
    """Return (C, H, W) values moved down and right; zeros come in."""
    result = np.zeros_like(values)
    height, width = values.shape[1:]
    kept_rows, kept_columns = max(0, height - abs(rows)), max(0, width - abs(columns))
    to = (slice(max(0, rows), max(0, rows) + kept_rows), slice(max(0, columns), max(0, columns) + kept_columns))
    read = (slice(max(0, -rows), max(0, -rows) + kept_rows), slice(max(0, -columns), max(0, -columns) + kept_columns))
    result[:, *to] = values[:, *read]
    return result

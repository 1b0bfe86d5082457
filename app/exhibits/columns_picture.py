"""Tensors in lines of columns, a sentence below: the PNG of exhibits that lay them out so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.drawing import Grid
from app.sheet import GAP, Sheet, Sides, width_of

TOP, LABEL, LINE, FOOT = 40, 40, 28, 44  # px above the first tensor, between two, of a sentence, below the last one
SENTENCE = 16  # px of its print


@dataclass(frozen=True)
class Item:
    """A tensor with its label; outline and now are marked, `at` is the last step that is computed."""

    grid: Grid
    label: str
    outline: Sides | None = None
    now: tuple[int, int] | None = None
    at: int | None = None

    @property
    def width(self) -> float:
        return max(float(self.grid.width), width_of(self.label, 12))

    def draw(self, sheet: Sheet, x: float, y: float) -> None:
        """Draw the tensor with its left upper corner at (x, y)."""
        known = None if self.at is None else max(0, self.at - self.grid.first + 1)
        sheet.grid(self.grid, x, y, self.label, known)
        if self.outline:
            sheet.outline(self.grid, x, y, self.outline)
        if self.now:
            sheet.outline(self.grid, x, y, ([self.now[0]], [self.now[1]]))


Stack = Sequence[Item]


def draw(lines: Iterable[Sequence[Stack]], sentences: Sequence[str]) -> bytes:
    """Return stacks of tensors side by side, line under line, and the sentences below, as PNG bytes."""
    laid = [[stack for stack in line if stack] for line in lines]
    heights = [max(sum(item.grid.height + LABEL for item in stack) for stack in line) for line in laid]
    widths = [sum(max(item.width for item in stack) + GAP for stack in line) for line in laid]
    said = max(width_of(sentence, SENTENCE) for sentence in sentences)
    sheet = Sheet(max(*widths, said + GAP) + GAP, TOP + sum(heights) + LINE * len(sentences) + FOOT - LABEL / 2)
    top = float(TOP)
    for line, height in zip(laid, heights, strict=True):
        left = float(GAP)
        for stack in line:
            below = top
            for item in stack:
                item.draw(sheet, left, below)
                below += item.grid.height + LABEL
            left += max(item.width for item in stack) + GAP
        top += height
    for number, sentence in enumerate(sentences):
        sheet.text((GAP, top + LINE * (number + 0.5)), sentence, SENTENCE)
    return sheet.png()


def sides(rows: Sequence[int], columns: Sequence[int]) -> Sides | None:
    """Return what is outlined, None for nothing."""
    return (rows, columns) if len(rows) and len(columns) else None

"""The current step as a PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from app import numbers
from app.drawing import Panel
from app.exhibits.convolution_backward.figures import Column, Term
from app.sheet import GAP, Sheet, width_of

if TYPE_CHECKING:
    from app.exhibits.convolution_backward.scene import BackwardScene

LABEL, LINE, SIZE = 28, 18, 13  # px above a grid, of a line of products, of its print

Placed = tuple[float, float, Panel | str]


def draw(scene: BackwardScene) -> bytes:
    """Return the maps of dY, what they meet, the products and the gradient of this step, as PNG bytes."""
    picture = scene.picture
    placed: list[Placed] = []
    x, bottom = float(GAP), 0.0
    for group in (_stacked(picture["lead"]), *map(_column, picture["columns"]), _stacked(picture["results"])):
        if group:
            placed += [(x + left, top, one) for left, top, one in group]
            x += max(left + _width(one) for left, _, one in group) + GAP
            bottom = max(bottom, *(top + _height(one) for _, top, one in group))
    said = _sentence(picture)
    sheet = Sheet(max(x, width_of(said, 16) + 2 * GAP), bottom + 72)
    for left, top, one in placed:
        if isinstance(one, Panel):
            _draw_panel(sheet, one, left, top)
        else:
            sheet.text((left, top), one, SIZE)
    sheet.text((GAP, sheet.height - 28), said, 16)
    return sheet.png()


def _stacked(panels: Sequence[Panel], top: float = 16) -> list[Placed]:
    """Return panels below each other; a second column begins where the first is as high as four small maps."""
    placed: list[Placed] = []
    left, y = 0.0, top
    for panel in panels:
        if placed and y + _height(panel) > 640:
            left, y = left + max(_width(one) for _, _, one in placed) + GAP, top
        placed.append((left, y + LABEL, panel))
        y += LABEL + _height(panel) + 16
    return placed


def _column(column: Column) -> list[Placed]:
    """Return what is read, the products, and what they make, below each other."""
    placed: list[Placed] = []
    left = 0.0
    for panel in (one for one in column.above if not one.inactive):
        placed.append((left, 16 + LABEL, panel))
        left += _width(panel) + GAP
    y = max(top + _height(one) for _, top, one in placed) + 28
    for row in column.terms:
        placed.append((0, y, "   ".join(_term(term) for term in row if term.told)))
        y += LINE
    if column.sum:
        placed.append((0, y + 6, f"sum of {column.title}: {column.sum}"))
    return [*placed, *_stacked(column.below, y + 8)]


def _term(term: Term) -> str:
    """Return a product, in a stamp with what it is added to."""
    right = f"({term.right})" if term.right.startswith(numbers.MINUS) else term.right
    product = f"{term.left}·{right}"
    if term.lost:
        return f"({product} outside)"
    return f"{term.before} + {product} {term.equals} {term.after}" if term.after else f"+ {product}"


def _sentence(picture: dict[str, object]) -> str:
    """Return the narration as plain text."""
    narration = picture["narration"]
    assert isinstance(narration, Markup)
    return narration.striptags()


def _draw_panel(sheet: Sheet, panel: Panel, x: float, y: float) -> None:
    grid = panel.grid
    known = None if panel.at is None else panel.at + 1 - grid.first
    label = f"{panel.symbol}{panel.index}  {panel.detail}"
    sheet.grid(grid, x, y, label, known)
    if not panel.inactive and panel.rows and panel.columns:
        sheet.outline(grid, x, y, (panel.rows, panel.columns))


def _width(one: Panel | str) -> float:
    if isinstance(one, str):
        return width_of(one, SIZE)
    return max(float(one.grid.width), width_of(f"{one.symbol}{one.index}  {one.detail}", 12))


def _height(one: Panel | str) -> float:
    return LINE if isinstance(one, str) else float(one.grid.height)

"""A way to a gradient: each step as panels, products, formula and narration."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from markupsafe import Markup

from app import numbers
from app.exhibits.convolution_backward.drawings import Drawings, Outline
from app.exhibits.convolution_backward.figures import Panel, Precision
from app.exhibits.convolution_backward.resolve import Backward
from app.i18n import Words
from engine.ops.lazy import LazyTrace

Cell = tuple[int, ...]


class View(ABC):
    """A gradient in one way, at one step.

    tensor   "dx", "dw" or "db"
    maps     parts of equal length that the steps fall into, for the player's long ticks
    """

    tensor: str
    maps: int

    def __init__(self, backward: Backward) -> None:
        self.backward, self.layer, self.grad = backward, backward.layer, backward.grad
        self.precision = Precision.of(backward.grad, backward.layer.x, backward.layer.weight)

    @property
    @abstractmethod
    def trace(self) -> LazyTrace[Any]:
        """The engine's steps."""

    @abstractmethod
    def cell(self, at: int) -> Cell:
        """Return the cell of the gradient that step `at` is about."""

    @abstractmethod
    def picture(self, at: int, words: Words) -> dict[str, Any]:
        """Return lead, columns, results, formula, total and narration of step `at`."""

    def mark(self, value: float, role: str) -> Markup:
        """Return the number that the step explains."""
        return Markup("<mark>%s</mark>") % numbers.printed(value, self.precision.sum(role))

    def _leads(self, draw: Drawings, f: int, outline: Outline) -> list[Panel]:
        """Return the maps of dY, of map f with an outline."""
        return [draw.dy(k, outline if k == f else None, inactive=k != f) for k in range(len(self.grad))]

    @property
    def _whole_map(self) -> Outline:
        rows, columns = self.layer.geometry.output_size
        return range(rows), range(columns)

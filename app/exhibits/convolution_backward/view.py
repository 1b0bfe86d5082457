"""A way to a gradient: each step as panels, products, formula and narration."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from markupsafe import Markup

from app import numbers
from app.drawing import Panel
from app.exhibits.convolution_backward.drawings import Drawings, Outline
from app.exhibits.convolution_backward.figures import Precision, Reached
from app.exhibits.convolution_backward.resolve import Backward
from app.i18n import Words
from app.tensors import Array
from engine.ops.lazy import LazyTrace

Cell = tuple[int, ...]


class View(ABC):
    """A gradient in one way, at one step.

    tensor      "dx", "dw" or "db"
    step_sizes  what a step can be, for a view that adds up products: step size -> its name
    maps        parts of equal length that the steps fall into, for the player's long ticks
    """

    tensor: str
    maps: int
    step_sizes: ClassVar[Mapping[str, str]] = {}

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

    def parts_in(self, step_size: str) -> int:
        """Return how many steps of `step_size` one cell of the gradient takes."""
        windows, products = self.sizes
        return {"output": 1, "channel": windows, "product": windows * products}[step_size]

    def reached(self, step_size: str, part: int) -> Reached:
        """Return how far part `part` of a cell has got."""
        return Reached.of(step_size, part, *self.sizes)

    @property
    def sizes(self) -> tuple[int, int]:
        """From how many windows a cell is made, and how many products each has."""
        return 1, 1

    @abstractmethod
    def picture(self, at: int, words: Words, reached: Reached | None = None) -> dict[str, Any]:
        """Return lead, columns, results, formula, total and narration of step `at`, or of a part of it."""

    def running(self, products: Array, reached: Reached, role: str) -> str:
        """Return the sum of the products (windows, rows, columns) that are told."""
        so_far = sum(float(window.ravel()[:told].sum()) for window, told in zip(products, reached.told, strict=True))
        return numbers.printed(so_far, self.precision.sum(role))

    def mark(self, value: float, role: str) -> Markup:
        """Return the number that the step explains."""
        return Markup("<mark>%s</mark>") % numbers.printed(value, self.precision.sum(role))

    def _leads(self, draw: Drawings, f: int, outline: Outline, now: tuple[int, int] | None = None) -> list[Panel]:
        """Return the maps of dY, of map f with an outline and the cell that is being multiplied."""
        return [
            draw.dy(k, outline if k == f else None, inactive=k != f, now=now if k == f else None)
            for k in range(len(self.grad))
        ]

    @property
    def _whole_map(self) -> Outline:
        rows, columns = self.layer.geometry.output_size
        return range(rows), range(columns)

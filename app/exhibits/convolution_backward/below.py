"""What stands below the stage: both ways compared, the update, one cell checked by finite differences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import engine
from app import numbers
from app.drawing import Panel
from app.exhibits.convolution_backward.drawings import Drawings
from app.exhibits.convolution_backward.resolve import Backward
from app.exhibits.convolution_backward.views import PAIRS, VIEWS
from app.i18n import N_, Words
from app.tensors import Array
from engine import RangeError
from engine.gradient_check import CellCheck, check_cell

PARTS = {"dx": "x", "dw": "weight", "db": "bias"}  # what each gradient is the gradient of
LETTERS = {"dx": "x", "dw": "W", "db": "b"}


@dataclass(frozen=True)
class Way:
    """One of two ways to the same gradient, gone to its end."""

    view: str
    steps: int
    result: Array


@dataclass(frozen=True)
class Comparison:
    """Two ways to one gradient, and how far apart they end."""

    ways: tuple[Way, Way]

    @property
    def apart(self) -> float:
        return float(np.abs(self.ways[0].result - self.ways[1].result).max())


def compare(backward: Backward, tensor: str) -> Comparison | None:
    """Replay both ways to a gradient; None where there is but one."""
    if tensor not in PAIRS:
        return None
    first, second = (VIEWS[name](backward).trace for name in PAIRS[tensor])
    names = PAIRS[tensor]
    return Comparison((Way(names[0], len(first), first.replay()), Way(names[1], len(second), second.replay())))


@dataclass(frozen=True)
class Update:
    """One step of gradient descent on filters and biases."""

    backward: Backward
    lr: float

    @property
    def weight(self) -> Array:
        return engine.gradient_step(self.backward.layer.weight, self.backward.gradients.weight, self.lr)

    @property
    def bias(self) -> Array:
        return engine.gradient_step(self.backward.layer.bias, self.backward.gradients.bias, self.lr)

    @property
    def losses(self) -> tuple[float, float]:
        """The loss before and after, both computed from the input on."""
        return self.backward.loss(), self.backward.loss(weight=self.weight, bias=self.bias)


def gradient(backward: Backward, tensor: str) -> Array:
    """Return the gradient that a tab shows."""
    gradients = backward.gradients
    return {"dx": gradients.input, "dw": gradients.weight, "db": gradients.bias}[tensor]


def check(backward: Backward, tensor: str, cell: tuple[int, ...], eps: float) -> CellCheck:
    """Compare one cell of a gradient with the difference quotient of L = sum(dY * y).

    Raises RangeError if the gradient has no such cell.
    """
    grad = gradient(backward, tensor)
    if len(cell) != grad.ndim or any(k >= size for k, size in zip(cell, grad.shape, strict=True)):
        raise RangeError(
            N_("there is no cell {place} in {tensor}"), place="_".join(map(str, cell)), tensor=f"d{LETTERS[tensor]}"
        )
    name = PARTS[tensor]

    def loss(changed: Array) -> float:
        return backward.loss(**{name: changed})

    return check_cell(loss, getattr(backward.layer, name), grad, cell, eps)


def check_texts(result: CellCheck) -> dict[str, str]:
    """Return the numbers of a check as they are printed."""
    return {
        "above": numbers.whole(result.above),
        "below": numbers.whole(result.below),
        "step": numbers.whole(2 * result.eps),
        "numerical": f"{result.numerical:.10g}".replace("-", numbers.MINUS),
        "grad": numbers.whole(result.grad),
        "error": f"{result.relative_error:.1e}".replace("-", numbers.MINUS) if result.relative_error else "0",
    }


def gradient_panels(backward: Backward, tensor: str, values: Array, cell: tuple[int, ...], words: Words) -> list[Panel]:
    """Return a whole gradient, the checked cell outlined."""
    draw = Drawings(backward, words)
    place, outline = (cell[:-2], ([cell[-2]], [cell[-1]])) if len(cell) > 1 else ((), ([0], [cell[0]]))
    slices = [((), values[None])] if tensor == "db" else [(at, values[at]) for at in np.ndindex(values.shape[:-2])]
    return [draw.plane(tensor, at, plane, outline if at == place else None, as_tensor="check") for at, plane in slices]


def update_panels(update: Update, words: Words) -> list[list[Panel]]:
    """Return for each filter slice: before, its gradient, after."""
    draw = Drawings(update.backward, words, editable=False)
    after, gradients = update.weight, update.backward.gradients.weight
    return [
        [
            replace(draw.filter(f, c, outlined=False), detail=words.gettext("before")),
            draw.plane("dw", (f, c), gradients[f, c]),
            draw.updated(f, c, after[f, c]),
        ]
        for f, c in np.ndindex(after.shape[:2])
    ]


def context(backward: Backward, tensor: str, cell: tuple[int, ...], *, lr: float, eps: float, words: Words) -> Any:
    """Return what templates/exhibits/_backward_below.html shows."""
    update, comparison = Update(backward, lr), compare(backward, tensor)
    ways = comparison.ways if comparison else (Way("bias", len(backward.grad), backward.gradients.bias),)
    panels = [(way, gradient_panels(backward, tensor, way.result, cell, words)) for way in ways]
    before, after = update.losses
    result = check(backward, tensor, cell, eps)
    return {
        "comparison": comparison,
        "apart": numbers.whole(comparison.apart) if comparison else "",
        "ways": panels,
        "update": update_panels(update, words),
        "biases": [
            (f, *(numbers.short(float(value), 4) for value in values))
            for f, values in enumerate(zip(backward.layer.bias, backward.gradients.bias, update.bias, strict=True))
        ],
        "losses": (numbers.short(before, 4), numbers.short(after, 4)),
        "lr": numbers.short(lr, 4),
        "checked": check_texts(result),
        "passed": result.relative_error <= 1e-6,
        "check_cell": "_".join(map(str, cell)),
        "check_names": _names(tensor, cell),
    }


def _names(tensor: str, cell: tuple[int, ...]) -> dict[str, str]:
    """Return how the checked cell is written."""
    return {"letter": LETTERS[tensor], "index": ", ".join(map(str, cell))}

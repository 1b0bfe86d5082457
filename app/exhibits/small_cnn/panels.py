"""The network as the page draws it: panels from input to loss, under each tensor its gradient and what it becomes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app import numbers
from app.drawing import Grid
from app.exhibits.small_cnn.cell import OPENED, Cell
from app.exhibits.small_cnn.resolve import TENSORS, Pass
from app.exhibits.small_cnn.steps import STEP_OF, STEPS
from app.i18n import N_
from app.tensors import Array

LEAST_PITCH, MOST_PITCH = 38, 54  # px of a cell
PER_CHARACTER = 7.6  # px: digits stay 11 px high


@dataclass(frozen=True)
class Slice:
    """Which part of a tensor is one grid: the indices in front, and how a row of numbers stands."""

    tensor: str
    place: tuple[int, ...] = ()
    column: bool = False  # whether a vector stands upright
    role: str = "output"
    name: str = N_("Map")
    symbol: str = ""
    index: str = ""

    def of(self, values: Array) -> Array:
        """Return the slice's numbers in two dimensions."""
        part = np.atleast_1d(values[self.place])
        if part.ndim == 2:
            return part
        return part[:, None] if self.column else part[None]


@dataclass(frozen=True)
class Shown:
    """One grid with its label. `reached`: whether its step has come; `now`: whether it is this step's."""

    grid: Grid
    name: str
    symbol: str
    index: str
    reached: bool
    outline: tuple[range, range] | None


@dataclass(frozen=True)
class Panel:
    """One stage of the network: columns of grids, what belongs together under one another."""

    key: str
    title: str
    columns: tuple[tuple[Slice, ...], ...]


def _maps(tensor: str, symbol: str) -> tuple[tuple[Slice, ...], ...]:
    return tuple((Slice(tensor, (f,), symbol=symbol, index=str(f)),) for f in range(2))


def _filter(f: int) -> tuple[Slice]:
    return (Slice("weight", (f, 0), role="filter", name=N_("Filter"), symbol="W", index=str(f)),)


PANELS = (
    Panel("input", N_("Input"), ((Slice("x", (0,), role="input", name=N_("Input"), symbol="x"),),)),
    Panel(
        "filters",
        N_("Filters"),
        (
            _filter(0),
            _filter(1),
            (Slice("bias", role="filter", name=N_("Bias"), symbol="b", column=True),),
        ),
    ),
    Panel("conv", N_("Convolution"), _maps("conv", "z")),
    Panel("relu", N_("ReLU"), _maps("relu", "a")),
    Panel("pool", N_("Max pooling"), _maps("pool", "m")),
    Panel(
        "linear",
        N_("Flatten, linear"),
        (
            (
                Slice("flat", name=N_("In one row"), symbol="h"),
                Slice("linear_weight", role="filter", name=N_("Weights"), symbol="V"),
            ),
            (Slice("linear_bias", role="filter", name=N_("Bias"), symbol="c", column=True),),
        ),
    ),
    Panel(
        "softmax",
        N_("Softmax, cross-entropy"),
        (
            (Slice("logits", name=N_("Logits"), symbol="s", column=True),),
            (Slice("probabilities", name=N_("Probabilities"), symbol="p", column=True),),
        ),
    ),
)


class Panels:
    """Draws one pass at one step."""

    def __init__(self, shown: Pass, step: int, opened: Cell | None) -> None:
        self.shown, self.step, self.opened = shown, step, opened

    def __iter__(self) -> Iterator[tuple[Panel, list[list[Shown]]]]:
        for panel in PANELS:
            yield panel, [self._column(column) for column in panel.columns]

    def _column(self, column: tuple[Slice, ...]) -> list[Shown]:
        """Return the grids of a column, all of one cell size, so that what belongs together has equal edges."""
        tensors = [f"{before}{part.tensor}" for part in column for before in ("", "d_", "new_")]
        texts = (
            numbers.short(value)
            for tensor in tensors
            if tensor in OPENED or tensor in TENSORS
            for value in self.shown.tensor(tensor).ravel().tolist()
            if math.isfinite(value)
        )
        pitch = max(LEAST_PITCH, min(MOST_PITCH, math.ceil(PER_CHARACTER * max(map(len, texts)))))
        return [grid for part in column for grid in self._stack(part, pitch)]

    def _stack(self, part: Slice, pitch: int) -> Iterator[Shown]:
        """Yield a tensor's grid, its gradient from the backward phase on, its next value from the update on."""
        phase = STEPS[self.step].phase
        yield self._drawn(part, pitch, part.tensor, part.role, part.symbol)
        gradient = f"d_{part.tensor}"
        finite = bool(np.isfinite(self.shown.tensor(gradient)).all())
        if phase != "forward" and finite:
            yield self._drawn(part, pitch, gradient, "gradient", f"∂{part.symbol}")
        if phase == "update" and f"new_{part.tensor}" in STEP_OF:
            yield self._drawn(part, pitch, f"new_{part.tensor}", part.role, f"{part.symbol}′")

    def _drawn(self, part: Slice, pitch: int, tensor: str, role: str, symbol: str) -> Shown:
        values = part.of(self.shown.tensor(tensor))
        grid = Grid(role, tensor, part.place, values, pitch, self._scale(tensor), editable=tensor in TENSORS)
        name = N_("Gradient") if tensor.startswith("d_") else N_("After") if tensor.startswith("new_") else part.name
        due = STEP_OF.get(tensor, 0)
        whole = (range(grid.rows), range(grid.columns))
        outline = whole if due == self.step and tensor in STEP_OF and self.opened is None else self._cell(part, tensor)
        return Shown(grid, name, symbol, part.index, due <= self.step, outline)

    def _cell(self, part: Slice, tensor: str) -> tuple[range, range] | None:
        """Return the row and column of the open cell, if it is in this grid."""
        if self.opened is None or self.opened.tensor != tensor or self.opened.place[: len(part.place)] != part.place:
            return None
        rest = self.opened.place[len(part.place) :]
        row, column = rest if len(rest) == 2 else ((rest[0], 0) if part.column else (0, rest[0]))
        return range(row, row + 1), range(column, column + 1)

    def _scale(self, tensor: str) -> float:
        """Return where a tensor's colours end: its own largest number, the old value's for a new one."""
        values = self.shown.tensor(tensor.removeprefix("new_"))
        return float(np.abs(values).max()) or 1.0

"""The tensors of a pooling as grids: one scale per role, the padding as wide as the last window reaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.drawing import Grid, Sides, pitch_for
from app.exhibits.pooling.pool import Pool
from app.tensors import Array

INPUT_SIZES = ((4, 56), (6, 48), (8, 40), (10, 32), (24, 26))
OUTPUT_SIZES = ((3, 56), (4, 48), (6, 40), (8, 32), (24, 26))
STACKED_INPUT_SIZES = ((5, 40), (8, 34), (10, 30), (24, 26))  # where channels stand above one another
STACKED_OUTPUT_SIZES = ((3, 48), (4, 40), (6, 34), (8, 30), (24, 26))
WIDTH = 320
OUTSIDE = {"max": "−∞", "average": "0", "lp": "0", "subsampling": "0"}


@dataclass(frozen=True)
class PoolGrids:
    """Draws one pooling. `taken` cells of the output have given their gradient."""

    pool: Pool
    taken: int = 0
    filters: list[list[Grid]] = field(default_factory=list)
    tight: bool = False

    @cached_property
    def ring(self) -> Sides:
        """Padding, and at the end the rows and columns that only ceil mode's last window reaches."""
        (top, bottom), (left, right) = self.pool.geometry.padding
        rows, columns = self.pool.geometry.overhang
        return (top, bottom + rows), (left, right + columns)

    @cached_property
    def inputs(self) -> list[Grid]:
        """One grid per channel; its numbers can be changed."""
        return self.inputs_of(self.pool.x, "x", editable=True)

    def inputs_of(self, values: Array, tensor: str, *, editable: bool = False) -> list[Grid]:
        """Return one grid per channel of something of the input's shape, on the input's scale."""
        geometry = self.pool.geometry
        return [
            Grid(
                role="input",
                tensor=tensor,
                place=(channel,),
                values=plane,
                pitch=self._input_pitch,
                scale=_largest(self.pool.x),
                ring=self.ring,
                unused=geometry.unused,
                editable=editable,
                outside=OUTSIDE[self.pool.kind],
                behind=geometry.overhang,
            )
            for channel, plane in enumerate(values)
        ]

    @property
    def _input_pitch(self) -> int:
        sizes = INPUT_SIZES if len(self.pool.x) == 1 else STACKED_INPUT_SIZES
        return pitch_for(sum(self.ring[1]) + self.pool.size[1], self.pool.x.size, sizes=sizes, width=WIDTH)

    @cached_property
    def outputs(self) -> list[Grid]:
        return self.outputs_of(self.pool.output, "output", "output")

    @cached_property
    def switches(self) -> list[Grid]:
        """The flat index of each maximum; none but of a max pooling."""
        found = self.pool.switches
        return [] if found is None else self.outputs_of(found.astype(np.float64), "switches", "switches")

    @cached_property
    def grad_outputs(self) -> list[Grid]:
        """The gradient of the loss with respect to the output; its numbers can be changed."""
        return self.outputs_of(self.pool.grad_output, "grad", "gradient", editable=True)

    @cached_property
    def grad_sums(self) -> list[Grid]:
        """The same with respect to what is squashed; none but of a subsampling."""
        if self.pool.kind != "subsampling":
            return []
        return self.outputs_of(self.pool.grad_sums, "grad_sums", "gradient")

    def outputs_of(
        self, values: Array, tensor: str, role: str, *, editable: bool = False, like: Array | None = None
    ) -> list[Grid]:
        """Return one grid per channel of something of the output's shape, on the scale of `like` if there is one."""
        sizes = OUTPUT_SIZES if len(values) == 1 else STACKED_OUTPUT_SIZES
        pitch = pitch_for(values.shape[2], values.size, sizes=sizes, width=WIDTH)
        scale = _largest(values if like is None else like)
        return [
            Grid(role, tensor, (channel,), plane, pitch, scale, editable=editable, first=channel * plane.size)
            for channel, plane in enumerate(values)
        ]

    @cached_property
    def grad_inputs(self) -> list[Grid]:
        """The gradient of the input so far, on the scale of the whole."""
        whole, now = self.pool.grad_input(self.pool.output.size), self.pool.grad_input(self.taken)
        return [
            Grid("gradient", "grad_input", (channel,), plane, self._input_pitch, _largest(whole), self.ring, outside="")
            for channel, plane in enumerate(now)
        ]

    @cached_property
    def parameters(self) -> list[tuple[str, Grid]]:
        """Weights and biases of a subsampling, one for each map; their numbers can be changed."""
        if self.pool.kind != "subsampling":
            return []
        return [
            (name, Grid("filter", name, (), values[None], 48, _largest(values), editable=True))
            for name, values in zip(("weight", "bias"), self.pool.weights, strict=True)
        ]

    def switch_marks(self, channel: int) -> str:
        """Return a path of the rings round the winners of a channel, each tied to its window, up to `taken`."""
        found = self.pool.switches
        if found is None:
            return ""
        geometry, grid, first = self.pool.geometry, self.inputs[channel], channel * found[0].size
        pointers = []
        for cell in range(max(0, min(self.taken - first, found[0].size))):
            row, column = divmod(cell, geometry.output_size[1])
            winner = divmod(int(found[channel, row, column]), geometry.input_size[1])
            pointers.append(grid.pointer(*geometry.window(row, column), winner))
        return "".join(pointers)


def changed_marks(grid: Grid, changed: Array) -> str:
    """Return a path of a frame inside each cell that changed."""
    return grid.insets((int(row), int(column)) for row, column in np.argwhere(changed))


def _largest(values: Array) -> float:
    return float(np.max(np.abs(values))) or 1.0

"""The sequence under every trace: a step is computed when it is asked for, and not kept."""

import copy
import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Generic, Protocol, Self, TypeVar, overload

import numpy as np

from engine.errors import RangeError
from engine.ops.arrays import Array, DType


class TraceStep(Protocol):
    """What every step knows: the number that it produces."""

    @property
    def value(self) -> int | float: ...


Step = TypeVar("Step", bound=TraceStep)


class LazyTrace(Sequence[Step], Generic[Step]):
    """One step for each cell of an output, in C order.

    output_shape   shape of what the operation returns; its axes number the steps
    grid           the same cells with every axis named in a step's index (a batch of 1 included)

    A subclass defines step_at. Slices give a sub-trace.
    """

    def __init__(self, output_shape: tuple[int, ...], grid: tuple[int, ...], dtype: DType) -> None:
        self.output_shape, self.grid, self.dtype = output_shape, grid, dtype
        self._positions = range(math.prod(grid))

    @abstractmethod
    def step_at(self, index: tuple[int, ...]) -> Step:
        """Return the step that makes the cell at index (one entry for each axis of grid)."""

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, i: int) -> Step: ...
    @overload
    def __getitem__(self, i: slice) -> Self: ...
    def __getitem__(self, i: int | slice) -> Step | Self:
        if isinstance(i, slice):
            part = copy.copy(self)
            part._positions = self._positions[i]
            return part
        return self.step_at(tuple(int(k) for k in np.unravel_index(self._positions[i], self.grid)))

    @property
    def positions(self) -> Array:
        """Where the steps of this (sub-)trace stand in the flattened grid."""
        return np.arange(self._positions.start, self._positions.stop, self._positions.step)

    def replay(self) -> Array:
        """Return the operation's whole output, put together from steps (of a sub-trace too)."""
        values = [self.step_at(index).value for index in np.ndindex(self.grid)]
        return np.array(values, self.dtype).reshape(self.output_shape)

    def checked_index(self, index: tuple[int, ...]) -> tuple[int, ...]:
        """Return index if it lies inside grid. Raises RangeError otherwise."""
        if len(index) != len(self.grid) or any(k not in range(size) for k, size in zip(index, self.grid, strict=True)):
            raise RangeError("no cell {index} in an output of shape {grid}", index=index, grid=self.grid)
        return index

"""Max unpooling: each value back to the place where max pooling found it."""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import pair
from engine.ops.arrays import Array, real_array
from engine.ops.lazy import LazyTrace


class UnpoolInputs(NamedTuple):
    """Checked arguments of an unpooling, with their batch axis."""

    x: Array  # (N, C, H, W)
    switches: NDArray[np.int64]  # the same shape
    output_size: tuple[int, int]
    batched: bool

    @classmethod
    def of(cls, x: object, switches: object, output_size: object) -> Self:
        """Return the arguments of max_unpool2d, checked. Raises ShapeError or RangeError."""
        values, places = np.asarray(real_array(x, "x")), np.asarray(real_array(switches, "switches"))
        size = pair(output_size, "output_size", minimum=1)
        if values.ndim not in (3, 4):
            raise ShapeError("x must be (N, C, H, W) or (C, H, W), got shape {shape}", shape=values.shape)
        if values.shape != places.shape:
            raise ShapeError(
                "switches must have the shape of x {wanted}, got {got}", wanted=values.shape, got=places.shape
            )
        if places.dtype.kind not in "iu":
            raise ShapeError("switches must be whole numbers, got {dtype}", dtype=places.dtype)
        last = math.prod(size) - 1
        outside = places[(places < 0) | (places > last)]
        if outside.size:
            raise RangeError("switches must lie in 0..{last}, got {got}", last=last, got=int(outside[0]))
        shape = values.shape if values.ndim == 4 else (1, *values.shape)
        return cls(values.reshape(shape), places.astype(np.int64).reshape(shape), size, values.ndim == 4)

    @property
    def output_shape(self) -> tuple[int, ...]:
        """(N, C, H_out, W_out), without N if x had none."""
        shape = (*self.x.shape[:2], *self.output_size)
        return shape if self.batched else shape[1:]

    @property
    def flat(self) -> tuple[Array, NDArray[np.int64]]:
        """Values and switches of each plane as a row, (N * C, H * W)."""
        planes = self.x.shape[0] * self.x.shape[1]
        return self.x.reshape(planes, -1), self.switches.reshape(planes, -1)

    @property
    def written(self) -> Array:
        """Which cell of x each output cell holds, as its flat index; -1 where nothing was written. (N * C, cells)"""
        _, places = self.flat
        owner = np.full((len(places), math.prod(self.output_size)), -1)
        # NumPy assigns in order, so of equal switches the last stays
        owner[np.arange(len(places))[:, None], places] = np.arange(places.shape[1])
        return owner


def max_unpool2d(x: object, switches: object, output_size: tuple[int, int]) -> Array:
    """Put each value back where max_pool2d found it; zeros elsewhere.

    output[n, c].flat[switches[n, c, i, j]] = x[n, c, i, j]

    x, switches   (N, C, H, W) or (C, H, W); switches index the flattened output plane
    output_size   (H_out, W_out) in cells
    returns       (N, C, H_out, W_out) or (C, H_out, W_out), dtype of x
    Overlapping windows may share a switch: the last write in C order wins (torch: undefined).
    Their gradient adds instead: max_pool2d_backward.
    Raises ShapeError if the shapes differ, RangeError if a switch lies outside.
    Source: Zeiler & Fergus 2014, sec. 2.1 (arXiv:1311.2901).
    """
    inputs = UnpoolInputs.of(x, switches, output_size)
    (values, _), owner = inputs.flat, inputs.written
    taken = np.take_along_axis(values, owner.clip(min=0), axis=1)
    return np.where(owner >= 0, taken, values.dtype.type(0)).reshape(inputs.output_shape)


def max_unpool2d_backward(grad_output: object, switches: object) -> Array:
    """Return the gradient of max_unpool2d with respect to x.

    x[n, c, i, j] = grad_output[n, c].flat[switches[n, c, i, j]], 0 where a later value took its place

    grad_output   (N, C, H_out, W_out) or (C, H_out, W_out)
    switches      (N, C, H, W) or (C, H, W)
    returns       shape of switches, dtype of grad_output
    torch passes the gradient to overwritten values too; the output does not depend on them.
    Raises ShapeError if the shapes do not fit, RangeError if a switch lies outside.
    """
    grad, places = np.asarray(real_array(grad_output, "grad_output")), real_array(switches, "switches")
    if grad.ndim not in (3, 4) or grad.shape[:-2] != places.shape[:-2]:
        raise ShapeError(
            "grad_output {grad} and switches {switches} do not belong together", grad=grad.shape, switches=places.shape
        )
    inputs = UnpoolInputs.of(np.zeros(places.shape, grad.dtype), switches, grad.shape[-2:])
    (_, rows), owner = inputs.flat, inputs.written
    read = np.take_along_axis(grad.reshape(len(rows), -1), rows, axis=1)
    kept = np.take_along_axis(owner, rows, axis=1) == np.arange(rows.shape[1])
    return np.where(kept, read, grad.dtype.type(0)).reshape(places.shape)


@dataclass(frozen=True, slots=True)
class MaxUnpool2dStep:
    """One value of x, and where it is put."""

    index: tuple[int, int, int, int]  # n, channel, row, column of the value
    switch: int  # flat H_out * W_out index
    row: int  # of the output cell
    column: int
    value: int | float


class MaxUnpool2dTrace(LazyTrace[MaxUnpool2dStep]):
    """The writes of max_unpool2d, in C order over (n, channel, row, column) of x."""

    def __init__(self, inputs: UnpoolInputs) -> None:
        super().__init__(inputs.output_shape, inputs.x.shape, inputs.x.dtype)
        self.inputs = inputs

    def step_at(self, index: tuple[int, ...]) -> MaxUnpool2dStep:
        """Return the step of x's cell (n, channel, row, column)."""
        n, c, i, j = place = self.checked_index(index)
        switch = int(self.inputs.switches[place])
        row, column = divmod(switch, self.inputs.output_size[1])
        return MaxUnpool2dStep((n, c, i, j), switch, row, column, self.inputs.x[place].item())

    def after(self, steps: int) -> Array:
        """Return the output as it stands after this many writes of the whole trace."""
        output = np.zeros((*self.grid[:2], *self.inputs.output_size), self.dtype)
        for index in self._first(steps):
            step = self.step_at(index)
            output[*step.index[:2], step.row, step.column] = step.value
        return output.reshape(self.output_shape)

    def lost(self, steps: int) -> list[tuple[int, int, int, int]]:
        """Return the cells of x whose values were overwritten within this many writes, in order."""
        last = {(*index[:2], int(self.inputs.switches[index])): index for index in self._first(steps)}
        kept = set(last.values())
        return [index for index in self._first(steps) if index not in kept]

    def replay(self) -> Array:
        """Return the whole output, written step by step."""
        return self.after(self.inputs.x.size)

    def _first(self, steps: int) -> list[tuple[int, int, int, int]]:
        places = (np.unravel_index(position, self.grid) for position in range(steps))
        return [(int(n), int(c), int(i), int(j)) for n, c, i, j in places]

"""Max unpooling: each value back to the place where max pooling found it."""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeError
from engine.geometry import pair
from engine.ops.arrays import Array, real_array
from engine.ops.lazy import LazyTrace
from engine.ops.pooling import checked_switches


class UnpoolInputs(NamedTuple):
    """Checked arguments of an unpooling, with their batch axis."""

    x: Array  # (N, C, H, W)
    switches: NDArray[np.int64]  # the same shape
    output_size: tuple[int, int]
    batched: bool

    @classmethod
    def of(cls, x: object, switches: object, output_size: object) -> Self:
        """Return the arguments of max_unpool2d, checked. Raises ShapeError or RangeError."""
        size = pair(output_size, "output_size", minimum=1)
        values, places = np.asarray(real_array(x, "x")), checked_switches(switches, math.prod(size))
        if values.ndim not in (3, 4):
            raise ShapeError("x must be (N, C, H, W) or (C, H, W), got shape {shape}", shape=values.shape)
        if values.shape != places.shape:
            raise ShapeError(
                "switches must have the shape of x {wanted}, got {got}", wanted=values.shape, got=places.shape
            )
        shape = values.shape if values.ndim == 4 else (1, *values.shape)
        return cls(values.reshape(shape), places.reshape(shape), size, values.ndim == 4)

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
    """Return what comes back to each value: grad_output at its switch, as torch.

    x[n, c, i, j] = grad_output[n, c].flat[switches[n, c, i, j]]

    grad_output   (N, C, H_out, W_out) or (C, H_out, W_out)
    switches      (N, C, H, W) or (C, H, W)
    returns       shape of switches, dtype of grad_output
    Where no switch is shared this is the gradient of max_unpool2d. Where several values share one, all of them get
    its grad_output, although the output depends on the last alone: the difference quotient of an overwritten value
    is 0. What is returned is the gradient of the unpooling that *adds*, max_pool2d_backward. That one is linear
    and the exact transpose of reading at the switches, so that going up and coming back belong together,
    as a deconvnet wants it and as no overwriting can.
    Raises ShapeError if the shapes do not fit, RangeError if a switch lies outside.
    """
    grad, shape = np.asarray(real_array(grad_output, "grad_output")), np.shape(real_array(switches, "switches"))
    if grad.ndim not in (3, 4) or grad.shape[:-2] != shape[:-2]:
        raise ShapeError(
            "grad_output {grad} and switches {switches} do not belong together", grad=grad.shape, switches=shape
        )
    _, places = UnpoolInputs.of(np.broadcast_to(grad.dtype.type(0), shape), switches, grad.shape[-2:]).flat
    return np.take_along_axis(grad.reshape(len(places), -1), places, axis=1).reshape(shape)


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

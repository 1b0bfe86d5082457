"""Maxout: of several linear pieces, the largest. An activation whose shape is learned."""

from dataclasses import dataclass

import numpy as np

from engine.errors import ShapeError
from engine.geometry import whole
from engine.ops.arrays import Array, axis_of, real_array
from engine.ops.lazy import LazyTrace


def maxout(x: object, pieces: int = 2, dim: int = 1) -> Array:
    """Return the largest of each `pieces` consecutive entries along axis dim.

    output[..., k, ...] = max over p of x[..., k * pieces + p, ...]

    x         (N, C, ...), or any shape with C = x.shape[dim] a multiple of pieces
    returns   shape of x with C / pieces along dim; dtype of x
    Raises ShapeError if pieces does not divide C, RangeError if there is no axis dim.
    Source: Goodfellow et al. 2013, Maxout Networks (arXiv:1302.4389).
    """
    grouped, axis = _grouped(x, pieces, dim)
    return np.asarray(grouped.max(axis=axis + 1))


def maxout_backward(grad_output: object, x: object, pieces: int = 2, dim: int = 1) -> Array:
    """Return grad_output at the piece that won, 0 at the others; of equal pieces the first has won.

    Raises ShapeError if grad_output has not the shape of maxout's result; otherwise as maxout.
    """
    (grouped, axis), grad = _grouped(x, pieces, dim), np.asarray(real_array(grad_output, "grad_output"))
    wanted = grouped.shape[: axis + 1] + grouped.shape[axis + 2 :]
    if grad.shape != wanted:
        raise ShapeError("grad_output must have the output's shape {wanted}, got {got}", wanted=wanted, got=grad.shape)
    gradient = np.zeros(grouped.shape, grad.dtype)
    winners = np.expand_dims(grouped.argmax(axis=axis + 1), axis + 1)
    np.put_along_axis(gradient, winners, np.expand_dims(grad, axis + 1), axis=axis + 1)
    return gradient.reshape(np.asarray(x).shape)


@dataclass(frozen=True, slots=True, eq=False)
class MaxoutStep:
    """One output cell: its pieces, and which of them won."""

    index: tuple[int, ...]
    pieces: Array  # (pieces,)

    @property
    def winner(self) -> int:
        """Which piece is the largest; the first of equal ones."""
        return int(self.pieces.argmax())

    @property
    def value(self) -> int | float:
        """The largest piece."""
        largest: int | float = self.pieces.max().item()
        return largest


class MaxoutTrace(LazyTrace[MaxoutStep]):
    """The steps of maxout, one for each output cell."""

    def __init__(self, x: object, pieces: int = 2, dim: int = 1) -> None:
        grouped, axis = _grouped(x, pieces, dim)
        self._last = np.moveaxis(grouped, axis + 1, -1)
        shape = self._last.shape[:-1]
        super().__init__(shape, shape, grouped.dtype)

    def step_at(self, index: tuple[int, ...]) -> MaxoutStep:
        """Return the step of the output cell at index."""
        return MaxoutStep(index, np.array(self._last[self.checked_index(index)]))


def _grouped(x: object, pieces: int, dim: int) -> tuple[Array, int]:
    """Return x with its axis dim split into (C / pieces, pieces), and which axis that is."""
    values = np.asarray(real_array(x, "x"))
    axis, count = axis_of(values, dim), whole(pieces, "pieces", minimum=1)
    size = values.shape[axis]
    if size % count:
        raise ShapeError(
            "pieces must divide the {size} entries along axis {axis}, got {pieces}", size=size, axis=axis, pieces=count
        )
    return values.reshape(*values.shape[:axis], size // count, count, *values.shape[axis + 1 :]), axis

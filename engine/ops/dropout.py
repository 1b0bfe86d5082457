"""Dropout: numbers silenced at random while a network learns; a seed says which, so that it can be done again."""

from dataclasses import dataclass

import numpy as np

from engine.errors import RangeError
from engine.geometry import whole
from engine.ops.arrays import Array, plain_number, whole_shape
from engine.ops.cellwise import floats
from engine.ops.lazy import LazyTrace


def dropout(x: object, p: float = 0.5, training: bool = True, *, seed: int = 0) -> Array:
    """Return x with a share p of its numbers set to 0 and the others divided by 1 - p; x itself unless training.

    The division keeps the expected value of each number what it was, so that nothing need change after training.
    returns   shape of x; its dtype, float64 for integers
    seed      which numbers are dropped: dropout_mask(x.shape, p, seed=seed) tells
    Raises RangeError unless p is between 0 and 1.
    Source: Srivastava et al. 2014, Dropout: A Simple Way to Prevent Neural Networks from Overfitting.
    """
    return _dropped(floats(x), p, training, seed)


def dropout_backward(grad_output: object, p: float = 0.5, training: bool = True, *, seed: int = 0) -> Array:
    """Return grad_output where x was kept, divided by 1 - p, and 0 where it was dropped: dropout of the same seed."""
    return _dropped(floats(grad_output, "grad_output"), p, training, seed)


def dropout_mask(shape: tuple[int, ...], p: float = 0.5, *, seed: int = 0) -> Array:
    """Return which numbers dropout keeps, as booleans of that shape. Raises RangeError unless p is between 0 and 1."""
    share = plain_number(p)
    if not 0 <= share <= 1:
        raise RangeError("p must be between 0 and 1, got {got}", got=repr(p)[:40])
    draws = np.random.default_rng(whole(seed, "seed", minimum=0)).random(whole_shape(shape), np.float32)
    return np.asarray(draws >= share)


@dataclass(frozen=True, slots=True, eq=False)
class DropoutStep:
    """One number: kept and divided by 1 - p, or dropped."""

    index: tuple[int, ...]
    x: float
    kept: bool
    p: float

    @property
    def value(self) -> float:
        """The output cell."""
        return self.x / (1 - self.p) if self.kept else 0.0


class DropoutTrace(LazyTrace[DropoutStep]):
    """The steps of dropout while training, one for each cell."""

    def __init__(self, x: object, p: float = 0.5, *, seed: int = 0) -> None:
        self.x, self.p = floats(x), float(p)
        self.mask = dropout_mask(self.x.shape, p, seed=seed)
        super().__init__(self.x.shape, self.x.shape, self.x.dtype)

    def step_at(self, index: tuple[int, ...]) -> DropoutStep:
        """Return the step of the cell at index."""
        place = self.checked_index(index)
        return DropoutStep(place, float(self.x[place]), bool(self.mask[place]), self.p)


def _dropped(values: Array, p: float, training: bool, seed: int) -> Array:
    mask = dropout_mask(values.shape, p, seed=seed)  # first, since it refuses a wrong p and seed
    if not training:
        return values.copy()
    kept = values * mask
    if p < 1:  # at p = 1 nothing is left to be divided
        kept /= values.dtype.type(1 - p)
    return np.asarray(kept)

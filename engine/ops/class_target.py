"""What the losses of a classifier are told: the class of each sample, and what each class counts."""

from typing import NamedTuple, Self

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, DType, real_array

IGNORED = -100  # torch's ignore_index: a sample of this class counts nothing


class Classes(NamedTuple):
    """The class of each sample, checked."""

    places: Array  # (...,) int64; 0 where the sample is ignored
    kept: Array  # (...,) bool
    weight: Array  # (C,) what each class counts

    @classmethod
    def of(cls, target: Array, shape: tuple[int, ...], weight: object, ignore_index: int | None, dtype: DType) -> Self:
        """Return the classes of samples of that shape (..., C). Raises ShapeError or RangeError."""
        if target.dtype.kind not in "iu":
            raise RangeError("target must hold whole numbers where it names classes, got {dtype}", dtype=target.dtype)
        kept = np.asarray(target != ignore_index) if ignore_index is not None else np.ones(target.shape, np.bool_)
        wrong = target[kept & ((target < 0) | (target >= shape[-1]))]
        if wrong.size:
            raise RangeError(
                "target must name classes 0..{last}, got {got}", last=shape[-1] - 1, got=int(wrong.flat[0])
            )
        return cls(np.where(kept, target, 0).astype(np.int64), kept, class_weights(weight, shape[-1], dtype))

    @property
    def counts(self) -> Array:
        """What each sample counts, (...,): the weight of its class, 0 if it is ignored."""
        return np.asarray(self.weight[self.places] * self.kept)

    def chosen(self, values: Array) -> Array:
        """Return of values (..., C) those of each sample's class, (...,)."""
        rows, places = values.reshape(-1, values.shape[-1]), self.places.reshape(-1)
        return np.asarray(rows[np.arange(len(rows)), places].reshape(self.places.shape))

    def onehot(self) -> Array:
        """Return 1 at each sample's class and 0 elsewhere, (..., C)."""
        shares = np.zeros((*self.places.shape, len(self.weight)), self.weight.dtype)
        np.put_along_axis(shares, self.places[..., None], 1, axis=-1)
        return shares


def class_weights(weight: object, classes: int, dtype: DType) -> Array:
    """Return one number for each class, (C,): weight, or ones if it is None. Raises ShapeError if it does not fit."""
    numbers = np.ones(classes) if weight is None else np.asarray(real_array(weight, "weight"))
    if numbers.shape != (classes,):
        raise ShapeError(
            "weight must hold one number for each of {classes} classes, got shape {shape}",
            classes=classes,
            shape=numbers.shape,
        )
    return numbers.astype(dtype, copy=False)


def classes_last(values: Array) -> tuple[Array, int]:
    """Return values (C,), (N, C) or (N, C, ...) with the classes on the last axis, and where they were."""
    axis = 0 if values.ndim == 1 else 1
    return np.moveaxis(values, axis, -1), axis

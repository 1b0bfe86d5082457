"""What every operation accepts as numbers, and the type in which it computes with them."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError
from engine.geometry import whole

Array = NDArray[Any]
DType = np.dtype[Any]


def real_array(value: object, name: str) -> Array:
    """Return value as an array of real numbers with at least one entry.

    Nothing is copied and subclasses stay what they are: a trace reads single windows.
    Raises ShapeError otherwise; uint64 is refused because integers are computed in int64.
    """
    try:
        array = np.asanyarray(value)
    except Exception as problem:  # a foreign __array__ may raise anything
        raise ShapeError("{name} must be an array of numbers", name=name) from problem
    if array.dtype.kind not in "biuf" or array.dtype == np.uint64:
        raise ShapeError(
            "{name} must hold real numbers, integers up to int64; got {dtype}", name=name, dtype=array.dtype
        )
    if array.size == 0:
        raise ShapeError("{name} has shape {shape}, which holds no number", name=name, shape=array.shape)
    return array


def image_batch(x: object) -> tuple[Array, bool]:
    """Return x as (N, C, H, W), nothing copied, and whether it came with its batch axis. Raises ShapeError."""
    images = real_array(x, "x")
    if images.ndim not in (3, 4):
        raise ShapeError("x must be (N, C, H, W) or (C, H, W), got shape {shape}", shape=images.shape)
    batched = images.ndim == 4
    return images if batched else images.reshape(1, *images.shape), batched


def image_shape(shape: object) -> tuple[int, ...]:
    """Return shape as a tuple if it is that of images, (N, C, H, W) or (C, H, W).

    Raises ShapeError on another number of axes, RangeError if one of them is no whole number above 0.
    """
    sizes = whole_shape(shape)
    if len(sizes) not in (3, 4):
        raise ShapeError("input_shape must be (N, C, H, W) or (C, H, W), got {shape}", shape=sizes)
    return sizes


def whole_shape(shape: object) -> tuple[int, ...]:
    """Return shape as a tuple of whole numbers above 0. Raises ShapeError or RangeError."""
    if not isinstance(shape, tuple | list):
        raise ShapeError("input_shape must be the shape of x, got {got}", got=repr(shape)[:40])
    return tuple(whole(size, "input_shape", minimum=1) for size in shape)


def axis_of(values: Array, dim: object) -> int:
    """Return which axis of values dim names, counted from 0. Raises RangeError if there is none."""
    if isinstance(dim, int | np.integer) and not isinstance(dim, bool) and -values.ndim <= dim < values.ndim:
        return int(dim) % values.ndim
    raise RangeError("x of shape {shape} has no axis {dim}", shape=values.shape, dim=dim)


def plain_number(value: object) -> float:
    """Return value as a float; NaN, which lies in no range, if it is none: a text, a boolean, an array."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # a whole number beyond all floats
        return math.inf


def computing_dtype(*arrays: Array) -> DType:
    """Return NumPy's common type, int64 for integers and booleans: sums of uint8 must not overflow."""
    first = arrays[0].dtype
    same = first.isnative and all(array.dtype is first for array in arrays)  # nearly always, and quicker
    dtype = first if same else np.result_type(*(array.dtype for array in arrays))
    return dtype if dtype.kind == "f" else np.dtype(np.int64)

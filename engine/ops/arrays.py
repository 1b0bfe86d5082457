"""What every operation accepts as numbers, and the type in which it computes with them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeError

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


def computing_dtype(*arrays: Array) -> DType:
    """Return NumPy's common type, int64 for integers and booleans: sums of uint8 must not overflow."""
    dtype = np.result_type(*(array.dtype for array in arrays))
    return dtype if dtype.kind == "f" else np.dtype(np.int64)

"""Rules of one cell, evaluated over a whole array in tiles.

A rule written as an equation makes an intermediate array for each of its terms. Over a whole layer these would stream
through memory; those of a tile stay in the processor's cache.
"""

from collections.abc import Callable, Iterator

import numpy as np

from engine.errors import ShapeError
from engine.ops.arrays import Array, DType, real_array

# A rule has up to ten terms alive: with 64 kB each they fit the second cache level, and malloc keeps them at hand.
TILE_BYTES = 1 << 16

Rule = Callable[..., Array]


def floats(x: object, name: str = "x") -> Array:
    """Return x as an array of floats: its own dtype, float64 for integers. Raises ShapeError if it holds no numbers."""
    values = np.asarray(real_array(x, name))
    return values if values.dtype.kind == "f" else values.astype(np.float64)


def cellwise(rule: Rule, *arrays: Array) -> Array:
    """Return rule(cell, ...) for the cells of arrays of one shape, in the dtype of the first.

    rule sees a stretch of each flattened array at a time. float16 is computed in float32. What overflows or is not
    defined comes back as inf or NaN and warns nobody: the result says it.
    """
    first = arrays[0]
    output = np.empty(first.size, first.dtype)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for where, parts in _tiles(arrays):
            output[where] = rule(*parts)
    return output.reshape(first.shape)


def cellwise_sum(rule: Rule, *arrays: Array) -> float:
    """Return the sum of rule(cell, ...) over all cells of arrays of one shape."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return sum(float(rule(*parts).sum()) for _, parts in _tiles(arrays))


def same_shape(grad_output: object, x: Array) -> Array:
    """Return grad_output as an array of the dtype of x. Raises ShapeError if its shape is another than that of x."""
    grad = np.asarray(real_array(grad_output, "grad_output"))
    if grad.shape != x.shape:
        raise ShapeError("grad_output must have the shape of x {wanted}, got {got}", wanted=x.shape, got=grad.shape)
    return grad.astype(x.dtype, copy=False)


def _tiles(arrays: tuple[Array, ...]) -> Iterator[tuple[slice, list[Array]]]:
    flat = [np.ascontiguousarray(array).reshape(-1) for array in arrays]
    dtype = _wide(flat[0].dtype)
    length = TILE_BYTES // dtype.itemsize
    for start in range(0, flat[0].size, length):
        where = slice(start, start + length)
        yield where, [part[where].astype(dtype, copy=False) for part in flat]


def _wide(dtype: DType) -> DType:
    return np.dtype(np.float32) if dtype == np.float16 else dtype

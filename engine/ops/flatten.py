"""Maps written as one row, and back."""

import math

import numpy as np

from engine.errors import RangeError, ShapeError
from engine.ops.arrays import Array, axis_of, real_array, whole_shape


def flatten(x: object, start_dim: int = 1, end_dim: int = -1) -> Array:
    """Return x with the axes start_dim..end_dim written as one, in C order; the numbers stay what they are.

    x         any shape; with start_dim 1 the first axis is the batch, (N, C, H, W) -> (N, C * H * W)
    returns   dtype of x
    torch.flatten, whose start_dim is 0 if not given; torch.nn.Flatten has 1 as here.
    Raises RangeError if x has no such axes.
    """
    values = real_array(x, "x")
    first, last = (axis_of(values, dim) for dim in (start_dim, end_dim))
    if first > last:
        raise RangeError("start_dim {start} lies behind end_dim {end}", start=start_dim, end=end_dim)
    middle = math.prod(values.shape[first : last + 1])
    return np.asarray(values.reshape(*values.shape[:first], middle, *values.shape[last + 1 :]))


def flatten_backward(grad_output: object, input_shape: tuple[int, ...]) -> Array:
    """Return grad_output in the shape that x had: each number goes back to its place.

    Raises ShapeError if that shape holds another number of cells.
    """
    grad = real_array(grad_output, "grad_output")
    shape = whole_shape(input_shape)
    if grad.size != math.prod(shape):
        raise ShapeError(
            "grad_output {grad} and input_shape {input} do not belong together",
            grad=grad.shape,
            input=shape,
        )
    return np.asarray(grad.reshape(shape))

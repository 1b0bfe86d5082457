"""The geometry of a transposed convolution: that of the convolution it turns round."""

from reprlib import repr as short_repr

from engine.errors import RangeError, ShapeError
from engine.geometry.axis import resolve_padding, span_of
from engine.geometry.numbers import pair
from engine.geometry.windows import Geometry


def transposed_geometry(
    input_size: object,
    kernel_size: object,
    *,
    stride: object = 1,
    padding: object = 0,
    output_padding: object = 0,
    dilation: object = 1,
) -> Geometry:
    """Return the geometry of the convolution whose gradient this transposed convolution is.

    out = (size - 1) * stride - before - after + dilation * (kernel_size - 1) + 1 + output_padding

    Its output_size is the input_size given here, its input_size is `out`: a window of it is where
    one cell is stamped, and what lies outside has been cropped.
    padding          numbers as in resolve_padding: rows and columns that are cropped
    output_padding   more rows at the bottom and columns at the right; below stride or dilation
    Raises RangeError on a value that is not allowed, ShapeError if padding crops everything.
    Source: Dumoulin & Visin 2016 (arXiv:1603.07285), relationship 14; torch.nn.ConvTranspose2d.
    """
    size = pair(input_size, "input_size", minimum=1)
    kernel = pair(kernel_size, "kernel_size", minimum=1)
    steps, gaps = pair(stride, "stride", minimum=1), pair(dilation, "dilation", minimum=1)
    more = pair(output_padding, "output_padding")
    if isinstance(padding, str):
        raise RangeError("padding of a transposed convolution must be numbers, got {got}", got=short_repr(padding))
    sides = resolve_padding(padding, size, kernel)
    rows, columns = (
        _transposed_size((size[i] - 1) * steps[i] + span_of(kernel[i], gaps[i]), sides[i], more[i], (steps[i], gaps[i]))
        for i in (0, 1)
    )
    return Geometry((rows, columns), kernel, steps, sides, gaps, size)


def _transposed_size(stamped: int, crop: tuple[int, int], output_padding: int, limits: tuple[int, int]) -> int:
    """Return the length of one axis; limits are stride and dilation."""
    if output_padding >= max(limits):
        raise RangeError(
            "output_padding must be below stride {stride} or dilation {dilation}, got {got}",
            stride=limits[0],
            dilation=limits[1],
            got=output_padding,
        )
    if stamped + output_padding <= sum(crop):
        raise ShapeError(
            "padding crops {crop} of only {size} rows or columns; lower padding",
            crop=sum(crop),
            size=stamped + output_padding,
        )
    return stamped + output_padding - sum(crop)

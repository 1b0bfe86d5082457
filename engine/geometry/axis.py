"""Padding, and how many windows fit along an axis."""

from reprlib import repr as short_repr

from engine.errors import RangeError, ShapeError
from engine.geometry.numbers import Sides, Size, pair, whole


def resolve_padding(
    padding: object, input_size: object, kernel_size: object, *, stride: object = 1, dilation: object = 1
) -> Sides:
    """Return padding as ((top, bottom), (left, right)).

    padding   one number, (rows, columns), ((top, bottom), (left, right)), "valid" or "same"
    "same" gives ceil(size / stride) output cells, an odd cell goes to the bottom and the right
    (as TensorFlow; at stride 1 also as torch).
    Raises RangeError on an unknown word or a negative number, ShapeError on another nesting.
    """
    if isinstance(padding, str):
        return _named_padding(padding, input_size, kernel_size, stride, dilation)
    if not isinstance(padding, tuple | list):
        both = pair(padding, "padding")
        return both, both
    if len(padding) != 2:
        raise ShapeError("padding must be one number, two, or two pairs, got {got}", got=short_repr(padding))
    return pair(padding[0], "padding"), pair(padding[1], "padding")


def output_size(
    size: object,
    kernel_size: object,
    *,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    ceil_mode: bool = False,
) -> int:
    """Return the length of one output axis.

    out = floor((size + before + after - dilation * (kernel_size - 1) - 1) / stride) + 1

    padding     one number for both ends, or (before, after)
    ceil_mode   ceil instead of floor, as Caffe and torch pool; one less where the last window
                would start behind size + before
    Raises ShapeError if the kernel does not fit, RangeError on anything but whole numbers.
    Source: Dumoulin & Visin 2016 (arXiv:1603.07285), relationship 6 and sec. 5.1.
    """
    length, sides = whole(size, "size", minimum=1), pair(padding, "padding")
    span = span_of(whole(kernel_size, "kernel_size", minimum=1), whole(dilation, "dilation", minimum=1))
    return windows_along(length, sides, span, whole(stride, "stride", minimum=1), ceil_mode)


def span_of(kernel_size: int, dilation: int) -> int:
    """Return how many cells a kernel covers, the gaps of its dilation included."""
    return dilation * (kernel_size - 1) + 1


def windows_along(size: int, sides: Size, span: int, stride: int, ceil_mode: bool) -> int:
    """Return the length of one output axis, from numbers that have been checked. Raises ShapeError."""
    padded = size + sum(sides)
    room = padded - span + (stride - 1 if ceil_mode else 0)
    if room < 0:
        raise ShapeError(
            "kernel spans {span} but padded input is only {size}; raise padding or lower dilation",
            span=span,
            size=padded,
        )
    windows = room // stride + 1
    # a last window that starts behind the input would hold padding alone
    return windows - 1 if ceil_mode and (windows - 1) * stride >= size + sides[0] else windows


def _named_padding(word: str, input_size: object, kernel_size: object, stride: object, dilation: object) -> Sides:
    if word == "valid":
        return (0, 0), (0, 0)
    if word != "same":
        raise RangeError('padding must be numbers, "valid" or "same", got {got}', got=short_repr(word))
    size = pair(input_size, "input_size", minimum=1)
    kernel = pair(kernel_size, "kernel_size", minimum=1)
    steps = pair(stride, "stride", minimum=1)
    gaps = pair(dilation, "dilation", minimum=1)
    rows, columns = (_same(size[i], span_of(kernel[i], gaps[i]), steps[i]) for i in (0, 1))
    return rows, columns


def _same(size: int, span: int, stride: int) -> tuple[int, int]:
    output = -(-size // stride)
    total = max((output - 1) * stride + span - size, 0)
    return total // 2, total - total // 2

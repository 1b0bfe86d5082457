"""The only shape arithmetic: paddings, output sizes, windows and receptive fields.

Whoever needs to know which input cells a window covers asks here. Plain integers and NumPy;
imports neither torch nor anything of the app.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from reprlib import repr as short_repr
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError

Size = tuple[int, int]
Sides = tuple[tuple[int, int], tuple[int, int]]
IntOrPair = int | tuple[int, int]
Padding = int | str | tuple[int, int] | tuple[tuple[int, int], tuple[int, int]]

LARGEST = 2**31 - 1  # keeps every product of two sizes inside int64


def whole(value: object, name: str, *, minimum: int) -> int:
    """Return value as an int of at least `minimum`; booleans are not numbers here."""
    if type(value) is int and minimum <= value <= LARGEST:  # nearly always: a small layer should not wait for checks
        return value
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise RangeError("{name} must be a whole number, got {got}", name=name, got=short_repr(value))
    value = int(value)
    if abs(value) > LARGEST:  # not shown: Python refuses to print very long integers
        raise RangeError("{name} must be at most {maximum} in size", name=name, maximum=LARGEST)
    if value < minimum:
        raise RangeError("{name} must be at least {minimum}, got {got}", name=name, minimum=minimum, got=value)
    return value


def pair(value: object, name: str = "value", *, minimum: int = 0) -> Size:
    """Return (rows, columns) of one number for both axes, or of two."""
    if not isinstance(value, tuple | list):
        both = whole(value, name, minimum=minimum)
        return both, both
    if len(value) != 2:
        raise ShapeError("{name} must be one number or two, got {got}", name=name, got=short_repr(value))
    return whole(value[0], name, minimum=minimum), whole(value[1], name, minimum=minimum)


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
    span = _span(whole(kernel_size, "kernel_size", minimum=1), whole(dilation, "dilation", minimum=1))
    return _output_size(length, sides, span, whole(stride, "stride", minimum=1), ceil_mode)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where the windows of a convolution or pooling lie. Made by Geometry.of.

    Sizes are (rows, columns); padding is ((top, bottom), (left, right)).
    """

    input_size: Size
    kernel_size: Size
    stride: Size
    padding: Sides
    dilation: Size
    output_size: Size
    ceil_mode: bool = False  # whether a last window may reach over the end, as pooling can have it

    @classmethod
    def of(
        cls,
        input_size: object,
        kernel_size: object,
        *,
        stride: object = 1,
        padding: object = 0,
        dilation: object = 1,
        ceil_mode: bool = False,
    ) -> Self:
        """Return the geometry of these options; arguments as in resolve_padding and output_size."""
        size = pair(input_size, "input_size", minimum=1)
        kernel = pair(kernel_size, "kernel_size", minimum=1)
        steps = pair(stride, "stride", minimum=1)
        gaps = pair(dilation, "dilation", minimum=1)
        sides = resolve_padding(padding, size, kernel, stride=steps, dilation=gaps)
        rows, columns = (
            _output_size(size[axis], sides[axis], _span(kernel[axis], gaps[axis]), steps[axis], ceil_mode)
            for axis in (0, 1)
        )
        return cls(size, kernel, steps, sides, gaps, (rows, columns), bool(ceil_mode))

    @property
    def padded_size(self) -> Size:
        """Input size with the padding."""
        (top, bottom), (left, right) = self.padding
        return self.input_size[0] + top + bottom, self.input_size[1] + left + right

    @property
    def is_padded(self) -> bool:
        """Whether any side has padding."""
        return self.padding != ((0, 0), (0, 0))

    @property
    def span(self) -> Size:
        """Rows and columns from the first to the last cell of a window, dilation included."""
        return _span(self.kernel_size[0], self.dilation[0]), _span(self.kernel_size[1], self.dilation[1])

    @property
    def window_rows(self) -> NDArray[np.int64]:
        """Input rows under each output row, (H_out, K_h); negative or >= H is padding."""
        return self._windows(0)

    @property
    def window_columns(self) -> NDArray[np.int64]:
        """Input columns under each output column, (W_out, K_w); negative or >= W is padding."""
        return self._windows(1)

    def window(self, row: int, column: int) -> tuple[range, range]:
        """Return the input rows and columns under one output cell."""
        return self._window(0, row), self._window(1, column)

    @property
    def uses(self) -> NDArray[np.int64]:
        """How many output cells read each input pixel, (H, W)."""
        # a window is a rectangle of rows and columns, so the counts of the two axes multiply
        return np.outer(self._axis_uses(0), self._axis_uses(1))

    @property
    def unused(self) -> Size:
        """Rows at the bottom and columns at the right of the padded input that no window reaches."""
        return max(0, -self._axis_overhang(0)), max(0, -self._axis_overhang(1))

    @property
    def overhang(self) -> Size:
        """Rows at the bottom and columns at the right by which ceil mode's last window leaves the padded input."""
        return max(0, self._axis_overhang(0)), max(0, self._axis_overhang(1))

    def reads(self, axis: int) -> list[tuple[slice, slice]]:
        """Return, for each place in the kernel, the output cells whose input lies inside, and that input."""
        length, stride, before = self.input_size[axis], self.stride[axis], self.padding[axis][0]
        found = []
        for start in range(-before, self.span[axis] - before, self.dilation[axis]):
            first = max(0, -(start // stride))
            stop = max(first, min(self.output_size[axis], (length - 1 - start) // stride + 1))
            low = start + first * stride
            found.append((slice(first, stop), slice(low, max(low, low + (stop - first - 1) * stride + 1), stride)))
        return found

    def window_sizes(self, *, padding: bool) -> NDArray[np.int64]:
        """How many cells each window holds, (H_out, W_out): of the input, or of its padding as well.

        Cells behind the padding, where ceil mode's last window may reach, never count.
        """
        return np.outer(self._axis_sizes(0, padding), self._axis_sizes(1, padding))

    def _window(self, axis: int, cell: int) -> range:
        start = cell * self.stride[axis] - self.padding[axis][0]
        return range(start, start + self.span[axis], self.dilation[axis])

    def _windows(self, axis: int) -> NDArray[np.int64]:
        starts = np.arange(self.output_size[axis]) * self.stride[axis] - self.padding[axis][0]
        return starts[:, None] + np.arange(self.kernel_size[axis]) * self.dilation[axis]

    def _axis_uses(self, axis: int) -> NDArray[np.int64]:
        cells, size = self._windows(axis), self.input_size[axis]
        return np.bincount(cells[(cells >= 0) & (cells < size)], minlength=size)

    def _axis_sizes(self, axis: int, padding: bool) -> NDArray[np.int64]:
        before, after = self.padding[axis] if padding else (0, 0)
        cells = self._windows(axis)
        counts: NDArray[np.int64] = ((cells >= -before) & (cells < self.input_size[axis] + after)).sum(axis=1)
        return counts

    def _axis_overhang(self, axis: int) -> int:
        reached = (self.output_size[axis] - 1) * self.stride[axis] + self.span[axis]
        return reached - self.padded_size[axis]


class ReceptiveField(NamedTuple):
    """What one output cell sees of the input, along one axis."""

    size: int  # input cells
    jump: int  # input cells between neighbouring output cells
    start: int  # first input cell that output cell 0 sees; negative lies on padding


def receptive_field(layers: object) -> ReceptiveField:
    """Return the receptive field of a stack of layers, along one axis.

    size  <- size + dilation * (kernel_size - 1) * jump
    start <- start - padding * jump
    jump  <- jump * stride

    layers    (kernel_size, stride, padding, dilation) each, first layer first;
              padding is one number or (before, after)
    Raises ShapeError on an entry of another length, RangeError on anything but whole numbers.
    Source: Araujo, Norris & Sim 2019, Computing Receptive Fields (doi:10.23915/distill.00021).
    """
    if not isinstance(layers, Iterable):
        raise ShapeError("layers must be a list of layers, got {got}", got=short_repr(layers))
    size, jump, start = 1, 1, 0
    for layer in layers:
        if not isinstance(layer, tuple | list) or len(layer) != 4:
            raise ShapeError("a layer is (kernel_size, stride, padding, dilation), got {got}", got=short_repr(layer))
        kernel_size, stride, padding, dilation = layer
        kernel = whole(kernel_size, "kernel_size", minimum=1)
        size += (_span(kernel, whole(dilation, "dilation", minimum=1)) - 1) * jump
        start -= pair(padding, "padding")[0] * jump
        jump *= whole(stride, "stride", minimum=1)
    return ReceptiveField(size, jump, start)


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
        _transposed_size((size[i] - 1) * steps[i] + _span(kernel[i], gaps[i]), sides[i], more[i], (steps[i], gaps[i]))
        for i in (0, 1)
    )
    return Geometry((rows, columns), kernel, steps, sides, gaps, size)


def _span(kernel_size: int, dilation: int) -> int:
    return dilation * (kernel_size - 1) + 1


def _output_size(size: int, sides: Size, span: int, stride: int, ceil_mode: bool) -> int:
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


def _named_padding(word: str, input_size: object, kernel_size: object, stride: object, dilation: object) -> Sides:
    if word == "valid":
        return (0, 0), (0, 0)
    if word != "same":
        raise RangeError('padding must be numbers, "valid" or "same", got {got}', got=short_repr(word))
    size = pair(input_size, "input_size", minimum=1)
    kernel = pair(kernel_size, "kernel_size", minimum=1)
    steps = pair(stride, "stride", minimum=1)
    gaps = pair(dilation, "dilation", minimum=1)
    rows, columns = (_same(size[i], _span(kernel[i], gaps[i]), steps[i]) for i in (0, 1))
    return rows, columns


def _same(size: int, span: int, stride: int) -> tuple[int, int]:
    output = -(-size // stride)
    total = max((output - 1) * stride + span - size, 0)
    return total // 2, total - total // 2

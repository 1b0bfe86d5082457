"""Where the windows of a convolution or pooling lie."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.geometry.axis import resolve_padding, span_of, windows_along
from engine.geometry.numbers import Sides, Size, pair


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
            windows_along(size[axis], sides[axis], span_of(kernel[axis], gaps[axis]), steps[axis], ceil_mode)
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
        return span_of(self.kernel_size[0], self.dilation[0]), span_of(self.kernel_size[1], self.dilation[1])

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

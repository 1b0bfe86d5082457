"""The tensors of the exhibit as grids, all on one scale per tensor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from app.drawing import NO_RING, Grid, Panel, Sides, pitch_for
from app.exhibits.convolution_backward.figures import largest
from app.exhibits.convolution_backward.resolve import Backward
from app.i18n import Words
from app.tensors import Array
from engine.geometry import Geometry
from engine.ops.conv2d_grad_input_trace import spread, spread_window

Outline = tuple[Sequence[int], Sequence[int]] | None  # rows and columns
Cell = tuple[int, int]

SIZES = ((4, 40), (7, 36), (9, 30), (13, 26))
WIDTH = 252  # px that a grid may take once it no longer shows digits


class Drawings:
    """Makes panels of dY, x, the filters and their gradients."""

    def __init__(self, backward: Backward, words: Words, *, editable: bool = True) -> None:
        self.backward, self.words, self.editable = backward, words, editable
        self.layer, self.geometry = backward.layer, backward.layer.geometry

    @cached_property
    def scales(self) -> dict[str, float]:
        """The ends of the colour scales; fixed by the tensors, not by the step."""
        layer, gradients = self.layer, self.backward.gradients
        return {
            "grad_output": largest(self.backward.grad),
            "x": largest(layer.x),
            "weight": 1.4 * largest(layer.weight),
            "dx": largest(gradients.input),
            "dw": largest(gradients.weight),
            "db": largest(gradients.bias),
        }

    def dy(self, f: int, outline: Outline = None, *, inactive: bool = False, now: Cell | None = None) -> Panel:
        """One map of the gradient that comes from above."""
        grid = self._grid("gradient", "grad_output", (f,), self.backward.grad[f], editable=self.editable)
        return Panel(grid, self.words.gettext("Gradient"), "dY", str(f), _size(grid), outline, inactive, now=now)

    def spread_dy(self, f: int, outline: Outline, now: Cell | None = None) -> Panel:
        """One map of dY as the gather view reads it: zeros put in between, zeros round it."""
        wide = spread(self.backward.grad[f], self.geometry)
        ring = spread_ring(self.geometry)
        pitch = pitch_for(wide.shape[1] + sum(ring[1]), wide.size, sizes=SIZES, width=WIDTH)
        grid = Grid(
            "gradient",
            "spread",
            (f,),
            wide,
            pitch,
            self.scales["grad_output"],
            ring,
            spread=self.geometry.stride,
        )
        detail = self.words.gettext("spread and padded")
        return Panel(grid, self.words.gettext("Gradient"), "dY", str(f), detail, outline, now=now)

    def x(self, c: int, outline: Outline = None, now: Cell | None = None) -> Panel:
        """One channel of the input inside its ring of padding."""
        ring = self.geometry.padding
        grid = self._grid("input", "x", (c,), self.layer.x[c], ring, editable=self.editable)
        detail = self.words.gettext("channel %(channel)s") % {"channel": c}
        return Panel(grid, self.words.gettext("Input"), "x", "", detail, outline, now=now)

    def filter(
        self,
        f: int,
        c: int,
        *,
        turned: bool = False,
        inactive: bool = False,
        outlined: bool = True,
        now: Cell | None = None,
    ) -> Panel:
        """One slice of a filter; turned by 180 degrees in the gather view."""
        values = self.layer.weight[f, c]
        shown = values[::-1, ::-1] if turned else values
        grid = self._grid("filter", "weight", (f, c), shown, editable=self.editable and not turned)
        detail = f"c{self._channel(f, c)}" + (" " + self.words.gettext("rotated by 180°") if turned else "")
        outline = (range(shown.shape[0]), range(shown.shape[1])) if outlined and not inactive else None
        return Panel(grid, self.words.gettext("Filter"), "W", str(f), detail, outline, inactive, now=now)

    def plane(
        self,
        tensor: str,
        place: tuple[int, ...],
        values: Array,
        outline: Outline = None,
        *,
        inactive: bool = False,
        at: int | None = None,
        as_tensor: str = "",
    ) -> Panel:
        """One slice of a gradient that is being made: "dx", "dw" or "db"."""
        first = 0
        if at is not None:  # a step makes a cell: slices follow each other as in the tensor
            slices = place[0] if tensor == "dx" else 0
            if tensor == "dw":
                slices = place[0] * self.layer.weight.shape[1] + place[1]
            first = slices * values.size
        grid = self._grid("gradient", as_tensor or tensor, place, values, scale=self.scales[tensor], first=first)
        symbol = {"dx": "dX", "dw": "dW", "db": "db"}[tensor]
        index = str(place[0]) if tensor == "dw" else ""
        channel = place[0] if tensor == "dx" else self._channel(*place) if tensor == "dw" else None
        detail = "" if channel is None else self.words.gettext("channel %(channel)s") % {"channel": channel}
        return Panel(grid, self.words.gettext("Gradient"), symbol, index, detail, outline, inactive, at)

    def updated(self, f: int, c: int, values: Array) -> Panel:
        """One slice of a filter after the update."""
        grid = self._grid("filter", "updated", (f, c), values, scale=self.scales["weight"])
        return Panel(grid, self.words.gettext("Filter"), "W", str(f), self.words.gettext("after"))

    def _channel(self, f: int, c: int) -> int:
        """Return which input channel slice c of filter f reads."""
        per_group = len(self.layer.weight) // self.layer.groups
        return f // per_group * int(self.layer.weight.shape[1]) + c

    def _grid(
        self,
        role: str,
        tensor: str,
        place: tuple[int, ...],
        values: Array,
        ring: Sides = NO_RING,
        *,
        editable: bool = False,
        scale: float | None = None,
        first: int = 0,
    ) -> Grid:
        pitch = pitch_for(values.shape[1] + sum(ring[1]), values.size, sizes=SIZES, width=WIDTH)
        used = self.scales[tensor] if scale is None else scale
        return Grid(role, tensor, place, values, pitch, used, ring, editable=editable, first=first)


def spread_ring(geometry: Geometry) -> Sides:
    """Return the zeros that the gather view reads round the spread dY: dilation * (K - 1) - padding, or more below.

    Where padding is larger than that, windows begin inside and nothing is added.
    """
    height, width = geometry.input_size
    first, last = spread_window(geometry, 0, 0), spread_window(geometry, height - 1, width - 1)
    sizes = [(size - 1) * step + 1 for size, step in zip(geometry.output_size, geometry.stride, strict=True)]
    rows, columns = (
        (max(0, -begin.start), max(0, end[-1] + 1 - size)) for begin, end, size in zip(first, last, sizes, strict=True)
    )
    return rows, columns


def _size(grid: Grid) -> str:
    return f"{grid.rows} × {grid.columns}"

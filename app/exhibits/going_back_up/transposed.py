"""Transposed convolution: what its two views, stamping and gathering, share."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

import engine
from app import numbers
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.resolve import Chosen
from app.exhibits.going_back_up.scene import Fact, Shown, UpScene, largest, slice_of, text
from app.i18n import N_, Words
from app.tensors import Array
from engine.geometry import Geometry, output_size


class TransposedScene(UpScene):
    """What both views share."""

    own: ClassVar = {"x": N_("input x"), "weight": N_("filters W"), "bias": N_("bias b")}

    def __init__(self, params: Params, chosen: Chosen) -> None:
        given, options = (chosen.x, chosen.weight, chosen.bias), chosen.transposed
        self.gather = engine.trace.conv_transpose2d(*given, **options)
        self.stamps = engine.trace.conv_transpose2d_stamps(*given, **options)
        self.uncropped = engine.trace.conv_transpose2d_stamps(*given, **{**options, "padding": 0})
        self.output = engine.conv_transpose2d(*given, **options)
        steps, maps = (
            (len(self.stamps), len(chosen.x)) if chosen.view == "stamp" else (self.output.size, len(self.output))
        )
        super().__init__(params, chosen, steps, maps)

    @property
    def geometry(self) -> Geometry:
        """Of the convolution that is transposed: its input is the output here."""
        return self.gather.inputs.geometry

    @cached_property
    def scale(self) -> float:
        """Where the colours of the output end: what is cropped off counts too."""
        chosen, options = self.chosen, {**self.chosen.transposed, "padding": 0}
        return largest(engine.conv_transpose2d(chosen.x, chosen.weight, chosen.bias, **options))

    def x_grids(self, **more: Any) -> list[Shown]:
        x = self.chosen.x
        return [
            Shown(
                slice_of("input", "x", (c,), plane, largest(x), editable=True, first=c * plane.size),
                N_("Input"),
                "x",
                str(c),
                **more,
            )
            for c, plane in enumerate(x)
        ]

    def bias_grid(self, maps: range) -> Shown:
        """Return the bias of each output map, those of `maps` outlined."""
        bias = self.chosen.bias
        grid = slice_of("filter", "bias", (), bias[None], largest(bias), editable=True)
        return Shown(grid, N_("Bias"), "b", rows=[0], columns=list(maps))

    def tensors(self) -> dict[str, Array]:
        chosen = self.chosen
        return {"x": chosen.x, "weight": chosen.weight, "bias": chosen.bias, "output": self.output}

    def facts(self, words: Words) -> list[Fact]:
        chosen, geometry = self.chosen, self.geometry
        minus = numbers.MINUS
        lines = []
        for axis, label in ((0, N_("rows")), (1, N_("columns"))):
            size, kernel = geometry.output_size[axis], geometry.kernel_size[axis]
            figures = (
                f"({size} {minus} 1)·{chosen.stride} {minus} 2·{chosen.padding} + "
                f"{chosen.dilation}·({kernel} {minus} 1) + 1 + {chosen.output_padding}"
            )
            lines.append(Fact(words.gettext(label), figures, str(geometry.input_size[axis])))
        if lines[0][1:] == lines[1][1:]:
            lines = [Fact(words.gettext("Output size"), *lines[0][1:])]
        kernel = geometry.kernel_size[0]
        own = words.gettext("p: rows and columns cropped off each side")
        other = words.gettext("p′: zeros round the zero-inserted x")
        right = words.gettext("output padding: these sizes of the output all shrink back to the size of x")
        return [
            *lines,
            Fact(own, "", str(chosen.padding)),
            Fact(
                other,
                f"{chosen.dilation}·({kernel} {minus} 1) {minus} {chosen.padding}",
                text(self.gather.padding[0]),
            ),
            Fact(right, "", ", ".join(map(str, self.sizes_that_shrink_alike()))),
        ]

    def sizes_that_shrink_alike(self) -> list[int]:
        """Return the row counts that the convolution with these options takes to the rows of x."""
        chosen, geometry = self.chosen, self.geometry
        options: dict[str, Any] = {"stride": chosen.stride, "padding": chosen.padding, "dilation": chosen.dilation}
        least = max(1, geometry.span[0] - 2 * chosen.padding)
        most = geometry.input_size[0] + chosen.stride
        kernel, rows = geometry.kernel_size[0], geometry.output_size[0]
        return [size for size in range(least, most + 1) if output_size(size, kernel, **options) == rows]

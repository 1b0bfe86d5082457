"""The slices of input, filters and output as grids, all on one scale per role."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from app.drawing import Grid, pitch_for
from app.stepper.layer import Layer
from app.tensors import Array

INPUT_SIZES = ((7, 36), (8, 31), (9, 28), (12, 26))
FILTER_SIZES = ((3, 36), (5, 30), (11, 26))
OUTPUT_SIZES = ((3, 48), (4, 40), (5, 36), (6, 32), (8, 28))
MANY_CHANNELS = 4  # from here on cells are smaller, so that four columns fit beside the outputs
TIGHT_INPUT_SIZES = ((6, 30), (12, 26))
TIGHT_FILTER_SIZES = ((3, 28), (11, 26))
USES_SIZES = ((7, 36), (9, 30), (12, 26))


class Grids:
    """Draws one layer. Scales are fixed by the tensors, not by the step."""

    def __init__(self, layer: Layer, *, editable: bool = True) -> None:
        self.layer, self.editable = layer, editable

    @property
    def tight(self) -> bool:
        return len(self.layer.x) >= MANY_CHANNELS

    @cached_property
    def scales(self) -> dict[str, float]:
        return {
            "x": _largest(self.layer.x),
            "weight": 1.4 * _largest(self.layer.weight),
            "output": _largest(self.layer.output),
        }

    @cached_property
    def inputs(self) -> list[Grid]:
        """One grid per input channel, inside its ring of padding."""
        ring = self.layer.geometry.padding
        pitch = pitch_for(
            self.layer.geometry.padded_size[1],
            self.layer.x.size,
            sizes=TIGHT_INPUT_SIZES if self.tight else INPUT_SIZES,
            width=190 if self.tight else 256,
        )
        return [
            Grid(
                "input",
                "x",
                (channel,),
                plane,
                pitch,
                self.scales["x"],
                ring,
                self.layer.geometry.unused,
                self.editable,
            )
            for channel, plane in enumerate(self.layer.x)
        ]

    @cached_property
    def filters(self) -> list[list[Grid]]:
        """For each input channel the slices of the filters that read it."""
        weight = self.layer.sliding_weight
        filters, per_group, _, columns = weight.shape
        pitch = pitch_for(columns, weight.size, sizes=TIGHT_FILTER_SIZES if self.tight else FILTER_SIZES, width=108)
        slices: list[list[Grid]] = [[] for _ in range(len(self.layer.x))]
        for f in range(filters):
            first = f // (filters // self.layer.groups) * per_group
            for k in range(per_group):
                grid = Grid(
                    "filter", "weight", (f, k), weight[f, k], pitch, self.scales["weight"], editable=self.editable
                )
                slices[first + k].append(grid)
        return slices

    @cached_property
    def outputs(self) -> list[Grid]:
        """One grid per output channel, of the values after the activation."""
        values = self.layer.output
        pitch = pitch_for(values.shape[2], values.size, sizes=OUTPUT_SIZES, width=232)
        return [
            Grid("output", "output", (f,), plane, pitch, self.scales["output"], first=f * plane.size)
            for f, plane in enumerate(values)
        ]

    @property
    def thumbnail(self) -> Grid:
        """The first input channel, small."""
        plane, ring = self.layer.x[0], self.layer.geometry.padding
        pitch = max(2, 64 // max(self.layer.geometry.padded_size))
        return Grid("input", "x", (0,), plane, pitch, self.scales["x"], ring)

    @cached_property
    def bias(self) -> Grid:
        """The biases in one row, one per filter."""
        biases = self.layer.bias[None]
        pitch = 36 if biases.size <= 6 else 26
        return Grid("filter", "bias", (), biases, pitch, self.scales["weight"], editable=self.editable)

    @cached_property
    def uses(self) -> Grid:
        """How many output cells of one filter read each pixel."""
        counts = self.layer.geometry.uses.astype(np.float64)
        pitch = pitch_for(counts.shape[1], counts.size, sizes=USES_SIZES, width=264)
        return Grid("uses", "uses", (), counts, pitch, _largest(counts))


def _largest(values: Array) -> float:
    return float(np.max(np.abs(values))) or 1.0

"""What each stage of a network costs and what it sees of the picture. Imports no torch."""

from dataclasses import dataclass
from math import prod
from typing import Self

from engine.geometry import receptive_field
from engine.nets.architecture import Architecture, Shape, Stage

Layer = tuple[int, int, int, int]  # what geometry.receptive_field takes


@dataclass(frozen=True, slots=True)
class Row:
    """One stage, for one picture."""

    name: str
    title: str
    kind: str
    output_shape: Shape
    parameters: int  # weights and biases
    connections: int  # numbers that enter the stage's windows and sums, biases included
    macs: int  # multiplications, each with its addition
    receptive_field: int  # pixels of the picture along one side that a cell depends on
    stride: int | None  # pixels between the fields of neighbouring cells; a linear stage has no neighbours
    start: int  # first pixel that cell 0 depends on; negative lies on padding


@dataclass(frozen=True, slots=True)
class Summary:
    """The rows of a network, one for each stage, and their totals."""

    rows: tuple[Row, ...]
    variant: str = ""  # in what the network differs from the one of that name; empty if in nothing

    @classmethod
    def of(cls, architecture: Architecture) -> Self:
        """Return the summary of an architecture.

        ReLU, normalisation and softmax have no connections of their own: they are part of the units before them.
        """
        shapes = architecture.shapes
        rows, layers = [], list[Layer]()
        for stage in architecture.stages:
            shape = shapes[architecture.reads(stage.name)]
            layers += _layers(stage, shape)
            rows.append(_row(stage, shape, shapes[stage.name], layers))
        return cls(tuple(rows), architecture.variant)

    @property
    def parameters(self) -> int:
        """Weights and biases of the whole network."""
        return sum(row.parameters for row in self.rows)

    @property
    def connections(self) -> int:
        """Connections of the whole network."""
        return sum(row.connections for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply-accumulates for one picture."""
        return sum(row.macs for row in self.rows)


def _row(stage: Stage, shape: Shape, output_shape: Shape, layers: list[Layer]) -> Row:
    field, cells, fan_in = receptive_field(layers), prod(output_shape), _fan_in(stage, shape)
    biased = stage.out_channels is not None
    return Row(
        name=stage.name,
        title=stage.title,
        kind=stage.kind,
        output_shape=output_shape,
        parameters=stage.out_channels * (fan_in + 1) if stage.out_channels is not None else 0,
        connections=cells * (fan_in + biased),
        macs=cells * fan_in if biased else 0,
        receptive_field=field.size,
        stride=field.jump if len(output_shape) == 3 else None,
        start=field.start,
    )


def _fan_in(stage: Stage, shape: Shape) -> int:
    """Return how many numbers one output cell reads; 0 for what works cell by cell."""
    if stage.kernel_size is not None:
        return stage.kernel_size**2 * (1 if stage.out_channels is None else shape[0] // stage.groups)
    if stage.kind == "global_avg_pool2d":
        return prod(shape[1:])
    return 0 if stage.out_channels is None else prod(shape)


def _layers(stage: Stage, shape: Shape) -> list[Layer]:
    """Return the stage as windows; what reads whole maps is one window over all of its input."""
    if stage.kernel_size is not None:
        return [(stage.kernel_size, stage.stride, stage.padding, 1)]
    reads_maps = len(shape) == 3 and (stage.out_channels is not None or stage.kind == "global_avg_pool2d")
    return [(shape[1], 1, 0, 1)] if reads_maps else []

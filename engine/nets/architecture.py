"""What a network is made of, as data: its stages in order, and the shapes between them.

Imports no torch: a page can list and summarise networks before torch is loaded.
"""

from dataclasses import dataclass, replace
from typing import Self

from engine.errors import RangeError
from engine.geometry import Geometry, whole

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Norm:
    """The numbers of a local response normalisation, as torch.nn.functional.local_response_norm takes them.

    AlexNet's paper prints alpha = 1e-4 times the sum over n = 5 maps; torch takes alpha times their mean.
    """

    size: int = 5
    alpha: float = 5e-4
    beta: float = 0.75
    k: float = 2.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One named step of a network; its sizes say how it reads the value before.

    With a kernel_size it slides windows over (C, H, W). With out_channels alone it reads all numbers
    at once. With neither it works cell by cell. Whatever has out_channels has a weight and a bias.
    """

    name: str  # also the name of the torch module, unless `key` is given
    title: str  # what a learner calls it: C1, S2
    kind: str  # the torch.nn.functional name
    out_channels: int | None = None
    kernel_size: int | None = None
    stride: int = 1
    padding: int = 0
    groups: int = 1
    ceil_mode: bool = False
    norm: Norm | None = None
    p: float = 0.0  # the share of numbers that dropout sets to zero, in training only
    key: str | None = None  # where a state dict of others has it: features.0

    @property
    def path(self) -> str:
        """Name of the torch module."""
        return self.key or self.name

    @property
    def parameters(self) -> tuple[str, ...]:
        """Keys of the state dict."""
        return () if self.out_channels is None else (f"{self.path}.weight", f"{self.path}.bias")

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of the stage's value, without batch axis, for an input of `shape`."""
        if self.kernel_size is not None:
            geometry = Geometry.of(
                shape[1:], self.kernel_size, stride=self.stride, padding=self.padding, ceil_mode=self.ceil_mode
            )
            return (self.out_channels or shape[0], *geometry.output_size)
        if self.kind == "global_avg_pool2d":
            return (shape[0], 1, 1)
        return shape if self.out_channels is None else (self.out_channels,)


@dataclass(frozen=True)
class Architecture:
    """A network without its weights. The last stage is a softmax; what it reads are the logits."""

    name: str
    title: str
    source: str  # the paper
    input_shape: Shape  # (C, H, W)
    stages: tuple[Stage, ...]
    variant: str = ""  # in what it differs from the network of that name; empty if in nothing

    def reads(self, name: str) -> str:
        """Return the name of the value that stage `name` reads; "input" for the first."""
        names = ["input", *(stage.name for stage in self.stages)]
        return names[names.index(name) - 1]

    @property
    def shapes(self) -> dict[str, Shape]:
        """Shape of the input and of each stage's value, without batch axis, in order."""
        shapes = {"input": self.input_shape}
        for stage in self.stages:
            shapes[stage.name] = stage.output_shape(shapes[self.reads(stage.name)])
        return shapes

    @property
    def logits(self) -> str:
        """Name of the stage whose value the softmax reads."""
        return self.reads(self.stages[-1].name)

    @property
    def num_classes(self) -> int:
        """Number of classes that the network tells apart."""
        return self.shapes[self.logits][0]

    def with_classes(self, num_classes: object) -> Self:
        """Return the same network for another number of classes: only its last weights change."""
        count = whole(num_classes, "num_classes", minimum=2)
        last = [stage for stage in self.stages if stage.parameters][-1]
        return replace(self, stages=tuple(replace(s, out_channels=count) if s is last else s for s in self.stages))

    def with_pooled_head(self, num_classes: object) -> Self:
        """Return the same stages up to the last map, then the mean of each map and one linear layer.

        The head of Lin, Chen & Yan 2013, Network In Network: a hundredth of the parameters of AlexNet's
        three linear layers, and pictures of any size.
        """
        shapes = self.shapes
        maps = tuple(stage for stage in self.stages if len(shapes[stage.name]) == 3 and stage.kind != "dropout")
        head = (
            Stage("gap", "mean", "global_avg_pool2d"),
            Stage("drop", "dropout", "dropout", p=0.3),
            Stage("fc", "fc", "linear", out_channels=whole(num_classes, "num_classes", minimum=2)),
            Stage("softmax", "softmax", "softmax"),
        )
        return replace(self, stages=maps + head, variant=POOLED_HEAD)

    def stage(self, name: str) -> Stage:
        """Return the stage called `name`. Raises RangeError if there is none."""
        for stage in self.stages:
            if stage.name == name:
                return stage
        have = ", ".join(stage.name for stage in self.stages)
        raise RangeError("{net} has no stage {name}; it has {have}", net=self.name, name=name, have=have)


POOLED_HEAD = "pooled head"

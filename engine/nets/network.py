"""The torch module of an architecture."""

from collections.abc import Callable, Iterator
from math import prod

from torch import Tensor, nn

from engine.nets.architecture import Architecture, Shape, Stage


class Network(nn.Module):
    """An architecture with weights: one submodule for each stage, under the stage's name.

    Called, it returns the logits (N, classes): training needs them, because cross-entropy computed
    from logits keeps the digits that a softmax rounds away. The softmax is the last stage all the same,
    and `walk` gives its value with all the others.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        shapes = architecture.shapes
        for stage in architecture.stages:
            self.add_module(stage.name, MODULES[stage.kind](stage, shapes[architecture.reads(stage.name)]))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of a batch (N, C, H, W)."""
        return next(value for name, value in self.walk(x) if name == self.architecture.logits)

    def walk(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Yield (name, value) of "input" and of each stage; a stage is computed when it is asked for."""
        values = {"input": x}
        yield "input", x
        for stage in self.architecture.stages:
            value = self.get_submodule(stage.name)(values[self.architecture.reads(stage.name)])
            values[stage.name] = value
            yield stage.name, value


class FlatLinear(nn.Linear):
    """A linear layer that reads feature maps as one long row, channel after channel."""

    def forward(self, x: Tensor) -> Tensor:
        """Return x (N, ...) @ weight.T + bias."""
        return super().forward(x.flatten(1))


def _conv2d(stage: Stage, shape: Shape) -> nn.Module:
    assert stage.out_channels is not None
    assert stage.kernel_size is not None
    return nn.Conv2d(shape[0], stage.out_channels, stage.kernel_size, stage.stride, stage.padding)


def _max_pool2d(stage: Stage, shape: Shape) -> nn.Module:
    assert stage.kernel_size is not None
    return nn.MaxPool2d(stage.kernel_size, stage.stride, stage.padding)


def _linear(stage: Stage, shape: Shape) -> nn.Module:
    assert stage.out_channels is not None
    return FlatLinear(prod(shape), stage.out_channels)


MODULES: dict[str, Callable[[Stage, Shape], nn.Module]] = {
    "conv2d": _conv2d,
    "linear": _linear,
    "max_pool2d": _max_pool2d,
    "relu": lambda stage, shape: nn.ReLU(),
    "softmax": lambda stage, shape: nn.Softmax(dim=1),
}

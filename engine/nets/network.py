"""The torch module of an architecture."""

from collections.abc import Iterator, Mapping
from typing import Self

import torch
from torch import Tensor, nn

from engine.errors import ShapeError
from engine.nets.architecture import Architecture
from engine.nets.modules import MODULES


class Network(nn.Module):
    """An architecture with weights: one submodule for each stage, under the stage's path.

    Called, it returns the logits (N, classes): training needs them, because cross-entropy computed
    from logits keeps the digits that a softmax rounds away. The softmax is the last stage all the same,
    and `walk` gives its value with all the others.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        shapes = architecture.shapes
        for stage in architecture.stages:
            module = MODULES[stage.kind](stage, shapes[architecture.reads(stage.name)])
            *folders, name = stage.path.split(".")
            _folder(self, folders).add_module(name, module)

    @classmethod
    def with_state(cls, architecture: Architecture, state: Mapping[str, Tensor]) -> Self:
        """Return the network with these weights, which it keeps as they are: none are drawn, none copied.

        Raises ShapeError if they are not those of the architecture.
        """
        with torch.device("meta"):
            net = cls(architecture)
        wanted = {key: tuple(value.shape) for key, value in net.state_dict().items()}
        got = {key: tuple(value.shape) for key, value in state.items()}
        for key in sorted(wanted.keys() | got.keys()):
            if wanted.get(key) != got.get(key):
                raise ShapeError(
                    "these weights do not fit {net}: {key} must have the shape {wanted}, got {got}",
                    net=architecture.title,
                    key=key,
                    wanted=wanted.get(key),
                    got=got.get(key),
                )
        net.load_state_dict(state, assign=True)
        return net

    def channels_last(self) -> Self:
        """Return itself, its filters laid out with the channels innermost: so processors convolve batches fastest."""
        for value in self.parameters():
            if value.ndim == 4:
                value.data = value.data.contiguous(memory_format=torch.channels_last)
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of a batch (N, C, H, W)."""
        return next(value for name, value in self.walk(x) if name == self.architecture.logits)

    def walk(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Yield (name, value) of "input" and of each stage; a stage is computed when it is asked for."""
        yield "input", x
        value = x
        for stage in self.architecture.stages:
            value = self.get_submodule(stage.path)(value)
            yield stage.name, value


def _folder(module: nn.Module, names: list[str]) -> nn.Module:
    """Return the module under `names`, made where it is missing."""
    for name in names:
        if not hasattr(module, name):
            module.add_module(name, nn.Module())
        module = module.get_submodule(name)
    return module

"""The torch module of an architecture."""

from collections.abc import Iterator

from torch import Tensor, nn

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

"""The way up, with what the way down needs to know of it: every value, and the switches of each max pooling."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from engine.errors import RangeError
from engine.interpret.box import planar
from engine.nets.architecture import Shape, Stage
from engine.nets.network import Network
from engine.nets.run import batch_of_one


@dataclass(frozen=True, slots=True, eq=False)
class ForwardPass:
    """What a network made of one picture. No hook is set and nothing is recorded for autograd.

    values     by stage, "input" first: (C, H, W), or (C, 1, 1) behind a linear stage
    switches   by max pooling: for each output cell the place of its maximum in the flattened plane below, int64
    shapes     by stage, of its value without batch axis
    """

    net: Network
    values: dict[str, Tensor]
    switches: dict[str, Tensor]
    shapes: dict[str, Shape]

    @classmethod
    def of(cls, net: Network, x: object, until: str | None = None) -> ForwardPass:
        """Return the forward pass of one picture, up to stage `until`, or whole. Dropout drops nothing.

        x   (C, H, W) or (1, C, H, W), already normalised; computed in the type of the network's weights
        Raises RangeError if `net` is no engine.nets.network.Network or has no stage `until`, ShapeError if the
        picture is not of its input shape.
        """
        if not isinstance(net, Network):
            # Another module may hold ReLUs that are no modules of their own; no hook would ever see those.
            raise RangeError(
                "the way down follows the stages of an engine.nets.network.Network, got {got}; describe the network as "
                "an Architecture and give it the weights with Network.with_state",
                got=type(net).__name__,
            )
        if until is not None:
            net.architecture.stage(until)
        passed = cls(net, {}, {}, {})
        with torch.inference_mode():
            value = batch_of_one(net, x, next(net.parameters()).dtype)
            passed._keep("input", value)
            for stage in net.architecture.stages:
                value = passed._up(stage, value)
                passed._keep(stage.name, value)
                if stage.name == until:
                    break
        return passed

    def below(self, stage: Stage) -> Tensor:
        """Return what `stage` read."""
        return self.values[self.net.architecture.reads(stage.name)]

    def _keep(self, name: str, value: Tensor) -> None:
        self.shapes[name] = tuple(value.shape[1:])
        self.values[name] = value[0].reshape(planar(self.shapes[name]))

    def _up(self, stage: Stage, value: Tensor) -> Tensor:
        if stage.kind == "dropout":
            return value
        if stage.kind != "max_pool2d":
            made: Tensor = self.net.get_submodule(stage.path)(value)
            return made
        assert stage.kernel_size is not None
        made, places = max_pool2d(
            value, stage.kernel_size, stage.stride, stage.padding, ceil_mode=stage.ceil_mode, return_indices=True
        )
        self.switches[stage.name] = places[0]
        return made

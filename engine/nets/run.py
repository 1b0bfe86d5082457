"""Run a network on one picture and look at every stage."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from engine.errors import ShapeError
from engine.nets.network import Network
from engine.ops.arrays import real_array


def activations(net: Network, x: object) -> dict[str, NDArray[np.float32]]:
    """Return the value of "input" and of each stage, by name, in order.

    x         one picture (C, H, W) or (1, C, H, W), already normalised
    returns   float32 arrays without batch axis: (C, H, W), or (C,) behind a linear stage
    Raises ShapeError if the picture is not of the network's input shape.
    """
    return dict(walk_activations(net, x))


def walk_activations(net: Network, x: object) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield what `activations` returns, each stage as soon as it is computed."""
    stages = net.walk(batch_of_one(net, x, torch.float32))
    while stage := _next(stages):
        name, value = stage
        yield name, value[0].numpy()


def batch_of_one(net: Network, x: object, dtype: torch.dtype) -> torch.Tensor:
    """Return one picture (C, H, W) or (1, C, H, W) as a batch of its own, copied.

    Raises ShapeError if it is not of the network's input shape.
    """
    picture = real_array(x, "x")
    wanted = net.architecture.input_shape
    if picture.shape not in (wanted, (1, *wanted)):
        raise ShapeError(
            "{net} reads one picture of shape {wanted}, got {got}",
            net=net.architecture.title,
            wanted=wanted,
            got=picture.shape,
        )
    return torch.from_numpy(np.array(picture, np.float64).reshape(1, *wanted)).to(dtype)


def _next(stages: Iterator[tuple[str, torch.Tensor]]) -> tuple[str, torch.Tensor] | None:
    """Compute one more stage; between stages the caller's own torch is left as it was."""
    with torch.inference_mode():
        return next(stages, None)

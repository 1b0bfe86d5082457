"""Run a network on one picture and look at every stage."""

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
    picture = real_array(x, "x")
    wanted = net.architecture.input_shape
    if picture.shape not in (wanted, (1, *wanted)):
        raise ShapeError(
            "{net} reads one picture of shape {wanted}, got {got}",
            net=net.architecture.title,
            wanted=wanted,
            got=picture.shape,
        )
    batch = torch.from_numpy(np.array(picture, np.float32).reshape(1, *wanted))
    with torch.inference_mode():
        return {name: value[0].numpy() for name, value in net.walk(batch)}

"""The loss of the shipped LeNet-5 on a learner's own digits, on planes of its weights.

Importing this imports no torch.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.digit import network_input
from engine.errors import RangeError
from engine.landscape.recorded import Sides, grid, recorded
from engine.nets import build

if TYPE_CHECKING:
    from torch import Tensor

    from engine.nets.network import Network

KINDS = ("path", "filter", "plain")
LINE = 21  # places along a line
RESCALED = ("conv1", "conv2")  # the first is multiplied by a factor, the second divided: the network is the same


class DigitsPlane(NamedTuple):
    """The loss and the share read wrong: (size, size), row 0 that of the lowest beta; and along the first direction.

    lines   (3, LINE): alpha, the loss in filter-normalised steps, the loss in plain ones; none on the path's plane
    """

    loss: NDArray[np.float64]
    error: NDArray[np.float64]
    lines: NDArray[np.float64]


def digits_plane(
    digits: NDArray[np.uint8],
    labels: NDArray[np.int64],
    kind: str,
    sides: Sides,
    size: int,
    seed: int = 0,
    factor: float = 1.0,
) -> DigitsPlane:
    """Return the mean cross-entropy of LeNet-5 on digits, round its trained weights.

    digits   uint8 (N, 28, 28), bright on dark; labels (N,) say what they are
    kind     "path": the plane of the recorded training path; "filter" or "plain": two random directions, of the seeds
             `seed` and `seed + 1`, scaled filter by filter or all alike
    sides    the least and the largest alpha, then beta
    size     places along each side
    factor   first multiplies the weights of C1 and divides those of C3, which changes no output; not for "path"
    Raises RangeError on another kind.
    """
    import torch

    from engine.landscape.network_loss import loss_along, loss_plane

    net, (across, up) = _centre(kind, factor), _directions(kind, seed, factor)
    x, y = torch.from_numpy(network_input(digits)), torch.from_numpy(labels)
    alphas, betas = grid(sides, size)
    found = loss_plane(net, across, up, alphas, betas, x, y)
    lines = np.empty((3, 0))
    if kind != "path":
        steps = np.linspace(sides[0], sides[1], LINE)
        both = (loss_along(net, _directions(one, seed, factor)[0], steps, x, y).loss for one in ("filter", "plain"))
        lines = np.stack([steps, *both])
    return DigitsPlane(found.loss, found.error, lines)


@cache
def _net() -> Network:
    return build("lenet5", weights="shipped").eval()


def _centre(kind: str, factor: float) -> Network:
    from engine.landscape.directions import rescaled

    return _net() if factor == 1 or kind == "path" else rescaled(_net(), *RESCALED, factor)


def _directions(kind: str, seed: int, factor: float) -> tuple[Tensor, Tensor]:
    import torch

    from engine.landscape.directions import filter_normalised_direction, plain_direction

    if kind not in KINDS:
        raise RangeError("there is no plane {kind}; there are {known}", kind=kind, known=", ".join(KINDS))
    if kind == "path":
        across, up = torch.from_numpy(recorded().axes)
        return across, up
    make = filter_normalised_direction if kind == "filter" else plain_direction
    return make(_centre(kind, factor), seed), make(_centre(kind, factor), seed + 1)

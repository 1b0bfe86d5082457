"""Directions in the space of a network's weights, along which its loss is looked at.

A direction is one long vector (P,), in the order of net.parameters(). A random one is drawn from a normal distribution
and then scaled. What a picture along it shows depends on how: a network with ReLUs computes the same when one layer is
multiplied by c and the next divided by it, but a step of one length is then small for the one and large for the other.
Filter normalisation gives each filter a step as long as the filter itself, so that the picture no longer changes.

Biases stay where they are: their part of a direction is 0. The paper speaks of filters only; the code published with it
ignores biases in the same way (`biasbn`).

Source: Li, Xu, Taylor, Studer & Goldstein 2018, Visualizing the Loss Landscape of Neural Nets, section 4.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from engine.errors import RangeError
from engine.geometry import whole

M = TypeVar("M", bound=nn.Module)


def flat(net: nn.Module) -> Tensor:
    """Return all weights and biases as one vector (P,), a copy."""
    return torch.cat([parameter.detach().flatten() for parameter in net.parameters()])


def filter_normalised_direction(net: nn.Module, seed: int) -> Tensor:
    """Return a normal direction d (P,), scaled filter by filter to the weights w.

    d[j] <- d[j] / |d[j]| * |w[j]|   for each filter j of each layer: all weights that make one number of its output

    A filter of a convolution is (C, K, K), of a linear layer the row (C,) of one unit. Biases: 0.
    """
    parts = []
    for weight, drawn in _drawn(net, seed):
        if weight.ndim > 1:
            across = tuple(range(1, weight.ndim))
            own, wanted = (torch.linalg.vector_norm(one, dim=across, keepdim=True) for one in (drawn, weight))
            drawn = drawn / own * wanted
        parts.append(drawn.flatten())
    return torch.cat(parts)


def plain_direction(net: nn.Module, seed: int) -> Tensor:
    """Return the same normal direction d (P,) as it was drawn, but for one scale: as long as all weights w together.

    d <- d / |d| * |w|

    So it is as long as the filter-normalised direction of the seed; only where it points differs. Biases: 0.
    """
    pairs = _drawn(net, seed)
    length = torch.cat([weight.flatten() for weight, _ in pairs if weight.ndim > 1]).norm()
    direction = torch.cat([drawn.flatten() for _, drawn in pairs])
    longer: Tensor = direction / direction.norm() * length
    return longer


def rescaled(net: M, first: str, second: str, factor: float) -> M:
    """Return a network that computes the same, with other weights.

    first, second   paths of two layers with nothing but ReLU and pooling between; weight and bias of the first are
                    multiplied by `factor`, which must be above 0, the weight of the second divided by it

    relu(c * z) = c * relu(z) for c > 0, and the largest of some numbers scales as they do.
    Raises RangeError on any other factor.
    """
    if not 0 < factor < float("inf"):
        raise RangeError("the factor must be above 0, got {factor}", factor=factor)
    copy = deepcopy(net)
    with torch.no_grad():
        for parameter in copy.get_submodule(first).parameters():
            parameter.mul_(factor)
        weight = copy.get_submodule(second).get_parameter("weight")
        weight.div_(factor)
    return copy


def _drawn(net: nn.Module, seed: int) -> list[tuple[Tensor, Tensor]]:
    """Return each parameter with normal numbers of its shape, 0 for a bias; NumPy's numbers are the same everywhere."""
    rng = np.random.default_rng(whole(seed, "seed", minimum=0))
    pairs = []
    for parameter in net.parameters():
        weight = parameter.detach()
        drawn = torch.zeros_like(weight)
        if weight.ndim > 1:
            drawn = torch.from_numpy(rng.standard_normal(tuple(weight.shape))).to(weight.dtype)
        pairs.append((weight, drawn))
    return pairs

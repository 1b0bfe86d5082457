"""The loss of a network along one direction of its weights, and on a plane of two.

loss(alpha, beta) = loss of the network with the weights w + alpha * u + beta * v

Source: Goodfellow, Vinyals & Saxe 2015, Qualitatively Characterizing Neural Network Optimization Problems; Li, Xu,
Taylor, Studer & Goldstein 2018, Visualizing the Loss Landscape of Neural Nets, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.func import functional_call

from engine.errors import ShapeError
from engine.landscape.directions import M, flat

Loss = Callable[[Tensor, Tensor], Tensor]  # (logits (N, classes), labels (N,)) -> one number


class Losses(NamedTuple):
    """The loss, and the share of pictures that are read wrong, at each place."""

    loss: NDArray[np.float64]
    error: NDArray[np.float64]


def loss_along(
    net: nn.Module, direction: Tensor, alphas: ArrayLike, x: Tensor, y: Tensor, loss: Loss = F.cross_entropy
) -> Losses:
    """Return the loss at w + alpha * direction, for each alpha: (A,).

    direction   (P,), in the order of net.parameters()
    x, y        what the loss is taken on: pictures (N, C, H, W) and their labels (N,)
    Raises ShapeError on another direction.
    """
    line = loss_plane(net, direction, torch.zeros_like(direction), alphas, [0.0], x, y, loss)
    return Losses(line.loss[0], line.error[0])


def loss_plane(
    net: nn.Module,
    across: Tensor,
    up: Tensor,
    alphas: ArrayLike,
    betas: ArrayLike,
    x: Tensor,
    y: Tensor,
    loss: Loss = F.cross_entropy,
) -> Losses:
    """Return the loss at w + alpha * across + beta * up: (B, A), row 0 that of the first beta.

    across, up   (P,) each, in the order of net.parameters()
    x, y         what the loss is taken on: pictures (N, C, H, W) and their labels (N,)
    Raises ShapeError on other directions.
    """
    centre, (moved, weights) = flat(net), _movable(net)
    for direction in (across, up):
        if direction.shape != centre.shape:
            raise ShapeError(
                "a direction must be as long as all weights together, {wanted}, got the shape {got}",
                wanted=len(centre),
                got=tuple(direction.shape),
            )
    columns, rows = np.asarray(alphas, np.float64), np.asarray(betas, np.float64)
    found = np.empty((2, len(rows), len(columns)))
    with torch.no_grad():
        for i, beta in enumerate(rows.tolist()):
            row = centre + beta * up
            for j, alpha in enumerate(columns.tolist()):
                torch.add(row, across, alpha=alpha, out=weights)
                found[:, i, j] = _losses(moved(x), y, loss)
    return Losses(found[0], found[1])


def losses_at(
    net: nn.Module, weights: Tensor, x: Tensor, y: Tensor, loss: Loss = F.cross_entropy
) -> tuple[float, float]:
    """Return the loss, and the share read wrong, of a network with other weights (P,).

    The loss is computed in float64: in float32 that of a digit which is surely known would be 0.
    """
    with torch.inference_mode():
        return _losses(functional_call(net, unflattened(net, weights), (x,)), y, loss)


def _losses(logits: Tensor, y: Tensor, loss: Loss) -> tuple[float, float]:
    wrong = (logits.argmax(dim=1) != y).double().mean()
    return float(loss(logits.double(), y)), float(wrong)


def _movable(net: M) -> tuple[M, Tensor]:
    """Return a copy of a network, and the one vector (P,) that holds its weights: who writes there moves it.

    On a few digits a plane's time goes into putting weights in; this way it is one addition for each place.
    """
    copy, weights = deepcopy(net), flat(net)
    for parameter, part in zip(copy.parameters(), unflattened(net, weights).values(), strict=True):
        parameter.data = part
    return copy, weights


def unflattened(net: nn.Module, weights: Tensor) -> dict[str, Tensor]:
    """Return one vector (P,) as the parameters of a network, by their names."""
    names, shapes = zip(*((name, one.shape) for name, one in net.named_parameters()), strict=True)
    parts = torch.split(weights, [shape.numel() for shape in shapes])
    return {name: part.view(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}

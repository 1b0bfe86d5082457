"""The torch module of each kind of stage."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.nets.architecture import Norm, Shape, Stage


class FlatLinear(nn.Linear):
    """A linear layer that reads feature maps as one long row, channel after channel."""

    def forward(self, x: Tensor) -> Tensor:
        """Return x (N, ...) @ weight.T + bias."""
        return super().forward(x.flatten(1))


class LocalResponseNorm(nn.Module):
    """Each number divided by what its neighbours in `size` maps are, at the same place.

    y[c] = x[c] / d[c] ** beta,  d[c] = k + alpha / size * sum over neighbours of x[j] ** 2

    The same as torch.nn.LocalResponseNorm, which takes about half the time of all of AlexNet on a processor.
    Source: Krizhevsky, Sutskever & Hinton 2012, section 3.3.
    """

    def __init__(self, norm: Norm) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, x: Tensor) -> Tensor:
        """Return x (N, C, H, W), normalised."""
        return cast("Callable[[Tensor, Norm], Tensor]", _Normalised.apply)(x, self.norm)


class _Normalised(torch.autograd.Function):
    """With its gradient written out: autograd would keep seven tensors of x's size, this keeps three."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, norm: Norm) -> Tensor:
        d, factor = _divisors(x, norm)
        ctx.save_for_backward(x, d, factor)
        ctx.norm = norm
        return x * factor

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        x, d, factor = ctx.saved_tensors
        return _norm_backward(grad_output, x, d, factor, ctx.norm), None


def local_response_norm_backward(grad_output: Tensor, x: Tensor, norm: Norm) -> Tensor:
    """Return the gradient of LocalResponseNorm with respect to x, without a forward pass of autograd's."""
    d, factor = _divisors(x, norm)
    return _norm_backward(grad_output, x, d, factor, norm)


def _norm_backward(grad_output: Tensor, x: Tensor, d: Tensor, factor: Tensor, norm: Norm) -> Tensor:
    """dx[c] = dy[c] / d[c] ** beta - 2 alpha beta / size * x[c] * sum of dy[j] y[j] / d[j]."""
    scaled = grad_output * factor
    shared = _over_neighbours((scaled * x).div_(d), norm.size)
    return scaled.addcmul_(x, shared, value=-2 * norm.alpha * norm.beta / norm.size)


def _divisors(x: Tensor, norm: Norm) -> tuple[Tensor, Tensor]:
    """Return d and d ** -beta."""
    d = _over_neighbours(x * x, norm.size).mul_(norm.alpha / norm.size).add_(norm.k)
    return d, _power(d, norm.beta)


def _power(d: Tensor, beta: float) -> Tensor:
    """Return d ** -beta; for 0.75, which every paper takes, through square roots in a fifth of the time."""
    if beta != 0.75:
        return d.pow(-beta)
    root = d.rsqrt()
    return root.sqrt().mul_(root)


def _over_neighbours(x: Tensor, size: int) -> Tensor:
    """Return the sum over `size` channels around each; there is nothing beyond the first and the last."""
    total = x.clone()
    for distance in range(1, size // 2 + 1):
        total[:, distance:] += x[:, :-distance]
        total[:, :-distance] += x[:, distance:]
    return total


def _conv2d(stage: Stage, shape: Shape) -> nn.Module:
    assert stage.out_channels is not None
    assert stage.kernel_size is not None
    return nn.Conv2d(shape[0], stage.out_channels, stage.kernel_size, stage.stride, stage.padding, groups=stage.groups)


def _max_pool2d(stage: Stage, shape: Shape) -> nn.Module:
    assert stage.kernel_size is not None
    return nn.MaxPool2d(stage.kernel_size, stage.stride, stage.padding, ceil_mode=stage.ceil_mode)


def _linear(stage: Stage, shape: Shape) -> nn.Module:
    assert stage.out_channels is not None
    return FlatLinear(prod(shape), stage.out_channels)


def _norm(stage: Stage, shape: Shape) -> nn.Module:
    assert stage.norm is not None
    return LocalResponseNorm(stage.norm)


MODULES: dict[str, Callable[[Stage, Shape], nn.Module]] = {
    "conv2d": _conv2d,
    "dropout": lambda stage, shape: nn.Dropout(stage.p),
    "global_avg_pool2d": lambda stage, shape: nn.AdaptiveAvgPool2d(1),
    "linear": _linear,
    "local_response_norm": _norm,
    "max_pool2d": _max_pool2d,
    "relu": lambda stage, shape: nn.ReLU(),
    "softmax": lambda stage, shape: nn.Softmax(dim=1),
}

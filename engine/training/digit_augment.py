"""Digits as other hands would have drawn them: moved, turned, slanted, with a thinner or thicker pen.

MNIST was written with two kinds of pen by a few hundred people; who draws with a mouse or a finger
is none of them. Works on normalised pictures: their border is background, so what comes in from
outside is background too.
"""

from dataclasses import dataclass
from math import pi

import torch
import torch.nn.functional as F
from torch import Generator, Tensor


@dataclass(frozen=True, slots=True)
class Augmentation:
    """The largest change of each kind; each picture draws its own, evenly up to it, both ways."""

    degrees: float = 12.0
    scale: float = 0.12  # 1.12 times larger or smaller, in each direction on its own
    shear: float = 0.2  # columns per row
    shift: float = 2.0  # pixels
    thickness: float = 0.6  # of one pixel around each stroke


def augmented(pictures: Tensor, limits: Augmentation, generator: Generator) -> Tensor:
    """Return pictures (N, C, H, W), each changed at random within the limits."""
    return moved(_repenned(pictures, limits.thickness, generator), _matrices(pictures, limits, generator))


def moved(pictures: Tensor, matrices: Tensor) -> Tensor:
    """Return each picture seen through its matrix (N, 2, 3), as torch.nn.functional.affine_grid reads it."""
    grid = F.affine_grid(matrices, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def thickened(pictures: Tensor, amount: Tensor) -> Tensor:
    """Return pictures with strokes up to one pixel thicker (amount 1) or thinner (-1) on each side.

    Thicker: every pixel on the way to the brightest of its 3x3 neighbours; thinner: to the darkest.
    """
    brightest = F.max_pool2d(pictures, 3, stride=1, padding=1)
    darkest = -F.max_pool2d(-pictures, 3, stride=1, padding=1)
    share = amount.reshape(-1, 1, 1, 1)
    return pictures + share.clamp(min=0) * (brightest - pictures) + share.clamp(max=0) * (pictures - darkest)


def _repenned(pictures: Tensor, limit: float, generator: Generator) -> Tensor:
    return thickened(pictures, _even(len(pictures), limit, generator))


def _matrices(pictures: Tensor, limits: Augmentation, generator: Generator) -> Tensor:
    count, size = len(pictures), pictures.shape[-1]
    angle = _even(count, limits.degrees / 180 * pi, generator)
    wide, high = (1 + limits.scale) ** _even(count, 1, generator), (1 + limits.scale) ** _even(count, 1, generator)
    slant = _even(count, limits.shear, generator)
    right, down = (_even(count, 2 * limits.shift / size, generator) for _ in range(2))  # the picture is 2 wide
    cos, sin = angle.cos(), angle.sin()
    first = torch.stack([wide * cos, wide * (slant * cos - sin), right], dim=1)
    second = torch.stack([high * sin, high * (slant * sin + cos), down], dim=1)
    return torch.stack([first, second], dim=1)


def _even(count: int, limit: float, generator: Generator) -> Tensor:
    return (2 * torch.rand(count, generator=generator) - 1) * limit

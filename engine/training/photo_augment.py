"""Photos as other cameras would have taken them: another part, the mirror image, other colours."""

from dataclasses import dataclass
from math import log

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue: ITU-R BT.601


@dataclass(frozen=True, slots=True)
class PhotoAugmentation:
    """The largest changes; each photo draws its own."""

    smallest: float = 0.25  # share of the photo's area
    stretch: float = 4 / 3  # width to height
    brightness: float = 0.3  # 1.3 times brighter or darker
    contrast: float = 0.3
    saturation: float = 0.3


def augmented(pictures: Tensor, side: int, limits: PhotoAugmentation, generator: Generator) -> Tensor:
    """Return a part of each photo, `side` pixels wide and high, mirrored half of the time, recoloured.

    pictures   uint8 (N, 3, H, W)
    returns    float32 (N, 3, side, side), about 0 to 1
    """
    count = len(pictures)
    matrices = _matrices(count, limits, generator).to(pictures.device)
    grid = F.affine_grid(matrices, [count, 3, side, side], align_corners=False)
    parts = F.grid_sample(pictures.float() / 255, grid, padding_mode="border", align_corners=False)
    return _recoloured(parts, limits, generator)


def resized(pictures: Tensor, side: int) -> Tensor:
    """Return whole photos (N, 3, H, W), uint8, as float32 (N, 3, side, side), 0 to 1."""
    return F.interpolate(pictures.float() / 255, size=(side, side), mode="bilinear", antialias=True)


def _matrices(count: int, limits: PhotoAugmentation, generator: Generator) -> Tensor:
    """Return how the parts lie in the photos, (N, 2, 3) as torch.nn.functional.affine_grid reads it."""
    area = 1 - (1 - limits.smallest) * torch.rand(count, generator=generator)
    stretch = torch.exp(_even(count, log(limits.stretch), generator))
    wide, high = ((area * ratio).sqrt().clamp(max=1) for ratio in (stretch, 1 / stretch))
    right, down = ((1 - size) * _even(count, 1, generator) for size in (wide, high))
    mirrored = 1 - 2 * torch.randint(2, (count,), generator=generator)
    zero = torch.zeros(count)
    first = torch.stack([wide * mirrored, zero, right], dim=1)
    return torch.stack([first, torch.stack([zero, high, down], dim=1)], dim=1)


def _recoloured(pictures: Tensor, limits: PhotoAugmentation, generator: Generator) -> Tensor:
    """Return pictures with other saturation, contrast and brightness: one 3x3 matrix and one shift for each."""
    count = len(pictures)
    brightness, contrast, saturation = (
        torch.exp(_even(count, log(1 + limit), generator)).to(pictures.device).reshape(count, 1, 1)
        for limit in (limits.brightness, limits.contrast, limits.saturation)
    )
    luminance = torch.tensor(LUMINANCE, device=pictures.device).expand(count, 3, 3)
    saturate = saturation * torch.eye(3, device=pictures.device) + (1 - saturation) * luminance
    flat = pictures.flatten(2)
    middle = (luminance[:, :1] @ flat.mean(dim=2, keepdim=True)) * (1 - contrast)
    mixed = torch.baddbmm(middle.expand(count, 3, 1), contrast * saturate, flat)
    return (brightness * mixed).reshape(pictures.shape)


def _even(count: int, limit: float, generator: Generator) -> Tensor:
    return (2 * torch.rand(count, generator=generator) - 1) * limit

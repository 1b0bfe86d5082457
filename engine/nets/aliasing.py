"""What is lost when a filter's answers are kept at every second or fourth pixel only. NumPy alone.

A map of stride s is the map of stride 1 with all but every s-th row and column left out. Waves above
1 / (2 s) cycles per pixel do not survive that: sampled, they look like slower ones. Zeiler & Fergus 2014
(section 4.1) saw it in AlexNet's second layer and went from stride 4 to 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.nets.spectrum import Reals, beyond_grid

Wave = tuple[float, float]  # cycles per pixel down the rows, along the columns


def wave_of(frequency: float, angle: float) -> Wave:
    """Return a wave of `frequency` cycles per pixel that runs at `angle` degrees: 0 to the right, 90 down."""
    turned = np.deg2rad(angle)
    rows, columns = frequency * np.sin(turned), frequency * np.cos(turned)
    return round(float(rows), 12), round(float(columns), 12)  # cos of 90 degrees is 0, not 6e-17


def grating(size: int, wave: Wave) -> Reals:
    """Return a picture (size, size) of one wave, -1 to 1.

    x[r, c] = cos(2 pi (wave[0] r + wave[1] c))
    """
    place = np.arange(size)
    return np.asarray(np.cos(2 * np.pi * (wave[0] * place[:, None] + wave[1] * place)))


def response(weight: Reals, wave: Wave) -> complex:
    """Return by how much a filter (C, height, width) multiplies a wave that is the same in all its channels.

    H = sum over c, u, v of weight[c, u, v] exp(2 pi i (wave[0] u + wave[1] v))

    Its answer to `grating` at window (i, j) of stride s is Re(H exp(2 pi i s (wave[0] i + wave[1] j))).
    """
    _, height, width = weight.shape
    turns = wave[0] * np.arange(height)[:, None] + wave[1] * np.arange(width)
    return complex((weight.sum(axis=0) * np.exp(2j * np.pi * turns)).sum())


def folded(wave: Wave, stride: int) -> Wave:
    """Return the wave that `wave` looks like on a grid of every `stride`-th pixel, in cycles per pixel.

    ((stride f + 1/2) mod 1 - 1/2) / stride, for each direction: at most 1 / (2 stride) on either side of 0.
    """
    rows, columns = ((stride * f + 0.5) % 1 - 0.5 for f in wave)
    return float(rows) / stride, float(columns) / stride


def map_around(x: Reals, weight: Reals) -> Reals:
    """Return the map (H, W) of stride 1 of one filter on a picture that continues at its opposite edge.

    y[i, j] = sum over c, u, v of weight[c, u, v] x[c, (i + u) mod H, (j + v) mod W]

    x   (C, H, W); computed in the frequency domain. Without edges, what moves out on one side comes in on the
        other, so that nothing but sampling is measured.
    """
    _, height, width = x.shape
    transfer = np.conj(np.fft.rfft2(weight, (height, width)))
    return np.asarray(np.fft.irfft2((np.fft.rfft2(x) * transfer).sum(axis=0), (height, width)))


def folded_share(y: Reals, stride: int) -> float:
    """Return the share of a map's power, its mean left out, that a grid of every `stride`-th pixel folds back.

    y   (N, N), of stride 1
    """
    power = np.abs(np.fft.fft2(y - y.mean())) ** 2
    total = float(power.sum())
    return float(power[beyond_grid(stride, len(y))].sum()) / total if total else 0.0


def moved_maps(y: Reals, stride: int, pixels: int) -> tuple[Reals, Reals, Reals]:
    """Return a sampled map, the same of a photo moved to the right, and what the first foretells of the second.

    before     y[::s, ::s]
    after      the same of y moved by `pixels`
    predicted  before, moved by pixels / s cells as its waves are (by Fourier interpolation); for a map without
               aliases that is exactly `after`

    y   (H, W) of stride 1 that continues at its opposite edge; s divides W
    """
    before, after = y[::stride, ::stride], np.roll(y, pixels, axis=1)[::stride, ::stride]
    turns = np.fft.fftfreq(before.shape[1]) * pixels / stride
    predicted = np.fft.ifft(np.fft.fft(before, axis=1) * np.exp(-2j * np.pi * turns), axis=1).real
    return before, after, predicted


def moved(y: Reals, stride: int, pixels: int) -> tuple[float, float]:
    """Return how much moving the photo to the right changes a sampled map, and how much of it is unexplained.

    change       rms(after - before) / rms(before - its mean); it does not depend on the stride, but for chance
    unexplained  rms(after - predicted) / rms(before - its mean); 0 for a map without aliases

    y   as in moved_maps
    """
    before, after, predicted = moved_maps(y, stride, pixels)
    size = _rms(before - before.mean())
    return (_rms(after - before) / size, _rms(after - predicted) / size) if size else (0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """What a stride does to the maps of a bank, filter by filter, each array (F,)."""

    stride: int
    folded: Reals  # share of the map's power
    change: Reals  # see moved
    unexplained: Reals


def sampled(x: Reals, weights: Reals, strides: Iterable[int], pixels: int = 1) -> list[Sampling]:
    """Return what each stride does to the maps of filters (F, C, height, width) on a picture x (C, N, N)."""
    kinds = tuple(strides)
    figures = np.empty((len(weights), len(kinds), 3))
    for f, weight in enumerate(weights):
        y = map_around(x, weight)
        for k, stride in enumerate(kinds):
            figures[f, k] = folded_share(y, stride), *moved(y, stride, pixels)
    return [Sampling(stride, *figures[:, k].T) for k, stride in enumerate(kinds)]


def _rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(values**2)))

"""What frequencies a first layer's filters answer to. NumPy alone."""

import numpy as np
from numpy.typing import NDArray

FINE = 64  # points along each axis of a spectrum
HALF_NYQUIST = 0.25  # cycles per pixel; half a cycle per pixel is the highest that a grid of pixels can carry
GREY = 128  # colour value of weight 0
SMOOTH = 0.8  # share of the power below it

Floats = NDArray[np.floating]


def spectrum(weight: Floats, size: int = FINE) -> NDArray[np.float64]:
    """Return the power of each filter at each frequency, float64 (F, size, size), the constant at [0, 0].

    power[f, u, v] = sum over channels c of |DFT of weight[f, c], padded with zeros|[u, v] ** 2

    weight   (F, C, height, width)
    """
    power: NDArray[np.float64] = np.abs(np.fft.fft2(np.asarray(weight, np.float64), (size, size))) ** 2
    total: NDArray[np.float64] = power.sum(axis=1)
    return total


def frequencies(size: int = FINE) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what frequency each place of a spectrum stands for: down the rows, along the columns, cycles per pixel."""
    rows, columns = np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size), indexing="ij")
    return rows, columns


def power_share(power: Floats, where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share (F,) of each spectrum's power that lies where told; of a filter of zeros, 0.

    power   (F, size, size), as of `spectrum`
    where   (size, size)
    """
    total = power.sum(axis=(1, 2))
    share: NDArray[np.float64] = (power * where).sum(axis=(1, 2)) / np.where(total > 0, total, 1)
    return share


def low_power(weight: Floats) -> NDArray[np.float64]:
    """Return the share (F,) of each filter's power below half the Nyquist frequency, constant part included."""
    return low_share(spectrum(weight))


def low_share(power: Floats) -> NDArray[np.float64]:
    """Return the same of spectra that are there already."""
    return power_share(power, np.hypot(*frequencies(power.shape[-1])) < HALF_NYQUIST)


def colours(weight: Floats, *, shared: bool = False) -> NDArray[np.uint8]:
    """Return weights as colour values of the same shape: 128 is zero, 1 and 255 the largest weight.

    shared   one scale for all filters; else each has its own
    """
    largest = np.abs(weight).max(axis=None if shared else (1, 2, 3), keepdims=True)
    return np.asarray(np.rint(GREY + (GREY - 1) * weight / np.where(largest > 0, largest, 1)), np.uint8)


def smooth(weight: Floats) -> NDArray[np.bool_]:
    """Return for each filter whether it is one of edges, colours and slow waves rather than of noise."""
    return low_power(weight) > SMOOTH

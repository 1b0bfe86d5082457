"""The landscape of the shipped LeNet-5 on MNIST, as it was recorded. NumPy only; engine.training.landscape makes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from engine.errors import FileError
from engine.weights import FOLDER

FILE = FOLDER / "lenet5-landscape.npz"
SIZE = 25  # places along each side of a plane
TOP, BOTTOM = 6, 3  # eigenvalues of each end of the spectrum
SEEDS = (0, 1)  # of the random plane's two directions
AXIS_SCALE = 100.0  # axes of length 1 are kept so many times longer: float16 is coarse near 0
MARGIN = 0.2  # of the path's extent, round it

Sides = tuple[float, float, float, float]  # left, right, bottom, top: the least and the largest alpha, then beta
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The loss and the share of digits read wrong on a grid: (size, size), row 0 at the bottom."""

    sides: Sides
    loss: Floats
    error: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What was computed of the training of one network.

    planes        "path": that of the path's principal components; "filter", "plain": random directions
    axes          (2, P) of the plane "path"
    shares        of the path's variance along these axes; for "filter" and "plain" on the whole plane
    path          (epochs + 1, 2) coordinates on the plane "path"
    path_loss     (epochs + 1, 2) loss and error of the weights themselves, which lie off the plane
    eigenvalues   (looks, values), the TOP largest, then the BOTTOM smallest, descending; `bounds` tell how near
    epochs        of each look
    gradient      (looks,) length
    told          net, weights (SHA-256 of the shipped file), difference (the largest between these weights and the
                  path's last), digits, seed, epochs, batch_size, rates, accuracies, torch
    """

    planes: dict[str, Plane]
    axes: NDArray[np.float32]
    shares: Floats
    plane_shares: dict[str, float]
    path: Floats
    path_loss: Floats
    eigenvalues: Floats
    bounds: Floats
    epochs: NDArray[np.int64]
    gradient: Floats
    told: dict[str, Any]


@cache
def recorded(file: Path = FILE) -> Recorded:
    """Return what a file holds. Raises FileError if it is no such file."""
    try:
        with np.load(BytesIO(Path(file).read_bytes()), allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        told = json.loads(str(arrays["told"]))
        return Recorded(
            planes={name: _plane(arrays, name, told["digits"]) for name in ("path", "filter", "plain")},
            axes=arrays["axes"].astype(np.float32) / AXIS_SCALE,
            shares=arrays["shares"],
            plane_shares={name: float(arrays[f"{name}_share"]) for name in ("filter", "plain")},
            path=arrays["path"],
            path_loss=arrays["path_loss"],
            eigenvalues=arrays["eigenvalues"],
            bounds=arrays["bounds"],
            epochs=arrays["hessian_epochs"],
            gradient=arrays["gradient"],
            told=told,
        )
    except (OSError, EOFError, BadZipFile, KeyError, ValueError):
        raise FileError("{file} holds no landscape; install again", file=Path(file).name) from None


def grid(sides: Sides, size: int) -> tuple[Floats, Floats]:
    """Return the alphas and the betas of a plane."""
    left, right, bottom, top = sides
    return np.linspace(left, right, size), np.linspace(bottom, top, size)


def frame_of_path(path: Floats) -> Sides:
    """Return a frame round a path, in round numbers."""
    low, high = path.min(axis=0), path.max(axis=0)
    room = MARGIN * (high - low)
    left, bottom = np.floor(low - room).tolist()
    right, top = np.ceil(high + room).tolist()
    return left, right, bottom, top


def _plane(arrays: dict[str, NDArray[Any]], name: str, digits: int) -> Plane:
    left, right, bottom, top = arrays[f"{name}_sides"].tolist()
    loss, error = arrays[f"{name}_grid"].astype(np.float64)
    return Plane((left, right, bottom, top), loss, np.rint(error * digits) / digits)

"""The landscape of the shipped LeNet-5's loss on MNIST, computed once and kept: the digits themselves do not ship.

`convlens landscape` trains the network again by the recipe of its card, keeps its weights after each epoch, and looks
at the loss round the last ones. What comes out is the file that engine.landscape.recorded reads.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import FileError
from engine.landscape.directions import filter_normalised_direction, flat, plain_direction
from engine.landscape.network_hessian import NetworkHessian, extreme_eigenvalues
from engine.landscape.network_loss import loss_plane, losses_at
from engine.landscape.recorded import AXIS_SCALE, BOTTOM, SEEDS, SIZE, TOP, Sides, frame_of_path, grid
from engine.landscape.training_path import coordinates, pca_plane
from engine.nets import build
from engine.training import files
from engine.training.loop import Run, write_whole
from engine.weights import FOLDER

NET = "lenet5"
DIGITS = 1000  # the first of the training digits, as they are: the loss is taken on these
LOOKED_AT = (0, 1, 2, 5, 10, 20)  # epochs after which the Hessian's eigenvalues are computed
PRODUCTS = 40  # of a Hessian and a vector, at most

Arrays = dict[str, NDArray[Any]]


def record(
    data: Path, out: Path, *, digits: int = DIGITS, epochs: int | None = None, size: int = SIZE
) -> Iterator[str]:
    """Compute the landscape and write it to `out`, an .npz file; yield a line for each thing done.

    data     folder with MNIST's four .gz files
    epochs   None for those of the shipped weights
    Raises FileError if the data cannot be read, or what a stopped run left does not fit together.
    """
    if out.suffix != ".npz":
        raise FileError("a landscape goes into an .npz file, not into {file}", file=out)
    run = files.begin(NET, data, out.with_suffix(".safetensors"), epochs=epochs)
    path = yield from walked(run, out.with_suffix(".path.npy"))
    x = run.recipe.ready(run.train.pictures[:digits])
    y = torch.from_numpy(run.train.labels[:digits].astype(np.int64))
    found: dict[str, Any] = yield from looked_at(run, path, x, y, size)
    content = BytesIO()
    np.savez_compressed(content, allow_pickle=False, **found)
    write_whole(out, content.getvalue())
    run.checkpoint.unlink(missing_ok=True)
    out.with_suffix(".path.npy").unlink(missing_ok=True)


def walked(run: Run, file: Path) -> Generator[str, None, NDArray[np.float32]]:
    """Train to the end; return the weights at the beginning and after each epoch, (epochs + 1, P), kept in `file`."""
    path = list(np.load(file)) if run.history and file.exists() else [flat(run.net).numpy()]
    if len(path) != len(run.history) + 1:
        raise FileError("{file} does not fit {state}; delete both", file=file, state=run.checkpoint)
    for progress in run.events():
        if progress.accuracy is not None:
            path.append(flat(run.net).numpy())
            with file.open("wb") as stream:
                np.save(stream, np.array(path))
            yield f"epoch {progress.epoch}/{progress.epochs}  test accuracy {progress.accuracy:.2%}"
    return np.array(path)


def looked_at(run: Run, path: NDArray[np.float32], x: Tensor, y: Tensor, size: int) -> Generator[str, None, Arrays]:
    """Return the arrays of the file: the loss on three planes, at each point of the path, and the eigenvalues."""
    net, plane = run.net.eval(), pca_plane(path)
    axes = (plane.axes * AXIS_SCALE).astype(np.float16)  # as they are kept, so that the plane is the one that is told
    kept = torch.from_numpy(axes.astype(np.float32) / AXIS_SCALE)
    arrays: Arrays = {"axes": axes, "shares": plane.shares, "path": _places(path, kept)}
    arrays["path_loss"] = np.array([losses_at(net, torch.from_numpy(point), x, y) for point in path])
    arrays |= yield from _plane("path", net, kept, frame_of_path(arrays["path"]), x, y, size)
    for name, make in (("filter", filter_normalised_direction), ("plain", plain_direction)):
        pair = torch.stack([make(net, seed) for seed in SEEDS])
        arrays[f"{name}_share"] = np.array(_share(path, pair))
        arrays |= yield from _plane(name, net, pair, (-1.0, 1.0, -1.0, 1.0), x, y, size)
    arrays |= yield from _eigenvalues(run, path, x, y)
    arrays["told"] = np.array(json.dumps(_told(run, len(x))))
    return arrays


def _plane(
    name: str, net: nn.Module, pair: Tensor, sides: Sides, x: Tensor, y: Tensor, size: int
) -> Generator[str, None, Arrays]:
    """Return the loss on the plane of two directions (2, P), row by row."""
    alphas, betas = grid(sides, size)
    rows = []
    for count, beta in enumerate(betas.tolist(), 1):
        rows.append(np.stack(loss_plane(net, pair[0], pair[1], alphas, [beta], x, y))[:, 0])
        yield f"plane {name}: {count} of {size} rows"
    return {f"{name}_sides": np.array(sides), f"{name}_grid": np.stack(rows, axis=1).astype(np.float32)}


def _places(path: NDArray[np.float32], axes: Tensor) -> NDArray[np.float64]:
    """Return the coordinates of a path on a plane, (T, 2)."""
    return coordinates(path.astype(np.float64), axes.double().numpy())


def _share(path: NDArray[np.float32], axes: Tensor) -> float:
    """Return how much of a path's variance lies in a plane."""
    shown = _places(path, axes) @ axes.double().numpy()
    return float(((shown - shown.mean(axis=0)) ** 2).sum() / ((path - path.mean(axis=0, dtype=np.float64)) ** 2).sum())


def _eigenvalues(run: Run, path: NDArray[np.float32], x: Tensor, y: Tensor) -> Generator[str, None, Arrays]:
    """Return, for some epochs, both ends of the Hessian's spectrum, their bounds, and how long the gradient is."""
    epochs = sorted({epoch for epoch in LOOKED_AT if epoch < len(path)} | {len(path) - 1})
    values, bounds, slopes = [], [], []
    for epoch in epochs:
        hessian = NetworkHessian(run.net, x, y, weights=torch.from_numpy(path[epoch]))
        found = extreme_eigenvalues(
            hessian.product, hessian.size, top=TOP, bottom=BOTTOM, tolerance=1e-2, most=PRODUCTS
        )
        values.append([*found.largest, *found.smallest[::-1]])
        bounds.append([*found.largest_bounds, *found.smallest_bounds[::-1]])
        slopes.append(float(np.linalg.norm(hessian.gradient)))
        yield f"Hessian after epoch {epoch}: {values[-1][0]:.3g} to {values[-1][-1]:.3g}"
    return {
        "hessian_epochs": np.array(epochs),
        "eigenvalues": np.array(values),
        "bounds": np.array(bounds),
        "gradient": np.array(slopes),
    }


def _told(run: Run, digits: int) -> dict[str, Any]:
    """Return what the page says about how it was made."""
    epochs, steps = run.recipe.epochs, run.steps
    shipped = build(NET, weights="shipped")
    return {
        "net": run.recipe.net,
        "weights": sha256((FOLDER / f"{NET}.safetensors").read_bytes()).hexdigest(),
        "difference": float((flat(run.net) - flat(shipped)).abs().max()),
        "digits": digits,
        "seed": run.recipe.seed,
        "epochs": epochs,
        "batch_size": run.recipe.batch_size,
        "rates": [run.recipe.lr_at(max(0, epoch * steps - 1), steps) for epoch in range(epochs + 1)],
        "accuracies": [epoch.accuracy for epoch in run.history],
        "torch": torch.__version__,
    }

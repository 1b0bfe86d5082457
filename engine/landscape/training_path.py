"""The plane that shows most of a training path: the weights of a network after each epoch. NumPy only.

Source: Li, Xu, Taylor, Studer & Goldstein 2018, Visualizing the Loss Landscape of Neural Nets, section 7.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import RangeError, ShapeError


class PathPlane(NamedTuple):
    """Two axes through the end of a path, and where the path lies in their plane."""

    axes: NDArray[np.float64]  # (2, P), each of length 1, at right angles
    shares: NDArray[np.float64]  # (2,) of the path's variance that lies along each axis
    coordinates: NDArray[np.float64]  # (T, 2) of the path's points, the last one at 0, 0


def pca_plane(path: ArrayLike) -> PathPlane:
    """Return the plane of the first two principal components of a path (T, P).

    The axes are the first two right singular vectors of path - mean(path); the share of axis k is
    s[k]**2 / sum of all s**2. The plane is moved so that it goes through the last point. A point is
    projected onto it: coordinates[t, k] = (path[t] - path[-1]) . axes[k]. Each axis points to the side
    on which the path begins.
    Raises ShapeError on anything but a matrix, RangeError on a path that stays on a line.
    """
    points = np.asarray(path, np.float64)
    if points.ndim != 2 or len(points) < 3:
        raise ShapeError("a path must be a matrix of at least 3 points, got the shape {shape}", shape=points.shape)
    _, sizes, directions = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    if sizes[1] <= 1e-9 * sizes[0]:
        raise RangeError("the path stays on a line; a plane needs a path that bends")
    axes = directions[:2] * np.where(directions[:2] @ (points[0] - points[-1]) < 0, -1.0, 1.0)[:, None]
    shares = sizes[:2] ** 2 / (sizes**2).sum()
    return PathPlane(axes, shares, coordinates(points, axes))


def coordinates(path: NDArray[np.float64], axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (T, 2): what of axes[0] and axes[1] brings one nearest to each point, from the last one on.

    axes   (2, P), of any lengths and not quite at right angles either
    """
    found, *_ = np.linalg.lstsq(axes @ axes.T, axes @ (path - path[-1]).T, rcond=None)
    return np.asarray(found.T)

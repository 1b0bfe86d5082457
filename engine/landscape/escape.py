"""When a path has left a saddle behind."""

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeError
from engine.landscape.bounded import FROM_ZERO, bounded
from engine.landscape.surface import Surface
from engine.landscape.surfaces import surface_of
from engine.ops.arrays import real_array


def escaped_at(
    path: object, surface: Surface | str, *, saddle: tuple[float, float] = (0.0, 0.0), margin: float, radius: float
) -> int | None:
    """Return the first step t of a path (steps + 1, 2) at which it has escaped, None if it never does.

    f(path[t]) < f(saddle) - margin   and   |path[t] - saddle| > radius

    Both are asked for: a path that comes from above is far away at first, and one that rests on the ridge is low
    nowhere. A path that diverges downhill has escaped; NaN never has.
    """
    steps = escapes(np.asarray(real_array(path, "path"))[None], surface, saddle=saddle, margin=margin, radius=radius)
    return int(steps[0]) if steps[0] >= 0 else None


def escapes(
    paths: object, surface: Surface | str, *, saddle: tuple[float, float] = (0.0, 0.0), margin: float, radius: float
) -> NDArray[np.int64]:
    """Return the same for many paths (N, steps + 1, 2), as (N,); -1 where there is no such step."""
    points = np.asarray(real_array(paths, "paths"), np.float64)
    if points.ndim != 3 or points.shape[2] != 2:
        raise ShapeError("a path must be (steps + 1, 2), got shape {shape}", shape=points.shape[1:])
    margin, radius = bounded("margin", margin, FROM_ZERO), bounded("radius", radius, FROM_ZERO)
    chosen = surface_of(surface)
    below = chosen.value(float(saddle[0]), float(saddle[1])) - margin
    with np.errstate(all="ignore"):
        far = np.hypot(points[..., 0] - saddle[0], points[..., 1] - saddle[1]) > radius
        out = (chosen.value(points[..., 0], points[..., 1]) < below) & far
    return np.where(out.any(1), out.argmax(1), -1)

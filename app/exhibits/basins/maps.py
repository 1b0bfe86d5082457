"""Maps of basins: computed in the worker, the last few kept."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.exhibits.basins.params import Choice, Params
from app.networks.kept import Kept
from engine.landscape import SURFACES, Basins, CriticalPoint, Surface, basins, critical_points, parse

MOST_BYTES = 60_000_000  # a map takes 1.5 MB
MOST_MINIMA = 20_000  # of all surfaces together
NEAR = 1 / 100  # of the whole map's longer side: a path that ends so near to a minimum has reached it

Domain = tuple[float, float, float, float]


def surface_of(surface: str, formula: str | None) -> Surface:
    """Return the surface of a link. Raises RangeError on a formula that cannot be read."""
    return SURFACES[surface] if formula is None else parse(formula)


def minima(surface: str, formula: str | None, domain: Domain) -> list[CriticalPoint]:
    """Return the minima in a rectangle; called in the worker's process."""
    return [point for point in critical_points(surface_of(surface, formula), domain) if point.kind == "minimum"]


def basin_map(
    surface: str,
    formula: str | None,
    domain: Domain,
    choice: Choice,
    size: int,
    steps: int,
    radius: float,
    found: list[CriticalPoint],
) -> Basins:
    """Return the map; called in the worker's process."""
    options = dict(choice.options)
    where = surface_of(surface, formula)
    return basins(choice.key, where, domain, size=size, steps=steps, radius=radius, minima=found, **options)


def _bytes(found: Basins) -> int:
    return found.labels.nbytes + found.ends.nbytes


MAPS: Kept[Basins] = Kept(MOST_BYTES, _bytes)
MINIMA: Kept[list[CriticalPoint]] = Kept(MOST_MINIMA, len)


async def gather(params: Params, state: Any) -> list[Basins]:
    """Return the map of each optimizer. Raises EngineError."""
    surface_of(params.surface, params.f)  # a formula that cannot be read is refused here, without waiting
    named, whole = params.surface if params.f is None else "", params.whole
    call = state.worker.call
    found = await MINIMA.get(
        (named, params.f, whole.domain), lambda: call(minima, params.surface, params.f, whole.domain)
    )
    radius = NEAR * max(whole.right - whole.left, whole.top - whole.bottom)
    maps = []
    for _, choice in params.sides:
        asked = (params.surface, params.f, params.window.domain, choice, params.size, params.steps, radius)
        key = (named, whole.domain, *asked[1:])
        maps.append(await MAPS.get(key, partial(call, basin_map, *asked, found)))
    return maps

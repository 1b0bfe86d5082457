"""What a page shows of two first layers: computed in the worker, the last few results kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool

from app.exhibits.first_layer.params import NETS_HERE, Params
from app.exhibits.image_lab.samples import SAMPLES, sample
from app.networks.kept import Kept
from app.networks.sources import best_source
from app.pictures import Pixels
from engine.nets.aliasing import Sampling, Wave, response, wave_of
from engine.nets.first_layer import (
    FirstLayer,
    Reals,
    first_layer,
    largest_activations,
    moved_photo,
    sampled_photo,
)
from engine.nets.photo_reading import RANDOM
from engine.weights.official import OFFICIAL, at

MOST_BYTES = 40_000_000  # of all layers kept: one takes 3 MB, most of it spectra


@dataclass(frozen=True, eq=False)
class Measured:
    """One network's first layer, and what it makes of the sample photos; None where it reads no photos."""

    layer: FirstLayer
    largest: Reals | None  # (F,) over all of them
    unit: int  # the filter that is open
    sampling: list[Sampling] | None = None  # of one photo, where that is shown
    moved: tuple[Reals, Reals, Reals] | None = None  # the open filter's map before, after, and as foretold


@dataclass(frozen=True, eq=False)
class Gathered:
    """Both sides, and all networks with trained weights on this machine."""

    left: Measured
    right: Measured
    photo: Pixels | None
    trained: tuple[tuple[str, str], ...]  # (network, source)


def _layer_bytes(layer: FirstLayer) -> int:
    return layer.power.nbytes + layer.weight.nbytes


def _sampling_bytes(sampling: list[Sampling]) -> int:
    return sum(one.folded.nbytes * 3 for one in sampling)


LAYERS: Kept[FirstLayer] = Kept(MOST_BYTES, _layer_bytes)
LARGEST: Kept[Reals] = Kept(MOST_BYTES, lambda largest: largest.nbytes)
SAMPLINGS: Kept[list[Sampling]] = Kept(MOST_BYTES, _sampling_bytes)


async def gather(params: Params, state: Any) -> Gathered:
    """Return what is to be seen. Raises EngineError if a network's weights are not there."""
    photo = await run_in_threadpool(sample, params.photo) if params.tab == "shift" else None
    units = (params.unit, params.beside_unit)
    left, right = [
        await _measured(side, unit, params, photo, state) for side, unit in zip(params.sides, units, strict=True)
    ]
    return Gathered(left, right, photo, await run_in_threadpool(trained_here))


async def _measured(
    side: tuple[str, str], chosen: int | None, params: Params, photo: Pixels | None, state: Any
) -> Measured:
    call = state.worker.call
    layer = await LAYERS.get(side, lambda: call(first_layer, *side))
    unit = shown_unit(layer, chosen, wave_of(params.frequency, params.angle))
    if not layer.sees_photos:
        return Measured(layer, None, unit)
    largest = await LARGEST.get(side, lambda: _largest(*side, state))
    if photo is None:
        return Measured(layer, largest, unit)
    sampling = await SAMPLINGS.get((*side, params.photo), lambda: call(sampled_photo, *side, photo))
    return Measured(layer, largest, unit, sampling, await call(moved_photo, *side, photo, unit))


def shown_unit(layer: FirstLayer, chosen: int | None, wave: Wave) -> int:
    """Return the filter that was chosen; the one that answers most to a wave if none was, or there is no such one."""
    if chosen is not None and chosen < len(layer.weight):
        return chosen
    return int(np.argmax([abs(response(np.asarray(weight, np.float64), wave)) for weight in layer.weight]))


async def _largest(net: str, source: str, state: Any) -> Reals:
    photos = [await run_in_threadpool(sample, name) for name in SAMPLES]
    return np.asarray(await state.worker.call(largest_activations, net, source, photos))


def trained_here() -> tuple[tuple[str, str], ...]:
    """Return (network, source) of all trained weights on this machine."""
    shipped = [(net, best_source(net)) for net in NETS_HERE if best_source(net) != RANDOM]
    return *shipped, *((net, "official") for net in NETS_HERE if net in OFFICIAL and at(net).is_here)

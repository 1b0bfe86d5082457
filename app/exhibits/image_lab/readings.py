"""What networks make of photos: computed in the worker, the last few kept for the next cell that is opened."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool

from app.exhibits.image_lab.maps import StageMaps
from app.exhibits.image_lab.params import Params, picture_of
from app.exhibits.image_lab.samples import sample
from app.i18n import N_
from app.networks.cell import Cell
from app.networks.explained import Sums
from app.networks.kept import Kept, Making
from app.networks.sources import best_source
from app.pictures import Pixels
from engine import RangeError
from engine.nets.photo_reading import PhotoReading, Values, first_filters, unit_weights, walk_photo
from engine.photo import Crop

MOST_BYTES = 200_000_000  # of all readings kept: AlexNet's take 8 MB each, VGG-16's 110

Key = tuple[str, str, str, Crop]


class Looked(NamedTuple):
    """A photo and what the network makes of it; of the one beside it too, if there is one; the open cell's sum."""

    photo: Pixels
    reading: PhotoReading
    beside: PhotoReading | None
    cell: Cell
    sums: Sums | None
    filters: NDArray[np.float32] | None  # of the first layer, where that is shown


class Coming(Making[PhotoReading]):
    """A reading while it is computed: one stage after another, at the end all of it."""

    def __init__(self, key: Key, photo: Pixels, worker: Any) -> None:
        self.values: Values = {}
        self._head: PhotoReading | None = None
        self._news = asyncio.Event()
        super().__init__(self._read(key, photo, worker))
        self.future.add_done_callback(lambda _: self._tell())

    async def stage(self, name: str) -> NDArray[np.float32]:
        """Return the value of a stage as soon as it is there. Raises what the worker raises."""
        while name not in self.values and not self.future.done():
            await self._news.wait()
        if name not in self.values:
            await self.whole()
        return self.values[name]

    async def _read(self, key: Key, photo: Pixels, worker: Any) -> PhotoReading:
        net, weights, _, crop = key
        await worker.call(walk_photo, net, weights, photo, crop, on_part=self._take)
        assert self._head is not None
        return replace(self._head, values=self.values)

    def _take(self, part: PhotoReading | tuple[str, NDArray[np.float32]]) -> None:
        if isinstance(part, PhotoReading):
            self._head = part
        else:
            self.values[part[0]] = part[1]
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Readings(Kept[PhotoReading]):
    """The last few readings. Requests for the same one, as for the maps of a page, wait for it together."""

    def __init__(self) -> None:
        super().__init__(MOST_BYTES, _bytes)

    async def of(self, key: Key, photo: Pixels, state: Any) -> PhotoReading:
        """Return the reading of a photo. Raises EngineError if the network or its weights are not there."""
        return await self.coming(key, photo, state).whole()

    def coming(self, key: Key, photo: Pixels, state: Any) -> Coming:
        """Return the reading that is being computed, or was."""
        return self.begin(key, lambda: Coming(key, photo, state.worker))


def _bytes(reading: PhotoReading) -> int:
    return sum(value.nbytes for value in reading.values.values())


READINGS = Readings()


async def gather(params: Params, state: Any) -> Looked | None:
    """Return what is to be seen: the photo, its reading, the one beside, the open cell's weights.

    Of all layers at once nothing is waited for: their pictures are asked for one by one.
    """
    photo = await pixels_of(params.photo, state)
    if params.view == "layers":
        _coming(params, (params.net, params.source), params.photo, photo, state)
        return None
    reading = await _reading(params, (params.net, params.source), params.photo, photo, state)
    cell = shown_cell(params, reading)
    filters = None
    if cell.stage == reading.architecture.stages[0].name:
        filters = await state.worker.call(first_filters, params.net, params.source)
    beside = await _beside(params, state)
    return Looked(photo, reading, beside, cell, await _sums(params, reading, cell, state), filters)


async def early(params: Params, state: Any, name: str) -> StageMaps | None:
    """Return the maps of a stage as soon as they are computed; None if `name` is a picture of something else."""
    if name not in params.architecture.shapes:
        return None
    photo = await pixels_of(params.photo, state)
    value = await _coming(params, (params.net, params.source), params.photo, photo, state).stage(name)
    beside = await _beside(params, state) if params.view == "stage" else None
    return StageMaps(params, value, beside.values.get(name) if beside else None)


async def _beside(params: Params, state: Any) -> PhotoReading | None:
    """Return the reading of another photo, or by another network, or both; None if neither was asked for."""
    if params.beside is None and params.beside_net is None:
        return None
    name = params.beside or params.photo
    net = (params.beside_net, best_source(params.beside_net)) if params.beside_net else (params.net, params.source)
    return await _reading(params, net, name, await pixels_of(name, state), state)


async def _sums(params: Params, reading: PhotoReading, cell: Cell, state: Any) -> Sums | None:
    """Return the weighted sum that the cell is, or None if it is none."""
    if cell.stage == "input" or not reading.architecture.stage(cell.stage).parameters:
        return None
    stage = reading.architecture.stage(cell.stage)
    weight, bias = await state.worker.call(unit_weights, params.net, params.source, stage.name, cell.place[0])
    return Sums(stage, reading.values[reading.architecture.reads(stage.name)], weight, bias, cell)


def shown_cell(params: Params, reading: PhotoReading) -> Cell:
    """Return the cell that is open; the player's step takes the reader to another stage or map."""
    place, step = params.place, params.step
    if step is not None and params.step_size == "layer":
        names = list(reading.values)
        stage = names[min(step, len(names) - 1)]
        place = place if stage == place.stage else type(place)(stage)
    elif step is not None and params.step_size == "map":
        place = type(place)(place.stage, (min(step, len(reading.values[place.stage]) - 1),))
    return place.filled(reading.values[place.stage])


async def _reading(params: Params, net: tuple[str, str], name: str, photo: Pixels, state: Any) -> PhotoReading:
    return await _coming(params, net, name, photo, state).whole()


def _coming(params: Params, net: tuple[str, str], name: str, photo: Pixels, state: Any) -> Coming:
    return READINGS.coming((*net, name, params.crop(photo)), photo, state)


async def pixels_of(name: str, state: Any) -> Pixels:
    """Return a photo. Raises RangeError if it is an uploaded one that is no longer stored."""
    picture = picture_of(name)
    if not picture:
        return await run_in_threadpool(sample, name)
    stored: Pixels | None = await run_in_threadpool(state.pictures.get, picture)
    if stored is None:
        raise RangeError(N_("this picture is no longer stored; upload it again"))
    return stored

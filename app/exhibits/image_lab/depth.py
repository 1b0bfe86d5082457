"""Low, middle and high features on one photo: what excites the strongest maps of three layers most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.exhibits.image_lab.unit import UnitCard
from app.networks.cell import Cell
from app.networks.wall import strongest_first
from engine.nets.photo_reading import PhotoReading
from engine.nets.summary import Summary

SHOWN = 6  # maps of each layer


@dataclass(frozen=True)
class Level:
    """One layer after its ReLU, and its strongest maps."""

    stage: str
    maps: int
    field_size: int  # side of the receptive field, in pixels of the input
    units: list[UnitCard]


def levels(reading: PhotoReading, summary: Summary) -> list[Level]:
    """Return the first, the middle and the last convolution, each unit open at its largest number."""
    rectified = [stage.name for stage in reading.architecture.stages if stage.kind == "relu"]
    with_maps = [name for name in rectified if reading.values[name].ndim == 3]
    chosen = dict.fromkeys((with_maps[0], with_maps[len(with_maps) // 2], with_maps[-1]))
    return [_level(reading, summary, name) for name in chosen]


def _level(reading: PhotoReading, summary: Summary, name: str) -> Level:
    value = reading.values[name]
    row = next(row for row in summary.rows if row.name == name)
    units = [
        UnitCard(value, Cell(name, (k, *map(int, np.unravel_index(value[k].argmax(), value.shape[1:])))), row, photo)
        for photo in (reading.architecture.input_shape,)
        for k in strongest_first(value)[:SHOWN]
    ]
    return Level(name, len(value), row.receptive_field, units)

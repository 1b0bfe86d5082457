"""The first layer of a network: its filters, and what they make of photos. Importing this imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine import weights as stored
from engine.nets import find
from engine.nets.aliasing import Sampling, map_around, moved_maps, sampled
from engine.nets.architecture import Shape, Stage
from engine.nets.filters import spectrum
from engine.nets.photo_reading import RANDOM, unit_weights
from engine.nets.photo_reading import first_filters as filters_of_network
from engine.ops.conv2d import conv2d
from engine.photo import Pixels, prepare
from engine.weights import official

STRIDES = (1, 2, 4)  # at which every bank is sampled, besides its own
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FirstLayer:
    """The filters of a network's first layer and where they come from."""

    net: str
    title: str
    source: str  # "shipped", "official" or "random"
    stage: Stage
    input_shape: Shape
    weight: NDArray[np.float32]  # (F, C, K, K)
    bias: NDArray[np.float32]  # (F,)
    power: Reals  # (F, size, size), see engine.nets.filters.spectrum

    @property
    def sees_photos(self) -> bool:
        """Whether its input are photos in red, green and blue."""
        return bool(self.weight.shape[1] == 3)


@lru_cache(8)
def first_layer(net: str, source: str) -> FirstLayer:
    """Return the first layer of network `net`; of shipped and official weights no more than that is read.

    source   "shipped", "official", or "random": the same numbers as engine.nets.photo_reading has
    Raises RangeError on an unknown name or if there are no such weights, FileError if they are damaged.
    """
    architecture = find(net)
    stage = architecture.stages[0]
    weight, bias = _arrays(net, source, stage)
    return FirstLayer(net, architecture.title, source, stage, architecture.input_shape, weight, bias, spectrum(weight))


def _arrays(net: str, source: str, stage: Stage) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if source == RANDOM:
        weight = np.array(filters_of_network(net, RANDOM))
        biases = [unit_weights(net, RANDOM, stage.name, unit)[1] for unit in range(len(weight))]
        return weight, np.array(biases, np.float32)
    first, second = stage.parameters
    if source == "official":
        return official.array(net, first), official.array(net, second)
    arrays = stored.find(net, source).arrays
    return arrays[first], arrays[second]


def largest_activations(net: str, source: str, photos: Sequence[Pixels]) -> Reals:
    """Return the largest number (F,) that each feature has after its ReLU, anywhere on any of the photos.

    photos   uint8 (H, W, 3); of each the middle square is taken
    Raises as first_layer.
    """
    layer = first_layer(net, source)
    size, stage = layer.input_shape[1], layer.stage
    largest = np.zeros(len(layer.weight))
    for photo in photos:
        x = prepare(photo, size).input
        y = conv2d(x, layer.weight, layer.bias, stride=stage.stride, padding=stage.padding)
        np.maximum(largest, y.max(axis=(1, 2)), out=largest)
    return largest


def sampled_photo(net: str, source: str, photo: Pixels) -> list[Sampling]:
    """Return what strides of 1, 2, 4 and the layer's own do to its maps of a photo that is moved by one pixel.

    Raises as first_layer.
    """
    layer = first_layer(net, source)
    strides = sorted({*STRIDES, layer.stage.stride})
    return sampled(_seen(layer, photo), np.asarray(layer.weight, np.float64), strides)


def moved_photo(net: str, source: str, photo: Pixels, unit: int) -> tuple[Reals, Reals, Reals]:
    """Return the map of one filter before and after the photo is moved by one pixel, and what is foretold.

    See engine.nets.aliasing.moved_maps. Raises as first_layer.
    """
    layer = first_layer(net, source)
    y = map_around(_seen(layer, photo), np.asarray(layer.weight[unit], np.float64))
    return moved_maps(y, layer.stage.stride, 1)


def _seen(layer: FirstLayer, photo: Pixels) -> Reals:
    """Return the middle square of a photo as the layer's input."""
    return np.asarray(prepare(photo, layer.input_shape[1]).input, np.float64)

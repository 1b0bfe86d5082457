"""From a photo to every number inside a network that looks at it. Importing this imports no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine import weights as stored
from engine.nets import build, find
from engine.nets.architecture import Architecture
from engine.photo import Crop, Pixels, PreparedPhoto, prepare
from engine.weights import Manifest

if TYPE_CHECKING:
    from engine.nets.network import Network

RANDOM = "random"
KEPT = 2  # networks in memory: VGG-16 takes 550 MB
UNTRAINED = Manifest(variant="pooled head", classes=tuple(f"{k}" for k in range(10)))

Values = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class PhotoReading:
    """A photo's way to the input, and the value of every stage of the network that read it."""

    architecture: Architecture
    manifest: Manifest
    prepared: PreparedPhoto
    values: Values  # by stage, "input" first, without batch axis


def read_photo(net: str, weights: str, photo: Pixels, crop: Crop | None = None) -> PhotoReading:
    """Return what network `net` makes of a photo.

    weights   "shipped" or another source that engine.nets.build knows, or "random": drawn, never trained
    photo     uint8 (H, W, 3)
    Raises as engine.nets.build and engine.photo.prepare.
    """
    from engine.nets.run import activations

    network, head = begun(net, weights, photo, crop)
    return replace(head, values=activations(network, head.prepared.input))


def walk_photo(
    net: str, weights: str, photo: Pixels, crop: Crop | None = None
) -> Iterator[PhotoReading | tuple[str, NDArray[np.float32]]]:
    """Yield the reading of a photo without values first, then (stage, value) as soon as each is computed."""
    from engine.nets.run import walk_activations

    network, head = begun(net, weights, photo, crop)
    yield head
    yield from walk_activations(network, head.prepared.input)


def unit_weights(net: str, weights: str, stage: str, unit: int) -> tuple[NDArray[np.float32], float]:
    """Return the filter of one unit, (C_in / groups, K, K) or (fan_in,), and its bias."""
    network, _ = _network(net, weights)
    state = network.state_dict()
    weight, bias = (state[key][unit].numpy() for key in network.architecture.stage(stage).parameters)
    return weight, float(bias)


def first_filters(net: str, weights: str) -> NDArray[np.float32]:
    """Return the weights of the first layer, (F, 3, K, K)."""
    network, _ = _network(net, weights)
    weight: NDArray[np.float32] = network.state_dict()[network.architecture.stages[0].parameters[0]].numpy()
    return weight


def begun(net: str, weights: str, photo: Pixels, crop: Crop | None) -> tuple[Network, PhotoReading]:
    """Return a network and its reading of a photo, which has no values yet."""
    network, manifest = _network(net, weights)
    prepared = prepare(photo, network.architecture.input_shape[1], crop)
    return network, PhotoReading(network.architecture, manifest, prepared, {})


@lru_cache(KEPT)
def _network(net: str, weights: str) -> tuple[Network, Manifest]:
    """Return a network laid out as processors like it: the channels of a pixel side by side."""
    network = _untrained(net) if weights == RANDOM else build(net, weights)
    manifest = UNTRAINED if weights == RANDOM else stored.manifest(net, weights)
    return network.channels_last(), manifest


def _untrained(net: str) -> Network:
    import torch

    from engine.nets.initial import he_
    from engine.nets.network import Network

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return he_(Network(find(net).with_pooled_head(len(UNTRAINED.classes)))).eval()

"""A photo under a patch, read by one of the networks: for pages, which ask for a few positions at a time.

The undisturbed photo's stages are kept between calls, so that each call computes nothing but its positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.interpret.fills import cover
from engine.interpret.patches import Answers
from engine.nets.photo_reading import PhotoReading, begun
from engine.photo import Pixels, normalised

if TYPE_CHECKING:
    from engine.interpret.occlusion import Occluder
    from engine.nets.network import Network

KEPT = 3  # photos whose stages are in memory: VGG-16's take 110 MB each


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of which network.

    pixels   (3, side, side) of 0 to 255 as bytes: the part of the photo that the network reads
    fill     what the patch shows: a name of engine.interpret.fills
    stage    whose map is watched, and which one; the strongest of the last ReLU over maps unless told
    target   the class whose probability is told; the most likely one unless told
    """

    net: str
    weights: str
    pixels: bytes
    fill: str = "grey"
    stage: str | None = None
    unit: int | None = None
    target: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Undisturbed:
    """What a network answers without a patch."""

    probabilities: NDArray[np.float64]
    target: int
    unit: tuple[str, int]
    strongest: int  # where the unit's map is largest, counted row by row
    map: NDArray[np.float64]  # the unit's, (H, W)
    answers: Answers  # one of each
    projection: NDArray[np.float32]  # of the map's largest number by deconvnet, (3, side, side)


def undisturbed(question: Question) -> Undisturbed:
    """Return what the network answers without a patch. Raises as Occluder and engine.nets.build."""
    from engine.interpret.projection import project

    occluder = _occluder(question)
    network, head = _begun(question)
    return Undisturbed(
        occluder.probabilities,
        occluder.target,
        occluder.unit,
        occluder.strongest,
        occluder.map,
        occluder.undisturbed,
        project(network, head.prepared.input, *occluder.unit).pixels,
    )


def occluded(question: Question, corners: Sequence[tuple[int, int]], size: int) -> Answers:
    """Return the answers with a patch of size x size at each of `corners`: top row, left column."""
    return _occluder(question).at(corners, size)


@lru_cache(KEPT)
def _occluder(question: Question) -> Occluder:
    from engine.interpret.occlusion import Occluder

    network, head = _begun(question)
    pixels = head.prepared.pixels
    unit = None if question.stage is None else (question.stage, question.unit)
    return Occluder(
        network, head.prepared.input, cover=normalised(cover(pixels, question.fill)), target=question.target, unit=unit
    )


def _begun(question: Question) -> tuple[Network, PhotoReading]:
    return begun(question.net, question.weights, _photo(question.pixels), None)


def _photo(pixels: bytes) -> Pixels:
    side = round((len(pixels) / 3) ** 0.5)
    return np.ascontiguousarray(np.frombuffer(pixels, np.uint8).reshape(3, side, side).transpose(1, 2, 0))

"""From a photo to what one unit of a network answered to in it, with all that a page shows of the way down.

Importing this imports no torch: a server names the function, its worker runs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import RangeError
from engine.interpret.box import Box
from engine.interpret.made_of import Array, Place, SmallPart, Terms
from engine.nets.architecture import Architecture, Shape
from engine.nets.photo_reading import begun
from engine.photo import Crop, Pixels, PreparedPhoto
from engine.weights import Manifest

if TYPE_CHECKING:
    from engine.interpret.forward_pass import ForwardPass
    from engine.interpret.projection import Projection
    from engine.nets.network import Network

NO_WAY_DOWN = {"softmax"}  # kinds of stages that nothing can begin with


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be projected, and what is to be seen of it.

    place    () for the unit with the layer's largest number, (unit,), or (unit, row, column)
    keep     "strongest", "count", "map" or "cell"; the cell is that of `place`, or the map's strongest
    against  the method that the numbers are compared with
    at       the operation whose signal is seen whole; None for the last, the pixels
    spot     channel, row and column of the number that is opened there; None for the strongest
    """

    layer: str
    place: tuple[int, ...]
    method: str
    against: str
    keep: str
    count: int
    norm: str
    at: int | None
    spot: Place | None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The signal after one operation: where it can be, how much of it there is, its strongest map.

    differing   numbers of the box that the other method has otherwise
    """

    name: str
    step: str
    through: str
    shape: Shape
    box: Box
    strongest: int
    plane: Array  # (h, w); of a linear stage (1, n), all its units
    largest: float  # of all maps, without sign
    above_zero: int
    below_zero: int
    differing: int


@dataclass(frozen=True, slots=True)
class Shared:
    """The largest number that two or more windows of an overlapping pool put into one cell.

    cells    how many cells got more than one number, of `filled` that got any
    """

    at: int
    spot: Place
    cells: int
    filled: int


@dataclass(frozen=True, slots=True, eq=False)
class PhotoProjection:
    """What a page shows of one unit's way down."""

    architecture: Architecture
    manifest: Manifest
    prepared: PreparedPhoto
    place: tuple[int, ...]  # unit, or unit, row and column, of the strongest cell that is kept
    map: Array  # (H, W): the unit's map on the way up
    steps: tuple[Step, ...]
    at: int
    window: Array  # (c, h, w) of the step that is open
    other: Array  # the same by the other method
    spot: Place
    terms: Terms | None  # None of the first step: what is kept is made of nothing
    part: SmallPart | None
    pixels: Array  # (3, h, w)
    other_pixels: Array
    overwritten: Array  # (3, h, w): where of numbers that meet in one cell only the last stays
    shared: Shared | None

    @property
    def patch(self) -> tuple[int, int, int, int]:
        """First row and column, last row and column (exclusive) of what the kept cells see of the input."""
        _, (top, bottom), (left, right) = self.steps[-1].box
        return top, left, bottom, right

    @property
    def lost(self) -> float:
        """Return the share of the projection that overwriting loses: |added - overwritten| / |added|."""
        size = float(np.linalg.norm(self.pixels))
        return float(np.linalg.norm(self.pixels - self.overwritten)) / size if size else 0.0


def project_photo(net: str, weights: str, photo: Pixels, crop: Crop | None, asked: Asked) -> PhotoProjection:
    """Return what a page shows of the way down from one unit of a network to the pixels of a photo.

    net, weights, photo, crop   as engine.nets.photo_reading.read_photo has them
    Raises as that does, and RangeError if there is no such layer, unit, cell, operation or place.
    """
    from engine.interpret.projection import project_known
    from engine.interpret.small_part import small_part
    from engine.interpret.terms import terms

    network, head = begun(net, weights, photo, crop)
    passed = _passed(network, head.prepared.input.tobytes())
    place = _place(passed, asked)
    keep = _keep(passed, asked, place)

    def down(method: str, overlap: str = "add") -> Projection:
        return project_known(passed, asked.layer, place[0], method=method, keep=keep, norm=asked.norm, overlap=overlap)

    chosen = down(asked.method)
    other = chosen if asked.against == asked.method else down(asked.against)
    steps = tuple(_step(a, b) for a, b in zip(chosen.stages, other.stages, strict=True))
    at = len(steps) - 1 if asked.at is None else min(asked.at, len(steps) - 1)
    spot = _spot(chosen, at, asked.spot)
    found = terms(passed, chosen, at, spot, norm=asked.norm) if at else None
    return PhotoProjection(
        architecture=head.architecture,
        manifest=head.manifest,
        prepared=head.prepared,
        place=place,
        map=passed.values[asked.layer][place[0]].numpy(),
        steps=steps,
        at=at,
        window=chosen.stages[at].window,
        other=other.stages[at].window,
        spot=spot,
        terms=found,
        part=small_part(passed, chosen, at, spot, found) if found else None,
        pixels=chosen.stages[-1].window,
        other_pixels=other.stages[-1].window,
        overwritten=down(asked.method, "overwrite").stages[-1].window,
        shared=_shared(passed, chosen),
    )


@lru_cache(1)
def _passed(network: Network, content: bytes) -> ForwardPass:
    """Return the forward pass of the input that these bytes are; a reader asks for many units of one photo."""
    from engine.interpret.forward_pass import ForwardPass

    x = np.frombuffer(content, np.float32).reshape(network.architecture.input_shape)
    return ForwardPass.of(network, x)


def _place(passed: ForwardPass, asked: Asked) -> tuple[int, ...]:
    """Return unit, row and column of the place that is meant; unit alone where the layer has no maps."""
    passed.net.architecture.stage(asked.layer)
    value = passed.values[asked.layer]
    rank = len(passed.shapes[asked.layer])
    if len(asked.place) > rank or any(k >= size for k, size in zip(asked.place, value.shape, strict=False)):
        raise RangeError(
            "{name} has the shape {shape}; there is no cell {place} in it",
            name=asked.layer,
            shape=passed.shapes[asked.layer],
            place=asked.place,
        )
    if len(asked.place) == rank:
        return asked.place
    here = value[asked.place] if asked.place else value
    rest = np.unravel_index(int(here.argmax()), tuple(here.shape))
    return (*asked.place, *(int(k) for k in rest))[:rank]


def _keep(passed: ForwardPass, asked: Asked, place: tuple[int, ...]) -> str | int | tuple[int, int]:
    """Return what `project` calls it; of a map with fewer cells than are to be kept, all of them."""
    if asked.keep == "cell":
        row, column = place[1:] or (0, 0)
        return row, column
    if asked.keep == "count":
        return min(asked.count, passed.values[asked.layer][0].numel())
    return "all" if asked.keep == "map" else "strongest"


def _step(chosen: Any, other: Any) -> Step:
    window = chosen.window
    peaks = np.abs(window).max(axis=(1, 2))
    strongest = int(peaks.argmax())
    return Step(
        name=chosen.name,
        step=chosen.step,
        through=chosen.through,
        shape=chosen.shape,
        box=chosen.box,
        strongest=chosen.box.channels[0] + strongest,
        plane=np.ascontiguousarray(window[strongest] if len(chosen.shape) == 3 else window.reshape(1, -1)),
        largest=float(peaks[strongest]),
        above_zero=int((window > 0).sum()),
        below_zero=int((window < 0).sum()),
        differing=int((window != other.window).sum()),
    )


def _spot(chosen: Projection, at: int, spot: Place | None) -> Place:
    """Return the place that is opened, absolute: the strongest number of the box unless told."""
    signal = chosen.stages[at]
    if spot is None:
        found = np.unravel_index(int(np.abs(signal.window).argmax()), signal.window.shape)
        first, second, third = (int(k) + low for k, (low, _) in zip(found, signal.box, strict=True))
        return first, second, third
    shape = (*signal.shape, 1, 1)[:3]
    if any(k >= size for k, size in zip(spot, shape, strict=True)):
        raise RangeError(
            "{name} has the shape {shape}; there is no cell {place} in it",
            name=signal.name,
            shape=signal.shape,
            place=spot,
        )
    return spot


def _shared(passed: ForwardPass, chosen: Projection) -> Shared | None:
    """Return the best example of windows that share a maximum, of the pool nearest to the pixels that has one."""
    for at in range(len(chosen.stages) - 1, 0, -1):
        above, here = chosen.stages[at - 1], chosen.stages[at]
        if here.step != "max_pool2d":
            continue
        switches = passed.switches[here.through][above.box.slices].numpy()
        width = here.shape[2]
        rows = switches // width - here.box.rows[0]
        columns = switches % width - here.box.columns[0]
        counts = np.zeros(here.window.shape, np.int64)
        channels = np.arange(len(counts))[:, None, None]
        np.add.at(counts, (np.broadcast_to(channels, rows.shape), rows, columns), above.window != 0)
        if (counts > 1).any():
            best = np.unravel_index(int(np.where(counts > 1, np.abs(here.window), -1).argmax()), counts.shape)
            channel, row, column = (int(k) + low for k, (low, _) in zip(best, here.box, strict=True))
            return Shared(at, (channel, row, column), int((counts > 1).sum()), int((counts > 0).sum()))
    return None

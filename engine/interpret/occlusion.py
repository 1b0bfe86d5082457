"""Occlusion: cover one place of a picture after the other and watch what the network answers.

For a square patch at every position of a grid: the probability of a class, the class that is most likely, and
the activity of one feature map, summed over the map and at the place where it was strongest.
Source: Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2 and figure 7.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.errors import RangeError, ShapeError
from engine.geometry import whole
from engine.interpret.patches import Answers, Grid, Places
from engine.interpret.recompute import Changed, Rectangles
from engine.nets.architecture import Stage
from engine.nets.network import Network
from engine.ops.arrays import Array, real_array

BATCH = 96  # positions computed together
WHOLE = ("linear", "global_avg_pool2d")  # what reads all cells of a plane at once


class Occluder:
    """A network and a picture; asked for positions of a patch, it tells what the network answers.

    x        (C, H, W) or (1, C, H, W), normalised
    cover    what stands in the patch: one number, one for each channel (C,), or a whole picture (C, H, W) of which
             the patch shows its part; normalised as x is
    target   the class whose probability is told; the most likely one of the undisturbed picture unless told
    unit     (stage, index) of a feature map, or of a unit behind the maps; without an index, that of the stage which
             holds the largest number; without a stage, of the last ReLU over maps
    dtype    in which to compute; as the weights are unless told. bfloat16 is faster and good to two digits

    Everything is computed as in eval mode; the network itself is left as it is.
    Raises ShapeError or RangeError on what does not fit.
    """

    def __init__(
        self,
        net: Network,
        x: object,
        *,
        cover: object = 0.0,
        target: int | None = None,
        unit: tuple[str, int | None] | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        own = next(net.parameters()).dtype
        self._dtype = dtype or own
        self._net = net if self._dtype == own else copy.deepcopy(net).to(self._dtype)
        self.architecture = net.architecture
        self._x = self._picture(x)
        self._cover = self._covering(cover)
        with torch.inference_mode():
            self._base = self._walked()
            logits = self._base[self.architecture.logits]
            self.target = int(logits.argmax()) if target is None else self._index(target, self.architecture.logits)
            self.unit = self._chosen(unit)
            numbers = self._numbers_of_unit(self._base[self.unit[0]])
            self.strongest = int(numbers.argmax())  # where in its map, row by row
            self.undisturbed = self._answers(logits, numbers)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Of all classes, without a patch."""
        shares: NDArray[np.float64] = torch.softmax(self._base[self.architecture.logits][0].double(), 0).numpy()
        return shares

    @property
    def map(self) -> NDArray[np.float64]:
        """The unit's map without a patch, (H, W); (1, 1) of a unit behind the maps."""
        plane = self._base[self.unit[0]][0, self.unit[1]].double().numpy()
        return np.atleast_2d(plane)

    def at(self, corners: object, size: int) -> Answers:
        """Return the answers with a patch of size x size at each of `corners`, (n, 2): top row, left column.

        Only what the patch can reach is computed, which is exact. What hangs over the edge covers nothing.
        """
        with torch.inference_mode():
            return self._answers(*self._recomputed(self._patches(corners, size)))

    def order(self, corners: object, size: int) -> Places:
        """Return the positions in an order in which those that change parts of one size stand together."""
        patches, sizes, shapes = self._patches(corners, size), [], self.architecture.shapes
        for stage in self.architecture.stages:
            if stage.kernel_size is not None:
                patches = patches.seen_by(stage, (shapes[stage.name][1], shapes[stage.name][2]))
                sizes += [patches.heights, patches.widths]
        return np.lexsort(sizes)

    def _patches(self, corners: object, size: int) -> Rectangles:
        top_left = np.asarray(corners, np.int64).reshape(-1, 2, 1) + np.array([0, whole(size, "size", minimum=1)])
        _, height, width = self.architecture.input_shape
        return Rectangles(np.clip(top_left[:, 0], 0, height), np.clip(top_left[:, 1], 0, width))

    def _recomputed(self, patches: Rectangles) -> tuple[Tensor, Tensor]:
        """Return the logits (n, classes) and the unit's numbers (n, cells) for each patch."""
        value: Changed | Tensor = Changed.covered(self._x[0], self._cover, patches)
        for stage in self.architecture.stages:
            if isinstance(value, Changed) and stage.kind in WHOLE:
                value = value.whole()
            if isinstance(value, Changed):
                value = value.through(stage, self._module(stage), self._base[stage.name][0])
            else:
                value = self._module(stage)(value)
            if stage.name == self.unit[0]:
                unit = self._numbers_of_unit(value)
            if stage.name == self.architecture.logits:
                logits = value
        assert isinstance(logits, Tensor)
        return logits, unit

    def _answers(self, logits: Tensor, unit: Tensor) -> Answers:
        return Answers(
            torch.softmax(logits.double(), 1)[:, self.target].numpy(),
            logits.argmax(1).numpy(),
            unit.sum(1).numpy(),
            unit[:, self.strongest].numpy(),
        )

    def _numbers_of_unit(self, value: Changed | Tensor) -> Tensor:
        """Return the numbers of the unit's map, (n, cells)."""
        index = self.unit[1]
        plane = value.channel(index).whole() if isinstance(value, Changed) else value[:, index]
        return plane.double().reshape(len(plane), -1)

    def _walked(self) -> dict[str, Tensor]:
        """Return the value of every stage for the undisturbed picture."""
        values, value = {}, self._x
        for stage in self.architecture.stages:
            values[stage.name] = value = self._module(stage)(value)
        return values

    def _module(self, stage: Stage) -> nn.Module:
        """Return what computes a stage in eval mode."""
        return nn.Identity() if stage.kind == "dropout" else self._net.get_submodule(stage.path)

    def _chosen(self, unit: tuple[str, int | None] | None) -> tuple[str, int]:
        stage, index = unit or (self._last_relu(), None)
        if index is not None:
            return stage, self._index(index, stage)
        value = self._base[self.architecture.stage(stage).name][0]
        return stage, int(value.reshape(len(value), -1).amax(1).argmax())

    def _last_relu(self) -> str:
        over_maps = [
            one.name for one in self.architecture.stages if one.kind == "relu" and self._base[one.name].ndim == 4
        ]
        if not over_maps:
            raise RangeError("{net} has no ReLU over maps; name a unit", net=self.architecture.title)
        return over_maps[-1]

    def _index(self, index: int, stage: str) -> int:
        """Return the index of a map or of a unit of a stage. Raises RangeError if there is none."""
        count = self.architecture.shapes[self.architecture.stage(stage).name][0]
        if whole(index, "index", minimum=0) >= count:
            raise RangeError(
                "{stage} has {count} maps or units; there is no {got}", stage=stage, count=count, got=index
            )
        return index

    def _picture(self, x: object) -> Tensor:
        """Return x as (1, C, H, W), channels last. Raises ShapeError."""
        picture, wanted = real_array(x, "x"), self.architecture.input_shape
        if picture.shape not in (wanted, (1, *wanted)):
            raise ShapeError(
                "{net} reads one picture of shape {wanted}, got {got}",
                net=self.architecture.title,
                wanted=wanted,
                got=picture.shape,
            )
        return self._tensor(picture.reshape(1, *wanted))

    def _covering(self, cover: object) -> Tensor:
        """Return the cover as (C, H, W). Raises ShapeError."""
        array, wanted = real_array(cover, "cover"), self.architecture.input_shape
        if array.shape not in ((), wanted[:1], wanted):
            raise ShapeError(
                "a cover must be one number, one for each of {channels} channels, or a picture {wanted}; got {got}",
                channels=wanted[0],
                wanted=wanted,
                got=array.shape,
            )
        return self._tensor(np.broadcast_to(array.reshape(array.shape + (1,) * (3 - array.ndim)), (1, *wanted)))[0]

    def _tensor(self, array: Array) -> Tensor:
        own = torch.from_numpy(np.array(array, np.float64)).to(self._dtype)
        return own.contiguous(memory_format=torch.channels_last)


def occlude(
    net: Network,
    x: object,
    *,
    size: int,
    stride: int,
    cover: object = 0.0,
    target: int | None = None,
    unit: tuple[str, int | None] | None = None,
    dtype: torch.dtype | None = None,
) -> Iterator[Answers]:
    """Yield the answers for a patch at every position, (rows, columns), as more and more of them are known.

    size, stride   of the patch and of its grid, in pixels; the rest as Occluder
    The first comes after a few positions that lie far apart; each following one knows some more. They are one
    and the same object, filled in place: copy what is to be kept. Whoever stops asking stops the work.
    """
    occluder = Occluder(net, x, cover=cover, target=target, unit=unit, dtype=dtype)
    _, height, width = net.architecture.input_shape
    grid = Grid(height, width, size, stride)
    answers = Answers.unknown(*grid.shape)
    for _, places in grid.coarse_to_fine():
        ordered = places[occluder.order(places * stride, size)]
        for start in range(0, len(ordered), BATCH):
            part = ordered[start : start + BATCH]
            answers.put(part[:, 0], part[:, 1], occluder.at(part * stride, size))
            yield answers

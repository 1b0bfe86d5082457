"""Recompute only what a changed rectangle of the input changes, stage by stage; nothing is approximated.

A window sees a change if it overlaps it, so a changed rectangle is a changed rectangle in every stage, and
grows by what the windows overlap. Outside of it every number is what it was.

Everything that is known of a stage is one table with a row for each cell, its numbers in all channels: the cells
of the undisturbed picture, one cell of padding, then the changed cells of all rectangles. What a rectangle's
windows read is gathered out of the table in one go, and rectangles of one size are computed as one batch.

Source: Nakandala, Kumar & Papakonstantinou 2019, Incremental and Approximate Inference for Faster
Occlusion-based Deep CNN Explanations (SIGMOD), which calls it Krypton.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.interpret.patches import Places
from engine.nets.architecture import Stage

Spans = NDArray[np.int64]  # (n, 2): first, and one behind the last; equal where there is nothing


def _conv2d(x: Tensor, stage: Stage, module: nn.Module) -> Tensor:
    assert isinstance(module, nn.Conv2d)
    return F.conv2d(x, module.weight, module.bias, stage.stride, groups=stage.groups)


def _max_pool2d(x: Tensor, stage: Stage, module: nn.Module) -> Tensor:
    assert stage.kernel_size is not None
    return F.max_pool2d(x, stage.kernel_size, stage.stride)


WINDOWED = {"conv2d": _conv2d, "max_pool2d": _max_pool2d}
PADDING = {"conv2d": 0.0, "max_pool2d": float("-inf")}  # what a window finds outside of the plane


@dataclass(frozen=True)
class Rectangles:
    """A part of a plane for each of n positions: rows (n, 2), columns (n, 2)."""

    rows: Spans
    columns: Spans

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def heights(self) -> Places:
        return self.rows[:, 1] - self.rows[:, 0]

    @property
    def widths(self) -> Places:
        return self.columns[:, 1] - self.columns[:, 0]

    def seen_by(self, stage: Stage, size: tuple[int, int]) -> Rectangles:
        """Return the windows of `stage` that read a part of these rectangles; size: of its plane."""
        return Rectangles(_windows(self.rows, stage, size[0]), _windows(self.columns, stage, size[1]))

    def of_one_size(self) -> Iterator[Places]:
        """Yield the positions of each size that is not empty."""
        sizes = np.stack([self.heights, self.widths], axis=1)
        for size in np.unique(sizes, axis=0):
            if size.all():
                yield np.flatnonzero((sizes == size).all(axis=1))


def _windows(spans: Spans, stage: Stage, size: int) -> Spans:
    """Return the windows along one axis that overlap each span: i with i s - p < stop and i s - p + k > start."""
    assert stage.kernel_size is not None
    first = -((stage.kernel_size - 1 - stage.padding - spans[:, 0]) // stage.stride)
    behind = (spans[:, 1] - 1 + stage.padding) // stage.stride + 1
    first, behind = np.clip(first, 0, size), np.clip(behind, 0, size)
    behind = np.where(spans[:, 1] > spans[:, 0], np.maximum(first, behind), first)
    return np.stack([first, behind], axis=1)


@dataclass(frozen=True)
class Changed:
    """What n rectangles of a stage's plane became.

    base     (H * W, C), the cells of the undisturbed picture, row by row
    cells    (m, C), the changed ones
    place    where they lie: a rectangle's cell (r, c) is in row place + r * pitch + c of `cells`
    pitch    (n,), so that rectangles can be cut out of one plane as well as stand alone
    """

    base: Tensor
    size: tuple[int, int]
    rectangles: Rectangles
    cells: Tensor
    place: Places
    pitch: Places

    @classmethod
    def covered(cls, picture: Tensor, cover: Tensor, rectangles: Rectangles) -> Changed:
        """Return a picture (C, H, W) that shows `cover` (C, H, W) in each rectangle."""
        _, height, width = picture.shape
        place = np.zeros(len(rectangles), np.int64)
        return cls(_cells(picture), (height, width), rectangles, _cells(cover), place, place + width)

    def channel(self, index: int) -> Changed:
        """Return one map of it alone."""
        return replace(self, base=self.base[:, index : index + 1], cells=self.cells[:, index : index + 1])

    def table(self, padding: float) -> Tensor:
        """Return every cell that a window can read: of the undisturbed picture, `padding`, the changed ones."""
        return torch.cat([self.base, torch.full_like(self.base[:1], padding), self.cells])

    def gathered(self, table: Tensor, parts: Rectangles, of: Places) -> Tensor:
        """Return parts of one size of the changed planes of the positions `of`, (n, C, h, w), channels last."""
        height, width = self.size
        r, c = _counted(parts.rows), _counted(parts.columns)
        outside = ((r < 0) | (r >= height))[:, :, None] | ((c < 0) | (c >= width))[:, None, :]
        is_changed = _within(r, self.rectangles.rows[of])[:, :, None] & _within(c, self.rectangles.columns[of])[:, None]
        start = self.place[of, None] + height * width + 1
        changed = (start + r * self.pitch[of, None])[:, :, None] + c[:, None, :]
        index = np.where(is_changed, changed, (r * width)[:, :, None] + c[:, None, :])
        index[outside] = height * width
        found = table.index_select(0, torch.from_numpy(index.ravel()))
        return found.view(*index.shape, -1).permute(0, 3, 1, 2)

    def whole(self) -> Tensor:
        """Return the whole plane of each position, (n, C, H, W), channels last."""
        n, (height, width) = len(self.rectangles), self.size
        plane = Rectangles(np.tile([0, height], (n, 1)), np.tile([0, width], (n, 1)))
        return self.gathered(self.table(0.0), plane, np.arange(n))

    def through(self, stage: Stage, module: nn.Module, base: Tensor) -> Changed:
        """Return what `stage` makes of it; base: its value (C, H, W) for the undisturbed picture."""
        if stage.kernel_size is None:
            return replace(self, base=_cells(base), cells=module(self.cells))
        size = (base.shape[1], base.shape[2])
        seen = self.rectangles.seen_by(stage, size)
        table, n = self.table(PADDING[stage.kind]), len(seen)
        parts, place, made = [self.cells.new_empty(0, len(base))], np.zeros(n, np.int64), 0
        for of in seen.of_one_size():
            reads = Rectangles(_read(seen.rows[of], stage), _read(seen.columns[of], stage))
            value = WINDOWED[stage.kind](self.gathered(table, reads, of), stage, module)
            parts.append(value.permute(0, 2, 3, 1).reshape(-1, len(base)))
            place[of] = made + np.arange(len(of)) * (len(parts[-1]) // len(of))
            made += len(parts[-1])
        place -= seen.rows[:, 0] * seen.widths + seen.columns[:, 0]
        return Changed(_cells(base), size, seen, torch.cat(parts), place, seen.widths)


def _cells(plane: Tensor) -> Tensor:
    """Return (C, H, W) as (H * W, C)."""
    return plane.permute(1, 2, 0).reshape(-1, len(plane))


def _read(spans: Spans, stage: Stage) -> Spans:
    """Return what the windows of each span read along one axis; what lies outside of the plane is padding."""
    assert stage.kernel_size is not None
    first = spans[:, 0] * stage.stride - stage.padding
    return np.stack([first, (spans[:, 1] - 1) * stage.stride - stage.padding + stage.kernel_size], axis=1)


def _counted(spans: Spans) -> Places:
    """Return the places of spans of one length, (n, length)."""
    counted: Places = spans[:, :1] + np.arange(spans[0, 1] - spans[0, 0])
    return counted


def _within(places: Places, spans: Spans) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (places >= spans[:, :1]) & (places < spans[:, 1:])
    return inside

"""The part of a value that a signal can reach: outside of it every number is zero. Imports no torch."""

from __future__ import annotations

from typing import NamedTuple

from engine.nets.architecture import Shape, Stage

Span = tuple[int, int]  # first, and one behind the last


class Box(NamedTuple):
    """Channels, rows and columns of a value (C, H, W)."""

    channels: Span
    rows: Span
    columns: Span

    @classmethod
    def whole(cls, shape: Shape) -> Box:
        """Return all of a value (C, H, W); a vector (C,) has one row and one column."""
        channels, rows, columns = planar(shape)
        return cls((0, channels), (0, rows), (0, columns))

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """What picks the box out of an array."""
        return slice(*self.channels), slice(*self.rows), slice(*self.columns)

    @property
    def places(self) -> tuple[slice, slice, slice]:
        """What picks the same rows and columns out of every channel."""
        return slice(None), slice(*self.rows), slice(*self.columns)

    def corner_under(self, stage: Stage) -> tuple[int, int]:
        """Return first row and column of all windows behind this box; negative where it lies on padding."""
        return self.rows[0] * stage.stride - stage.padding, self.columns[0] * stage.stride - stage.padding

    def under(self, stage: Stage, shape: Shape, channels: Span) -> Box:
        """Return what the windows behind this box cover of the value of `shape` that `stage` reads.

        rows first * stride - padding to last * stride - padding + kernel_size, cut off at the edges; columns likewise.
        """
        assert stage.kernel_size is not None
        spans = []
        for (first, stop), corner, size in zip(self[1:], self.corner_under(stage), shape[1:], strict=True):
            end = corner + (stop - first - 1) * stage.stride + stage.kernel_size
            spans.append((max(0, corner), min(size, end)))
        return Box(channels, spans[0], spans[1])


def planar(shape: Shape) -> tuple[int, int, int]:
    """Return (C, H, W) as it is, (C,) as (C, 1, 1)."""
    channels, rows, columns = (*shape, 1, 1)[:3]
    return channels, rows, columns

"""Memory to work in, kept from call to call: fresh pages cost more than what is computed in them."""

import math
import threading
from types import TracebackType
from typing import Self

import numpy as np

from engine.ops.arrays import Array, DType

MOST_KEPT = 3  # as many as the way back of a convolution needs at once
LARGEST_KEPT = 16 << 20
CACHE_LINE = 64  # bytes; arrays that begin within a line are slower to multiply
_NOTHING = np.empty(0, np.uint8)


class _Kept(threading.local):
    """What no room of this thread is using."""

    def __init__(self) -> None:
        self.free: list[np.ndarray[tuple[int], np.dtype[np.uint8]]] = []


_kept = _Kept()


class Room:
    """A lent piece of memory for one array after another; `with` gives it back to this thread.

    Two rooms never share memory while both are open, so work may nest.
    """

    def __init__(self, dtype: DType) -> None:
        self.dtype, self.memory = dtype, _NOTHING

    def __enter__(self) -> Self:
        free = _kept.free
        if free:
            self.memory = free.pop()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        memory, self.memory, free = self.memory, _NOTHING, _kept.free
        if memory.size <= LARGEST_KEPT and len(free) < MOST_KEPT:
            free.append(memory)

    def shaped(self, *shape: int) -> Array:
        """Return an array of that shape, overwritten by the next; what is in it is arbitrary."""
        needed = math.prod(shape) * self.dtype.itemsize
        if needed > self.memory.size:
            self.memory = _aligned(needed)
        return np.ndarray(shape, self.dtype, self.memory)


def _aligned(size: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    memory = np.empty(size + CACHE_LINE, np.uint8)
    first = -memory.ctypes.data % CACHE_LINE
    return memory[first : first + size]

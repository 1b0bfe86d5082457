"""What was computed in the worker, kept for the next request that asks for the same."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
M = TypeVar("M", bound="Making[Any]")


class Making(Generic[T]):
    """A result while it is computed, and afterwards."""

    def __init__(self, work: Awaitable[T]) -> None:
        self.future: asyncio.Future[T] = asyncio.ensure_future(work)

    @property
    def is_there(self) -> bool:
        """Whether all of it is."""
        return self.future.done() and not self.is_broken

    @property
    def is_broken(self) -> bool:
        """Whether it will never be there; that of an event loop which has ended is not computed on."""
        if not self.future.done():
            return self.future.get_loop() is not asyncio.get_running_loop()
        return self.future.cancelled() or self.future.exception() is not None

    async def whole(self) -> T:
        """Return the result. Raises what the work raises."""
        return await asyncio.shield(self.future)


class Kept(Generic[T]):
    """The last few results. Requests for the same one wait for it together.

    most   bytes of all results kept; the newest stays whatever its size
    size   result -> its bytes
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._size = most, size
        self._kept: OrderedDict[Hashable, Making[T]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `key`, made if it is not there. What failed is raised, and made again next time."""
        return await self.begin(key, lambda: Making(make())).whole()

    def begin(self, key: Hashable, make: Callable[[], M]) -> M:
        """Return what is being made of `key`, or was; begun if it is not there. One key has one type."""
        found: Any = self._kept.get(key)
        if found is None or found.is_broken:
            self._kept[key] = found = make()
            found.future.add_done_callback(lambda _: self._forget())
        self._kept.move_to_end(key)
        return cast("M", found)

    def _forget(self) -> None:
        """Drop the oldest until what is left fits."""
        sizes = {key: self._size(made.future.result()) for key, made in self._kept.items() if made.is_there}
        total = sum(sizes.values())
        for key, size in list(sizes.items())[:-1]:
            if total <= self._most:
                return
            del self._kept[key]
            total -= size

"""What was computed in the worker, kept for the next request that asks for the same."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The last few results. Requests for the same one wait for it together.

    most   bytes of all results kept; the newest stays whatever its size
    size   result -> its bytes
    """

    def __init__(self, most: int, size: Callable[[T], int]) -> None:
        self._most, self._size = most, size
        self._kept: OrderedDict[Hashable, asyncio.Future[T]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `key`, made if it is not there. What failed is raised, and made again next time."""
        found = self._kept.get(key)
        if found is None or found.cancelled():
            found = asyncio.ensure_future(make())
            self._kept[key] = found
        self._kept.move_to_end(key)
        try:
            result = await asyncio.shield(found)
        except BaseException:
            if found.done():
                self._kept.pop(key, None)
            raise
        self._forget()
        return result

    def _forget(self) -> None:
        """Drop the oldest until what is left fits."""
        sizes = {key: self._size(future.result()) for key, future in self._kept.items() if _is_there(future)}
        total = sum(sizes.values())
        for key, size in list(sizes.items())[:-1]:
            if total <= self._most:
                return
            del self._kept[key]
            total -= size


def _is_there(future: asyncio.Future[T]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None

"""Geometries that are asked for again and again, with each layer of each picture."""

from collections.abc import Callable
from functools import lru_cache
from types import NoneType

from engine.geometry.windows import Geometry

_PLAIN = (int, bool, NoneType)


def remembered(make: Callable[..., Geometry]) -> Callable[..., Geometry]:
    """Return make(sizes, *options) that remembers its answers: checking takes as long as a small layer itself.

    sizes     from the shape of an array, so whole numbers
    options   remembered if all are plain numbers: a tuple with True in it would be taken for one with 1
    """
    kept = lru_cache(maxsize=128, typed=True)(make)  # typed: True is no number, though it equals 1

    def made(sizes: tuple[int, ...], *options: object) -> Geometry:
        return (kept if all(type(option) in _PLAIN for option in options) else make)(sizes, *options)

    return made

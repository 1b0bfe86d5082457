"""`convlens weights get` and `convlens weights list`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from engine import weights
from engine.errors import EngineError
from engine.weights import fetch, official
from engine.weights.fetch import Progress

Tell = Callable[[Progress], None]


def get(name: str) -> int:
    """Download official weights until they are here or Ctrl+C; the same call goes on where the last one stopped."""
    tell = _in_place if sys.stdout.isatty() else _each_tenth()
    try:
        for progress in fetch.get(name):
            tell(progress)
    except EngineError as problem:
        print(f"convlens weights: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from there.")
        return 130
    print(f"The official weights of {name} are in {official.at(name).kept}.")
    return 0


def listing() -> int:
    """Print which weights ship, which are official, how large they are, and which are here."""
    for row in (*_shipped(), *_official()):
        print("{:<14}{:<10}{:>9}  {}".format(*row))
    print(f"\nOfficial weights are kept in {official.folder()}.")
    return 0


def _shipped() -> Iterator[tuple[str, str, str, str]]:
    for name in weights.shipped_names():
        size = (weights.FOLDER / f"{name}.safetensors").stat().st_size
        yield name, "shipped", _size(size), "here"


def _official() -> Iterator[tuple[str, str, str, str]]:
    for name, one in official.OFFICIAL.items():
        place = official.at(name)
        missing = f"convlens weights get {name}"
        if place.bytes_here:
            missing += f"  ({place.bytes_here / one.size:.0%} have come)"
        yield name, "official", _size(one.size), "here" if place.is_here else missing


def _line(progress: Progress) -> str:
    left = progress.seconds_left
    told = "" if left is None else f"  {left:.0f} s left" if left < 100 else f"  {left / 60:.0f} min left"
    share = progress.done / progress.total
    return f"{progress.done / 1e6:.1f} of {_size(progress.total)}  {share:.0%}{told}"


def _in_place(progress: Progress) -> None:
    """Print a line on a terminal over the one before; whatever else is printed comes over the last one."""
    print(f"{_line(progress):<60}", end="\r", flush=True)


def _each_tenth() -> Tell:
    """Return what prints a line for every tenth of a file."""
    told = -1

    def tell(progress: Progress) -> None:
        nonlocal told
        tenth = 10 * progress.done // progress.total
        if tenth > told:
            told = tenth
            print(_line(progress), flush=True)

    return tell


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB"

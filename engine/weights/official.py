"""Official weights, which others publish: which there are, and those that are on this machine.

They are kept in the user's cache: as a safetensors file, which NumPy reads, and beside it a record with
the SHA-256 of what came and of what is kept. Nothing here speaks to a network; fetch.py does.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from engine.errors import FileError, RangeError
from engine.weights import Manifest, Weights


@dataclass(frozen=True, slots=True)
class Official:
    """A published file of weights, a state dict that torch.save wrote."""

    name: str  # of the network
    address: str
    size: int  # bytes
    prefix: str  # what its SHA-256 begins with, as its publisher has put it into the file's name

    @property
    def megabytes(self) -> int:
        """Its size, rounded."""
        return round(self.size / 1_000_000)

    @property
    def host(self) -> str:
        """Where it comes from."""
        return urlsplit(self.address).netloc


OFFICIAL = {
    one.name: one
    for one in (
        Official(
            "alexnet", "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", 244_408_911, prefix="7be5be79"
        ),
        Official("vgg16", "https://download.pytorch.org/models/vgg16-397923af.pth", 553_433_881, prefix="397923af"),
    )
}


def folder() -> Path:
    """Return where official weights are kept: in XDG_CACHE_HOME, or ~/.cache if that is not set."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convlens" / "weights"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one network's official weights."""

    official: Official
    folder: Path

    @property
    def came(self) -> Path:
        """The published file, until it is converted."""
        return self.folder / Path(urlsplit(self.official.address).path).name

    @property
    def part(self) -> Path:
        """What has come of it so far."""
        return self.came.with_name(f"{self.came.name}.part")

    @property
    def kept(self) -> Path:
        """The weights that networks are built from."""
        return self.folder / f"{self.official.name}.safetensors"

    @property
    def record(self) -> Path:
        """The SHA-256 of the two."""
        return self.folder / f"{self.official.name}.json"

    @property
    def is_here(self) -> bool:
        """Whether there are weights to build from; they are checked when they are read."""
        return self.kept.is_file() and self.recorded("kept") is not None

    @property
    def bytes_here(self) -> int:
        """How much of the published file has come."""
        if self.is_here or self.came.is_file():
            return self.official.size
        return self.part.stat().st_size if self.part.is_file() else 0

    def recorded(self, which: str) -> str | None:
        """Return the SHA-256 that was recorded of "came" or "kept", if one was."""
        digest = self._record().get(which)
        return digest if isinstance(digest, str) else None

    def write_down(self, which: str, digest: str) -> None:
        """Record the SHA-256 of "came" or "kept"."""
        unfinished = self.record.with_name(f"{self.record.name}.unfinished")
        unfinished.write_text(json.dumps({**self._record(), "address": self.official.address, which: digest}))
        unfinished.replace(self.record)

    def forget(self) -> None:
        """Delete all files but the part of a download."""
        for file in (self.record, self.kept, self.came):
            file.unlink(missing_ok=True)

    def check(self) -> None:
        """Raise FileError if the weights are not here, or not what they were when they were converted."""
        if not self.is_here:
            raise FileError(
                "the official weights of {name} are not on this machine; get them with: {command}",
                name=self.official.name,
                command=f"convlens weights get {self.official.name}",
            )
        seen = _seen(self.kept)
        if sha256(self.kept) != self.recorded("kept"):
            self.refuse()
        _CHECKED[self.kept] = seen

    def refuse(self) -> None:
        """Raise FileError: the files are damaged."""
        raise FileError(
            "{file} is damaged: it is not what was downloaded; get it again with: {command}",
            file=self.kept.name,
            command=f"convlens weights get {self.official.name}",
        )

    def _record(self) -> dict[str, Any]:
        try:
            record = json.loads(self.record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Keep other programs from the same files meanwhile, and say of this one what the disk refused."""
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(place.folder / f"{place.official.name}.lock", timeout=0):
            yield
    except Timeout:
        raise FileError("{name} is being downloaded already, by another program", name=place.official.name) from None
    except OSError as error:
        raise FileError(
            "{folder} cannot be written: {reason}", folder=place.folder, reason=error.strerror or str(error)
        ) from None


Seen = tuple[int, int, int]
_CHECKED: dict[Path, Seen] = {}  # files that this process has found whole, and how they looked then


def at(name: str) -> Place:
    """Return the place of network `name`. Raises RangeError if it has no official weights."""
    try:
        return Place(OFFICIAL[name], folder())
    except KeyError:
        have = ", ".join(OFFICIAL)
        raise RangeError("no official weights are known of {name}; they are of {have}", name=name, have=have) from None


def load(name: str) -> Weights:
    """Return the official weights of network `name`; their SHA-256 is compared each time.

    Raises RangeError if there are none, FileError if they are not on this machine or damaged.
    """
    place = at(name)
    place.check()
    return Weights(_read(place, None), manifest(name))


def manifest(name: str) -> Manifest:
    """Return what the official weights of network `name` are for. Raises as load does."""
    place = _whole(name)
    with safe_open(place.kept, "numpy") as file:
        return Manifest.of(file.metadata())


def array(name: str, key: str) -> NDArray[np.float32]:
    """Return one array of the official weights, by its state-dict key, without reading the others.

    The SHA-256 of the file is compared once in a process, and again whenever the file was written since.
    Raises as load does, and RangeError if there is no such array.
    """
    try:
        return _read(_whole(name), key)[key]
    except SafetensorError:
        raise RangeError("the weights of {name} have no array {key}", name=name, key=key) from None


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file of any size, in hex digits."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _whole(name: str) -> Place:
    place = at(name)
    if not place.is_here or _CHECKED.get(place.kept) != _seen(place.kept):
        place.check()
    return place


def _seen(file: Path) -> Seen:
    stat = file.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _read(place: Place, key: str | None) -> dict[str, NDArray[np.float32]]:
    """Return one array, or all for None, straight from the file: VGG-16 is never in memory twice."""
    with safe_open(place.kept, "numpy") as file:
        return {name: file.get_tensor(name) for name in ([key] if key is not None else file.keys())}

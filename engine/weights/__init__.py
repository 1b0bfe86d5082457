"""Trained weights: those that ship, each with its model card beside it, official ones, and files of one's own.

A shipped file is compared with the SHA-256 that its card names before anything is read from it.
"""

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from os import PathLike
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from engine.errors import FileError, RangeError

FOLDER = Path(__file__).parent
SNAPSHOTS = FOLDER / "snapshots"
LENGTH = 8  # bytes in which a safetensors file tells how long its header is


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of the network that its weights are for; a file may say nothing."""

    variant: str = ""  # see engine.nets.described
    classes: tuple[str, ...] = ()  # their names, in the order of the outputs

    @property
    def num_classes(self) -> int | None:
        """Number of classes; None if they are not told."""
        return len(self.classes) or None

    def as_metadata(self) -> dict[str, str]:
        """Return it as a safetensors file carries it: under one name, because several come in no certain order."""
        return {"manifest": json.dumps({"variant": self.variant, "classes": self.classes})}

    @classmethod
    def of(cls, metadata: dict[str, str]) -> Self:
        """Return the manifest in a file's metadata. Raises ValueError if it is none."""
        told = json.loads(metadata.get("manifest", "{}"))
        if not isinstance(told, dict):
            raise ValueError(told)
        variant, classes = told.get("variant", ""), told.get("classes", [])
        if not isinstance(variant, str) or not isinstance(classes, list) or not _all_names(classes):
            raise ValueError(told)
        return cls(variant, tuple(classes))


def _all_names(classes: list[object]) -> bool:
    return all(isinstance(name, str) for name in classes)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Arrays by their state-dict keys, float32 however they were stored, and what the file says of them."""

    arrays: dict[str, NDArray[np.float32]]
    manifest: Manifest


def shipped_names() -> list[str]:
    """Return the names of the networks whose weights ship."""
    return sorted(file.stem for file in FOLDER.glob("*.safetensors"))


def snapshots(name: str) -> dict[int, Path]:
    """Return files of weights from the training of a shipped network, by the number of epochs that had passed."""
    found = ((file.stem.removeprefix(f"{name}.epoch-"), file) for file in SNAPSHOTS.glob(f"{name}.epoch-*.safetensors"))
    return dict(sorted((int(epoch), file) for epoch, file in found))


def find(name: str, weights: str | PathLike[str]) -> Weights:
    """Return the weights of network `name`: "shipped", "official", or the path of a file. Raises as those do."""
    if weights == "official":
        from engine.weights import official  # it is made of what is here

        return official.load(name)
    return shipped(name) if weights == "shipped" else read(weights)


def manifest(name: str, weights: str | PathLike[str]) -> Manifest:
    """Return what weights are for. Raises as find does; of the large official files it reads only that, if it can."""
    if weights == "official":
        from engine.weights import official

        return official.manifest(name)
    return find(name, weights).manifest


def shipped(name: str, folder: Path = FOLDER) -> Weights:
    """Return the shipped weights of network `name`.

    Raises RangeError if none ship, FileError if the file is not the one that its card describes.
    """
    file, card = folder / f"{name}.safetensors", folder / f"{name}.md"
    if not file.is_file() or not card.is_file():
        have = ", ".join(shipped_names())
        raise RangeError("no weights ship for {name}; they do for {have}", name=name, have=have)
    content = file.read_bytes()
    if sha256(content).hexdigest() != _digest_on(card):
        raise FileError("{file} is damaged: it is not what its model card describes; install again", file=file.name)
    return _parsed(content, file.name)


def read(path: str | PathLike[str]) -> Weights:
    """Return the weights of a safetensors file.

    Raises FileError if it cannot be read, or holds other numbers than float32 and float16.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError:
        raise FileError("no weights can be read from {file}", file=file) from None
    return _parsed(content, file.name)


def _digest_on(card: Path) -> str | None:
    found = re.search(r"\b[0-9a-f]{64}\b", card.read_text(encoding="utf-8"))
    return found and found[0]


def _parsed(content: bytes, file: str) -> Weights:
    try:
        arrays = load(content)
        manifest = Manifest.of(_metadata(content))
    except (SafetensorError, ValueError):
        raise FileError("{file} is not a safetensors file, or is damaged", file=file) from None
    if any(array.dtype not in (np.float32, np.float16) for array in arrays.values()):
        raise FileError("{file} holds other numbers than float32 and float16", file=file)
    return Weights({key: array.astype(np.float32) for key, array in arrays.items()}, manifest)


def _metadata(content: bytes) -> dict[str, str]:
    """Return what stands in the header beside the arrays; safetensors.numpy.load leaves it out."""
    end = LENGTH + int.from_bytes(content[:LENGTH], "little")
    metadata: dict[str, str] = json.loads(content[LENGTH:end]).get("__metadata__", {})
    return metadata

"""Trained weights: those that ship, each with its model card beside it, and files of one's own.

A shipped file is compared with the SHA-256 that its card names before anything is read from it.
"""

import re
from hashlib import sha256
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from engine.errors import FileError, RangeError

FOLDER = Path(__file__).parent


def shipped_names() -> list[str]:
    """Return the names of the networks whose weights ship."""
    return sorted(file.stem for file in FOLDER.glob("*.safetensors"))


def shipped(name: str, folder: Path = FOLDER) -> dict[str, NDArray[np.float32]]:
    """Return the shipped weights of network `name` by their state-dict keys.

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


def read(path: str | PathLike[str]) -> dict[str, NDArray[np.float32]]:
    """Return the weights of a safetensors file by their keys.

    Raises FileError if it cannot be read, or holds anything but float32.
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


def _parsed(content: bytes, file: str) -> dict[str, NDArray[np.float32]]:
    try:
        arrays = load(content)
    except SafetensorError:
        raise FileError("{file} is not a safetensors file, or is damaged", file=file) from None
    if any(array.dtype != np.float32 for array in arrays.values()):
        raise FileError("{file} holds other numbers than float32", file=file)
    return arrays

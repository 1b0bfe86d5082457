"""Photos by class, read from zip archives or folders with members train|val/CLASS/NAME.jpg."""

from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile

import numpy as np
from PIL import Image, UnidentifiedImageError

from engine.errors import FileError
from engine.training.examples import Bytes, Examples

PARTS = ("train", "val")
ENDINGS = {".jpg", ".jpeg", ".png"}
SIDE = 136  # pixels; photos of another size are cut to a square and resized

Found = tuple[str, str, bytes]  # part, class, the file's content


def read(source: Path) -> tuple[Examples, Examples]:
    """Return the photos to train on and those to test on, uint8 (N, 3, 136, 136).

    source    an archive, a folder of archives, whose classes come together, or a folder with train/ and val/
    Raises FileError if there is none, one is damaged, or a class has nothing to train on.
    """
    found = list(chain.from_iterable(map(_members, _sources(source))))
    classes = tuple(sorted({name for part, name, _ in found if part == "train"}, key=str.casefold))
    parts = [_examples([(name, content) for at, name, content in found if at == part], classes) for part in PARTS]
    if not all(len(part.labels) for part in parts):
        raise FileError("{file} holds no photos of the form train/CLASS/NAME.jpg and val/CLASS/NAME.jpg", file=source)
    return parts[0], parts[1]


def _sources(source: Path) -> list[Path]:
    archives = sorted(source.glob("*.zip")) if source.is_dir() else []
    return archives or [source]


def _members(source: Path) -> Iterator[Found]:
    if source.is_dir():
        for file in sorted(source.glob("*/*/*")):
            yield from _found(file.relative_to(source).as_posix(), file)
        return
    try:
        with ZipFile(source) as archive:
            for name in sorted(archive.namelist()):
                yield from _found(name, archive)
    except FileNotFoundError:
        raise FileError("there is no file {file}; a zip archive of photos was wanted", file=source) from None
    except (BadZipFile, OSError):
        raise FileError("{file} is not a zip archive, or is damaged", file=source) from None


def _found(name: str, holder: Path | ZipFile) -> Iterator[Found]:
    """Yield what member `name` is, if it is a photo in a known place."""
    path = PurePosixPath(name)
    if len(path.parts) == 3 and path.parts[0] in PARTS and path.suffix.lower() in ENDINGS:
        yield path.parts[0], path.parts[1], holder.read_bytes() if isinstance(holder, Path) else holder.read(name)


def _examples(photos: list[tuple[str, bytes]], classes: tuple[str, ...]) -> Examples:
    pictures = np.empty((len(photos), 3, SIDE, SIDE), np.uint8)
    for picture, (name, content) in zip(pictures, photos, strict=True):
        picture[:] = _decoded(BytesIO(content), name)
    places = {name: place for place, name in enumerate(classes)}
    unknown = {name for name, _ in photos} - places.keys()
    if unknown:
        raise FileError("there are no photos to train on of the class {name}", name=min(unknown))
    return Examples(pictures, np.array([places[name] for name, _ in photos]), classes)


def _decoded(stream: IO[bytes], name: str) -> Bytes:
    try:
        with Image.open(stream) as photo:
            square = photo.convert("RGB")
    except (UnidentifiedImageError, OSError):
        raise FileError("a photo of the class {name} cannot be read", name=name) from None
    side = min(square.size)
    left, top = (square.width - side) // 2, (square.height - side) // 2
    box = (left, top, left + side, top + side)
    pixels = np.asarray(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box))
    return pixels.transpose(2, 0, 1)

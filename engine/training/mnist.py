"""The MNIST digits, read from the four files in which their authors give them."""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from engine.errors import FileError
from engine.training.examples import Bytes, Examples

UNSIGNED_BYTES = 8  # how an idx file says what it holds


DIGITS = tuple("0123456789")


def read(folder: Path, part: str) -> Examples:
    """Return the digits (N, 28, 28) of a part, "train" or "t10k", from a folder with its two .gz files.

    Raises FileError if a file is missing, damaged, of another shape, or does not fit the other.
    """
    pictures = read_idx(folder / f"{part}-images-idx3-ubyte.gz", (28, 28))
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz", ())
    if len(pictures) != len(labels):
        raise FileError(
            "{folder} holds {pictures} pictures but {labels} labels of the part {part}",
            folder=folder,
            pictures=len(pictures),
            labels=len(labels),
            part=part,
        )
    if labels.max() > 9:
        raise FileError("{folder} holds the label {label}; digits are 0 to 9", folder=folder, label=labels.max())
    return Examples(pictures, labels, DIGITS)


def read_idx(file: Path, item: tuple[int, ...]) -> Bytes:
    """Return the array (N, *item) of a gzipped idx file of unsigned bytes.

    The file begins with 0, 0, the type, the number of axes, and each size in four bytes, highest first.
    Raises FileError if it is anything else.
    """
    content = _unpacked(file)
    axes = 1 + len(item)
    start = 4 + 4 * axes
    if content[:4] != bytes([0, 0, UNSIGNED_BYTES, axes]) or len(content) < start:
        raise FileError("{file} is not an idx file of bytes with {axes} axes", file=file, axes=axes)
    shape = tuple(int(size) for size in np.frombuffer(content[4:start], ">u4"))
    if shape[0] == 0 or shape[1:] != item or len(content) - start != prod(shape):
        raise FileError(
            "{file} announces the shape {shape} and holds {count} bytes; (N, {item}) was wanted",
            file=file,
            shape=shape,
            count=len(content) - start,
            item=", ".join(map(str, item)),
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _unpacked(file: Path) -> bytes:
    try:
        with gzip.open(file) as stream:
            return stream.read()
    except FileNotFoundError:
        raise FileError("there is no file {file}; the folder must hold MNIST's four .gz files", file=file) from None
    except (OSError, EOFError, zlib.error):
        raise FileError("{file} cannot be unpacked; download it again", file=file) from None

"""A data set of a few drawn digits, in memory and as the four files in which MNIST comes."""

import gzip

import numpy as np

from engine.digit import prepare
from engine.training.examples import Examples
from engine.training.mnist import DIGITS as CLASSES
from tests.engine.strokes import DIGITS, drawn

PENS = (10, 18, 26)


def digits():
    pictures = [prepare(drawn(digit, pen=pen)).digit for pen in PENS for digit in DIGITS]
    return Examples(np.stack(pictures), np.array(list(DIGITS) * len(PENS), np.uint8), CLASSES)


def idx(array, *, kind=8, axes=None):
    """Return an array of bytes as a gzipped idx file."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(bytes([0, 0, kind, axes or array.ndim]) + sizes + array.tobytes())


def folder(path):
    """Write the digits as training and test files into `path`."""
    both = digits()
    for part in ("train", "t10k"):
        (path / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(both.pictures))
        (path / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(both.labels))
    return path

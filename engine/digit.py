"""From a drawing to what a digit network sees of it, with every number on the way.

The steps are those that made MNIST (LeCun, Bottou, Bengio & Haffner 1998, sec. III-A): the ink is
scaled to a box of 20x20 and laid into 28x28 with its centre of mass in the middle. A drawing that
goes another way is read badly, however well the network was trained. NumPy only.
"""

from dataclasses import dataclass
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import RangeError, ShapeError

Numbers = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Inputs = NDArray[np.float32]

MEAN, STD = 0.130660, 0.308108  # of all pixels of MNIST's 60,000 training digits, 0 to 1
BOX, SIDE, PADDING = 20, 28, 2  # longest side of the ink; of a digit; background around it
MIDDLE = 14  # row and column where MNIST's digits have their centre of mass, counted from 0
LUMINANCE = (0.299, 0.587, 0.114)  # red, green, blue (ITU-R BT.601)
FAINT = 0.12  # of the darkest stroke: what is fainter is paper or JPEG noise, not ink
LEAST_CONTRAST = 24.0  # grey levels between paper and ink below which nothing was drawn
UNEVEN, COVERED = 0.14, 0.6  # from where on a picture looks like a photo: see looks_like_photo


@dataclass(frozen=True, slots=True, eq=False)
class PreparedDigit:
    """Every step from a drawing to the network's input, in the order in which they are made."""

    grey: Numbers  # (H, W) luminance, 0 to 255
    inverted: bool  # whether the drawing is dark on bright; MNIST is bright on dark
    background: float  # median of the border, after inverting
    unevenness: float  # how far nine tenths of the border stay from the background
    floor: float  # what is less above the background counts as none
    ink: Numbers  # (H, W) above the background; the strongest stroke is 255
    box: tuple[int, int, int, int]  # top, left, bottom, right of the ink; the last two lie outside
    rows: Numbers  # (h, height of the box) each row averages some rows of the box
    columns: Numbers  # (w, width of the box) likewise
    scaled: Numbers  # (h, w) = gain * rows @ box @ columns.T, longest side 20
    gain: float  # makes up for strokes that scaling has thinned: the brightest cell is 255 again
    centre: tuple[float, float]  # row and column of the centre of mass in `scaled`
    shift: tuple[int, int]  # row and column of the digit where `scaled` begins
    digit: Pixels  # (28, 28)

    @property
    def unit(self) -> Numbers:
        """(28, 28), 0 to 1"""
        return self.digit / 255

    @property
    def normalised(self) -> Numbers:
        """(28, 28), mean 0 and standard deviation 1 over MNIST"""
        return normalise(self.digit)

    @property
    def input(self) -> Inputs:
        """(1, 32, 32), what the network reads"""
        return network_input(self.digit)

    @property
    def looks_like_photo(self) -> bool:
        """Whether the border is uneven, or the ink is everywhere: no drawing of a digit."""
        contrast = float(np.ptp(self.grey))
        return self.unevenness > UNEVEN * contrast or float((self.ink > 0).mean()) > COVERED


def normalise(digits: Pixels) -> Numbers:
    """Return (digits / 255 - MEAN) / STD, for digits of any shape."""
    return np.asarray((digits / 255 - MEAN) / STD, np.float64)


def network_input(digits: Pixels) -> Inputs:
    """Return what LeNet-5 reads of MNIST's digits: normalised, with two pixels of background around.

    digits    uint8 (28, 28), or (N, 28, 28)
    returns   float32 (1, 32, 32), or (N, 1, 32, 32)
    Training, testing and the learner's drawings all come through here.
    Raises ShapeError on anything else.
    """
    if digits.dtype != np.uint8 or digits.ndim not in (2, 3) or digits.shape[-2:] != (SIDE, SIDE):
        raise ShapeError(
            "a digit must be 28x28 of type uint8, got shape {shape} of type {dtype}",
            shape=digits.shape,
            dtype=digits.dtype,
        )
    around = [(0, 0)] * (digits.ndim - 2) + [(PADDING, PADDING)] * 2
    padded = np.pad(digits, around)
    return np.expand_dims(normalise(padded).astype(np.float32), -3)


class _Ink(NamedTuple):
    inverted: bool
    background: float
    unevenness: float
    floor: float
    ink: Numbers


class _Scaled(NamedTuple):
    box: tuple[int, int, int, int]
    rows: Numbers
    columns: Numbers
    scaled: Numbers
    gain: float


def prepare(picture: Pixels) -> PreparedDigit:
    """Return the steps from a drawing to the network's input.

    picture   uint8, (H, W) grey or (H, W, 3) red, green, blue; dark on bright or bright on dark
    Raises ShapeError on another picture, RangeError if nothing is drawn on it.
    """
    grey = _grey(picture)
    found = _ink(grey)
    small = _scaled(found.ink)
    (row, column), (height, width) = centre_of_mass(small.scaled), small.scaled.shape
    shift = _shift(row, height), _shift(column, width)
    digit = _placed(small.scaled, shift)
    return PreparedDigit(
        grey=grey, centre=(row, column), shift=shift, digit=digit, **found._asdict(), **small._asdict()
    )


def averaging(size: int, cells: int) -> Numbers:
    """Return the matrix (cells, size) that averages a line of `size` pixels into `cells`.

    Cell i covers the pixels from i * size / cells to (i + 1) * size / cells; each entry is the part
    of the cell that lies on that pixel, so that every row sums to 1.
    """
    edges = np.arange(cells + 1) * (size / cells)
    pixels = np.arange(size)
    covered: Numbers = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return covered.clip(min=0) * (cells / size)


def centre_of_mass(picture: Numbers) -> tuple[float, float]:
    """Return the mean row and column, each cell weighted by its value."""
    mass = picture.sum()
    row = picture.sum(axis=1) @ np.arange(picture.shape[0]) / mass
    column = picture.sum(axis=0) @ np.arange(picture.shape[1]) / mass
    return float(row), float(column)


def _grey(picture: Pixels) -> Numbers:
    if picture.dtype != np.uint8 or 0 in picture.shape or picture.shape[2:] not in ((), (3,)) or picture.ndim < 2:
        raise ShapeError(
            "a picture must be (H, W) or (H, W, 3) of type uint8, got shape {shape} of type {dtype}",
            shape=picture.shape,
            dtype=picture.dtype,
        )
    return picture @ np.array(LUMINANCE) if picture.ndim == 3 else picture.astype(np.float64)


def _ink(grey: Numbers) -> _Ink:
    inverted = bool(np.median(_border(grey)) > (grey.min() + grey.max()) / 2)
    bright = 255 - grey if inverted else grey
    background = float(np.median(_border(bright)))
    unevenness = float(np.quantile(np.abs(_border(bright) - background), 0.9))
    contrast = float(bright.max()) - background
    if contrast < LEAST_CONTRAST:
        raise RangeError("nothing is drawn yet; draw a digit first")
    least = min(max(FAINT * contrast, 2 * unevenness), contrast / 2)
    above = bright - background
    return _Ink(inverted, background, unevenness, least, np.where(above >= least, above, 0) * 255 / contrast)


def _scaled(ink: Numbers) -> _Scaled:
    top, left, bottom, right = box = _box(ink)
    drawn = ink[top:bottom, left:right]
    longest = max(drawn.shape)
    rows, columns = (averaging(size, max(1, round(size * BOX / longest))) for size in drawn.shape)
    averaged = rows @ drawn @ columns.T
    gain = 255 / float(averaged.max())
    return _Scaled(box, rows, columns, gain * averaged, gain)


def _border(picture: Numbers) -> Numbers:
    return np.concatenate([picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]])


def _box(ink: Numbers) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1


def _shift(centre: float, size: int) -> int:
    """Return where `size` cells begin so that `centre` comes to lie in the middle and no cell outside."""
    return min(max(floor(MIDDLE - centre + 0.5), 0), SIDE - size)


def _placed(scaled: Numbers, shift: tuple[int, int]) -> Pixels:
    digit = np.zeros((SIDE, SIDE), np.uint8)
    (top, left), (height, width) = shift, scaled.shape
    digit[top : top + height, left : left + width] = np.rint(scaled)
    return digit

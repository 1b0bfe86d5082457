"""A drawing as its pen strokes: short enough for a link, and the same picture wherever it is opened.

A point is four base-36 digits, two for its column and two for its row, 0 to 279; strokes are joined by "_".
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from app.i18n import N_
from engine import RangeError
from engine.ops.arrays import Array

SIDE = 280  # rows and columns of the drawing area
PEN = 22  # width of a stroke: after scaling about as thick as MNIST's
FINER = 4  # drawn so many times larger and averaged, for smooth edges
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

Point = tuple[int, int]  # column, row
Strokes = tuple[tuple[Point, ...], ...]


def read(text: str) -> Strokes:
    """Return the strokes that `text` writes. Raises RangeError on anything else."""
    try:
        return tuple(tuple(_points(stroke)) for stroke in text.split("_") if stroke)
    except ValueError:
        raise RangeError(N_("this drawing cannot be read; draw it again")) from None


def write(strokes: Strokes) -> str:
    """Return the text that `read` reads."""
    return "_".join("".join(_pair(column) + _pair(row) for column, row in stroke) for stroke in strokes)


def draw(strokes: Strokes, side: int = SIDE) -> Array:
    """Return the drawing, uint8 (side, side), black ink on white paper."""
    scale = FINER * side / SIDE
    size, pen = side * FINER, PEN * scale
    picture = Image.new("L", (size, size), 255)
    pencil = ImageDraw.Draw(picture)
    for stroke in strokes:
        places = [((column + 0.5) * scale, (row + 0.5) * scale) for column, row in stroke]
        pencil.line(places, fill=0, width=round(pen))
        for x, y in places:  # round ends and joints
            pencil.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=0)
    return np.asarray(picture.resize((side, side), Image.Resampling.BOX))


def path(strokes: Strokes) -> str:
    """Return the drawing as an SVG path."""
    return "".join("M" + "L".join(f"{column} {row}" for column, row in (*stroke, stroke[-1])) for stroke in strokes)


def _points(stroke: str) -> list[Point]:
    if len(stroke) % 4:
        raise ValueError(stroke)
    numbers = [DIGITS.index(stroke[k]) * 36 + DIGITS.index(stroke[k + 1]) for k in range(0, len(stroke), 2)]
    if any(number >= SIDE for number in numbers):
        raise ValueError(stroke)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _pair(number: int) -> str:
    return DIGITS[number // 36] + DIGITS[number % 36]

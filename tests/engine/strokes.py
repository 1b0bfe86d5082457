"""Digits drawn with a pen, as a learner would draw them; no data set is needed."""

from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw


def arc(x, y, wide, high, start, stop):
    """Points of an ellipse around (x, y), clockwise on the screen from `start` to `stop` degrees; 0 is right."""
    turns = [(start + (stop - start) * i / 24) * pi / 180 for i in range(25)]
    return [(x + wide * cos(turn), y + high * sin(turn)) for turn in turns]


# strokes of each digit, on a sheet from (0, 0) top left to (1, 1)
DIGITS = {
    0: [arc(0.5, 0.5, 0.28, 0.42, -90, 270)],
    1: [[(0.5, 0.06), (0.5, 0.94)]],
    2: [[*arc(0.5, 0.3, 0.26, 0.23, -170, 30), (0.26, 0.92), (0.78, 0.92)]],
    3: [[*arc(0.46, 0.28, 0.26, 0.21, -150, 90), *arc(0.46, 0.71, 0.3, 0.23, -90, 150)]],
    4: [[(0.32, 0.08), (0.2, 0.55), (0.82, 0.55)], [(0.66, 0.1), (0.6, 0.95)]],
    5: [[(0.76, 0.08), (0.32, 0.08), (0.29, 0.45), *arc(0.48, 0.67, 0.28, 0.26, -110, 150)]],
    6: [[(0.62, 0.06), *arc(0.5, 0.68, 0.24, 0.26, -160, -520)]],
    7: [[(0.22, 0.1), (0.78, 0.1), (0.42, 0.94)]],
    8: [[*arc(0.5, 0.29, 0.2, 0.21, 90, -270), *arc(0.5, 0.72, 0.25, 0.22, -90, 270)]],
    9: [[*arc(0.48, 0.32, 0.23, 0.24, 0, -360), (0.7, 0.42), (0.62, 0.95)]],
}


def drawn(digit, *, sheet=280, size=200, at=(40, 40), pen=18, slant=0.0, ink=0, paper=255):
    """Return a picture (sheet, sheet) of a digit `size` pixels high, its top left corner at (row, column)."""
    picture = Image.new("L", (sheet, sheet), paper)
    draw = ImageDraw.Draw(picture)
    for stroke in DIGITS[digit]:
        points = [(at[1] + size * (x + slant * (0.5 - y)), at[0] + size * y) for x, y in stroke]
        draw.line(points, fill=ink, width=pen, joint="curve")
        for x, y in points:
            draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=ink)
    return np.asarray(picture)

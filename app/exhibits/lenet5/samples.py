"""Ten typical digits to begin with, as a hand would write them: control points of smooth strokes."""

from __future__ import annotations

from functools import cache

import numpy as np

from app.exhibits.lenet5.strokes import Strokes

PER_PIECE = 6  # points between two control points

CONTROLS: tuple[tuple[tuple[tuple[int, int], ...], ...], ...] = (
    (((140, 42), (92, 78), (78, 145), (98, 215), (142, 238), (185, 208), (202, 140), (182, 70), (140, 42)),),
    (((112, 88), (150, 45)), ((150, 45), (146, 140), (140, 238))),
    (
        ((84, 96), (104, 58), (146, 44), (184, 66), (186, 110), (152, 160), (86, 230)),
        ((86, 230), (140, 226), (204, 230)),
    ),
    (
        ((88, 64), (134, 44), (178, 64), (176, 106), (126, 134)),
        ((126, 134), (182, 148), (194, 190), (160, 228), (82, 216)),
    ),
    (((132, 48), (108, 108), (78, 160)), ((78, 160), (140, 158), (212, 154)), ((176, 84), (172, 150), (164, 238))),
    (
        ((188, 52), (108, 54)),
        ((108, 54), (98, 126)),
        ((98, 126), (150, 114), (194, 146), (188, 200), (140, 232), (80, 212)),
    ),
    (((176, 46), (124, 88), (92, 150), (96, 206), (136, 236), (180, 214), (184, 170), (144, 148), (98, 176)),),
    (((78, 60), (140, 58), (204, 56)), ((204, 56), (164, 130), (128, 238))),
    (
        (
            *((180, 80), (140, 46), (98, 74), (116, 116), (158, 146), (186, 188), (160, 230), (114, 228)),
            *((90, 190), (114, 150), (160, 118), (180, 80)),
        ),
    ),
    (
        ((186, 92), (148, 52), (102, 70), (94, 114), (128, 142), (168, 128), (186, 92)),
        ((186, 92), (182, 160), (164, 238)),
    ),
)


@cache
def sample(digit: int) -> Strokes:
    """Return the strokes of a typical `digit`."""
    return tuple(_smooth(stroke) for stroke in CONTROLS[digit])


def _smooth(controls: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return a Catmull-Rom curve through the control points."""
    points = np.array([controls[0], *controls, controls[-1]], float)
    t = np.arange(PER_PIECE)[:, None] / PER_PIECE
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False)
    ]
    curve = np.concatenate([*pieces, points[-1:]])
    return tuple((int(column), int(row)) for column, row in np.rint(curve))

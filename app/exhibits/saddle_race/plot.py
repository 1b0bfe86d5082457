"""Where paths, balls and the cross lie on the contour plot, in pixels."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.exhibits.saddle_race.contour import SIZE
from app.exhibits.saddle_race.course import Course
from app.exhibits.saddle_race.printing import number
from app.exhibits.saddle_race.race import Run
from app.i18n import Words
from engine.landscape import curvature

FAR = 4.0  # frames away: further out a place is no longer told from any other
ARM = 56  # px of half an eigenvector
NOWHERE = "translate(-99 -99)"
LABEL = 156  # px of the eigenvalue and its word
HEAD = 6  # px of an arrow's head

Floats = NDArray[np.float64]


class Arm(NamedTuple):
    """One line of the cross, for each step: path, arrow heads, the eigenvalue, what it is, where these stand."""

    line: list[str]
    heads: list[str]
    text: list[str]
    word: list[str]
    label: list[str]


def track(course: Course, path: Floats) -> list[list[float]]:
    """Return the places of a path on the plot, until it is no longer finite."""
    shares = course.frame.places(path)
    lost = ~np.isfinite(shares).all(axis=1)
    finite = shares[: int(lost.argmax())] if lost.any() else shares
    near = np.clip(finite, -FAR, FAR + 1)
    return [[round(x, 1), round(y, 1)] for x, y in np.column_stack((near[:, 0], 1 - near[:, 1])).dot(SIZE).tolist()]


def line(points: list[list[float]]) -> str:
    """Return a path through points."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def place(point: list[float]) -> str:
    """Return the transform that puts something at a point."""
    return f"translate({point[0]:g} {point[1]:g})"


def dots(points: list[list[float]]) -> str:
    """Return a path of a dot at every point."""
    return "".join(f"M{x:g} {y:g}h0" for x, y in points)


def cross(course: Course, run: Run, words: Words) -> tuple[Arm, Arm]:
    """Return the eigenvector cross along a path: least curvature first.

    Arrows point in where the surface curves up, so that a ball is held, and out where it curves down.
    """
    values, vectors = curvature(course.surface, run.path)
    shares = course.frame.places(run.path)
    inside = course.frame.holds(run.path)
    arms = Arm([], [], [], [], []), Arm([], [], [], [], [])
    down, up, level = words.gettext("escape direction"), words.gettext("valley"), words.gettext("level")
    for t in range(len(run.path)):
        for k, arm in enumerate(arms):
            if not inside[t] or not math.isfinite(values[t, k]):
                for column in arm:
                    column.append("")
                arm.label[-1] = NOWHERE
                continue
            x, y = SIZE * shares[t, 0], SIZE * (1 - shares[t, 1])
            dx, dy = vectors[t, k, 0] / course.frame.width, -vectors[t, k, 1] / course.frame.height
            size = math.hypot(dx, dy)
            value = float(values[t, k])
            arm.word.append(down if value < 0 else up if value > 0 else level)
            _arm(arm, (x, y), (dx / size, dy / size), value)
    return arms


def _arm(arm: Arm, place: tuple[float, float], way: tuple[float, float], value: float) -> None:
    (x, y), (dx, dy) = place, way
    ends = [(x + side * ARM * dx, y + side * ARM * dy) for side in (-1, 1)]
    arm.line.append(f"M{ends[0][0]:.1f} {ends[0][1]:.1f}L{ends[1][0]:.1f} {ends[1][1]:.1f}")
    heads = ""
    for side, (end_x, end_y) in zip((-1, 1), ends, strict=True):
        out = side * (1 if value < 0 else -1)
        tip_x, tip_y = end_x, end_y
        if value > 0:  # a little further in, so that the head does not stick out of the line
            tip_x, tip_y = end_x + out * 2 * HEAD * dx, end_y + out * 2 * HEAD * dy
        heads += head((tip_x, tip_y), (out * dx, out * dy)) if value else ""
    arm.heads.append(heads)
    sign = "+" if value > 0 else ""
    arm.text.append(f"λ = {sign}{number(value)}")
    # where the arm points up or right there is room for its number
    side = -1 if dy > 0.5 or dx < -0.5 else 1
    label_x, label_y = x + side * (ARM + 8) * dx, y + side * (ARM + 8) * dy
    label_x = min(max(label_x if abs(dx) > 0.5 else label_x + 8, 4), SIZE - LABEL)
    arm.label.append(f"translate({label_x:.1f} {min(max(label_y + 4, 14), SIZE - 6):.1f})")


def head(tip: tuple[float, float], way: tuple[float, float], size: float = HEAD) -> str:
    """Return the two strokes of an arrow's head."""
    (x, y), (dx, dy) = tip, way
    left, right = ((x - size * (dx + 0.7 * turn * dy), y - size * (dy - 0.7 * turn * dx)) for turn in (1, -1))
    return f"M{left[0]:.1f} {left[1]:.1f}L{x:.1f} {y:.1f}L{right[0]:.1f} {right[1]:.1f}"

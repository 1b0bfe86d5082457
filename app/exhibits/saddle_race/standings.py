"""The columns of the table and the cross at the selected optimizer, step by step, as texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.exhibits.saddle_race.course import Course
from app.exhibits.saddle_race.frames import Frames
from app.exhibits.saddle_race.plot import cross
from app.exhibits.saddle_race.printing import number
from app.exhibits.saddle_race.race import Run
from app.i18n import Words


def cut(one: Run, step: int) -> Run:
    """Return a run as if it had only this step."""
    part = slice(step, step + 1)
    return replace(one, path=one.path[part], values=one.values[part], slopes=one.slopes[part], lowest=one.lowest[part])


def add_table(frames: Frames, course: Course, runs: Sequence[Run], steps: Iterable[int], words: Words) -> None:
    """Add the columns of the table; row k of the runs is step steps[k]."""
    not_yet, none = words.gettext("not yet"), words.gettext("no saddle")
    infinite, undefined = words.gettext("infinite since step %(step)s"), words.gettext("undefined since step %(step)s")
    for one in runs:
        frames.add(f"{one.key}.loss", [number(value) for value in one.values.tolist()])
        frames.add(f"{one.key}.slope", [number(value) for value in one.slopes.tolist()])
        frames.add(f"{one.key}.lowest", [number(value) for value in one.lowest.tolist()])
        said = []
        for step in steps:
            left = one.escaped is not None and step >= one.escaped
            text = none if course.saddle is None else f"<b>{one.escaped}</b>" if left else not_yet
            if one.infinite is not None and step >= one.infinite:
                since = (undefined if one.has_left_domain else infinite) % {"step": one.infinite}
                text = f"{text} · {since}" if left else since
            said.append(text)
        frames.add(f"{one.key}.escaped", said)  # markup: the words of the catalogue and a number


def add_cross(frames: Frames, course: Course, picked: Run, words: Words) -> None:
    """Add the eigenvectors along the path of the selected optimizer."""
    for k, arm in enumerate(cross(course, picked, words)):
        for name, column in zip(arm._fields, arm, strict=True):
            frames.add(f"cross{k}.{name}", column)

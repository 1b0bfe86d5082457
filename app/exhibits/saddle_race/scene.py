"""One race at one step: everything the page, its scripts, the API and the pictures show of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from markupsafe import Markup

from app.exhibits.base import plain_query
from app.exhibits.saddle_race import controls
from app.exhibits.saddle_race.cartoon import Cartoon, cartoon
from app.exhibits.saddle_race.contour import SIZE, Ticks, contour, edge_ticks
from app.exhibits.saddle_race.course import course_of, usual_start
from app.exhibits.saddle_race.frames import Frames
from app.exhibits.saddle_race.mesh import Mesh, mesh, solid_line, solid_place
from app.exhibits.saddle_race.params import Params
from app.exhibits.saddle_race.plot import dots, line, place, track
from app.exhibits.saddle_race.race import Run, run
from app.exhibits.saddle_race.racers import MOST, RACERS
from app.exhibits.saddle_race.standings import add_cross, add_table, cut
from app.exhibits.saddle_race.telling import narration
from app.i18n import Words
from app.landscape.contour import Contour
from app.landscape.schedules import Scheduled, scheduled, without_strangers
from app.stepper.walk import Walk
from app.tensors import Array
from engine.landscape import Tuned

COLUMNS = ("x", "y", "f", "gradient norm", "smallest eigenvalue")


class RaceScene(Walk):
    """The race of a link. Steps are counted from 0: the start."""

    first, pace = 0, 150

    def __init__(self, params: Params, tuned: Mapping[str, Tuned] | None = None) -> None:
        self.params, self.course = params, course_of(params)
        super().__init__(params.steps + 1, 1, params.step)
        self.runs = [run(self.course, key, (tuned or {}).get(key)) for key in self.course.racers]

    @property
    def picked(self) -> Run:
        return next(one for one in self.runs if one.key == self.course.pick)

    @cached_property
    def contour(self) -> Contour:
        return contour(self.course.surface, self.course.frame)

    @property
    def edge_ticks(self) -> Ticks:
        return edge_ticks(self.course.frame)

    @cached_property
    def mesh(self) -> Mesh:
        return mesh(self.course.surface, self.course.frame)

    @cached_property
    def tracks(self) -> dict[str, list[list[float]]]:
        """Where each path runs on the plot, in px."""
        return {one.key: track(self.course, one.path) for one in self.runs}

    @property
    def start_at(self) -> list[float]:
        """Where the start is on the plot, in px."""
        return track(self.course, np.array([self.course.start]))[0]

    @property
    def saddle_at(self) -> list[float] | None:
        """Where the saddle is on the plot, in px; None where there is none."""
        saddle = self.course.saddle
        return track(self.course, np.array([(saddle.x, saddle.y)]))[0] if saddle else None

    @cached_property
    def cartoon(self) -> Cartoon:
        return cartoon(self.course, self.picked)

    @cached_property
    def scheduled(self) -> Scheduled:
        """The schedule as it moves the learning rate of the selected optimizer."""
        given = self.params
        return scheduled(given.schedule, given.steps, self.picked.lr, given.schedule_options)

    def rises(self, one: Run) -> list[float | None]:
        """Return how high each place of a path stands on the mesh; None where f is not defined."""
        return [None if math.isnan(rise) else round(rise, 3) for rise in self.mesh.rise(one.values).tolist()]

    def frames(self, words: Words) -> Frames:
        """Return what changes with the step, for all steps."""
        frames = Frames(self.steps)
        add_table(frames, self.course, self.runs, range(self.steps), words)
        add_cross(frames, self.course, self.picked, words)
        moves = self.cartoon
        frames.add("ball", moves.balls)
        for k, arrow in enumerate(moves.arrows):
            frames.add(f"arrow{k}", arrow.paths)
            frames.add(f"name{k}", arrow.labels)
        for k, area in enumerate(moves.areas):
            for axis, sides in zip("xy", area.sides, strict=True):
                frames.add(f"area{k}{axis}", sides)
        for k, (_, _, _, texts) in enumerate(moves.rows):
            frames.add(f"row{k}", texts)
        frames.add("step", [str(step) for step in range(self.steps)])
        frames.add("narration", narration(self.course, self.runs, words))
        last = self.params.steps
        if self.params.schedule != "constant":
            curve = self.scheduled.places
            frames.add("rate.x", [f"{x:g}" for x, _ in curve])
            frames.add("rate.y", [f"{y:g}" for _, y in curve])
        frames.add("from", [str(min(t, last - 1)) for t in range(self.steps)])
        frames.add("to", [str(min(t + 1, last)) for t in range(self.steps)])
        return frames

    def data(self, frames: Frames) -> dict[str, Any]:
        """Return what the page's scripts need to place: geometry in px, and texts that are printed already."""
        return {
            "size": SIZE,
            "frame": list(self.course.frame),
            "mesh": self.mesh.data(),
            "racers": self._racers(),
            "frames": frames.packed(),
        }

    def _racers(self) -> dict[str, Any]:
        return {one.key: {"points": self.tracks[one.key], "rises": self.rises(one)} for one in self.runs}

    def live(self, words: Words) -> dict[str, Any]:
        """Return what changes while the start is dragged: the paths, and the texts of the step that is shown."""
        self.course.checked()
        frames = Frames(1)
        rows = [cut(one, self.step) for one in self.runs]
        add_table(frames, self.course, rows, [self.step], words)
        add_cross(frames, self.course, cut(self.picked, self.step), words)
        return {"racers": self._racers(), "row": frames.row(0)}

    def array(self, name: str = "output") -> Array:
        """Return (optimizers, steps + 1, 5): x, y, f, gradient norm, smallest eigenvalue; or the paths alone."""
        self.course.checked()
        paths = np.stack([one.path for one in self.runs])
        if name == "paths":
            return paths
        more = np.stack([np.stack((one.values, one.slopes, one.lowest), axis=-1) for one in self.runs])
        return np.concatenate((paths, more), axis=-1)

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the race unrounded: steps start..stop of every optimizer."""
        course, part = self.course.checked(), slice(start, stop)
        saddle = course.saddle
        return {
            "formula": course.surface.formula,
            "start": list(course.start),
            "saddle": [saddle.x, saddle.y] if saddle else None,
            "margin": course.margin,
            "radius": course.radius,
            "columns": list(COLUMNS),
            "optimizers": [
                {
                    "key": one.key,
                    "options": one.options,
                    "escaped_at": one.escaped,
                    "infinite_since": one.infinite,
                    "tuned": {"trials": one.tuned.trials, "score": one.tuned.score} if one.tuned else None,
                    "steps": rows[part],
                }
                for one, rows in zip(self.runs, self.array(), strict=True)
            ],
        }

    def surface_paths(self, one: Run) -> tuple[str, str]:
        """Return a path on the mesh up to this step, what is seen of it and what the surface hides.

        It breaks off where it leaves the frame.
        """
        points = _shares(self.tracks[one.key][: self.step + 1])
        return solid_line(self.mesh, points, self.rises(one)[: len(points)], self.params.turn, self.params.tilt)

    def marks(self) -> list[dict[str, Any]]:
        """Return what is drawn of each optimizer at this step."""
        shown = []
        for one in self.runs:
            points = self.tracks[one.key][: self.step + 1]
            there = len(points) > self.step and all(0 <= part <= SIZE for part in points[self.step])
            shown.append(
                {
                    "key": one.key,
                    "look": RACERS[one.key],
                    "line": line(points) if points else "",
                    "dots": dots(points),
                    "ball": points[self.step] if there else None,
                    "place": place(points[self.step]) if there else "",
                    "surface": self.surface_paths(one),
                    "surface_place": self._ball_on_mesh(one, points[self.step]) if there else "",
                }
            )
        return shown

    def _ball_on_mesh(self, one: Run, point: list[float]) -> str:
        (share,) = _shares([point])
        return solid_place(share, self.rises(one)[self.step], self.params.turn, self.params.tilt)

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/saddle-race.html shows."""
        frames = self.frames(words)
        now = frames.row(self.step)
        return {
            **controls.choices(self, words),
            "scene": self,
            "params": self.params,
            "course": self.course,
            "size": SIZE,
            "contour": self.contour,
            "quads": self.mesh.quads(self.params.turn, self.params.tilt),
            "marks": self.marks(),
            "start_at": self.start_at,
            "saddle_at": self.saddle_at,
            "cartoon": self.cartoon,
            "now": now,
            "data": self.data(frames),
            "refused": self.course.refusal is not None,
            "part": {"narration": Markup(now["narration"])},
        }


def _shares(points: list[list[float]]) -> list[list[float]]:
    """Return places of the plot in shares of its sides."""
    return [[x / SIZE, y / SIZE] for x, y in points]


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same."""
    query = without_strangers(plain_query(params), params.schedule)
    course = course_of(params)
    query["race"] = ",".join(course.racers)
    if query["race"] == Params.model_fields["race"].default:
        del query["race"]
    if course_of(params.model_copy(update={"pick": None})).pick == course.pick:
        query.pop("pick", None)
    if course.refusal is None:
        query.pop("good", None)
        if course.key is None:
            query.pop("surface", None)
    usual = usual_start(course.key, course.surface, course.frame)
    for name, value, own in zip("xy", course.start, usual, strict=True):
        if value == own:
            query.pop(name, None)
    return query


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page on which nobody races."""
    return {"scene": None, "params": params, "repairs": [], "most": MOST}

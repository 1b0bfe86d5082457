"""What one link shows: a unit, the signal after each operation on its way down, one number of it, the pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from app import numbers
from app.exhibits.deconvnet import pictures
from app.exhibits.deconvnet.params import KEEPS, METHODS, MOST_KEPT, NORMS, Params
from app.exhibits.deconvnet.projections import Projected
from app.exhibits.deconvnet.steppers import stepper
from app.exhibits.deconvnet.telling import factor_note, lines, name_of, operation, says
from app.exhibits.deconvnet.unit_choice import UnitChoice
from app.exhibits.image_lab.choices import choices
from app.i18n import N_, Words
from app.networks.planes import place_in_planes
from app.networks.wall import Wall, ramp, rgb_png
from app.stepper.walk import Walk
from engine.interpret.photo_projection import Step
from engine.ops.arrays import Array

THUMBNAILS = tuple(f"step-{k}" for k in range(64))
PICTURES = ("photo", "patch", "kept", "wall", "map", "other", "difference", "projection", "other-projection",
            "overwritten", *THUMBNAILS)  # fmt: skip
FILES = {
    "output": N_("the projection, of the shape of the network's input"),
    "other": N_("the same by the other method"),
    "signal": N_("the signal that is open, whole"),
    "map": N_("its open map, the part that can be other than zero"),
    "kept": N_("the unit's map on the way up"),
}


@dataclass(frozen=True)
class Station:
    """One step of the way down, as the ribbon shows it."""

    index: int
    operation: str
    step: Step
    shape: str
    note: str  # how many numbers the other method has otherwise


class DeconvnetScene(Walk):
    """One unit's way down to the pixels."""

    first = 0  # the first step is what is kept, before anything has happened to it

    def __init__(self, params: Params, projected: Projected) -> None:
        self.params, self.photo, self.found = params, projected.photo, projected.projection
        self.architecture = self.found.architecture
        self.choice = UnitChoice(params, self.found)
        super().__init__(len(self.found.steps), 1, self.found.at)

    @property
    def open(self) -> Step:
        """The step that is open."""
        return self.found.steps[self.step]

    @property
    def is_flat(self) -> bool:
        """Whether the open signal is of units, not of maps."""
        return len(self.open.shape) == 1

    @cached_property
    def wall(self) -> Wall:
        """All maps of the open signal, the part of them that can be other than zero."""
        return pictures.wall_of(self.found.window, self.open.shape, self.found.other)

    @property
    def map(self) -> int:
        """Which map of the wall the open number is in."""
        channels = self.open.box.channels
        return 0 if self.is_flat else min(max(self.found.spot[0] - channels[0], 0), channels[1] - channels[0] - 1)

    @property
    def planes(self) -> tuple[Array, Array]:
        """The open map by the method that was chosen, and by the other."""
        other = pictures.drawn(self.found.other, self.open.shape)
        return self.wall.maps[self.map], other[self.map]

    @property
    def ring(self) -> tuple[int, int] | None:
        """Row and column of the open number in the open map as it is drawn; None outside of what is drawn."""
        if self.is_flat:
            unit = self.found.spot[0] - self.open.box.channels[0]
            if not 0 <= unit < self.found.window.size:
                return None
            _, row, column = place_in_planes((unit,), (self.found.window.size,))
            return row, column
        (first, stop), (top, bottom), (left, right) = self.open.box
        channel, row, column = self.found.spot
        inside = first <= channel < stop and top <= row < bottom and left <= column < right
        return (row - top, column - left) if inside else None

    @property
    def value(self) -> float:
        """The open number."""
        if self.ring is None:
            return 0.0
        return float(self.planes[0][self.ring])

    @property
    def patch(self) -> tuple[int, int, int, int]:
        """The rows and columns of the input that the kept cells see."""
        return self.found.patch

    def big_maps(self, methods: dict[str, str]) -> list[tuple[str, str]]:
        """Return (picture, title) of the open map by the method, by the other, and of their difference."""
        shown = [("map", methods[self.params.method])]
        if self.params.method != self.params.against:
            shown += [("other", methods[self.params.against]), ("difference", N_("difference"))]
        return shown

    def stations(self, words: Words) -> list[Station]:
        """Return the ribbon."""
        return [self._station(index, step, words) for index, step in enumerate(self.found.steps)]

    def _station(self, index: int, step: Step, words: Words) -> Station:
        cells = int(np.prod([stop - first for first, stop in step.box]))
        note = ""
        if self.params.method != self.params.against:
            note = words.gettext("%(count)s of %(cells)s differ") % {"count": step.differing, "cells": cells}
        title = words.gettext(operation(step, self.params))
        if step.step in ("conv2d", "max_pool2d", "linear"):
            title = words.gettext("%(operation)s: %(stage)s") % {"operation": title, "stage": step.through}
        return Station(index, title, step, "×".join(map(str, step.shape)), note)

    @property
    def other_bound(self) -> float:
        """Where the colours of both projections end."""
        return pictures.scale_of(self.found.pixels, self.found.other_pixels)

    @property
    def lost(self) -> str:
        """Share of the projection that overwriting loses."""
        return numbers.percent(self.found.lost)

    @property
    def shared_spot(self) -> str:
        """The example of windows that share a maximum, as a link has it."""
        return ".".join(map(str, self.found.shared.spot)) if self.found.shared else ""

    def sheet(self, name: str, theme: str, of: str, packed: bool) -> bytes:
        """Return a picture of the page as a PNG; see PICTURES."""
        if name in THUMBNAILS:
            step = self.found.steps[min(THUMBNAILS.index(name), self.steps - 1)]
            if step.name == "input":
                return rgb_png(pictures.in_colour(self.found.pixels, pictures.scale_of(self.found.pixels)))
            return pictures.thumbnail(step, theme)
        if name in ("projection", "other-projection", "overwritten"):
            parts = {
                "projection": self.found.pixels,
                "other-projection": self.found.other_pixels,
                "overwritten": self.found.overwritten,
            }
            return rgb_png(pictures.in_colour(parts[name], self.other_bound))
        if name in ("photo", "patch"):
            whole = self.found.prepared.pixels
            return rgb_png(whole if name == "photo" else pictures.inside(whole, self.patch))
        if name == "kept":
            plane = np.atleast_2d(self.found.map)
            return pictures.level_png(plane, float(np.abs(plane).max()) or 1.0, theme)
        if name == "wall":
            return self.wall.picture(theme, packed)
        mine, other = self.planes
        shown = {"map": mine, "other": other, "difference": mine - other}[name]
        return pictures.level_png(shown, self.map_bound, theme)

    @property
    def map_bound(self) -> float:
        """Where the scale of the open map ends, the same for both methods and their difference."""
        return max(float(np.abs(plane).max()) for plane in self.planes) or 1.0

    def picture(self) -> bytes:
        """Return the photo's patch beside both projections."""
        patch = pictures.inside(self.found.prepared.pixels, self.patch)
        shown = [self.found.pixels, *([self.found.other_pixels] if self.params.method != self.params.against else [])]
        return pictures.side_by_side(patch, [pictures.in_colour(one, self.other_bound) for one in shown], 2)

    def array(self, name: str) -> Array:
        """Return one of FILES."""
        if name == "map":
            return self.planes[0]
        if name == "kept":
            return self.found.map
        step = self.open if name == "signal" else self.found.steps[-1]
        whole = np.zeros((*step.shape, 1, 1)[:3], np.float32)
        slices = tuple(slice(*span) for span in step.box)
        whole[slices] = {"signal": self.found.window, "output": self.found.pixels, "other": self.found.other_pixels}[
            name
        ]
        return whole.reshape(step.shape)

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the unit, every step's sizes and counts, the open number with what made it, unrounded."""
        terms = self.found.terms
        return {
            "net": self.params.net,
            "weights": self.params.source,
            "layer": self.found.steps[0].through,
            "place": self.found.place,
            "patch": self.patch,
            "steps": [
                {
                    "name": step.name,
                    "step": step.step,
                    "through": step.through,
                    "shape": step.shape,
                    "box": [*step.box],
                    "strongest": step.strongest,
                    "largest": step.largest,
                    "above_zero": step.above_zero,
                    "below_zero": step.below_zero,
                    "differing": step.differing,
                }
                for step in self.found.steps
            ],
            "step": self.step,
            "spot": self.found.spot,
            "value": self.value,
            "terms": terms and {"places": terms.places, "signals": terms.signals, "factors": terms.factors},
            "seen_on_the_way_up": terms and terms.seen,
            "lost_by_overwriting": self.found.lost,
        }

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/deconvnet.html shows."""
        terms, total = lines(self.found, words)
        return {
            "params": self.params,
            "scene": self,
            "lab": self,
            "part": {"narration": says(self.params, self.found, words)},
            "stations": self.stations(words),
            "operation": words.gettext(operation(self.open, self.params)),
            "spot_name": name_of(self.open, list(self.found.spot), words),
            "lines": terms,
            "total": total,
            "factor_note": factor_note(self.open, self.params),
            "stepper": stepper(self.found.part),
            "methods": METHODS,
            "keeps": KEEPS,
            "norms": NORMS,
            "most_kept": MOST_KEPT,
            "files": FILES,
            "ramp": ramp("diverging"),
            **choices(self.params, words),
        }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page that has nothing to show: the photos and networks stay."""
    return {"scene": None, "params": params, "repairs": [], **choices(params, words)}

"""What one link shows: the photo, the network, the maps of one stage, one unit, one number of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from markupsafe import Markup

from app import numbers
from app.exhibits.image_lab.choices import choices
from app.exhibits.image_lab.depth import Level, levels
from app.exhibits.image_lab.maps import walled
from app.exhibits.image_lab.params import Params
from app.exhibits.image_lab.readings import Looked
from app.exhibits.image_lab.ribbon import ribbon
from app.exhibits.image_lab.samples import small
from app.exhibits.image_lab.unit import UnitCard
from app.i18n import N_, Words
from app.networks.class_names import class_name
from app.networks.colour_filters import ColourFilters
from app.networks.explained import Explanation, explain, explain_pixel
from app.networks.wall import Wall, ramp, rgb_png
from app.stepper.single import mark
from app.stepper.walk import Walk
from engine import RangeError
from engine.interpret.photo_projection import NO_WAY_DOWN
from engine.nets.summary import Summary
from engine.ops.arrays import Array

STEP_SIZES = {"layer": N_("Layer"), "map": N_("Map"), "channel": N_("Channel")}
LISTED = 5  # classes
WEAK = 0.5  # probability below which a best guess is no answer


class ImageLab(Walk):
    """A network looking at one photo."""

    def __init__(self, params: Params, looked: Looked) -> None:
        self.params, self.looked = params, looked
        self.reading, self.beside, self.cell = looked.reading, looked.beside, looked.cell
        self.architecture = self.reading.architecture
        self.step_size = params.step_size
        super().__init__(self._count(), 1, self._at())

    @property
    def value(self) -> Array:
        """Of the stage that is shown."""
        return self.reading.values[self.cell.stage]

    @cached_property
    def stages(self) -> list[str]:
        return list(self.reading.values)

    def _count(self) -> int:
        if self.step_size == "layer":
            return len(self.stages)
        if self.step_size == "map":
            return len(self.value)
        return len(self.looked.sums.x) if self.looked.sums else 1

    def _at(self) -> int:
        if self.step_size == "layer":
            return self.stages.index(self.cell.stage)
        return self.cell.place[0] if self.step_size == "map" else self.params.step or 0

    def step_in(self, step_size: str) -> None:
        """Return no step: another step size begins where the reader is."""
        return

    def parts_in(self, step_size: str) -> int:
        """Return 1: a step is never made of parts."""
        return 1

    @cached_property
    def wall(self) -> Wall:
        """The maps of the stage."""
        return walled(self.params, self.value, self._value_beside)

    @cached_property
    def wall_beside(self) -> Wall | None:
        """The same maps of what stands beside; None if that network has no such stage."""
        return None if self._value_beside is None else walled(self.params, self._value_beside, self.value)

    @property
    def _value_beside(self) -> Array | None:
        return self.beside.values.get(self.cell.stage) if self.beside else None

    @cached_property
    def filters(self) -> ColourFilters | None:
        """The first layer's filters, where that is the stage that is shown and sees colours."""
        return None if self.looked.filters is None else ColourFilters(self.looked.filters)

    @cached_property
    def summary(self) -> Summary:
        return Summary.of(self.architecture)

    @cached_property
    def unit(self) -> UnitCard:
        row = next((row for row in self.summary.rows if row.name == self.cell.stage), None)
        return UnitCard(self.value, self.cell, row, self.architecture.input_shape)

    @cached_property
    def levels(self) -> list[Level]:
        """Low, middle and high features."""
        return levels(self.reading, self.summary)

    def explained(self, words: Words) -> Explanation:
        """Return what the open number is made of."""
        if self.cell.stage == "input":
            return explain_pixel(self.reading.prepared.pixels, self.value, self.cell, words)
        at = self.step if self.step_size == "channel" else 0
        return explain(self.architecture, self.reading.values, self.looked.sums, self.cell, at, words)

    @property
    def is_one_number(self) -> bool:
        """Whether the link names the number that is open; a stage or a map was meant otherwise."""
        place = self.params.place
        return place.stage == self.cell.stage and len(place.indices) == self.value.ndim

    @property
    def has_way_down(self) -> bool:
        """Whether the open number can be projected to the pixels, as the deconvnet's exhibit does."""
        return self.cell.stage != "input" and self.architecture.stage(self.cell.stage).kind not in NO_WAY_DOWN

    @property
    def current(self) -> str:
        """The slab of the ribbon that is shown: of a ReLU, the stage before it; none where several layers are."""
        return "" if self.params.view == "depth" else self.pair.get("before", self.cell.stage)

    @property
    def pair(self) -> dict[str, str]:
        """The stage before its ReLU and after, where the one shown is either."""
        index = self.stages.index(self.cell.stage)
        kinds = {stage.name: stage.kind for stage in self.architecture.stages}
        if kinds.get(self.cell.stage) == "relu":
            return {"before": self.stages[index - 1], "after": self.cell.stage}
        after = self.stages[index + 1] if index + 1 < len(self.stages) else ""
        return {"before": self.cell.stage, "after": after} if kinds.get(after) == "relu" else {}

    def class_name(self, index: int, words: Words) -> str:
        """Return what a class is called; of an untrained network it has no meaning."""
        return class_name(self.reading.manifest.classes[index], words)

    @property
    def guess_is_weak(self) -> bool:
        """Whether the best guess is less likely than all others together."""
        return bool(self.reading.values["softmax"].max() < WEAK)

    def _unit_name(self, words: Words) -> str:
        """Return what the open unit's class is called, where units are classes."""
        is_class = self.cell.stage in ("softmax", self.architecture.logits)
        return self.class_name(self.cell.place[0], words) if is_class else ""

    def predictions(self, words: Words) -> list[dict[str, Any]]:
        """Return the most probable classes."""
        shares = self.reading.values["softmax"]
        best = np.argsort(-shares, kind="stable")[:LISTED]
        return [
            {
                "index": int(k),
                "name": self.class_name(int(k), words),
                "text": numbers.percent(shares[k]),
                "width": f"{100 * shares[k]:.2f}%",
            }
            for k in best
        ]

    def _share_left(self) -> str:
        shares = np.sort(self.reading.values["softmax"])
        return numbers.percent(shares[:-LISTED].sum())

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return network, stages, crop, predictions and the open number with what it is made of, unrounded."""
        sums = self.looked.sums
        return {
            "net": self.params.net,
            "weights": self.params.source,
            "variant": self.architecture.variant,
            "stages": {name: value.shape for name, value in self.reading.values.items()},
            "crop": self.reading.prepared.crop,
            "classes": self.reading.manifest.classes,
            "probabilities": self.reading.values["softmax"],
            "cell": {"name": str(self.cell), "value": self.unit.number, "receptive_field": self.unit.field},
            "sum": None
            if sums is None
            else {
                "rows": list(sums.step.rows),
                "columns": list(sums.step.columns),
                "first_channel": sums.first,
                "window": sums.step.window,
                "weight": sums.step.weight,
                "channel_sums": sums.step.channel_sums,
                "bias": sums.bias,
                "value": sums.step.value,
            },
        }

    def array(self, name: str) -> Array:
        """Return a stage's value by its name.

        "output" is the stage that is shown, "levels" its colours as uint8, "pixels" the part of the photo.
        """
        if name == "levels":
            return self.wall.levels
        if name == "pixels":
            return self.reading.prepared.pixels
        name = self.cell.stage if name == "output" else name
        return self.reading.values[self.architecture.stage(name).name if name != "input" else name]

    def sheet(self, name: str, theme: str, of: str, packed: bool) -> bytes:
        """Return a PNG: "whole" of the photo, "photo" of the part that is seen, "filters", "map" of the open map."""
        if name == "whole":
            return rgb_png(small(self.looked.photo).transpose(2, 0, 1))
        if name == "photo":
            return rgb_png((self.beside if of == "beside" and self.beside else self.reading).prepared.pixels)
        if name == "filters":
            return self._first_filters().picture()
        if name == "map":
            return self.wall.one(self.unit.place[0], theme)
        return walled(self.params, self.reading.values[self.architecture.stage(name).name]).picture(theme, packed)

    def rank_below(self, explained: Explanation) -> int:
        """Return how many indices a cell has that the open number is made from."""
        return self.reading.values[explained.below].ndim if explained.below else 0

    def _first_filters(self) -> ColourFilters:
        if self.filters is None:
            first = self.architecture.stages[0].name
            raise RangeError(N_("filters can be seen in colour in the first layer only: {stage}"), stage=first)
        return self.filters

    def says(self, words: Words) -> Markup:
        """Return the sentence of the dock."""
        explained = self.explained(words)
        if self.step_size == "channel":
            return explained.says
        top, left, bottom, right = self.unit.field
        sentence = words.gettext(
            "On this photo, %(unit)s holds %(value)s at row %(row)s, column %(column)s: it sees rows "
            "%(top)s to %(bottom)s and columns %(left)s to %(right)s of the photo."
        )
        if not self.unit.has_map:
            sentence = words.gettext("On this photo, %(unit)s holds %(value)s; it sees the whole photo.")
        figures = {
            "unit": Markup("<b>%s</b>") % ".".join(map(str, (self.cell.stage, self.cell.place[0]))),
            "value": mark(numbers.printed(self.unit.number, 3)),
            "row": self.unit.place[1],
            "column": self.unit.place[2],
            "top": top,
            "bottom": bottom - 1,
            "left": left,
            "right": right - 1,
        }
        return Markup(sentence) % figures

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/image-lab.html shows."""
        explained = self.explained(words)
        titles = {stage.name: stage.name for stage in self.architecture.stages}
        kinds = {stage.name: stage.kind for stage in self.architecture.stages}
        largest = max((abs(share.value) for share in explained.shares), default=1.0) or 1.0
        return {
            "params": self.params,
            "unit_name": self._unit_name(words),
            "scene": self,
            "lab": self,
            "step_sizes": STEP_SIZES,
            "part": {"narration": self.says(words)},
            "ribbon": ribbon({name: value.shape for name, value in self.reading.values.items()}, titles, kinds),
            "explained": explained,
            "largest_share": largest,
            "predictions": self.predictions(words),
            "known": sorted(class_name(label, words) for label in self.reading.manifest.classes),
            "share_left": self._share_left(),
            "ramp": ramp(self.params.colours),
            **choices(self.params, words),
        }

    def breadcrumb(self, link: Callable[..., str]) -> list[tuple[str, str, str]]:
        """Return (link, name, value) of each cell on the way here."""
        crumbs = []
        for index, cell in enumerate(self.params.way):
            before = ",".join(map(str, self.params.way[:index])) or None
            value = numbers.short(float(self.reading.values[cell.stage][cell.place]), 3)
            crumbs.append((link(cell=str(cell), trail=before, step=None), str(cell), value))
        return crumbs

    @property
    def trail_onward(self) -> str:
        """The way to a cell that is opened from here."""
        return ",".join(map(str, (*self.params.way, self.cell)))

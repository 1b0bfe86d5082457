"""What one link shows: the photo under its patch, the figures there, and the panels as far as they are known."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import numpy as np
from markupsafe import Markup

from app import numbers
from app.exhibits.deconvnet.pictures import in_colour, scale_of
from app.exhibits.image_lab.params import PhotoParams
from app.exhibits.image_lab.samples import small
from app.exhibits.occlusion.choices import offered
from app.exhibits.occlusion.panels import Panels
from app.exhibits.occlusion.params import Params
from app.exhibits.occlusion.swept import Swept
from app.i18n import N_, Words
from app.networks.place import Place
from app.networks.wall import rgb_png
from app.stepper.single import mark
from engine.interpret.fills import covered
from engine.ops.arrays import Array

ARRAYS = {
    "output": N_("the probability of the class at each position, rows × columns; NaN where it is not known"),
    "total": N_("the sum over the map at each position"),
    "peak": N_("the map's number at the place where it was largest"),
    "label": N_("the most likely class at each position, −1 where it is not known"),
    "map": N_("the map without a patch"),
    "projection": N_("the way down from the map's largest number, to the pixels"),
    "probabilities": N_("of all classes, without a patch"),
    "pixels": N_("the part of the photo, 0 to 255"),
    "covered": N_("the same under the patch"),
}
PICTURES = ("whole", "photo", "covered", "projection")


class OcclusionScene:
    """A photo under a patch, and what the network answers."""

    def __init__(self, params: Params, swept: Swept) -> None:
        self.params, self.swept = params, swept

    def panels(self, words: Words) -> Panels:
        return Panels(self.swept, self.params.net, self.params.source, words)

    @property
    def known(self) -> int:
        """How many positions are."""
        return int((self.swept.answers.label >= 0).sum())

    def array(self, name: str) -> Array:
        """Return what ARRAYS says."""
        base, answers = self.swept.base, self.swept.answers
        found: dict[str, Array] = {
            "output": answers.probability,
            "total": answers.total,
            "peak": answers.peak,
            "label": answers.label,
            "map": base.map,
            "projection": base.projection,
            "probabilities": base.probabilities,
            "pixels": self.swept.prepared.pixels,
            "covered": self.covered,
        }
        return found[name]

    @property
    def covered(self) -> Array:
        """The part of the photo under the patch, (3, H, W)."""
        return covered(self.swept.prepared.pixels, self.params.fill, self.params.corner, self.params.size)

    @property
    def projected(self) -> Array:
        """The projection in colours, (3, H, W): grey is zero."""
        projection = self.swept.base.projection
        return in_colour(projection, scale_of(projection))

    def sheet(self, name: str, theme: str, of: str, packed: bool) -> bytes:
        """Return a PNG of the whole photo, of the part that is seen, of that under the patch, or the projection."""
        if name == "whole":
            return rgb_png(small(self.swept.photo).transpose(2, 0, 1))
        pictures = {"photo": self.swept.prepared.pixels, "covered": self.covered, "projection": self.projected}
        return rgb_png(pictures[name])

    def hand(self, words: Words) -> dict[str, Any]:
        """Return the figures at the patch's own place, as they are printed."""
        panels, found, base = self.panels(words), self.swept.hand, self.swept.base.answers
        return {
            "probability": numbers.percent(float(found.probability[0])),
            "total": numbers.significant(float(found.total[0]), 4),
            "peak": numbers.significant(float(found.peak[0]), 4),
            "label": panels.name(int(found.label[0])),
            "before": {
                "probability": numbers.percent(float(base.probability[0])),
                "total": numbers.significant(float(base.total[0]), 4),
                "peak": numbers.significant(float(base.peak[0]), 4),
                "label": panels.name(int(base.label[0])),
            },
        }

    def says(self, words: Words) -> Markup:
        """Return what the patch does where it is, in a sentence."""
        top, left = self.params.corner
        figures = self.hand(words)
        sentence = words.gettext(
            "With the patch on rows %(top)s to %(bottom)s, columns %(left)s to %(right)s, the probability of "
            "“%(target)s” is %(share)s instead of %(before)s."
        )
        return Markup(sentence) % {
            "top": top,
            "bottom": top + self.params.size - 1,
            "left": left,
            "right": left + self.params.size - 1,
            "target": self.panels(words).name(self.swept.base.target),
            "share": mark(figures["probability"]),
            "before": figures["before"]["probability"],
        }

    def live(self, words: Words) -> dict[str, Any]:
        """Return the figures at the patch's place, and the cells of the parts that were asked for."""
        panels = self.panels(words)
        cells = [
            [one.row, one.column, one.span, one.activity, one.probability, one.rank, one.said] for one in panels.cells()
        ]
        return {
            "corner": self.params.corner,
            "says": str(self.says(words)),
            "hand": self.hand(words),
            "parts": len(self.swept.parts),
            "count": self.swept.grid.count,
            "cells": cells,
        }

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the question, the answers at the patch's place and without it, unrounded."""
        base, hand = self.swept.base, self.swept.hand
        return {
            "net": self.params.net,
            "weights": self.params.source,
            "target": base.target,
            "unit": {"stage": base.unit[0], "index": base.unit[1], "strongest": base.strongest},
            "grid": {"positions": self.swept.grid.shape, "size": self.params.size, "stride": self.params.stride},
            "known": self.known,
            "without": _one(base.answers),
            "patch": {"corner": self.params.corner, **_one(hand)},
        }

    @property
    def way_down(self) -> str:
        """The query of the same projection in the deconvnet's exhibit."""
        stage, unit = self.swept.base.unit
        photo = self.params.model_dump(include=set(PhotoParams.model_fields), exclude_none=True)
        return urlencode({**photo, "cell": Place(stage, (unit,))})

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/occlusion.html shows."""
        panels = self.panels(words)
        best = np.argsort(-self.swept.base.probabilities, kind="stable")[:8]
        rows, columns = self.swept.grid.shape
        return {
            "scene": self,
            "lab": self.params,
            "says": self.says(words),
            "hand": self.hand(words),
            "cells": panels.cells(),
            "legend": panels.legend(),
            "lowest": panels.lowest(),
            "target_name": panels.name(self.swept.base.target),
            "targets": sorted({self.swept.base.target, *map(int, best)}),
            "name_of": panels.name,
            "frame": panels.frame(self.params.corner),
            "way_down": self.way_down,
            "rows": rows,
            "columns": columns,
            "files": list(ARRAYS.items()),
            **offered(self.params, words),
        }


def _one(answers: Any) -> dict[str, float]:
    return {
        "probability": float(answers.probability[0]),
        "label": int(answers.label[0]),
        "total": float(answers.total[0]),
        "peak": float(answers.peak[0]),
    }

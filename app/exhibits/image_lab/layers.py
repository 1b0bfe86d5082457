"""All layers of a network on one page: drawn at once, its pictures come as the stages are computed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.exhibits.image_lab.choices import choices
from app.exhibits.image_lab.maps import layout_of
from app.exhibits.image_lab.params import Params
from app.exhibits.image_lab.ribbon import ribbon
from app.i18n import Words
from app.networks.wall import Layout, ramp
from engine.nets.architecture import Architecture, Stage


@dataclass(frozen=True)
class LayersView:
    """The walls of every convolution, known by their sizes alone."""

    params: Params

    @cached_property
    def architecture(self) -> Architecture:
        return self.params.architecture

    @property
    def is_after_relu(self) -> bool:
        """Whether the link stands at a ReLU: then the maps after it are shown."""
        return self._kind(self.params.place.stage) == "relu"

    @property
    def pair(self) -> dict[str, str]:
        """The place in a link that shows all maps before their ReLU, and after."""
        stages = self.architecture.stages
        found = {kind: next(stage.name for stage in stages if stage.kind == kind) for kind in ("conv2d", "relu")}
        return {"before": found["conv2d"], "after": found["relu"]}

    @cached_property
    def walls(self) -> list[tuple[Stage, Layout]]:
        """The convolutions, or their ReLUs, and how their maps lie."""
        stages, shapes = self.architecture.stages, self.architecture.shapes
        kind = "relu" if self.is_after_relu else "conv2d"
        shown = [stage for stage in stages if stage.kind == kind and len(shapes[stage.name]) == 3]
        return [(stage, layout_of(self.params, shapes[stage.name])) for stage in shown]

    @property
    def count(self) -> int:
        """Of all maps."""
        return sum(layout.maps for _, layout in self.walls)

    @property
    def current(self) -> str:
        """No slab of the ribbon: all are shown."""
        return ""

    def _kind(self, name: str) -> str:
        return next((stage.kind for stage in self.architecture.stages if stage.name == name), "")

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/image-lab.html shows."""
        titles = {stage.name: stage.name for stage in self.architecture.stages}
        kinds = {stage.name: stage.kind for stage in self.architecture.stages}
        return {
            "params": self.params,
            "scene": self,
            "lab": self,
            "ribbon": ribbon(self.architecture.shapes, titles, kinds),
            "ramp": ramp(self.params.colours),
            **choices(self.params, words),
        }

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the sizes of all stages; the API itself never asks for this view."""
        return {"stages": self.architecture.shapes}

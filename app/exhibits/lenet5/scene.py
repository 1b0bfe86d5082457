"""What one link shows: the drawing, what the network sees of it, every map, one cell on the stage."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from app import numbers
from app.exhibits.lenet5.drawing import Drawing
from app.exhibits.lenet5.params import NETWORK, Params
from app.exhibits.lenet5.readings import Reading
from app.i18n import Words
from app.networks import planes
from app.networks.cell import Cell, read_trail
from app.networks.opened import cell_at, open_cell
from app.stepper.moments import Moment
from app.stepper.pointwise import ScaleStage
from app.stepper.stage import STEP_SIZES, LayerStage, Stage
from engine import digit as digits
from engine import weights
from engine.nets import summarize
from engine.ops.arrays import Array

WIDTH = 252  # px that the maps of a stage may take, about
UNITS = {32: 4, 28: 3, 14: 6, 10: 6, 5: 8}  # px of one number, by the columns of a map
SEEN_UNITS = {"scaled": 6, "digit": 5}


class LayerView(NamedTuple):
    """One stage of the network as the page shows it: a sheet of maps."""

    name: str
    title: str
    shape: tuple[int, ...]
    maps: int
    rows: int
    columns: int
    across: int
    unit: int
    scale: float
    parameters: int


class LenetScene:
    """LeNet-5 reading one drawing, one of its cells open."""

    def __init__(self, params: Params, readings: tuple[Reading, Reading | None]) -> None:
        self.params = params
        self.reading, self.beside = readings
        opened = Cell.read(params.cell, NETWORK) if params.cell else Cell("softmax", (self.reading.digit,))
        self.trail = read_trail(params.trail, NETWORK)
        self.stage = self._open(opened)
        self.cell = cell_at(opened, self.reading.values[opened.stage].shape, self.stage)

    def _open(self, cell: Cell) -> Stage:
        params, values = self.params, self.reading.values
        if cell.stage != "input":
            return open_cell(NETWORK, _weights(), values, cell, params.step, params.step_size)
        pixels = self.reading.prepared.digit.astype(np.float64)
        at = cell.place[1] * values["input"].shape[2] + cell.place[2] if params.step is None else params.step
        return ScaleStage(pixels, values["input"][0], at, mean=digits.MEAN, std=digits.STD, padding=digits.PADDING)

    def moments(self, start: int, stop: int, words: Words) -> list[Moment]:
        """Return steps of the open cell's map."""
        return self.stage.moments(start, stop, words)

    @property
    def below(self) -> str:
        """The stage whose value the open cell is made from; "" for pixels."""
        return "" if self.cell.stage == "input" else NETWORK.reads(self.cell.stage)

    @property
    def below_rank(self) -> int:
        """How many indices a cell below has: 3 for map, row, column; 1 for a unit."""
        return self.reading.values[self.below].ndim if self.below else 0

    @property
    def trail_onward(self) -> str:
        """The way to a cell that is opened from here."""
        return ",".join(map(str, (*self.trail, self.cell)))

    @property
    def mean(self) -> float:
        return digits.MEAN

    @property
    def std(self) -> float:
        return digits.STD

    def array(self, name: str) -> Array:
        """Return a tensor: of a stage by its name, or x and output of what is on the stage."""
        if name in self.reading.values:
            return self.reading.values[name].astype(np.float64)
        if name == "digit":
            return self.reading.prepared.digit.astype(np.float64)
        if isinstance(self.stage, LayerStage):
            layer = self.stage.layer
            return np.asarray({"x": layer.x, "weight": layer.weight, "output": layer.output}[name], np.float64)
        if name == "weight":
            return np.zeros((0, 1, 1))  # there is none
        made = self._x() if name == "x" else self.reading.values[self.cell.stage]
        return planes.planes(made).astype(np.float64)

    def _x(self) -> Array:
        """What the open cell's stage reads."""
        return self.reading.values[self.below] if self.below else self.reading.prepared.digit[None]

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the probabilities, the way to the input, the open cell and what it is made from, unrounded."""
        prepared = self.reading.prepared
        return {
            "digit": self.reading.digit,
            "probabilities": self.reading.probabilities,
            "logits": self.reading.values[NETWORK.logits],
            "preprocessing": {
                "inverted": prepared.inverted,
                "box": prepared.box,
                "centre": prepared.centre,
                "shift": prepared.shift,
                "mean": digits.MEAN,
                "std": digits.STD,
                "pixels": prepared.digit,
            },
            "stages": {name: value.shape for name, value in self.reading.values.items()},
            "cell": {"name": str(self.cell), "value": float(self.value), "made_from": self._made_from()},
        }

    @property
    def value(self) -> float:
        """The open cell's value in the map."""
        return float(self.reading.values[self.cell.stage][self.cell.place])

    def _made_from(self) -> dict[str, Any]:
        """Return the window that the open cell is made from, and of a weighted stage the sum."""
        if isinstance(self.stage, LayerStage):
            step = self.stage.layer.trace[self.stage.cell]
            names = ("rows", "columns", "window", "weight", "products", "channel_sums", "bias", "value")
            return {name: getattr(step, name) for name in names}
        rows, columns = self.stage.window(*self._place())
        plane = self.stage.grids.inputs[0].values
        height, width = plane.shape
        return {
            "rows": list(rows),
            "columns": list(columns),
            "window": [
                [float(plane[r, c]) if 0 <= r < height and 0 <= c < width else 0.0 for c in columns] for r in rows
            ],
            "value": self.value,
        }

    def _place(self) -> tuple[int, int]:
        """Row and column of the open cell in its map."""
        shape = self.reading.values[self.cell.stage].shape
        _, row, column = planes.place_in_planes(self.cell.place, shape)
        return row, column

    def live(self, words: Words) -> dict[str, Any]:
        """Return what changes while the learner draws: colour levels of every map, and the probabilities."""
        return {
            "maps": self.levels(self.reading),
            "beside": self.levels(self.beside) if self.beside else {},
            "digit": self.reading.digit,
            "probabilities": [numbers.percent(value) for value in self.reading.probabilities],
            "shares": self.reading.probabilities,
            "narration": self.verdict(words),
            "notices": self.notices(words),
        }

    def levels(self, reading: Reading) -> dict[str, Array]:
        """Return the colour levels of each stage, int8 (maps, rows, columns); both drawings share one scale."""
        return {view.name: planes.levels(reading.value(view.name), view.scale) for view in self.layers}

    def sheet(self, name: str, theme: str, of: str, packed: bool) -> bytes:
        """Return the maps of a stage as a PNG, for the drawing or for the one beside it."""
        view, reading = self.view(name), self.beside if of == "beside" and self.beside else self.reading
        return planes.sheet(reading.value(name), view.scale, view.across, theme, packed)

    def _scale(self, name: str) -> float:
        if name in ("digit", "scaled"):
            return 255.0
        return max(planes.scale_of(one.value(name)) for one in (self.reading, self.beside) if one)

    @cached_property
    def layers(self) -> list[LayerView]:
        """Every stage in order, the pictures before the network first."""
        rows = {row.name: row.parameters for row in summarize(NETWORK.name).rows}
        titles = {stage.name: stage.title for stage in NETWORK.stages}
        names = ["scaled", "digit", *self.reading.values]
        return [self._view(name, titles.get(name, ""), rows.get(name, 0)) for name in names]

    def view(self, name: str) -> LayerView:
        """Return one stage as the page shows it."""
        return next(view for view in self.layers if view.name == name)

    def _view(self, name: str, title: str, parameters: int) -> LayerView:
        value = self.reading.value(name)
        maps, rows, columns = planes.plane_shape(value.shape)
        by_size = UNITS.get(columns, 4) if len(value.shape) == 3 else WIDTH // max(columns, 10)
        unit = SEEN_UNITS.get(name, by_size)
        across = max(1, min(maps, WIDTH // (columns * unit)))
        return LayerView(name, title, value.shape, maps, rows, columns, across, unit, self._scale(name), parameters)

    def notices(self, words: Words) -> list[str]:
        """Return what the learner should know about the drawing."""
        if not self.reading.prepared.looks_like_photo:
            return []
        return [
            words.gettext(
                "This looks like a photo, not like one digit on plain paper. LeNet knows nothing but digits, "
                "so it will name one all the same."
            )
        ]

    def verdict(self, words: Words) -> str:
        """Say what the network reads, and how sure it says it is."""
        digit, share = self.reading.digit, numbers.percent(self.reading.probabilities[self.reading.digit])
        return words.gettext("LeNet-5 reads the digit %(digit)s, with probability %(share)s.") % {
            "digit": digit,
            "share": share,
        }

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/lenet5.html shows."""
        return {
            **self.stage.context(words),
            **pad(self.params),
            "lenet": self,
            "layers": self.layers,
            "prepared": self.reading.prepared,
            "drawing": self.reading.drawing,
            "probabilities": [
                (digit, numbers.percent(share), f"{100 * share:.2f}%")
                for digit, share in enumerate(self.reading.probabilities)
            ],
            "other": self.beside,
            "other_probabilities": self._other(),
            "step_sizes": STEP_SIZES
            if isinstance(self.stage, LayerStage) and self.stage.parts_in("product") > 1
            else None,
            "notices": self.notices(words),
            "says": self.verdict(words),
            "window": self._window(),
            "as_window": self._as_window(words),
        }

    def _as_window(self, words: Words) -> str:
        """Say how a linear layer, which has no windows, is laid out as one."""
        if self.cell.stage == "input" or NETWORK.stage(self.cell.stage).kind != "linear":
            return ""
        if self.below_rank == 3:
            return words.gettext("A linear unit is a window over everything: one filter as large as all the maps.")
        return words.gettext("A linear unit reads every number; they are written in rows, one weight under each.")

    def _other(self) -> list[tuple[int, str, str]]:
        if self.beside is None:
            return []
        shares = self.beside.probabilities
        return [(digit, numbers.percent(share), f"{100 * share:.2f}%") for digit, share in enumerate(shares)]

    def _window(self) -> dict[str, Any]:
        """Return where the open cell and its window lie in the maps, for the scripts to outline."""
        shape, one_map = self.reading.values[self.cell.stage].shape, not isinstance(self.stage, LayerStage)
        at = planes.place_in_planes(self.cell.place, shape)
        rows, columns = self.stage.window(at[1], at[2]) if len(shape) == 3 or one_map else self.stage.window(0, 0)
        return {
            "stage": self.cell.stage,
            "at": at,
            "below": self.below or "digit",
            "map": at[0] if one_map else None,
            "rows": [min(rows), max(rows) + 1],
            "columns": [min(columns), max(columns) + 1],
        }

    def breadcrumb(self, link: Callable[..., str]) -> list[tuple[str, str, str]]:
        """Return (link, name, value) of each cell on the way here."""
        crumbs = []
        for index, cell in enumerate(self.trail):
            before = ",".join(map(str, self.trail[:index])) or None
            value = numbers.short(float(self.reading.values[cell.stage][cell.place]), 3)
            crumbs.append((link(cell=str(cell), trail=before, step=None), str(cell), value))
        return crumbs


def pad(params: Params) -> dict[str, Any]:
    """Return what the drawing area needs, whether or not there is anything to read."""
    return {
        "params": params,
        "typical": [(str(digit), Drawing.read(str(digit)).path) for digit in range(10)],
        "drawn": Drawing.read(params.digit),
    }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page that has nothing to read: the drawing area stays."""
    return {"scene": None, "repairs": [], **pad(params)}


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same."""
    return {name: str(value) for name, value in params.model_dump(exclude_defaults=True).items()}


@cache
def _weights() -> dict[str, Array]:
    return weights.shipped(NETWORK.name).arrays

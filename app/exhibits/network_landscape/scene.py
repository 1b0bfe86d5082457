"""One plane through the trained weights: everything the page, its scripts, the API and the pictures show of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import numbers
from app.exhibits.lenet5.drawing import Drawing
from app.exhibits.network_landscape import curves, telling
from app.exhibits.network_landscape.grounds import Ground, drawing_of
from app.exhibits.network_landscape.params import ALL, FACTORS, GRIDS, Params
from app.exhibits.saddle_race.contour import SIZE, Ticks, contour, edge_ticks
from app.exhibits.saddle_race.controls import legend
from app.exhibits.saddle_race.frames import Frames
from app.exhibits.saddle_race.mesh import Mesh, mesh, solid_line, solid_place
from app.exhibits.saddle_race.printing import number
from app.i18n import N_, Words
from app.landscape.contour import Contour
from app.landscape.gridded import GridSurface
from app.stepper.walk import Walk
from engine.landscape.lenet_planes import RESCALED
from engine.landscape.recorded import Recorded, recorded

Floats = NDArray[np.float64]
FILES = (
    ("output", N_("loss at each place: (rows, columns), row 0 is the lowest β")),
    ("error", N_("share of digits read wrong, likewise")),
    ("alphas", N_("α of the columns")),
    ("betas", N_("β of the rows")),
    ("path", N_("for each epoch: α, β, loss and error of the weights themselves, on MNIST")),
    ("eigenvalues", N_("for each look: epoch, then the largest and the smallest eigenvalues")),
)
ARRAYS = tuple(name for name, _ in FILES)
COMMAND = "convlens landscape --data DIR"


class LandscapeScene(Walk):
    """The plane of a link. Steps are epochs, counted from 0: the network before training."""

    first, pace = 0, 500

    def __init__(self, params: Params, ground: Ground) -> None:
        self.params, self.ground = params, ground
        super().__init__(len(recorded().path), 1, params.step)

    @property
    def record(self) -> Recorded:
        return recorded()

    @property
    def on_path(self) -> bool:
        """Whether the plane is that of the training path, so that epochs can be scrubbed."""
        return self.params.plane == "path"

    @property
    def surface(self) -> GridSurface:
        return self.ground.surfaces[self.params.show]

    @property
    def uneven(self) -> bool:
        """Of a loss the small values tell most; a share of errors is evenly drawn."""
        return self.params.show == "loss"

    @cached_property
    def contour(self) -> Contour:
        drawn = contour(self.surface, self.ground.frame, self.uneven)
        return replace(drawn, labels=[replace(one, text=one.text.removeprefix("+")) for one in drawn.labels])

    @property
    def edge_ticks(self) -> Ticks:
        return edge_ticks(self.ground.frame)

    @cached_property
    def mesh(self) -> Mesh:
        return mesh(self.surface, self.ground.frame, self.uneven)

    @property
    def legend(self) -> dict[str, Any]:
        """The upper half of the colour scale: neither a loss nor a share is below 0."""
        whole = legend(self.contour.heights)
        levels = [level for *_, level in whole["bars"]][len(whole["bars"]) // 2 :]
        width = 100 / len(levels)
        bars = [(f"{k * width:.3f}%", f"{width + 0.05:.3f}%", level) for k, level in enumerate(levels)]
        return {**whole, "bars": bars, "high": whole["high"].removeprefix("+")}

    @cached_property
    def place(self) -> tuple[int, int]:
        """Row and column of the place that is looked at: the crossing of the grid nearest to the link's."""
        return self.surface.nearest(self.params.x, self.params.y)

    @property
    def point(self) -> tuple[float, float]:
        """Its alpha and beta."""
        row, column = self.place
        return float(self.surface.across[column]), float(self.surface.up[row])

    @property
    def points(self) -> list[list[float]]:
        """The path on the plot, in px."""
        shares = self.ground.frame.places(self.record.path).tolist()
        return [[round(SIZE * x, 1), round(SIZE * (1 - y), 1)] for x, y in shares]

    @cached_property
    def on_plane(self) -> Floats:
        """What the plane has where the path is projected onto it, for each epoch."""
        return self.surface.value(*self.record.path.T)

    def rises(self) -> list[float | None]:
        """How high each point of the path stands on the mesh."""
        return [round(one, 3) for one in self.mesh.rise(self.on_plane).tolist()]

    @property
    def look(self) -> int:
        """Which of the Hessians is shown: the last one up to the epoch; on a random plane that of the end."""
        epochs = self.record.epochs
        return int(np.searchsorted(epochs, self.step, side="right")) - 1 if self.on_path else len(epochs) - 1

    def frames(self, words: Words) -> Frames:
        """Return what changes with the epoch, for all of them."""
        frames = Frames(self.steps)
        frames.add("narration", [telling.narration(self, step, words) for step in range(self.steps)])
        return frames

    def data(self, frames: Frames | None) -> dict[str, Any]:
        """Return what the page's scripts need to place, and the texts under the pointer."""
        racers = {"path": {"points": self.points, "rises": self.rises()}} if self.on_path else {}
        surface = self.surface
        return {
            "size": SIZE,
            "frame": list(self.ground.frame),
            "mesh": self.mesh.data(),
            "racers": racers,
            "frames": frames.packed() if frames else {},
            "across": [numbers.printed(one, 3) for one in surface.across.tolist()],
            "up": [numbers.printed(one, 3) for one in surface.up.tolist()],
            "texts": [[self.height(one) for one in row] for row in surface.values.tolist()],
        }

    def height(self, value: float) -> str:
        """Return a loss or a share as printed."""
        return telling.percent(value) if self.params.show == "error" else number(value)

    @property
    def trail(self) -> dict[str, Any] | None:
        """The path up to the epoch on the plot and on the surface; None on a random plane."""
        if not self.on_path:
            return None
        points, rises = self.points[: self.step + 1], self.rises()
        shares = [[x / SIZE, y / SIZE] for x, y in points]  # as rounded for the scripts
        turn, tilt = self.params.turn, self.params.tilt
        seen, behind = solid_line(self.mesh, shares, rises[: self.step + 1], turn, tilt)
        return {
            "line": "M" + "L".join(f"{x:g} {y:g}" for x, y in points),
            "dots": "".join(f"M{x:g} {y:g}h0" for x, y in points),
            "ball": f"translate({points[-1][0]:g} {points[-1][1]:g})",
            "seen": seen,
            "behind": behind,
            "solid_ball": solid_place(shares[-1], rises[self.step], turn, tilt),
        }

    @property
    def start_at(self) -> list[float]:
        """The place that is looked at on the plot, in px."""
        across, up = self.ground.frame.places(np.array(self.point)).tolist()
        return [round(SIZE * across, 1), round(SIZE * (1 - up), 1)]

    def array(self, name: str) -> Floats:
        """Return one of FILES."""
        record, surface = self.record, self.ground.surfaces["loss"]
        if name == "path":
            return np.column_stack((record.path, record.path_loss))
        if name == "eigenvalues":
            return np.column_stack((record.epochs, record.eigenvalues))
        return {"output": self.ground.loss, "error": self.ground.error, "alphas": surface.across, "betas": surface.up}[
            name
        ]

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return the plane, the place that is looked at, the path's epochs start..stop and the eigenvalues."""
        record, (row, column) = self.record, self.place
        return {
            "plane": self.params.kind,
            "recorded": self.params.data == "mnist",
            "labels": list(self.ground.labels),
            "sides": list(self.ground.sides),
            "loss": self.ground.loss,
            "error": self.ground.error,
            "at": {
                "alpha": self.point[0],
                "beta": self.point[1],
                "loss": float(self.ground.loss[row, column]),
                "error": float(self.ground.error[row, column]),
            },
            "shares": record.shares,
            "path": self.array("path")[start:stop],
            "hessian": {
                "epochs": record.epochs,
                "eigenvalues": record.eigenvalues,
                "bounds": record.bounds,
                "gradient": record.gradient,
            },
            "told": record.told,
        }

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/network-landscape.html shows."""
        frames = self.frames(words) if self.on_path else None
        return {
            **choices(self.params),
            "scene": self,
            "record": self.record,
            "contour": self.contour,
            "quads": self.mesh.quads(self.params.turn, self.params.tilt),
            "legend": self.legend,
            "size": SIZE,
            "trail": self.trail,
            "start_at": self.start_at,
            "here_alpha": numbers.printed(self.point[0], 3),
            "here_beta": numbers.printed(self.point[1], 3),
            "height_here": self.height(float(self.surface.values[self.place])),
            "slices": curves.slices(self, words),
            "spectrum": telling.spectrum(self, words),
            "said": telling.said(self, words),
            "data": self.data(frames),
            "files": FILES,
            "command": COMMAND,
            "layers": RESCALED,
            "part": {"narration": telling.narration(self, self.step, words)},
        }


def choices(params: Params) -> dict[str, Any]:
    """Return what can be chosen, whether or not there is anything to see."""
    return {
        "params": params,
        "drawn": drawing_of(params),
        "typical": [(str(digit), Drawing.read(str(digit)).path) for digit in range(10)],
        "grids": GRIDS,
        "factors": FACTORS,
        "all": ALL,
    }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page without a landscape: everything can still be chosen."""
    return {"scene": None, "repairs": [], **choices(params)}

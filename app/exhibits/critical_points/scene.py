"""What one link shows: a quadratic by its eigenvalues, all level points of a surface, or a chord over it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from app import numbers
from app.exhibits.critical_points.descent import Descent, Spot
from app.exhibits.critical_points.ground import NAMES, ground
from app.exhibits.critical_points.params import Params
from app.exhibits.critical_points.secant import Secant
from app.exhibits.critical_points.table import KINDS, Table
from app.i18n import N_, Words
from app.landscape.marks import Arm, cross
from engine.landscape import CriticalPoint, Hessian, curvature, step_factor, turned, verdict
from engine.ops.arrays import Array

TABS = {
    "quadratic": N_("One quadratic"),
    "points": N_("All critical points"),
    "convex": N_("Convex or not"),
}
VERDICTS = {
    "minimum": N_("Both eigenvalues are above 0: f rises in every direction."),
    "maximum": N_("Both eigenvalues are below 0: f falls in every direction."),
    "saddle": N_("One eigenvalue is above 0, one below: f rises along one axis and falls along the other."),
    "valley": N_("One eigenvalue is 0, the other above: f is level along one axis, a valley with a flat floor."),
    "ridge": N_("One eigenvalue is 0, the other below: f is level along one axis, a ridge with a flat top."),
    "flat": N_(
        "Both eigenvalues are 0: this f is 0 everywhere. Of another f the second derivatives would say nothing."
    ),
}
VERDICT_WORDS = {**KINDS, "valley": N_("flat valley"), "ridge": N_("flat ridge")}
RATES = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
FILES = (
    ("critical-points", N_("x, y, f, both eigenvalues, kind (0 minimum, 1 maximum, 2 saddle, 3 flat)")),
    ("path", N_("gradient descent from the point: (steps + 1, 2)")),
    ("chord", N_("t, x, y, f and the chord")),
)
ARRAYS = tuple(name for name, _ in FILES)
DECIMALS = 3


class CriticalPointsScene:
    """A surface and what is asked of it."""

    def __init__(self, params: Params, found: list[CriticalPoint]) -> None:
        self.params = params
        self.ground = ground(params)
        self.found = found

    @property
    def plane(self) -> Any:
        return self.ground.plane

    @cached_property
    def start(self) -> Spot:
        usual = self.ground.chord[0] if self.params.tab == "convex" else self.ground.start
        return Spot.of(self.ground, self.params.x, self.params.y, usual)

    @cached_property
    def stop(self) -> Spot:
        return Spot.of(self.ground, self.params.to_x, self.params.to_y, self.ground.chord[1])

    @property
    def lr(self) -> float:
        return self.ground.rate if self.params.lr is None else self.params.lr

    @cached_property
    def descent(self) -> Descent:
        return Descent(self.start, self.lr, self.params.steps)

    @cached_property
    def secant(self) -> Secant:
        return Secant(self.ground, self.start, self.stop)

    @cached_property
    def table(self) -> Table:
        at = self.params.at
        return Table(self.found, self.ground, at if at is not None and at < len(self.found) else None)

    @property
    def hessian(self) -> Hessian:
        """Of the quadratic."""
        return turned(self.params.lambda1, self.params.lambda2, self.params.angle)

    @property
    def verdict(self) -> str:
        """What the quadratic's middle is."""
        return verdict(self.params.lambda1, self.params.lambda2)

    @property
    def cross(self) -> list[Arm]:
        """The axes of the quadratic."""
        middle = np.zeros(2)
        return cross(self.plane, middle, *curvature(self.ground.surface, middle))

    @property
    def printed(self) -> dict[str, Any]:
        """The numbers of the quadratic as printed."""
        hessian, lr = self.hessian, self.lr
        eigenvalues = (self.params.lambda1, self.params.lambda2)
        return {
            "xx": numbers.fitting(hessian.xx, DECIMALS),
            "xy": numbers.fitting(hessian.xy, DECIMALS),
            "yy": numbers.fitting(hessian.yy, DECIMALS),
            "trace": numbers.fitting(hessian.trace, DECIMALS),
            "determinant": numbers.fitting(hessian.determinant, DECIMALS),
            "eigenvalues": [numbers.fitting(value, DECIMALS) for value in eigenvalues],
            "factors": [numbers.fitting(step_factor(value, lr), 4) for value in eigenvalues],
        }

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return what the view is about, unrounded."""
        shown = {"tab": self.params.tab, "formula": self.ground.formula, "domain": self.plane.sides}
        if self.params.tab == "convex":
            return {**shown, **self.secant.numbers()}
        if self.params.tab == "points":
            return {**shown, "points": self.found, "descent": self.descent.numbers()}
        return {
            **shown,
            "hessian": self.hessian._asdict(),
            "trace": self.hessian.trace,
            "determinant": self.hessian.determinant,
            "verdict": self.verdict,
            "descent": self.descent.numbers(),
        }

    def array(self, name: str) -> Array:
        """Return critical-points (N, 6), path (steps + 1, 2) or chord (101, 5)."""
        if name == "path":
            return self.descent.path
        return self.secant.array() if name == "chord" else self.table.array()

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/critical-points.html shows."""
        return {
            "params": self.params,
            "scene": self,
            "tabs": TABS,
            "names": NAMES,
            "kinds": KINDS,
            "verdicts": VERDICTS,
            "verdict_words": VERDICT_WORDS,
            "rates": sorted({*RATES, self.lr}),
            "files": FILES,
        }


def broken(params: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page that has nothing to show: another surface can still be chosen."""
    return {"scene": None, "params": params, "repairs": [], "tabs": TABS, "names": NAMES}

"""What one walks on: the quadratic, a surface of the catalogue, or a formula of the learner's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app import numbers
from app.exhibits.critical_points.params import Params
from app.i18n import N_
from app.landscape.contour import Contour, contour
from app.landscape.domain import nearest_defined
from app.landscape.plane import Plane
from app.networks.kept import Kept
from engine.landscape import CATALOGUE, SURFACES, CriticalPoint, Surface, critical_points, parse, quadratic

NAMES = {
    "himmelblau": "Himmelblau",
    "ackley": "Ackley",
    "rastrigin": "Rastrigin",
    "rosenbrock": "Rosenbrock",
    "beale": "Beale",
    "double-well": N_("Double well"),
    "saddle": N_("Saddle"),
    "monkey-saddle": N_("Monkey saddle"),
    "slow-saddle": N_("Slow saddle"),
    "bowl": N_("Bowl"),
    "ravine": N_("Ravine"),
    "plateau": N_("Plateau"),
}
QUADRATIC = Plane(-2, 2, -2, 2)
USUAL_RATE = 0.1
RATES = {  # with the usual one, descent jumps out of these, or hardly moves
    "himmelblau": 0.01,
    "ackley": 0.01,
    "rastrigin": 0.002,
    "rosenbrock": 0.001,
    "beale": 0.01,
    "ravine": 0.01,
    "slow-saddle": 1.0,
}
OWN_CHORDS = {  # (from, to) that say something; else from the start to its mirror image
    "himmelblau": ((3.0, 2.0), (-2.8, 3.1)),
    "double-well": ((-1.0, 0.0), (1.0, 0.0)),
    "ackley": ((-2.5, 0.0), (2.5, 0.0)),
    "rosenbrock": ((-1.0, 1.0), (1.0, 1.0)),
}
NOTHING = 1e-12  # of the scale: a height below it comes of rounding
FEW_STARTS = 3  # Newton reaches the level point of a quadratic in one step from anywhere
MOST_POINTS = 20_000  # of all surfaces kept

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Ground:
    """A surface and the part of the plane that is shown of it.

    key       of the catalogue; "" for the others
    formula   as it is written under the picture
    """

    key: str
    formula: str
    surface: Surface
    plane: Plane
    start: Point
    chord: tuple[Point, Point]
    rate: float

    @property
    def picture(self) -> Contour:
        return _picture(self.formula, self.plane)

    def height(self, value: float) -> str:
        """Return a value of f as printed; what is 0 but for rounding is 0."""
        return numbers.significant(0.0 if abs(value) < NOTHING * self.picture.scale else value, 5)


def ground(params: Params) -> Ground:
    """Return what a link asks for. Raises RangeError, which says what is wrong with a formula."""
    if params.tab == "quadratic":
        surface = quadratic(params.lambda1, params.lambda2, params.angle)
        start = (-1.5, -0.75)
        return Ground("", surface.formula, surface, QUADRATIC, start, (start, (1.5, 0.75)), USUAL_RATE)
    if params.f:
        surface, reach = parse(params.f), params.reach
        plane = Plane(-reach, reach, -reach, reach)
        start = nearest_defined(surface, plane.sides, (0.6 * reach, 0.4 * reach))
        chord = ((-0.6 * reach, -0.4 * reach), (0.6 * reach, 0.4 * reach))
        return Ground("", surface.formula, surface, plane, start, chord, USUAL_RATE)
    row = CATALOGUE[params.surface]
    chord = OWN_CHORDS.get(params.surface, (row.start, (-row.start[0], -row.start[1])))
    rate = RATES.get(params.surface, USUAL_RATE)
    return Ground(params.surface, row.formula, SURFACES[params.surface], Plane(*row.domain), row.start, chord, rate)


@lru_cache(maxsize=24)
def _picture(formula: str, plane: Plane) -> Contour:
    return contour(parse(formula), plane)


FOUND: Kept[list[CriticalPoint]] = Kept(MOST_POINTS, len)


async def gather(params: Params, state: Any) -> list[CriticalPoint]:
    """Return the level points of the surface, found in the worker; those of a quadratic need no worker."""
    chosen = ground(params)
    if params.tab == "quadratic":
        return critical_points(chosen.surface, chosen.plane.sides, starts=FEW_STARTS)
    key = (chosen.formula, chosen.plane.sides)
    return await FOUND.get(key, lambda: state.worker.call(level_points, *key))


def level_points(formula: str, sides: tuple[float, float, float, float]) -> list[CriticalPoint]:
    """Return the critical points of a formula in a rectangle, from the lowest up."""
    return critical_points(parse(formula), sides)

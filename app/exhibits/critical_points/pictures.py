"""The view as a figure for a slide: the plane, and beside it what is told of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.figure import Figure, exports
from app.landscape import figures
from app.landscape.figures import Cell
from app.sheet import FOCUS, INK, INK3, PAPER

if TYPE_CHECKING:
    from app.exhibits.critical_points.scene import CriticalPointsScene

KINDS = {"minimum": "#00606B", "maximum": "#7530AE", "saddle": "#A33A00", "flat": "#494D55"}
BESIDE = 430  # px of what stands beside the plane
LOWEST = 420
LONGEST = 100  # characters of a formula
MOST_ROWS = 20
ENDS = (84, 148, 212, 284, 348, 412)  # of the table's columns
FACTS = 190  # px to the right end of a fact


def figure(scene: CriticalPointsScene) -> Figure:
    """Return the view that is shown."""
    plane = scene.plane
    beside = {"points": _listed, "convex": _chord, "quadratic": _facts_of}[scene.params.tab]
    left = figures.plane_cell("", plane.width, plane.height, partial(_plane, scene))
    right = Cell("", BESIDE, max(plane.height, LOWEST), partial(beside, scene))
    return figures.laid_out(f"f(x, y) = {scene.ground.formula}"[:LONGEST], [[left, right]])


def _plane(scene: CriticalPointsScene, drawn: Figure) -> None:
    plane = scene.plane
    figures.surface(drawn, scene.ground.picture)
    with drawn.placed(0, 0, clip=(plane.width, plane.height)):
        _marks(scene, drawn)
    figures.edge(drawn, plane.width, plane.height, plane.x_ticks, plane.y_ticks, ("x", "y"))


def _marks(scene: CriticalPointsScene, drawn: Figure) -> None:
    x, y = scene.start.place
    if scene.params.tab == "convex":
        far_x, far_y = scene.stop.place
        drawn.path(scene.secant.hollow, stroke=INK, dash=(1, 4))
        figures.haloed(drawn, f"M{x} {y}L{far_x} {far_y}")
        for place, name in (((x, y), "A"), ((far_x, far_y), "B")):
            figures.start(drawn, *place)
            drawn.text(place[0] + 12, place[1] - 14, name, size=14, ink=INK)
        return
    figures.trail(drawn, scene.descent.trail)
    figures.arrow(drawn, scene.start.arrow)
    if scene.params.tab == "points":
        for kind, path in scene.table.marks:
            drawn.path(path, fill=KINDS[kind], stroke=PAPER)
        if scene.table.ring:
            drawn.disc(*scene.table.ring, 12, stroke=FOCUS, width=3)
        figures.cross(drawn, scene.table.cross)
    else:
        figures.cross(drawn, scene.cross)
    figures.start(drawn, x, y)


def _facts_of(scene: CriticalPointsScene, drawn: Figure) -> None:
    said = scene.printed
    low, high = said["eigenvalues"]
    rows = [("eigenvalues", f"{low}, {high}"), ("determinant", said["determinant"]), ("trace", said["trace"])]
    _facts(drawn, [("kind", scene.verdict), *rows, *_point(scene)])


def _point(scene: CriticalPointsScene) -> list[tuple[str, str]]:
    said, descent = scene.start.printed, scene.descent
    rows = [("start", scene.start.text), ("f", said["value"]), ("∇f", said["gradient"]), ("lr", f"{scene.lr:g}")]
    if descent.end is None:
        return [*rows, ("not finite from step", str(descent.diverged_at))]
    if descent.left_at is not None:
        return [*rows, ("leaves the picture at step", str(descent.left_at))]
    return [*rows, (f"after {descent.steps} steps", descent.end.text), ("f there", descent.end.printed["value"])]


def _facts(drawn: Figure, rows: list[tuple[str, str]]) -> None:
    for k, (name, text) in enumerate(rows):
        drawn.text(0, 24 * k + 12, name)
        drawn.text(FACTS, 24 * k + 12, text, ink=INK)


def _listed(scene: CriticalPointsScene, drawn: Figure) -> None:
    rows = scene.table.rows[:MOST_ROWS]
    texts = [(f"{row.index} {row.kind}", row.x, row.y, row.value, *row.eigenvalues) for row in rows]
    high = figures.table(drawn, ("kind", "x", "y", "f", "λ₁", "λ₂"), texts, ENDS[1:])
    if len(scene.found) > len(rows):
        drawn.text(0, high + 10, f"and {len(scene.found) - len(rows)} more")
    elif not rows:
        drawn.text(0, high + 10, "no critical point here")


def _chord(scene: CriticalPointsScene, drawn: Figure) -> None:
    secant = scene.secant
    chart, cut = secant.chart, secant.cut
    said = "not convex" if cut.broken else "nothing against convex" if cut.complete else "no value"
    drawn.text(0, -12, said, size=14, ink=INK)
    figures.axes(drawn, chart, "t", "f", y_ticks=secant.heights)
    drawn.path(secant.straight, stroke=INK3, width=2, dash=(7, 4))
    drawn.path(secant.curve, stroke=INK, width=2.5)
    drawn.path(secant.gap, stroke="#A33A00", width=3)
    facts = [(name, f"{spot.text}, f = {spot.printed['value']}") for name, spot in (("A", secant.a), ("B", secant.b))]
    with drawn.placed(0, chart.height + 16):
        _facts(drawn, facts)


png, svg = exports(figure)

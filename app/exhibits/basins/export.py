"""The maps as a figure for a slide, with what their colours mean."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.exhibits.basins.picture import SWATCH, picture, swatch_png
from app.figure import Figure, exports
from app.landscape import figures
from app.landscape.figures import Cell
from app.sheet import INK, PAPER

if TYPE_CHECKING:
    from app.exhibits.basins.scene import BasinsScene, Side

LISTED, ROW = 16, 26  # minima in the legend, and px of a line of it
ENDS = (130, 150, 290, 380)  # px of the columns: number, place, f, first share
OTHERS = {-1: "not arrived", -2: "diverged"}
LEVEL = "#8A8779"


def figure(scene: BasinsScene) -> Figure:
    """Return the maps side by side with the path from the start on each, and the legend."""
    frame = scene.frame
    maps = [
        figures.plane_cell(
            f"{side.name}, lr {side.options['lr']:.4g}, {scene.params.steps} steps",
            frame.width,
            frame.height,
            partial(_map, scene, side),
        )
        for side in scene.sides
    ]
    rows = [row for row in scene.rows if row.label < LISTED]
    legend = Cell("", sum(cell.width for cell in maps), ROW * len(rows), partial(_legend, scene))
    return figures.laid_out(f"f(x, y) = {scene.formula}"[:100], [maps, [legend]])


def _map(scene: BasinsScene, side: Side, drawn: Figure) -> None:
    frame = scene.frame
    drawn.photo(picture(side.found.labels, "light"), frame.width, frame.height)
    with drawn.placed(0, 0, clip=(frame.width, frame.height)):
        drawn.path(scene.lines, stroke=LEVEL, width=0.75)
        figures.haloed(drawn, frame.line(side.path))
        for x, y, number in scene.minima:
            drawn.disc(x, y, 10 if scene.badges else 4, fill=PAPER, stroke=INK)
            if scene.badges:
                drawn.text(x, y, number, size=11, ink=INK, anchor="middle")
        figures.start(drawn, *frame.place(*scene.params.start))
    figures.edge(drawn, frame.width, frame.height, frame.x_ticks, frame.y_ticks, ("x", "y"))


def _legend(scene: BasinsScene, drawn: Figure) -> None:
    """Write a line for each colour; minima beyond the first ones are left out."""
    height, width = SWATCH
    for k, row in enumerate(row for row in scene.rows if row.label < LISTED):
        y = ROW * k + height / 2
        with drawn.placed(0, ROW * k):
            drawn.photo(swatch_png(row.label, "light"), width, height)
        drawn.text(width + 12, y, OTHERS.get(row.label) or f"minimum {row.label + 1}", ink=INK)
        if row.label >= 0:
            across, up, value = scene.points[row.label]
            drawn.text(ENDS[1], y, f"({across}, {up})", ink=INK)
            drawn.text(ENDS[2], y, f"f = {value}", ink=INK)
        for number, share in enumerate(row.shares):
            drawn.text(ENDS[3] + 170 * number, y, f"{scene.sides[number].name}: {share}", ink=INK)


png, svg = exports(figure)

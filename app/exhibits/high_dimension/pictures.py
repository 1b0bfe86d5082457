"""The four diagrams as a figure for a slide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app import palette
from app.charts import Chart
from app.exhibits.high_dimension.curves import HEIGHT, WIDTH, Dots
from app.figure import Figure, exports
from app.landscape import figures
from app.landscape.figures import Cell
from app.sheet import FOCUS, INK, INK3, PAPER

if TYPE_CHECKING:
    from app.exhibits.high_dimension.scene import HighDimensionScene

DRAWN, FIELD = "#00606B", "#7530AE"  # see high-dimension.css
KINDS = {"minimum": DRAWN, "saddle": INK3, "maximum": FIELD}
KEY = 12  # px of the key below them


def figure(scene: HighDimensionScene) -> Figure:
    """Return all diagrams, two in a row."""
    n, height = scene.params.n, scene.params.height
    rows = (
        (
            ("Share of minima among critical points, against n", _shares),
            (f"Critical points in {n} dimensions: directions that go down", _kinds),
        ),
        (
            ("Share of directions that go down, against height", _index),
            (f"Eigenvalues at height {height:g}, and Wigner's semicircle", _spectrum),
        ),
    )
    cells = [[Cell(name, WIDTH, HEIGHT, partial(draw, scene)) for name, draw in row] for row in rows]
    key = Cell("", WIDTH, KEY, _key)
    return figures.laid_out(f"n = {n}, h = {height:g}, seed {scene.params.seed}", [*cells, [key]])


def _shares(scene: HighDimensionScene, drawn: Figure) -> None:
    curves = scene.shares
    ticks = [(y, f"1e{exponent}" if exponent != "0" else "1") for y, exponent in curves.y_ticks]
    figures.axes(drawn, curves.chart, "dimensions n", "share", y_ticks=ticks)
    _guide(drawn, curves.chart, curves.at)
    drawn.path(curves.coins, stroke=INK3, width=2, dash=(6, 4))
    drawn.path(curves.exact, stroke=INK, width=2)
    _dots(drawn, curves.hessians, DRAWN, DRAWN)
    _dots(drawn, curves.field, FIELD, PAPER)


def _kinds(scene: HighDimensionScene, drawn: Figure) -> None:
    figures.axes(drawn, scene.kinds.chart, "directions that go down", "share")
    for kind, bars in scene.kinds.bars:
        drawn.path(bars, fill=KINDS[kind])
    drawn.path(scene.kinds.errors, stroke=INK, width=1.25)


def _index(scene: HighDimensionScene, drawn: Figure) -> None:
    figures.axes(drawn, scene.index.chart, "height h = f / √n", "share")
    _guide(drawn, scene.index.chart, scene.index.at)
    drawn.path(scene.index.law, stroke=INK, width=2)
    _dots(drawn, scene.index.drawn_dots, DRAWN, DRAWN)


def _spectrum(scene: HighDimensionScene, drawn: Figure) -> None:
    chart, (below, above) = scene.spectrum.chart, scene.spectrum.bars
    figures.axes(drawn, chart, "eigenvalue / √n", "density")
    drawn.path(below, fill=palette.colour(-10))
    drawn.path(above, fill=palette.colour(10))
    drawn.path(f"M{chart.across(0)} {chart.area[1]}V{chart.area[3]}", stroke=INK3)
    drawn.path(scene.spectrum.theory, stroke=INK, width=2)


def _guide(drawn: Figure, chart: Chart, at: float | None) -> None:
    if at is not None:
        drawn.path(f"M{at} {chart.area[1]}V{chart.area[3]}", stroke=figures.mixed(FOCUS, PAPER, 0.55), width=6)


def _dots(drawn: Figure, dots: Dots, ink: str, fill: str) -> None:
    drawn.path(dots.bars + dots.arrows, stroke=ink, width=1.25)
    for x, y in dots.dots:
        drawn.disc(x, y, 3.5, fill=fill, stroke=ink, width=2 if fill == PAPER else 0.5)


def _key(drawn: Figure) -> None:
    drawn.path("M0 6H34", stroke=INK, width=2)
    drawn.text(42, 6, "theory")
    drawn.path("M120 6H154", stroke=INK3, width=2, dash=(6, 4))
    drawn.text(162, 6, "coins, 1/2^n")
    for x, ink, fill, name in (
        (270, DRAWN, DRAWN, "random Hessians, drawn"),
        (450, FIELD, PAPER, "random landscape, drawn"),
    ):
        drawn.disc(x, 6, 3.5, fill=fill, stroke=ink, width=2)
        drawn.text(x + 10, 6, name)


png, svg = exports(figure)

"""The view as a figure for a slide: paths over the loss, and diagrams."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app import palette
from app.charts import Chart
from app.exhibits.batch_sizes.plots import FitChart, Landscape, Line, LossChart, glyph
from app.figure import Figure, exports
from app.landscape import figures
from app.landscape.figures import Cell
from app.landscape.schedules import Scheduled
from app.sheet import INK, INK3, PAPER

if TYPE_CHECKING:
    from app.exhibits.batch_sizes.scene import BatchSizesScene

SERIES = ("", "#1A1C20", "#00606B", "#7530AE", "#7A5200")  # of runs, by their style from 1; see batch-sizes.css
DASHES: tuple[tuple[float, ...], ...] = ((), (), (8, 3), (3, 2), (10, 3, 2, 3))
SCHEDULES_IN_A_ROW = 4
KEY, KEY_WIDTH = 12, 190  # px
LEVEL = figures.mixed(INK, PAPER, 0.4)


def figure(scene: BatchSizesScene) -> Figure:
    """Return the view that is shown: its planes, its diagrams, its key."""
    planes = [
        figures.plane_cell(
            "normalised inputs" if k else "loss over both weights",
            one.frame.width,
            one.frame.height,
            partial(_plane, one),
        )
        for k, one in enumerate(scene.landscapes)
    ]
    charts = _charts(scene)
    rows = [[planes[0], figures.stacked(charts)]] if len(planes) == 1 and charts else [planes, charts]
    if scene.params.tab == "schedules":
        made = [_schedule(one) for one in scene.schedules]
        rows += [made[k : k + SCHEDULES_IN_A_ROW] for k in range(0, len(made), SCHEDULES_IN_A_ROW)]
    if scene.landscapes[0].runs:
        rows.append([Cell("", KEY_WIDTH * len(scene.runs), KEY, partial(_key, scene))])
    title = f"{scene.params.kind} regression, {scene.params.count} examples"
    return figures.laid_out(
        "two features on two scales" if scene.params.tab == "scales" else title, [*filter(None, rows)]
    )


def _charts(scene: BatchSizesScene) -> list[Cell]:
    cells = []
    if scene.landscapes[0].runs:
        cells.append(_losses("loss, step by step", "steps", scene.by_steps))
    if scene.params.tab == "batches":
        cells.append(_losses("the same, by examples seen", "examples seen", scene.by_examples))
    if scene.params.tab == "scales":
        chart, path = scene.first_weight
        cells.append(Cell("the first weight", chart.width, chart.height, partial(_weight, chart, path)))
    fit = scene.fit if scene.params.tab in ("batches", "likelihood") else None
    if fit:
        cells.append(Cell("the examples and the models", fit.chart.width, fit.chart.height, partial(_fit, fit)))
    return cells


def _losses(title: str, across: str, shown: LossChart) -> Cell:
    def draw(drawn: Figure) -> None:
        figures.axes(drawn, shown.chart, across, "loss")
        _lines(drawn, shown.lines)

    return Cell(title, shown.chart.width, shown.chart.height, draw)


def _lines(drawn: Figure, lines: list[Line], *, size: float = 5.5, halo: bool = False) -> None:
    for line in reversed(lines):
        if halo:
            drawn.path(line.path, stroke=PAPER, width=4.5)
        drawn.path(line.path, stroke=SERIES[line.style], width=1.75, dash=DASHES[line.style])
    for line in lines:
        drawn.path(glyph(line.style, *line.mark, size), fill=SERIES[line.style], stroke=PAPER, width=1.25)


def _plane(at: Landscape, drawn: Figure) -> None:
    frame = at.frame
    with drawn.placed(0, 0, clip=(frame.width, frame.height)):
        for band in at.contour.bands:
            drawn.path(band.path, fill=palette.colour(band.level))
        for _, path in at.contour.lines:
            drawn.path(path, stroke=LEVEL, width=0.75)
        if at.minimum_place:
            x, y = at.minimum_place
            drawn.path(f"M{x - 13} {y}h26m-13 -13v26", stroke=INK, width=2)
        _lines(drawn, at.lines, size=7, halo=True)
        figures.start(drawn, *at.start_place)
    figures.edge(drawn, frame.width, frame.height, frame.x_ticks, frame.y_ticks, ("w₁", "w₂"))


def _weight(chart: Chart, path: str, drawn: Figure) -> None:
    figures.axes(drawn, chart, "steps", "w₁")
    drawn.path(path, stroke=SERIES[1], width=1.75)


def _fit(fit: FitChart, drawn: Figure) -> None:
    figures.axes(drawn, fit.chart, "input", "target")
    for x, y in fit.examples:
        drawn.disc(x, y, 3, fill=INK3)
    for line in reversed(fit.lines):
        drawn.path(line.path, stroke=SERIES[line.style], width=1.75, dash=DASHES[line.style])


def _schedule(one: dict[str, Any]) -> Cell:
    made: Scheduled = one["made"]
    chart = made.chart

    def draw(drawn: Figure) -> None:
        figures.axes(drawn, chart, "step", "η(t) / η")
        drawn.path(made.path, stroke=INK, width=1.75)
        drawn.text(0, chart.height + 8, made.equation, size=11)

    return Cell(one["name"], chart.width, chart.height + 16, draw)


def _key(scene: BatchSizesScene, drawn: Figure) -> None:
    for k, one in enumerate(scene.runs):
        with drawn.placed(KEY_WIDTH * k, 0):
            drawn.path("M0 6H46", stroke=SERIES[one.style], width=1.75, dash=DASHES[one.style])
            drawn.path(glyph(one.style, 23, 6), fill=SERIES[one.style], stroke=PAPER, width=1.25)
            drawn.text(54, 6, one.name)


png, svg = exports(figure)

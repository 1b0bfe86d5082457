"""Charts and surfaces on a figure, as the pages draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app import palette
from app.charts import Chart
from app.figure import Figure
from app.landscape.contour import Contour
from app.landscape.marks import Arm, Trail
from app.sheet import FOCUS, FRAMES, HATCH, INK, INK3, PAPER, RULE

HEAD = 28  # px above a cell for its title
LINE, ZERO = 0.22, 0.75  # how much ink is in a level line
BESIDE, BELOW = 48, 34  # px around a surface for its ticks
BETWEEN = 32
Ticks = Sequence[tuple[float, str]]


@dataclass(frozen=True)
class Cell:
    """A part of a figure with its title."""

    title: str
    width: float
    height: float
    draw: Callable[[Figure], None]


def laid_out(title: str, rows: Sequence[Sequence[Cell]]) -> Figure:
    """Return a figure of cells, row by row, with a title above them all."""
    highest = [max(cell.height for cell in row) + HEAD for row in rows]
    widest = max(sum(cell.width + BETWEEN for cell in row) for row in rows)
    figure = Figure(widest + BETWEEN, BETWEEN + sum(highest) + BETWEEN * len(rows))
    figure.text(BETWEEN, BETWEEN / 2 + 4, title, size=16, ink=INK)
    below = float(BETWEEN)
    for row, height in zip(rows, highest, strict=True):
        beside = float(BETWEEN)
        for cell in row:
            with figure.placed(beside, below + HEAD):
                if cell.title:
                    figure.text(0, -12, cell.title, size=13, ink=INK)
                cell.draw(figure)
            beside += cell.width + BETWEEN
        below += height + BETWEEN
    return figure


def stacked(cells: Sequence[Cell]) -> Cell:
    """Return cells one below the other as one."""

    def draw(figure: Figure) -> None:
        below = 0.0
        for number, cell in enumerate(cells):
            with figure.placed(0, below):
                if number:
                    figure.text(0, -12, cell.title, size=13, ink=INK)
                cell.draw(figure)
            below += cell.height + HEAD

    height = sum(cell.height + HEAD for cell in cells) - HEAD
    return Cell(cells[0].title, max(cell.width for cell in cells), height, draw)


def plane_cell(title: str, width: float, height: float, draw: Callable[[Figure], None]) -> Cell:
    """Return a cell for a surface from above, with room for its ticks."""

    def drawn(figure: Figure) -> None:
        with figure.placed(BESIDE, 0):
            draw(figure)

    return Cell(title, width + BESIDE, height + BELOW, drawn)


def axes(figure: Figure, chart: Chart, across: str, up: str, *, y_ticks: Ticks | None = None) -> None:
    """Draw the axes of a chart with their names."""
    left, top, right, bottom = chart.area
    figure.path(f"M{left} {top}V{bottom}H{right}", stroke=INK3)
    for x, text in chart.x_ticks:
        figure.path(f"M{x} {bottom}v4", stroke=INK3)
        figure.text(x, bottom + 13, text, anchor="middle")
    for y, text in chart.y_ticks if y_ticks is None else y_ticks:
        figure.path(f"M{left} {y}h-4", stroke=INK3)
        figure.text(left - 6, y, text, anchor="end")
    figure.text(right, bottom + 28, across, anchor="end")
    figure.text(2, 8, up)


def surface(figure: Figure, contour: Contour) -> None:
    """Draw the areas between levels; hatched colour where f has no value."""
    figure.box(contour.width, contour.height, fill=HATCH)
    with figure.placed(0, 0, clip=(contour.width, contour.height)):
        for area in contour.areas:
            fill = palette.colour(area.level)
            figure.path(area.path, fill=fill, stroke=mixed(INK, fill, ZERO if area.value == 0 else LINE))


def edge(figure: Figure, width: float, height: float, across: Ticks, up: Ticks, names: tuple[str, str]) -> None:
    """Draw the frame of a part of the plane with its ticks."""
    figure.box(width, height, stroke=INK3)
    for x, text in across:
        if x < width - 14:
            figure.text(x, height + 14, text, anchor="middle")
    for y, text in up:
        if y > 14:
            figure.text(-8, y, text, anchor="end")
    figure.text(width - 4, height + 14, names[0], size=14, ink=INK, anchor="middle")
    figure.text(-8, 6, names[1], size=14, ink=INK, anchor="end")


def haloed(figure: Figure, path: str, ink: str = INK, *, width: float = 2, halo: str = PAPER) -> None:
    """Draw a line that stands out from what lies below it."""
    figure.path(path, stroke=halo, width=width + 3)
    figure.path(path, stroke=ink, width=width)


def trail(figure: Figure, drawn: Trail) -> None:
    """Draw the path of a descent, and a square where it ends."""
    haloed(figure, drawn.line)
    if drawn.end:
        x, y = drawn.end
        figure.path(f"M{x - 6} {y - 6}h12v12h-12z", fill=INK, stroke=PAPER, width=2)


def cross(figure: Figure, arms: Sequence[Arm]) -> None:
    """Draw the eigenvectors at a point, with their eigenvalues."""
    for arm in arms:
        haloed(figure, arm.path, halo=FOCUS)
        x, y = arm.label
        figure.text(x, y, f"λ = {arm.text}", ink=INK, anchor="end" if arm.end else "start")


def arrow(figure: Figure, path: str) -> None:
    """Draw the arrow of steepest descent."""
    haloed(figure, path, FRAMES["gradient"], width=2.5)


def start(figure: Figure, x: float, y: float) -> None:
    figure.disc(x, y, 6, fill="#FFFFFF", stroke=INK, width=2)


def table(figure: Figure, heads: Sequence[str], rows: Sequence[Sequence[str]], ends: Sequence[float]) -> float:
    """Write a table: the first column from the left, the others to their right ends. Return its height."""
    for k, line in enumerate((heads, *rows)):
        y = 20 * k + 10
        if k:
            figure.path(f"M0 {y - 10}H{ends[-1]}", stroke=RULE)
        for number, (text, end) in enumerate(zip(line, (0, *ends), strict=False)):
            figure.text(end, y, text, ink=INK if k else INK3, anchor="end" if number else "start")
    return 20.0 * (len(rows) + 1)


def mixed(ink: str, paper: str, share: float) -> str:
    """Return `share` of one colour on another."""
    pairs = zip(bytes.fromhex(ink[1:]), bytes.fromhex(paper[1:]), strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02X}" for a, b in pairs)

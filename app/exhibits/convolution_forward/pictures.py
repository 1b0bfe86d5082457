"""The current step as a PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from app import numbers, palette
from app.drawing import Cell, Grid

if TYPE_CHECKING:
    from app.exhibits.convolution_forward.scene import ConvolutionScene

ZOOM = 2  # pixels per CSS pixel
GAP = 32
FRAMES = {"input": "#519D55", "filter": "#6529A9", "output": "#002C36"}
PAPER, INK, INK3, RULE, HATCH, FOCUS = "#FBFAF6", "#1A1C20", "#656A73", "#E2DFD7", "#E7E4DC", "#FFD400"

Box = tuple[float, float, float, float]


def draw(scene: ConvolutionScene) -> bytes:
    """Return inputs above their filter slices, outputs at the right, the sum below, as PNG bytes."""
    step = scene.layer.trace[scene.cell]
    _, f, row, column = step.index
    inputs, outputs = scene.grids.inputs, scene.grids.outputs
    slices = {grid.place: grid for column_of in scene.grids.filters for grid in column_of}
    below = inputs[0].height + 56
    width = sum(grid.width + GAP for grid in inputs) + outputs[0].width + 2 * GAP
    tall = sum(grid.height + 40 for grid in outputs)
    sheet = _Sheet(width, max(below + next(iter(slices.values())).height + 88, tall + 72))
    x = GAP
    for channel, grid in enumerate(inputs):
        sheet.grid(grid, x, 40, f"x  channel {channel}")
        if channel in step.channels:
            window = (step.rows[0], step.columns[0], step.rows[-1] + 1, step.columns[-1] + 1)
            sheet.outline(grid, x, 40, window)
            piece = slices[(f, channel - step.channels[0])]
            sheet.grid(piece, x, below + 24, f"W{f}  channel {channel}")
        x += grid.width + GAP
    for number, grid in enumerate(outputs):
        top = 40 + number * (grid.height + 40)
        reached = scene.cell - number * grid.rows * grid.columns
        sheet.grid(grid, x, top, f"o{number}", known=reached + 1)
        if number == f:
            sheet.outline(grid, x, top, (row, column, row + 1, column + 1))
    sheet.sentence(GAP, sheet.height - 28, _sum(scene))
    return sheet.png()


def _sum(scene: ConvolutionScene) -> str:
    step, places = scene.layer.trace[scene.cell], scene.precision.sum
    terms = [step.bias, *step.channel_sums.tolist()]
    printed = " + ".join(numbers.printed(float(term), places) for term in terms)
    _, f, row, column = step.index
    activation, value = scene.layer.activation, numbers.printed(step.value, places)
    if activation != "none":
        activated = float(scene.layer.output[f, row, column])
        printed, value = f"{activation}({printed})", numbers.printed(activated, scene.precision.activated)
    return f"o{f}[{row}, {column}] = {printed} = {value}"


class _Sheet:
    def __init__(self, width: float, height: float) -> None:
        self.height = height
        self.image = Image.new("RGB", (round(width * ZOOM), round(height * ZOOM)), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def grid(self, grid: Grid, x: float, y: float, label: str, known: int | None = None) -> None:
        self._text((x, y - 14), label, 12, FRAMES[grid.role], "lm")
        if any(sum(side) for side in grid.ring):
            self.pen.rectangle(_zoomed((x, y, x + grid.width, y + grid.height)), fill=HATCH)
        cells = [cell for line in grid.lines() for cell in line]
        for index, cell in enumerate(cells):
            self._cell(grid, cell, x, y, known is None or index < known)
        left, top = x + grid.left * grid.pitch, y + grid.top * grid.pitch
        frame = (left, top, left + grid.columns * grid.pitch, top + grid.rows * grid.pitch)
        self.pen.rectangle(_zoomed(frame), outline=FRAMES[grid.role], width=2 * ZOOM)

    def _cell(self, grid: Grid, cell: Cell, x: float, y: float, known: bool) -> None:
        box = (x + cell.x, y + cell.y, x + cell.x + grid.pitch, y + cell.y + grid.pitch)
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if not cell.padding:
            fill = palette.colour(cell.level) if known else PAPER
            self.pen.rectangle(_zoomed(box), fill=fill, outline=None if grid.dense else RULE, width=ZOOM)
        if grid.dense:
            return
        if not known:
            self._text(centre, "·", grid.digit_size, INK3)
        else:
            ink = INK3 if cell.padding else palette.digit(cell.level)
            self._text(centre, cell.text, grid.digit_size, ink)

    def outline(self, grid: Grid, x: float, y: float, cells: Sequence[int]) -> None:
        top, left, bottom, right = cells
        box = (
            x + (left + grid.left) * grid.pitch,
            y + (top + grid.top) * grid.pitch,
            x + (right + grid.left) * grid.pitch,
            y + (bottom + grid.top) * grid.pitch,
        )
        outer = (box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3)
        self.pen.rectangle(_zoomed(outer), outline=FOCUS, width=4 * ZOOM)
        self.pen.rectangle(_zoomed(box), outline=INK, width=2 * ZOOM)

    def sentence(self, x: float, y: float, text: str) -> None:
        self._text((x, y), text, 16, INK, "lm")

    def _text(self, place: tuple[float, float], text: str, size: float, ink: str, anchor: str = "mm") -> None:
        font = ImageFont.load_default(size * ZOOM)
        at = (place[0] * ZOOM, place[1] * ZOOM)
        self.pen.text(at, text.replace(numbers.MINUS, "-"), ink, font, anchor)

    def png(self) -> bytes:
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG", compress_level=6)
        return buffer.getvalue()


def _zoomed(box: Box) -> list[float]:
    return [round(side * ZOOM) for side in box]

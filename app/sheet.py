"""A picture of grids as PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from app import numbers, palette
from app.drawing import Cell, Grid

ZOOM = 2  # pixels per CSS pixel, while there are not too many of them
MOST_PIXELS = 2_500_000  # encoding more takes longer than all else that a request may cost
GAP = 32
FRAMES = {"input": "#519D55", "filter": "#6529A9", "output": "#002C36", "gradient": "#B51C79"}
OTHER_FRAME = "#494D55"  # of places, such as switches
IN_FONT = str.maketrans(
    {numbers.MINUS: "-", "–": "-", "×": "x", "≈": "~", "∂": "d", "′": "'", "✕": "x", "↻": "turned "}
    | {"λ": "lambda", "η": "lr", "∇": "grad ", "√": "sqrt ", "π": "pi ", "₁": "1", "₂": "2", "²": "^2", "∞": "inf"}
    | {"⌊": "[", "⌋": "]", "→": "->", "…": "..."}
)  # the font has none of these signs
PAPER, INK, INK3, RULE, HATCH, FOCUS = "#FBFAF6", "#1A1C20", "#656A73", "#E2DFD7", "#E7E4DC", "#FFD400"

Box = tuple[float, float, float, float]
Sides = tuple[Sequence[int], Sequence[int]]  # rows and columns


class Sheet:
    """Paper of a size in CSS pixels, on which grids and lines of text are drawn."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.zoom = ZOOM if width * height * ZOOM**2 <= MOST_PIXELS else 1
        self.image = Image.new("RGB", (round(width * self.zoom), round(height * self.zoom)), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def grid(self, grid: Grid, x: float, y: float, label: str, known: int | None = None) -> None:
        """Draw a grid with its label above it; of its cells the first `known` have their number already."""
        self.text((x, y - 14), label, 12, FRAMES.get(grid.role, OTHER_FRAME))
        if any(sum(side) for side in grid.ring):
            self.pen.rectangle(self._zoomed((x, y, x + grid.width, y + grid.height)), fill=HATCH)
        cells = [cell for line in grid.lines() for cell in line]
        for index, cell in enumerate(cells):
            self._cell(grid, cell, x, y, known is None or index < known)
        left, top = x + grid.left * grid.pitch, y + grid.top * grid.pitch
        self.frame((left, top, left + grid.columns * grid.pitch, top + grid.rows * grid.pitch), grid.role)

    def frame(self, box: Box, role: str) -> None:
        """Draw the frame of a tensor: a gradient's is a double line."""
        self.pen.rectangle(self._zoomed(box), outline=FRAMES.get(role, OTHER_FRAME), width=2 * self.zoom)
        if role == "gradient":
            around = (box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3)
            self.pen.rectangle(self._zoomed(around), outline=FRAMES.get(role, OTHER_FRAME), width=self.zoom)

    def cell(self, box: Box, text: str, level: int, size: float | None) -> None:
        """Draw one cell on the colour scale, with its number where `size` leaves room for it."""
        self.pen.rectangle(
            self._zoomed(box), fill=palette.colour(level), outline=RULE if size else None, width=self.zoom
        )
        if size:
            self.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), text, size, palette.digit(level), "mm")

    def outline(self, grid: Grid, x: float, y: float, sides: Sides) -> None:
        """Draw the mark of this step round the rows and columns of a grid that is drawn at (x, y)."""
        left, top, width, height = grid.box(*sides)
        self.mark((x + left, y + top, x + left + width, y + top + height))

    def mark(self, box: Box) -> None:
        """Draw the mark of this step: yellow outside, ink inside."""
        outer = (box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3)
        self.pen.rectangle(self._zoomed(outer), outline=FOCUS, width=4 * self.zoom)
        self.pen.rectangle(self._zoomed(box), outline=INK, width=2 * self.zoom)

    def text(self, place: tuple[float, float], text: str, size: float, ink: str = INK, anchor: str = "lm") -> None:
        """Write one line."""
        at = (place[0] * self.zoom, place[1] * self.zoom)
        self.pen.text(at, text.translate(IN_FONT), ink, _font(size * self.zoom), anchor)

    def png(self) -> bytes:
        """Return the sheet as PNG bytes."""
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_DEFAULT_STRATEGY)
        return buffer.getvalue()

    def _cell(self, grid: Grid, cell: Cell, x: float, y: float, known: bool) -> None:
        box = (x + cell.x, y + cell.y, x + cell.x + grid.pitch, y + cell.y + grid.pitch)
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if not cell.padding:
            fill = palette.colour(cell.level) if known else PAPER
            self.pen.rectangle(self._zoomed(box), fill=fill, outline=None if grid.dense else RULE, width=self.zoom)
        if grid.dense:
            return
        if not known:
            self.text(centre, "·", grid.digit_size, INK3, "mm")
        else:
            ink = INK3 if cell.padding else palette.digit(cell.level)
            self.text(centre, cell.text, grid.digit_size, ink, "mm")

    def _zoomed(self, box: Box) -> list[float]:
        return [round(side * self.zoom) for side in box]


def width_of(text: str, size: float) -> float:
    """Return how wide one line of text is, in CSS pixels."""
    return float(_font(size * ZOOM).getlength(text.translate(IN_FONT))) / ZOOM


@lru_cache(maxsize=64)
def _font(size: float) -> Any:
    """Return the font that comes with Pillow; reading it takes longer than writing with it."""
    return ImageFont.load_default(size)

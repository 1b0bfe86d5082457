"""The current step as a PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.drawing import Grid
from app.exhibits.convolution_matrix.picture import MatrixPicture
from app.i18n import words
from app.sheet import GAP, Sheet, Sides, width_of

if TYPE_CHECKING:
    from app.exhibits.convolution_matrix.scene import MatrixScene

TOP, ROW = 40, 56  # px above the first grid, and between the tensors and their product


@dataclass
class Item:
    """A grid, or C, with its label and what is outlined in it; known as in Sheet.grid."""

    what: Grid | MatrixPicture
    label: str
    outline: Sides | None = None
    known: int | None = None
    sign: str = field(default="", kw_only=True)  # what stands before it in a product

    @property
    def width(self) -> float:
        return max(float(self.what.width), width_of(self.label, 12))


def draw(scene: MatrixScene) -> bytes:
    """Return the tensors above the product that the tab shows, and the step in a sentence, as PNG bytes."""
    above, below = _tensors(scene), _product(scene)
    said = scene.narration(words("en")).striptags()
    second = TOP + max(item.what.height for item in above) + ROW
    wide = max(sum(item.width + GAP for item in line) + GAP for line in (above, below))
    sheet = Sheet(max(wide, width_of(said, 16) + 2 * GAP), second + max(item.what.height for item in below) + 72)
    for line, y in ((above, TOP), (below, second)):
        x = float(GAP)
        for item in line:
            if item.sign:
                sheet.text((x - GAP / 2, y + 12), item.sign, 18, anchor="mm")
            _draw(sheet, item, x, y)
            x += item.width + GAP
    sheet.text((GAP, sheet.height - 28), said, 16)
    return sheet.png()


def _tensors(scene: MatrixScene) -> list[Item]:
    """Return x, W and y, on the way back dy, W and dx, with what this step reads and makes."""
    lit, (at, row, column) = scene.lit, scene.place
    here: Sides = ([row], [column])
    filters = [grid for of_channel in scene.grids.filters for grid in of_channel]
    weights = [Item(g, f"W{g.place[0]}  c{g.place[1]}", lit.on_weight(g.place[0], g.place[1])) for g in filters]
    if not scene.backward:
        known = scene.step + 1
        inputs = [
            Item(g, f"x{g.place[0]}", scene.window if lit.on_input(g.place[0]) else None) for g in scene.grids.inputs
        ]
        outputs = [
            Item(g, f"y{g.place[0]}", here if g.place[0] == at else None, known - g.first) for g in scene.grids.outputs
        ]
        return [*inputs, *weights, *outputs]
    grads = [Item(g, f"dy{g.place[0]}", lit.on_output(g.place[0])) for g in scene.grad_outputs]
    made = [
        Item(g, f"dx{g.place[0]}", here if g.place[0] == at else None, scene.step + 1 - g.first)
        if scene.by_column
        else Item(g, f"dx{g.place[0]}", lit.on_input(g.place[0]))
        for g in scene.grad_inputs
    ]
    return [*grads, *weights, *made]


def _product(scene: MatrixScene) -> list[Item]:
    """Return the columns and the matrix of the product, im2col's on its tab."""
    lit, picture, here = scene.lit, scene.picture, ([scene.step], [0])
    if scene.params.tab == "columns":
        u = scene.unfolded
        made = Item(u["outputs"], "y", ([u["row"]], [u["column"]]), scene.step + 1 - u["outputs"].first)
        filters = Item(u["filters"], "W", ([u["row"]], range(u["filters"].columns)), sign="=")
        return [made, filters, Item(u["columns"], "unfold(x)", (range(u["columns"].rows), [u["column"]]), sign="·")]
    if not scene.backward:
        made = Item(scene.vector("output"), "y", here, scene.step + 1)
        c = Item(picture, f"C  {picture.rows} × {picture.columns}", sign="=")
        return [made, c, Item(scene.vector("x"), "x", _rows(lit.columns.tolist()), sign="·")]
    c = Item(picture, f"C transposed  {picture.rows} × {picture.columns}", sign="=")
    grad, column = scene.vector("grad_output"), scene.vector("grad_input")
    if scene.by_column:
        return [Item(column, "dx", here, scene.step + 1), c, Item(grad, "dy", _rows(lit.rows.tolist()), sign="·")]
    return [Item(column, "dx", _rows(lit.columns.tolist())), c, Item(grad, "dy", here, sign="·")]


def _rows(rows: list[int]) -> Sides | None:
    return (rows, [0]) if rows else None


def _draw(sheet: Sheet, item: Item, x: float, y: float) -> None:
    if isinstance(item.what, Grid):
        sheet.grid(item.what, x, y, item.label, item.known)
        if item.outline:
            sheet.outline(item.what, x, y, item.outline)
        return
    matrix = item.what
    sheet.text((x, y - 14), item.label, 12)
    for cell in matrix.entries():
        box = (x + cell.x, y + cell.y, x + cell.x + matrix.pitch, y + cell.y + matrix.pitch)
        sheet.cell(box, cell.text, cell.level, matrix.digit_size)
    sheet.frame((x, y, x + matrix.width, y + matrix.height), "filter")
    if outline := matrix.outline():
        left, top, width, height = outline
        sheet.mark((x + left, y + top, x + left + width, y + top + height))

"""The current step as a PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import numbers
from app.sheet import GAP, Sheet

if TYPE_CHECKING:
    from app.exhibits.convolution_forward.scene import ConvolutionScene


def draw(scene: ConvolutionScene) -> bytes:
    """Return inputs above their filter slices, outputs at the right, the sum below, as PNG bytes."""
    step = scene.layer.trace[scene.cell]
    _, f, row, column = step.index
    inputs, outputs = scene.grids.inputs, scene.grids.outputs
    slices = {grid.place: grid for column_of in scene.grids.filters for grid in column_of}
    below = inputs[0].height + 56
    width = sum(grid.width + GAP for grid in inputs) + outputs[0].width + 2 * GAP
    tall = sum(grid.height + 40 for grid in outputs)
    sheet = Sheet(width, max(below + next(iter(slices.values())).height + 88, tall + 72))
    x = GAP
    for channel, grid in enumerate(inputs):
        sheet.grid(grid, x, 40, f"x  channel {channel}")
        if channel in step.channels:
            sheet.outline(grid, x, 40, (step.rows, step.columns))
            piece = slices[(f, channel - step.channels[0])]
            sheet.grid(piece, x, below + 24, f"W{f}  channel {channel}")
        x += grid.width + GAP
    for number, grid in enumerate(outputs):
        top = 40 + number * (grid.height + 40)
        reached = scene.cell - number * grid.rows * grid.columns
        sheet.grid(grid, x, top, f"o{number}", known=reached + 1)
        if number == f:
            sheet.outline(grid, x, top, ([row], [column]))
    sheet.text((GAP, sheet.height - 28), _sum(scene), 16)
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

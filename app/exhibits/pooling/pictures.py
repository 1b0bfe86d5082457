"""The current step as a PNG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from app.drawing import Grid
from app.exhibits import columns_picture
from app.exhibits.columns_picture import Item, Stack, sides
from app.i18n import words

if TYPE_CHECKING:
    from app.exhibits.pooling.scene import PoolingScene


def draw(scene: PoolingScene) -> bytes:
    """Return what the tab shows, a line for each channel, and the step in a sentence, as PNG bytes."""
    english = words("en")
    if scene.params.tab == "shift":
        return columns_picture.draw(_shifted(scene), scene.shift.told(english))
    said = Markup(scene.moment(scene.cell, english).parts[0].narration).striptags()
    return columns_picture.draw(_stepped(scene), [said])


def _stepped(scene: PoolingScene) -> list[list[Stack]]:
    """Return what a channel's line holds: forwards input, output and switches, backwards the gradients."""
    grids, (channel, row, column) = scene.grids, scene.pool.trace[scene.cell].index[1:]
    rows, columns = scene.window(row, column)

    def item(grid: Grid, label: str, *, window: bool = False, at: int | None = None) -> Item:
        """Outline the step, or its window, where the grid is of the step's channel."""
        if grid.place[0] != channel:
            return Item(grid, label, at=at)
        return (
            Item(grid, label, sides(rows, columns), scene.winner(), at)
            if window
            else Item(grid, label, ([row], [column]), at=at)
        )

    lines: list[list[Stack]] = []
    for c, x in enumerate(grids.inputs):
        if scene.backward:
            squashed = [[item(grids.grad_sums[c], "before squashing  dz")]] if grids.grad_sums else []
            gradients = [[item(grids.grad_outputs[c], f"Gradient of the output  do  channel {c}")], *squashed]
            found = [[item(x, "Input  x", window=True)], [item(grids.grad_inputs[c], "Gradient  dx", window=True)]]
            lines.append([*gradients, *found])
        else:
            switches = [[item(grids.switches[c], "Switches  k", at=scene.cell)]] if grids.switches else []
            made = [item(grids.outputs[c], f"Output  o  channel {c}", at=scene.cell)]
            lines.append([[item(x, f"Input  x  channel {c}", window=True)], made, *switches])
    return lines


def _shifted(scene: PoolingScene) -> list[list[Stack]]:
    """Return input and output of each channel, before the shift and after it."""
    grids, (moved, made) = scene.grids, scene.shifted_grids
    named = (
        ("Input  x  before", grids.inputs),
        ("Output  o  before", grids.outputs),
        ("x'  shifted", moved),
        ("o'", made),
    )
    return [[[Item(planes[c], label)] for label, planes in named] for c in range(len(made))]

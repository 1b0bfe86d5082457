"""Matrix view: a convolution as y = C x and dx = C^T dy, as neurons, as im2col."""

from __future__ import annotations

from urllib.parse import urlencode

from app.exhibits.base import Exhibit, OwnNumbers, Tile
from app.exhibits.convolution_matrix import pictures
from app.exhibits.convolution_matrix.params import Params
from app.exhibits.convolution_matrix.presets import FIRST, PRESETS, Preset
from app.exhibits.convolution_matrix.resolve import canonical, edited, taken
from app.exhibits.convolution_matrix.scene import MatrixScene, broken
from app.i18n import N_
from app.stepper.grids import Grids


def _tile(name: str, preset: Preset) -> Tile:
    window = preset.layer.trace[0]
    query = "" if name == FIRST else urlencode({"preset": name})
    return Tile(query, preset.title, preset.note, Grids(preset.layer).thumbnail, window.rows, window.columns)


EXHIBIT = Exhibit(
    slug="convolution-matrix",
    chapter=N_("Convolution"),
    title=N_("Matrix view"),
    summary=N_("See a convolution as one sparse matrix, y = C x, and its gradient as the transpose, dx = Cᵀ dy."),
    Params=Params,
    prepare=MatrixScene,
    canonical=canonical,
    broken=broken,
    long_params=("x", "weight", "grad_output"),
    view_params=("step", "tab", "cell", "timed"),
    arrays={
        "x": lambda scene: scene.layer.x,
        "weight": lambda scene: scene.layer.weight,
        "grad_output": lambda scene: scene.convolution.grad_output,
        "output": lambda scene: scene.convolution.output,
        "grad_input": lambda scene: scene.convolution.grad_input,
        "matrix": lambda scene: scene.matrix.dense(),
        "columns": lambda scene: scene.convolution.columns,
    },
    picture=pictures.draw,
    own_numbers=OwnNumbers(("x", "weight", "grad_output"), edited, taken),
    tiles=tuple(_tile(name, preset) for name, preset in PRESETS.items()),
)

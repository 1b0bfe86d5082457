"""What one link of the exhibit shows: the convolution, its matrix, the step, and every view of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from markupsafe import Markup

import engine
from app import numbers
from app.drawing import Grid, Panel
from app.exhibits import fields
from app.exhibits.base import plain
from app.exhibits.controls import repairs
from app.exhibits.convolution_forward.resolve import option_texts
from app.exhibits.convolution_matrix import controls, costs, joins, resolve, written
from app.exhibits.convolution_matrix.neurons import Neurons
from app.exhibits.convolution_matrix.params import BOUNDS, Params
from app.exhibits.convolution_matrix.picture import MatrixPicture, pitch_of
from app.exhibits.convolution_matrix.presets import FIRST, PRESETS
from app.i18n import N_, Words
from app.stepper.grids import Grids
from app.stepper.walk import Walk
from app.tensors import Array

TABS = {
    "forward": N_("y = C x"),
    "backward": N_("dx = Cᵀ dy"),
    "neurons": N_("Neurons"),
    "columns": N_("im2col"),
    "loops": N_("Against loops"),
}
WAYS = {"gather": N_("One pixel: a column of C"), "stamp": N_("One output: stamp a row of C")}
UNFOLDED_SIZES = ((18, 26), (36, 16))  # (most columns, pitch)


class MatrixScene(Walk):
    """One convolution as a matrix, at one step.

    A step is a row of C, which makes one output; on the way back a column, which makes one pixel
    of dx, or a row again, which is stamped onto dx.
    """

    def __init__(self, settings: Params) -> None:
        self.params = settings
        self.convolution = resolve.resolve(settings)
        self.layer, self.matrix = self.convolution.layer, self.convolution.matrix
        self.grids = Grids(self.layer, editable=True)
        self.backward = settings.tab == "backward"
        self.way = settings.way if self.backward else "forward"
        self.by_column = self.way == "gather"
        maps = len(self.layer.x) if self.by_column else len(self.layer.weight)
        super().__init__(self.matrix.shape[1 if self.by_column else 0], maps, settings.step)
        self.scales = {**self.grids.scales, "gradient": self._gradient_scale}

    @property
    def _gradient_scale(self) -> float:
        both = (self.convolution.grad_output, self.convolution.grad_input)
        return max(float(np.abs(values).max()) for values in both) or 1.0

    @property
    def lit(self) -> joins.Joins:
        """The cells of C that this step is about."""
        matrix = self.matrix
        if self.by_column:
            return joins.Joins(self.convolution, np.flatnonzero(matrix.columns == self.step))
        here = matrix.row(self.step)
        return joins.Joins(self.convolution, np.arange(here.start, here.stop))

    @property
    def place(self) -> tuple[int, int, int]:
        """(map, row, column) of the cell that this step is about."""
        shape = self.layer.x.shape if self.by_column else self.convolution.output.shape
        at, row, column = (int(k) for k in np.unravel_index(self.step, shape))
        return at, row, column

    @property
    def cell(self) -> tuple[int, int] | None:
        """The chosen cell of C."""
        return fields.pair(self.params.cell) if self.params.cell else None

    def marked(self, tensor: str, *place: int) -> tuple[int, int] | None:
        """Return where in a slice of x, weight or output the chosen cell of C has its own cell."""
        entry = joins.chosen(self.convolution, self.cell) if self.cell else None
        if entry is None:
            return None
        matrix = self.matrix
        flat, shape = {
            "x": (matrix.columns, self.layer.x.shape),
            "weight": (matrix.weights, self.layer.weight.shape),
            "output": (matrix.rows, self.convolution.output.shape),
        }[tensor]
        *slice_, row, column = (int(k) for k in np.unravel_index(int(flat[entry]), shape))
        return (row, column) if tuple(slice_) == place else None

    @cached_property
    def written(self) -> written.Written:
        """The step's terms and their sum."""
        make = {"forward": written.forward, "gather": written.gather, "stamp": written.stamp}[self.way]
        return make(self.convolution, self.step)

    @property
    def grad_input(self) -> Array:
        """dx as far as this step has got with it: cell by cell it is there, stamp by stamp it grows."""
        if self.way == "stamp":
            return written.stamped(self.convolution, self.step)
        return self.convolution.grad_input

    @property
    def picture(self) -> MatrixPicture:
        """C; on the way back its transpose."""
        kernel_block, pixel_line = self._blocks()
        matrix, chosen = self.matrix, self.cell
        if chosen and not (chosen[0] < matrix.shape[0] and chosen[1] < matrix.shape[1]):
            chosen = None
        if self.backward:
            matrix, kernel_block, pixel_line = self.convolution.transposed, kernel_block[::-1], pixel_line[::-1]
            chosen = (chosen[1], chosen[0]) if chosen else None
        return MatrixPicture(
            matrix,
            self.pitch,
            self.scales["weight"],
            self.step,
            self.way == "stamp",
            (kernel_block, pixel_line),
            chosen,
        )

    def _blocks(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return (rows, columns) of C in the block of one kernel, and in one line of outputs and pixels."""
        _, height, width = self.convolution.output.shape
        _, rows, columns = self.layer.x.shape
        return (height * width, rows * columns), (width, columns)

    @property
    def pitch(self) -> int:
        return pitch_of(max(self.matrix.shape))

    def vector(self, tensor: str) -> Grid:
        """Return x, y, dy or dx as the column that stands beside C."""
        role, scale, values = {
            "x": ("input", "x", self.layer.x),
            "output": ("output", "output", self.convolution.output),
            "grad_output": ("gradient", "gradient", self.convolution.grad_output),
            "grad_input": ("gradient", "gradient", self.grad_input),
        }[tensor]
        return Grid(role, f"{tensor}_vector", (), values.reshape(-1, 1), self.pitch, self.scales[scale])

    @property
    def grad_outputs(self) -> list[Grid]:
        """dy, a map each; the learner's to change."""
        pitch = self.grids.outputs[0].pitch
        return self._gradients("grad_output", self.convolution.grad_output, pitch, editable=True)

    @property
    def grad_inputs(self) -> list[Grid]:
        return self._gradients("grad_input", self.grad_input, self.grids.inputs[0].pitch)

    def _gradients(self, tensor: str, values: Array, pitch: int, *, editable: bool = False) -> list[Grid]:
        scale = self.scales["gradient"]
        return [
            Grid("gradient", tensor, (at,), plane, pitch, scale, editable=editable, first=at * plane.size)
            for at, plane in enumerate(values)
        ]

    @property
    def window(self) -> joins.Sides:
        """Rows and columns of the input under the output cell of this step, padding included."""
        _, row, column = self.place
        rows, columns = self.layer.geometry.window(row, column)
        return list(rows), list(columns)

    @property
    def unfolded(self) -> dict[str, Any]:
        """im2col for the filters of one group: (filters as rows) times (windows as columns) is y."""
        layer, (f, row, column) = self.layer, self.place
        per_group = len(layer.weight) // layer.groups
        group = f // per_group
        size = layer.weight[0].size
        filters = layer.weight[group * per_group : (group + 1) * per_group].reshape(per_group, -1)
        columns = self.convolution.columns[group * size : (group + 1) * size]
        pitch = next(pitch for most, pitch in UNFOLDED_SIZES if columns.shape[1] <= most)
        outputs = self.convolution.output[group * per_group : (group + 1) * per_group].reshape(per_group, -1)
        first = group * per_group * columns.shape[1]
        return {
            "filters": Grid("filter", "filter_rows", (), filters, pitch, self.scales["weight"]),
            "columns": Grid("input", "columns", (), columns, pitch, self.scales["x"]),
            "outputs": Grid("output", "output_rows", (), outputs, pitch, self.scales["output"], first=first),
            "row": f - group * per_group,
            "column": row * self.convolution.output.shape[2] + column,
            "copies": numbers.short(self.convolution.columns.size / layer.x.size),
        }

    @property
    def neurons(self) -> Neurons:
        return Neurons(self.convolution, self.lit, self.scales)

    def narration(self, words: Words) -> Markup:
        """Return the step in one sentence."""
        shape = self.layer.x.shape if self.by_column else self.convolution.output.shape
        return written.told(self.way, self.step, shape, self.written, words)

    def preview(self, tensor: str, words: Words) -> list[Panel]:
        """Return a tensor of the learner's own, as it would be taken."""
        grids = Grids(self.layer, editable=False)
        if tensor == "weight":
            slices = [grid for of_channel in grids.filters for grid in of_channel]
            return [Panel(g, words.gettext("Filter"), "W", str(g.place[0]), f"c{g.place[1]}") for g in slices]
        if tensor == "grad_output":
            shown = self._gradients("grad_output", self.convolution.grad_output, grids.outputs[0].pitch)
            return [Panel(g, words.gettext("Gradient"), "dy", str(g.place[0])) for g in shown]
        return [Panel(g, words.gettext("Input"), "x", str(g.place[0])) for g in grids.inputs]

    @property
    def agreement(self) -> str:
        """Return the largest difference between the matrix's product and the convolution's own."""
        convolution = self.convolution
        if self.backward:
            product, own = convolution.transposed @ convolution.grad_output.ravel(), convolution.grad_input
        else:
            product, own = self.matrix @ self.layer.x.ravel(), convolution.output
        return f"{float(np.abs(product - own.ravel()).max()):.1g}".replace("-", numbers.MINUS)

    def numbers(self, start: int, stop: int) -> dict[str, Any]:
        """Return tensors, C by its stored cells, both products, and steps start..stop of the one shown, unrounded."""
        convolution, matrix = self.convolution, self.matrix
        vector = convolution.grad_output if self.by_column else self.layer.x
        trace = engine.trace.matrix_product(convolution.transposed if self.by_column else matrix, vector.ravel())
        names = ("index", "columns", "weights", "entries", "x", "products", "value")
        return {
            "x": plain(self.layer.x),
            "weight": plain(self.layer.weight),
            "grad_output": plain(convolution.grad_output),
            "options": {name: option_texts(self.layer)[name] for name in BOUNDS} | {"groups": self.layer.groups},
            "shape": matrix.shape,
            "rows": matrix.rows,
            "columns": matrix.columns,
            "values": plain(matrix.values),
            "weights": matrix.weights,
            "output": plain(convolution.output),
            "grad_input": plain(convolution.grad_input),
            "unfolded": plain(convolution.columns),
            "steps": [{name: getattr(step, name) for name in names} for step in trace[start:stop]],
        }

    def context(self, words: Words) -> dict[str, Any]:
        """Return what templates/exhibits/convolution-matrix.html shows."""
        cell = self.cell
        return {
            "scene": self,
            "grids": self.grids,
            "narration": self.narration(words),
            "joined": joins.sentence(self.convolution, cell, words) if cell else "",
            "joins": joins.table(self.convolution),
            "costs": costs.costs(self.convolution, words) if self.params.tab == "loops" else [],
            "measured": costs.measured(self.convolution, words) if self.params.timed else [],
            "sliders": controls.sliders(self.params, words),
            "own_tensors": [(name, words.gettext(label)) for name, label in OWN_TENSORS.items()],
            **choices(self.params),
        }


def choices(settings: Params) -> dict[str, Any]:
    """Return what the form offers whatever the state."""
    return {
        "params": settings,
        "preset": PRESETS[settings.preset],
        "presets": PRESETS,
        "reset": {} if settings.preset == FIRST else {"preset": settings.preset},
        "tabs": TABS,
        "ways": WAYS,
        "option_names": (*BOUNDS, "seed"),
    }


OWN_TENSORS = {"x": N_("input x"), "weight": N_("filters W"), "grad_output": N_("gradient dy")}


def broken(settings: Params, words: Words) -> dict[str, Any]:
    """Return the context of a page whose parts do not fit: the controls, and links that repair."""
    offered = controls.sliders(settings, words)
    return {"scene": None, "sliders": offered, "repairs": repairs(offered), **choices(settings)}

"""From parameters to the convolution they describe, and back to the shortest link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

import engine
from app import tensors
from app.exhibits.base import plain_query
from app.exhibits.convolution import drawn, fitted, with_options
from app.exhibits.convolution_forward.resolve import option_texts
from app.exhibits.convolution_matrix.params import BOUNDS, MOST_COLUMNS, MOST_ROWS, MOST_WEIGHTS, Params
from app.exhibits.convolution_matrix.presets import PRESETS
from app.i18n import N_
from app.stepper.layer import Layer
from app.tensors import Array
from engine import ShapeError, SparseMatrix

READERS = {"x": tensors.as_image, "weight": tensors.as_filters, "grad_output": tensors.as_image}


@dataclass(frozen=True)
class Convolution:
    """A convolution without bias, and what comes back to its output: everything the engine says about it."""

    layer: Layer
    grad_output: Array  # (C_out, H_out, W_out)

    @cached_property
    def matrix(self) -> SparseMatrix:
        """C of y = C x."""
        return engine.conv2d_matrix(self.layer.weight, self.layer.input_size, **self.layer.options)

    @cached_property
    def transposed(self) -> SparseMatrix:
        return self.matrix.T

    @property
    def output(self) -> Array:
        return self.layer.output

    @cached_property
    def grad_input(self) -> Array:
        """What conv2d_backward says, without any matrix."""
        layer = self.layer
        return engine.conv2d_backward(self.grad_output, layer.x, layer.weight, **layer.options).input

    @cached_property
    def columns(self) -> Array:
        """The windows as columns, (C_in * K_h * K_w, H_out * W_out)."""
        options = {name: value for name, value in self.layer.options.items() if name != "groups"}
        return engine.unfold(self.layer.x, self.layer.kernel_size, **options)


def resolve(params: Params) -> Convolution:
    """Return the convolution that `params` describe.

    Raises ShapeError or RangeError if the parts do not fit, or C would be too large to draw.
    """
    layer = layer_of(params)
    require_drawable(layer)
    shape = layer.trace.output_shape
    new = drawn((params.seed or 0) + 2, shape, -2, 3)
    own = _own(params.grad_output, "grad_output")
    return Convolution(layer, new if own is None else fitted(own, own, shape, False, new))


def layer_of(params: Params) -> Layer:
    """Return the layer that `params` describe, whether or not its parts fit.

    The preset gives what the learner does not; its filters follow the channels of the input and the groups.
    """
    layer = with_options(PRESETS[params.preset].layer, params)
    own_x, own_weight = (_own(getattr(params, name), name) for name in ("x", "weight"))
    seed, fresh = params.seed or 0, params.seed is not None
    shape = layer.x.shape if own_x is None else own_x.shape
    x = fitted(layer.x, own_x, shape, fresh, drawn(seed, shape, 0, 3))
    if own_weight is None and x.size <= MOST_COLUMNS:  # larger ones are refused, with the preset's filters as well
        wanted = (len(layer.weight), max(1, len(x) // layer.groups), *layer.kernel_size)
        own_weight = fitted(layer.weight, None, wanted, fresh, drawn(seed + 1, wanted, -3, 3))
    weight = layer.weight if own_weight is None else own_weight
    return replace(layer, x=x, weight=weight, bias=np.zeros(len(weight)))


def require_drawable(layer: Layer) -> None:
    """Refuse what does not fit, or is too much to draw, before anything is computed. Raises ShapeError."""
    if layer.weight[0].size > MOST_WEIGHTS:
        raise ShapeError(
            N_("a filter here has at most {most} weights; this has {got}"), most=MOST_WEIGHTS, got=layer.weight[0].size
        )
    rows = len(layer.trace)
    if rows > MOST_ROWS or layer.x.size > MOST_COLUMNS:
        raise ShapeError(
            N_("C is drawn up to {rows} × {columns}; this one is {got}: take a smaller input, or a larger stride"),
            rows=MOST_ROWS,
            columns=MOST_COLUMNS,
            got=f"{rows} × {layer.x.size}",
        )


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same: only what differs from the preset."""
    preset = option_texts(PRESETS[params.preset].layer)
    same = {name: None for name in BOUNDS if str(getattr(params, name)) == preset[name]}
    return plain_query(params.model_copy(update=same))


def edited(params: Params, tensor: str, place: tuple[int, ...], value: float) -> Params:
    """Return `params` with one number of a tensor changed."""
    convolution = resolve(params)
    shown = {"x": convolution.layer.x, "weight": convolution.layer.weight, "grad_output": convolution.grad_output}
    values = tensors.with_number(shown[tensor], tensor, place, value)
    return params.model_copy(update={tensor: tensors.compact(values)})


def taken(params: Params, tensor: str, values: Array, order: str) -> Params:
    """Return `params` with the learner's own tensor, read in axis order `order`; resolve refuses what does not fit."""
    return params.model_copy(update={tensor: tensors.compact(READERS[tensor](values, order))})


def _own(text: str | None, tensor: str) -> Array | None:
    return READERS[tensor](tensors.parse(text), "chw") if text else None

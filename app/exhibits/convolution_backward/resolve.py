"""From parameters to a layer and the gradient that comes back to it, and to the shortest link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

import engine
from app import tensors
from app.exhibits.base import plain_query
from app.exhibits.convolution import Shape, drawn, fitted, require_sizes, with_options
from app.exhibits.convolution_backward.params import (
    LAYER_OPTIONS,
    MOST_CHANNELS,
    MOST_FILTERS,
    MOST_KERNEL,
    MOST_NUMBERS,
    MOST_SIZE,
    Params,
)
from app.exhibits.convolution_backward.presets import PRESETS
from app.exhibits.convolution_forward.resolve import option_texts
from app.i18n import N_
from app.stepper.layer import Layer
from app.tensors import Array
from engine import ShapeError
from engine.ops.conv2d import Conv2dGradients


@dataclass(frozen=True)
class Backward:
    """A layer, and the gradient of the loss linear_loss(y, grad) with respect to its output y."""

    layer: Layer
    grad: Array  # (F, H_out, W_out)

    @cached_property
    def gradients(self) -> Conv2dGradients:
        return engine.conv2d_backward(self.grad, self.layer.x, self.layer.weight, **self.layer.options)

    def loss(self, *, x: Array | None = None, weight: Array | None = None, bias: Array | None = None) -> float:
        """Return the loss of conv2d(x, weight, bias), what is not given as the layer has it."""
        layer = self.layer
        given = (
            layer.x if x is None else x,
            layer.weight if weight is None else weight,
            layer.bias if bias is None else bias,
        )
        return float(engine.linear_loss(engine.conv2d(*given, **layer.options), self.grad))


def resolve(params: Params) -> Backward:
    """Return the layer and gradient that `params` describe.

    A gradient that no longer has the output's shape is cropped at its end or extended with numbers drawn from the
    seed. Raises ShapeError or RangeError if the parts do not fit.
    """
    layer = layer_of(params)
    own = tensors.as_image(tensors.parse(params.grad_output), "chw") if params.grad_output else None
    seed, fresh = params.seed or 0, params.seed is not None
    shape = (len(layer.weight), *layer.geometry.output_size)
    require_few_numbers("dY", shape)
    grad = fitted(PRESETS[params.preset].grad, own, shape, fresh, drawn(seed + 2, shape, -1, 2))
    engine.conv2d(layer.x, layer.weight, **layer.options)  # refuses channels and groups that do not fit
    return Backward(layer, grad)


def layer_of(params: Params) -> Layer:
    """Return the layer that `params` describe, whether or not a window fits into its input.

    The preset gives what the learner does not; filters follow the channels of the input and the groups.
    Raises ShapeError if it has more numbers than the page shows.
    """
    layer = with_options(PRESETS[params.preset].layer, params)
    own_x = tensors.as_image(tensors.parse(params.x), "chw") if params.x else None
    own_weight = tensors.as_filters(tensors.parse(params.weight), "chw") if params.weight else None
    seed, fresh = params.seed or 0, params.seed is not None
    x_shape, weight_shape = _shapes(layer, own_x, own_weight)
    require_sizes(
        x_shape, weight_shape, channels=MOST_CHANNELS, size=MOST_SIZE, filters=MOST_FILTERS, kernel=MOST_KERNEL
    )
    require_few_numbers("x", x_shape)
    require_few_numbers("W", weight_shape)
    x = fitted(layer.x, own_x, x_shape, fresh, drawn(seed, x_shape, 0, 2))
    weight = fitted(layer.weight, own_weight, weight_shape, fresh, drawn(seed + 1, weight_shape, -1, 2))
    bias = fitted(layer.bias, None, weight_shape[:1], False, np.zeros(weight_shape[0]))
    return replace(layer, x=x, weight=weight, bias=bias)


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same: only what differs from the preset."""
    resolve(params)
    preset = option_texts(PRESETS[params.preset].layer)
    options = option_texts(with_options(PRESETS[params.preset].layer, params))
    same = {name: None for name in LAYER_OPTIONS if options[name] == preset[name]}
    query = plain_query(params.model_copy(update=same))
    return query | ({"lr": f"{params.lr:g}"} if "lr" in query else {})


def require_few_numbers(name: str, shape: tuple[int, ...]) -> None:
    """Raise ShapeError if a tensor of this shape has more numbers than the page shows."""
    if int(np.prod(shape)) > MOST_NUMBERS:
        raise ShapeError(
            N_("{name} has at most {most} numbers here; with these sizes it would be {got}"),
            name=name,
            most=MOST_NUMBERS,
            got=" × ".join(map(str, shape)),
        )


def _shapes(layer: Layer, own_x: Array | None, own_weight: Array | None) -> tuple[Shape, Shape]:
    """Return the shapes of input and filters: the learner's where given, the other one follows."""
    if own_weight is not None and own_x is None:
        return (own_weight.shape[1] * layer.groups, *layer.x.shape[1:]), own_weight.shape
    x = layer.x.shape if own_x is None else own_x.shape
    if own_weight is not None:
        return x, own_weight.shape
    return x, (len(layer.weight), max(1, x[0] // layer.groups), *layer.weight.shape[2:])

"""From parameters to the layer they describe, and back to the shortest link."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import numpy as np

from app import tensors
from app.exhibits import fields
from app.exhibits.base import plain_query
from app.exhibits.convolution import Shape, drawn, fitted, require_sizes, with_options
from app.exhibits.convolution_forward.params import (
    LAYER_PARAMS,
    MOST_CHANNELS,
    MOST_FILTERS,
    MOST_KERNEL,
    MOST_SIZE,
    OPTIONS,
    Params,
)
from app.exhibits.convolution_forward.presets import PRESETS
from app.i18n import N_
from app.stepper.layer import Layer
from app.tensors import Array
from engine import EngineError, RangeError


def resolve(params: Params) -> Layer:
    """Return the layer that `params` describe.

    The preset gives what the learner does not. Tensors the learner gave are taken as they
    are; a size that was asked for crops a tensor at its end or extends it with numbers
    drawn from the seed. Raises ShapeError or RangeError if the parts do not fit.
    """
    layer = _with_options(_preset_layer(params), params)
    own_x = tensors.as_image(tensors.parse(params.x), "chw") if params.x else None
    own_weight = tensors.as_filters(tensors.parse(params.weight), "chw") if params.weight else None
    own_bias = tensors.as_bias(tensors.parse(params.bias)) if params.bias else None
    x_shape, weight_shape = _shapes(layer, params, own_x, own_weight)
    require_sizes(  # before anything is drawn
        x_shape, weight_shape, channels=MOST_CHANNELS, size=MOST_SIZE, filters=MOST_FILTERS, kernel=MOST_KERNEL
    )
    seed, fresh = params.seed or 0, params.seed is not None
    x = fitted(layer.x, own_x, x_shape, fresh, drawn(seed, x_shape, 0, 2))
    weight = fitted(layer.weight, own_weight, weight_shape, fresh, drawn(seed + 1, weight_shape, -1, 1))
    filters = (len(weight),) if own_bias is None or params.out_channels else own_bias.shape
    bias = fitted(layer.bias, own_bias, filters, fresh, drawn(seed + 2, filters, -1, 1))
    return replace(layer, x=x, weight=weight, bias=bias)


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same: only what differs from the preset."""
    layer = resolve(params)
    for name in OPTIONS:
        without = params.model_copy(update={name: None})
        if getattr(params, name) is not None and _is_the_same(without, layer):
            params = without
    return plain_query(params)


def other_layer(params: Params) -> Params:
    """Return the parameters of the layer that is not shown, as they were left; it knows this one as its other."""
    own = {name: value for name, value in plain_query(params).items() if name in LAYER_PARAMS}
    shared = {"preset": params.preset, "layer": 3 - params.layer, "other": urlencode(own) or None}
    return Params.model_validate({**dict(parse_qsl(params.other or "")), **shared})


def option_texts(layer: Layer) -> dict[str, str]:
    """Return the options of `layer` as a link writes them."""
    return {
        "size": fields.pair_text(layer.input_size),
        "in_channels": str(len(layer.x)),
        "out_channels": str(len(layer.weight)),
        "kernel_size": fields.pair_text(layer.kernel_size),
        "stride": fields.pair_text(layer.stride),
        "padding": fields.padding_text(layer.padding),
        "dilation": fields.pair_text(layer.dilation),
        "groups": str(layer.groups),
        "activation": layer.activation,
    }


def _preset_layer(params: Params) -> Layer:
    """Return the preset's layer; a second one reads what the first puts out, as the learner left it."""
    layers = PRESETS[params.preset].layers
    if params.layer > len(layers):
        raise RangeError(N_("this preset has one layer; there is no layer {layer}"), layer=params.layer)
    layer = layers[params.layer - 1]
    return layer if params.layer == 1 else layer.with_input(resolve(other_layer(params)).output)


def _with_options(layer: Layer, params: Params) -> Layer:
    return replace(
        with_options(layer, params),
        activation=params.activation or layer.activation,
        true_convolution=params.true_convolution,
    )


def _shapes(layer: Layer, params: Params, own_x: Array | None, own_weight: Array | None) -> tuple[Shape, Shape]:
    """Return the shapes of input and filters: what was asked for, then what was given, then the preset's."""
    x = layer.x if own_x is None else own_x
    weight = layer.weight if own_weight is None else own_weight
    channels = params.in_channels or len(x)
    if own_weight is not None and own_x is None and not params.in_channels:
        channels = own_weight.shape[1] * layer.groups
    size = fields.pair(params.size) if params.size else x.shape[1:]
    kernel_size = fields.pair(params.kernel_size) if params.kernel_size else weight.shape[2:]
    asked = params.kernel_size or params.out_channels or params.in_channels
    if own_weight is not None and not asked:
        return (channels, *size), weight.shape
    filters = params.out_channels or len(weight)
    return (channels, *size), (filters, max(1, channels // layer.groups), *kernel_size)


def _is_the_same(params: Params, layer: Layer) -> bool:
    """Return whether `params` describe this very layer, tensors included."""
    try:
        other = resolve(params)
    except EngineError:
        return False
    return option_texts(other) == option_texts(layer) and all(
        np.array_equal(getattr(other, name), getattr(layer, name)) for name in ("x", "weight", "bias")
    )

"""The exhibit's parameters: its form, its link, its API and their bounds, written once."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app import tensors
from app.exhibits import fields
from app.exhibits.convolution_forward.layer import Layer
from app.exhibits.convolution_forward.presets import PRESETS, drawn
from app.i18n import N_
from app.tensors import Array
from engine import EngineError, RangeError, ShapeError

MOST_CHANNELS, MOST_FILTERS, MOST_SIZE, MOST_KERNEL = 8, 16, 32, 11


def _known_preset(name: str) -> str:
    if name not in PRESETS:
        raise RangeError(N_("there is no preset “{got}”; have {known}"), got=name[:40], known=", ".join(PRESETS))
    return name


class Params(BaseModel):
    """What a link to this exhibit may say. None means: as the preset has it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    preset: Annotated[
        str,
        AfterValidator(_known_preset),
        Field(title=N_("Preset"), json_schema_extra={"enum": list(PRESETS)}),
    ] = "cs231n"
    layer: Annotated[int, Field(ge=1, le=2, title=N_("Layer"))] = 1
    x: Annotated[fields.TensorText | None, Field(title=N_("Input"))] = None
    weight: Annotated[fields.TensorText | None, Field(title=N_("Filters"))] = None
    bias: Annotated[fields.TensorText | None, Field(title=N_("Bias"))] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, title=N_("Seed"))] = None
    size: Annotated[Annotated[str, fields.Pair(1, MOST_SIZE)] | None, Field(title=N_("Input size"))] = None
    in_channels: Annotated[int | None, Field(ge=1, le=MOST_CHANNELS, title=N_("Channels"))] = None
    out_channels: Annotated[int | None, Field(ge=1, le=MOST_FILTERS, title=N_("Number of filters"))] = None
    kernel_size: Annotated[Annotated[str, fields.Pair(1, MOST_KERNEL)] | None, Field(title=N_("Kernel"))] = None
    stride: Annotated[Annotated[str, fields.Pair(1, 8)] | None, Field(title=N_("Stride"))] = None
    padding: Annotated[fields.PaddingText | None, Field(title=N_("Padding"))] = None
    dilation: Annotated[Annotated[str, fields.Pair(1, 6)] | None, Field(title=N_("Dilation"))] = None
    groups: Annotated[int | None, Field(ge=1, le=MOST_CHANNELS, title=N_("Groups"))] = None
    activation: Annotated[Literal["none", "relu", "sigmoid", "tanh"] | None, Field(title=N_("Activation"))] = None
    true_convolution: Annotated[bool, Field(title=N_("True convolution"))] = False
    step_size: Annotated[Literal["output", "channel", "product"], Field(title=N_("Step size"))] = "output"
    step: Annotated[int, Field(ge=0, le=10**7, title=N_("Step"))] = 0
    predict: Annotated[bool, Field(title=N_("Predict"))] = False
    tab: Annotated[Literal["forward", "code"], Field(title=N_("Tab"))] = "forward"


OPTIONS = (
    "size",
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "activation",
)


def resolve(params: Params) -> Layer:
    """Return the layer that `params` describe.

    The preset gives what the learner does not. Tensors the learner gave are taken as they
    are; a size that was asked for crops a tensor at its end or extends it with numbers
    drawn from the seed. Raises ShapeError or RangeError if the parts do not fit.
    """
    preset = PRESETS[params.preset]
    if params.layer > len(preset.layers):
        raise RangeError(N_("this preset has one layer; there is no layer {layer}"), layer=params.layer)
    base = preset.layer(params.layer)
    base = replace(
        base,
        stride=fields.pair(params.stride) if params.stride else base.stride,
        padding=fields.padding(params.padding) if params.padding else base.padding,
        dilation=fields.pair(params.dilation) if params.dilation else base.dilation,
        groups=params.groups or base.groups,
        activation=params.activation or base.activation,
        true_convolution=params.true_convolution,
    )
    return _with_tensors(base, params)


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same: only what differs from the preset."""
    layer = resolve(params)
    for name in OPTIONS:
        without = params.model_copy(update={name: None})
        if getattr(params, name) is not None and _is_the_same(without, layer):
            params = without
    return {
        name: ("1" if value else "0") if isinstance(value, bool) else str(value)
        for name, value in params.model_dump(exclude_defaults=True).items()
    }


def _is_the_same(params: Params, layer: Layer) -> bool:
    """Return whether `params` describe this very layer, tensors included."""
    try:
        other = resolve(params)
    except EngineError:
        return False
    return option_texts(other) == option_texts(layer) and all(
        np.array_equal(getattr(other, name), getattr(layer, name)) for name in ("x", "weight", "bias")
    )


def option_texts(layer: Layer) -> dict[str, str]:
    """Return the options of `layer` as a link writes them."""
    return {
        "size": fields.pair_text(layer.input_size),
        "in_channels": str(layer.x.shape[0]),
        "out_channels": str(layer.weight.shape[0]),
        "kernel_size": fields.pair_text(layer.kernel_size),
        "stride": fields.pair_text(layer.stride),
        "padding": fields.padding_text(layer.padding),
        "dilation": fields.pair_text(layer.dilation),
        "groups": str(layer.groups),
        "activation": layer.activation,
    }


def _with_tensors(base: Layer, params: Params) -> Layer:
    given_x = tensors.as_image(tensors.parse(params.x), "chw") if params.x else None
    given_weight = tensors.as_filters(tensors.parse(params.weight), "chw") if params.weight else None
    given_bias = tensors.as_bias(tensors.parse(params.bias)) if params.bias else None

    x = base.x if given_x is None else given_x
    weight = base.weight if given_weight is None else given_weight
    channels = params.in_channels or len(x)
    if given_weight is not None and given_x is None and not params.in_channels:
        channels = given_weight.shape[1] * base.groups
    size = fields.pair(params.size) if params.size else x.shape[1:]
    kernel_size = fields.pair(params.kernel_size) if params.kernel_size else weight.shape[2:]
    filters = params.out_channels or len(weight)
    shape = (filters, max(1, channels // base.groups), *kernel_size)
    seed = params.seed or 0
    fresh = params.seed is not None

    resized = bool(params.kernel_size or params.out_channels or params.in_channels)
    kept = given_weight is not None and not resized
    _require_bounds((channels, *size), weight.shape if kept else shape)  # before anything is drawn

    x = _fitted(x, (channels, *size), seed, (0, 2), fresh=fresh and given_x is None)
    if not kept:
        weight = _fitted(weight, shape, seed + 1, (-1, 1), fresh=fresh and given_weight is None)
    bias = base.bias if given_bias is None else given_bias
    if given_bias is None or params.out_channels:
        bias = _fitted(bias, (len(weight),), seed + 2, (-1, 1), fresh=fresh and given_bias is None)
    return replace(base, x=x, weight=weight, bias=bias)


def _fitted(values: Array, shape: tuple[int, ...], seed: int, span: tuple[int, int], *, fresh: bool) -> Array:
    """Return `values` cut or extended to `shape`; new places, or all if `fresh`, are drawn."""
    if values.shape == shape and not fresh:
        return values
    fitted = drawn(seed, shape, *span)
    if not fresh:
        shared = tuple(slice(0, min(old, new)) for old, new in zip(values.shape, shape, strict=True))
        fitted[shared] = values[shared]
    return fitted


def _require_bounds(x: tuple[int, ...], weight: tuple[int, ...]) -> None:
    if x[0] > MOST_CHANNELS or max(x[1:]) > MOST_SIZE:
        raise ShapeError(
            N_("an input here has at most {channels} channels of {size} × {size}; this has {got}"),
            channels=MOST_CHANNELS,
            size=MOST_SIZE,
            got=" × ".join(map(str, x)),
        )
    if weight[0] > MOST_FILTERS or max(weight[2:]) > MOST_KERNEL:
        raise ShapeError(
            N_("there can be at most {filters} filters of {size} × {size} here; these have {got}"),
            filters=MOST_FILTERS,
            size=MOST_KERNEL,
            got=" × ".join(map(str, weight)),
        )

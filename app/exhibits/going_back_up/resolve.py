"""From parameters to the numbers they describe, and back to the shortest link."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from app import tensors
from app.exhibits.base import plain_query
from app.exhibits.convolution import drawn
from app.exhibits.going_back_up.params import (
    CHOICES,
    MOST_CHANNELS,
    MOST_KERNEL,
    MOST_POOLED,
    MOST_SIZE,
    OPTIONS,
    TENSORS,
    Params,
)
from app.exhibits.going_back_up.presets import DEFAULTS, PRESETS
from app.i18n import N_
from app.tensors import Array
from engine import ShapeError
from engine.geometry import Geometry
from engine.ops.conv_transpose2d import ConvTranspose2dInputs

DRAWN = {"x": (-2, 3), "weight": (-1, 2), "y": (1, 9)}  # range of the whole numbers that a seed draws


@dataclass(frozen=True)
class Chosen:
    """The options of one link, filled in from its preset, and its tensors."""

    kind: str
    view: str
    kernel_size: int
    stride: int
    padding: int
    output_padding: int
    dilation: int
    groups: int
    scale_factor: int
    mode: str
    align_corners: bool
    dilations: tuple[int, ...]
    x: Array  # (C_in, H, W)
    weight: Array  # (C_in, C_out / groups, K, K)
    bias: Array  # (C_out,)
    y: Array  # (1, H_out, W_out) of the pooling: what goes back

    @property
    def transposed(self) -> dict[str, int]:
        """The options of conv_transpose2d."""
        names = ("stride", "padding", "output_padding", "dilation", "groups")
        return {name: getattr(self, name) for name in names}


def resolve(params: Params) -> Chosen:
    """Return what `params` describe. Raises ShapeError or RangeError if the parts do not fit."""
    preset = PRESETS[params.preset]
    asked = {name: value for name in (*OPTIONS, *CHOICES) if (value := getattr(params, name)) is not None}
    options = {name: asked.get(name, preset.values.get(name, DEFAULTS[name])) for name in (*OPTIONS, *CHOICES)}
    x = tensors.as_image(_own(params, "x"), "chw")
    weight = tensors.as_filters(_own(params, "weight"), "chw")
    _require_size(preset.kind, x)
    dilations = tuple(int(part) for part in options.pop("dilations").split("x"))
    if preset.kind == "transposed":
        weight, options["kernel_size"] = _fitted_weight(params, weight, len(x), options["groups"])
    bias = _fitted_bias(params, weight.shape[1] * options["groups"])
    y = tensors.as_image(_own(params, "y"), "chw")
    if preset.kind in ("unpooling", "shared"):
        y = _fitted_y(params, y, Geometry.of(x.shape[1:], options["kernel_size"], stride=options["stride"]))
    chosen = Chosen(
        kind=preset.kind, view=params.view, dilations=dilations, x=x, weight=weight, bias=bias, y=y, **options
    )
    if chosen.kind == "transposed":
        ConvTranspose2dInputs.of(x, weight, bias, **chosen.transposed)  # refuses what does not fit
    return chosen


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same: only what differs from the preset."""
    resolve(params)
    preset = {**DEFAULTS, **PRESETS[params.preset].values}
    same: dict[str, Any] = {name: None for name in (*OPTIONS, *CHOICES) if getattr(params, name) == preset[name]}
    if PRESETS[params.preset].kind != "transposed":
        same["view"] = "stamp"
    if params.weight is not None and "kernel_size" in same:
        del same["kernel_size"]  # there it is a wish that the own filters be cut or extended
    undrawn = TENSORS if params.seed is None else ("bias",)
    same |= {name: None for name in undrawn if getattr(params, name) == preset[name]}
    return plain_query(params.model_copy(update=same))


def _own(params: Params, name: str) -> Array:
    """Return a tensor: the learner's, else drawn from the seed in the preset's shape, else the preset's."""
    if (own := getattr(params, name)) is not None:
        return _parsed(own)
    preset = _parsed({**DEFAULTS, **PRESETS[params.preset].values}[name])
    if params.seed is None:
        return preset
    return drawn(params.seed + list(DRAWN).index(name), preset.shape, *DRAWN[name])


@lru_cache(maxsize=64)
def _parsed(text: str) -> Array:
    """Return the tensor of a link; the sliders of one page ask for the same one many times."""
    values = tensors.parse(text)
    values.flags.writeable = False
    return values


def _require_size(kind: str, x: Array) -> None:
    pooled = kind in ("unpooling", "shared")
    channels, size = (MOST_CHANNELS, MOST_SIZE) if kind == "transposed" else (1, MOST_POOLED if pooled else MOST_SIZE)
    if len(x) > channels or max(x.shape[1:]) > size:
        raise ShapeError(
            N_("x has at most {channels} channels of {size} × {size} here; this has {got}"),
            channels=channels,
            size=size,
            got=" × ".join(map(str, x.shape)),
        )


def _fitted_weight(params: Params, weight: Array, channels: int, groups: int) -> tuple[Array, int]:
    """Return the filters for `channels` channels in the kernel size that was asked for, and that size."""
    kernel = weight.shape[2:] if params.kernel_size is None else (params.kernel_size, params.kernel_size)
    if max(kernel) > MOST_KERNEL or max(weight.shape[:2]) > MOST_CHANNELS:
        raise ShapeError(
            N_("there can be at most {channels} × {channels} filters of {size} × {size} here; these are {got}"),
            channels=MOST_CHANNELS,
            size=MOST_KERNEL,
            got=" × ".join(map(str, weight.shape)),
        )
    # own filters for another number of channels are refused by the engine, a preset's are made to fit
    inputs = channels if params.weight is None else len(weight)
    shape = (inputs, min(weight.shape[1], MOST_CHANNELS // groups), *kernel)
    if weight.shape == shape:
        return weight, max(kernel)
    return tensors.laid_over(weight, drawn(params.seed or 0, shape, *DRAWN["weight"])), max(kernel)


def _fitted_bias(params: Params, maps: int) -> Array:
    """Return one bias for each map: the learner's or the preset's where they reach, then 0; a seed draws none."""
    preset = {**DEFAULTS, **PRESETS[params.preset].values}["bias"]
    bias = tensors.as_bias(_parsed(params.bias or preset))
    if len(bias) > MOST_CHANNELS:
        raise ShapeError(
            N_("there are at most {most} maps here, each with one bias; these are {got}"),
            most=MOST_CHANNELS,
            got=len(bias),
        )
    return tensors.laid_over(bias, np.zeros(maps))


def _fitted_y(params: Params, y: Array, geometry: Geometry) -> Array:
    """Return one value for each window: the given ones where they reach, then 1, 2, 3 ... onwards."""
    shape = (1, *geometry.output_size)
    if y.shape == shape:
        return y
    if params.y is not None and y.shape[0] != 1:
        raise ShapeError(N_("the values that go back are one map; this has {got} channels"), got=len(y))
    return tensors.laid_over(y, np.arange(1, np.prod(shape) + 1, dtype=np.float64).reshape(shape))


def with_number(params: Params, tensor: str, place: tuple[int, ...], value: float) -> Params:
    """Return `params` with one number of a tensor changed, as the page shows that tensor: the bias as one row."""
    if tensor == "bias" and place[:1] == (0,):
        place = place[1:]
    values = tensors.with_number(getattr(resolve(params), tensor), tensor, place, value)
    return params.model_copy(update={tensor: tensors.compact(values)})


def with_tensor(params: Params, tensor: str, values: Array, order: str) -> Params:
    """Return `params` with the learner's own tensor; what does not fit is refused by resolve."""
    read = {"weight": tensors.as_filters, "bias": tensors.as_bias}.get(tensor, tensors.as_image)(values, order)
    changes: dict[str, Any] = {tensor: tensors.compact(read)}
    return params.model_copy(update=changes | ({"kernel_size": None} if tensor == "weight" else {}))

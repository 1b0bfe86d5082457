"""What the exhibits of a convolution layer share: its numbers and options, as a link gives them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.exhibits import fields
from app.i18n import N_
from app.stepper.layer import Layer
from app.tensors import Array
from engine import ShapeError

Shape = tuple[int, ...]


def drawn(seed: int, shape: Shape, low: int, high: int) -> Array:
    """Return whole numbers low..high; the same seed gives the same numbers in every version."""
    return np.random.RandomState(seed).randint(low, high + 1, size=shape).astype(np.float64)


def fitted(preset: Array, own: Array | None, shape: Shape, fresh: bool, new: Array) -> Array:
    """Return the tensor in `shape`: the learner's or the preset's where they reach, else newly drawn."""
    if own is None and fresh:
        return new
    values = preset if own is None else own
    if values.shape == shape:
        return values
    shared = tuple(slice(0, min(old, wanted)) for old, wanted in zip(values.shape, shape, strict=True))
    new[shared] = values[shared]
    return new


def with_options(layer: Layer, params: Any) -> Layer:
    """Return `layer` with the stride, padding, dilation and groups that a link asks for; None asks for nothing."""
    return replace(
        layer,
        stride=fields.pair(params.stride) if params.stride else layer.stride,
        padding=fields.padding(params.padding) if params.padding else layer.padding,
        dilation=fields.pair(params.dilation) if params.dilation else layer.dilation,
        groups=params.groups or layer.groups,
    )


def require_sizes(x: Shape, weight: Shape, *, channels: int, size: int, filters: int, kernel: int) -> None:
    """Raise ShapeError if input or filters are larger than an exhibit shows."""
    if x[0] > channels or max(x[1:]) > size:
        raise ShapeError(
            N_("an input here has at most {channels} channels of {size} × {size}; this has {got}"),
            channels=channels,
            size=size,
            got=" × ".join(map(str, x)),
        )
    if weight[0] > filters or max(weight[2:]) > kernel:
        raise ShapeError(
            N_("there can be at most {filters} filters of {size} × {size} here; these have {got}"),
            filters=filters,
            size=kernel,
            got=" × ".join(map(str, weight)),
        )

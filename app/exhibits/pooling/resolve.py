"""From parameters to the pooling they describe, and back to the shortest link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app import tensors
from app.exhibits import fields
from app.exhibits.base import plain_query
from app.exhibits.pooling.params import MOST_CELLS, MOST_CHANNELS, MOST_SIZE, OPTIONS, Params
from app.exhibits.pooling.pool import FREE, Pool
from app.exhibits.pooling.presets import PRESETS
from app.i18n import N_
from app.tensors import Array
from engine import EngineError, RangeError, ShapeError

NEUTRAL: dict[str, Any] = {"stride": None, "padding": 0, "dilation": (1, 1), "ceil_mode": False}
TENSORS = ("x", "grad", "weight", "bias")


def resolve(params: Params) -> Pool:
    """Return the pooling that `params` describe.

    The preset gives what the learner does not. A size that was asked for crops the input at its end
    or extends it with numbers drawn from the seed. Raises ShapeError or RangeError if the parts do not fit.
    """
    pool = _with_options(PRESETS[params.preset].pool, params)
    own = tensors.as_image(tensors.parse(params.x), "chw") if params.x else None
    x = pool.x if own is None else own
    shape = (params.in_channels or len(x), *(fields.pair(params.size) if params.size else x.shape[1:]))
    _require_bounds(shape)
    pool = replace(_with_own(pool, params), x=_fitted(x, shape, params.seed, own is None))
    _require_free(pool)
    _require_few(pool)
    return pool


def canonical(params: Params) -> dict[str, str]:
    """Return the shortest query that means the same: only what differs from the preset."""
    pool = resolve(params)
    for name in OPTIONS:
        without = params.model_copy(update={name: None})
        if getattr(params, name) is not None and _is_the_same(without, pool):
            params = without
    return plain_query(params)


def option_texts(pool: Pool) -> dict[str, str]:
    """Return the options of `pool` as a link writes them."""
    return {
        "kind": pool.kind,
        "size": fields.pair_text(pool.size),
        "in_channels": str(len(pool.x)),
        "kernel_size": fields.pair_text(pool.kernel_size),
        "stride": fields.pair_text(pool.steps),
        "padding": fields.padding_text(pool.padding),
        "dilation": fields.pair_text(pool.dilation),
        "ceil_mode": str(int(pool.ceil_mode)),
        "count_include_pad": str(int(pool.count_include_pad)),
        "norm_type": str(pool.norm_type),
    }


def other_kind(pool: Pool, kind: str) -> dict[str, str | None]:
    """Return what a link has to change so that the same input is pooled in another way."""
    texts, changes = option_texts(pool), {"kind": kind, "step": None}
    plain = {"padding": "0", "dilation": "1", "ceil_mode": "0", "stride": texts["kernel_size"]}
    refused = {name: value for name, value in plain.items() if name not in FREE[kind] and texts[name] != value}
    return {**changes, **refused}


def _with_options(pool: Pool, params: Params) -> Pool:
    kind = params.kind or pool.kind
    kernel = fields.pair(params.kernel_size) if params.kernel_size else pool.kernel_size
    return replace(
        pool,
        kind=kind,
        kernel_size=kernel,
        stride=fields.pair(params.stride) if params.stride else pool.stride,
        padding=fields.padding(params.padding) if params.padding else pool.padding,
        dilation=fields.pair(params.dilation) if params.dilation else pool.dilation,
        ceil_mode=pool.ceil_mode if params.ceil_mode is None else params.ceil_mode,
        count_include_pad=pool.count_include_pad if params.count_include_pad is None else params.count_include_pad,
        norm_type=int(params.norm_type) if params.norm_type else pool.norm_type,
    )


def _with_own(pool: Pool, params: Params) -> Pool:
    """Return the pooling with the learner's own gradient, weights and biases, where there are any."""
    grad = tensors.as_image(tensors.parse(params.grad), "chw") if params.grad else pool.grad
    weight = tensors.as_bias(tensors.parse(params.weight)) if params.weight else pool.weight
    bias = tensors.as_bias(tensors.parse(params.bias)) if params.bias else pool.bias
    return replace(pool, grad=grad, weight=weight, bias=bias)


def _fitted(values: Array, shape: tuple[int, ...], seed: int | None, fresh: bool) -> Array:
    """Return the input in `shape`: as it is where it reaches, else newly drawn; all drawn if a seed asks for it."""
    new = np.random.RandomState(seed or 0).randint(0, 10, size=shape).astype(np.float64)
    if seed is not None and fresh:
        return new
    return tensors.laid_over(values, new)


def _is_the_same(params: Params, pool: Pool) -> bool:
    """Return whether `params` describe this very pooling, tensors included."""
    try:
        other = resolve(params)
    except EngineError:
        return False
    return option_texts(other) == option_texts(pool) and np.array_equal(other.x, pool.x)


def _require_bounds(shape: tuple[int, ...]) -> None:
    if shape[0] > MOST_CHANNELS or max(shape[1:]) > MOST_SIZE:
        raise ShapeError(
            N_("an input here has at most {channels} channels of {size} × {size}; this has {got}"),
            channels=MOST_CHANNELS,
            size=MOST_SIZE,
            got=" × ".join(map(str, shape)),
        )


def _require_free(pool: Pool) -> None:
    """Refuse an option that this kind of pooling does not have."""
    for name, neutral in NEUTRAL.items():
        value = pool.steps if name == "stride" else getattr(pool, name)
        plain = pool.kernel_size if name == "stride" else neutral
        if name not in FREE[pool.kind] and value not in (plain, (plain, plain), ((0, 0), (0, 0))):
            raise RangeError(N_("{kind} pooling has no {name} here; leave it out"), kind=pool.kind, name=name)
    pool.geometry_of(ceil_mode=False)  # the page shows both roundings side by side; what does not fit is refused here


def _require_few(pool: Pool) -> None:
    cells = pool.cells(pool.geometry, len(pool.x))
    if cells > MOST_CELLS:
        raise RangeError(
            N_("a page shows at most {most} cells, this would be {got}; take fewer channels or a smaller input"),
            most=MOST_CELLS,
            got=cells,
        )

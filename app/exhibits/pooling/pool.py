"""One pooling with its numbers: what the engine is asked for, asked once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import engine
from app import tensors
from engine.geometry import Geometry, Padding
from engine.ops.arrays import Array
from engine.ops.pool_windows import PoolInputs, PoolTrace

Pair = tuple[int, int]
FREE = {  # which options each kind has; the others stay as they are without it
    "max": ("stride", "padding", "dilation", "ceil_mode"),
    "average": ("stride", "padding", "ceil_mode", "count_include_pad"),
    "lp": ("stride", "ceil_mode", "norm_type"),
    "subsampling": (),
}


@dataclass(frozen=True)
class Pool:
    """A pooling of x (C, H, W), and the gradient of a loss with respect to its output."""

    kind: str
    x: Array
    kernel_size: Pair
    stride: Pair | None = None  # None: windows side by side
    padding: Padding = 0
    dilation: Pair = (1, 1)
    ceil_mode: bool = False
    count_include_pad: bool = True
    norm_type: int = 2
    weight: Array | None = None  # of the subsampling, one for each map
    bias: Array | None = None
    grad: Array | None = None  # the learner's gradient; where it does not reach, 1, 2, 3 ... 9, 1 ...

    @property
    def steps(self) -> Pair:
        """The stride."""
        return self.stride or self.kernel_size

    @property
    def size(self) -> Pair:
        return self.x.shape[1], self.x.shape[2]

    @cached_property
    def geometry(self) -> Geometry:
        """Where the windows lie. Raises what the engine raises."""
        return self.geometry_of(ceil_mode=self.ceil_mode)

    def geometry_of(self, **changes: Any) -> Geometry:
        """Return the geometry with some options changed, `size` too. Raises what the engine raises."""
        given = {"kernel_size": self.kernel_size, **self._windows, **changes}
        size = given.pop("size", self.size)
        return PoolInputs.of(np.broadcast_to(0.0, (1, *size)), **given).geometry

    def cells(self, geometry: Geometry, channels: int) -> int:
        """Return how many cells a page draws of it: two of the input's shape with its ring, two of the output's."""
        (rows, columns), (below, right) = geometry.padded_size, geometry.overhang
        height, width = geometry.output_size
        return 2 * channels * ((rows + below) * (columns + right) + height * width)

    @property
    def _windows(self) -> dict[str, Any]:
        return {
            "stride": self.steps,
            "padding": self.padding,
            "dilation": self.dilation,
            "ceil_mode": self.ceil_mode,
        }

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of this kind's operation, beside kernel_size."""
        values = {**self._windows, "count_include_pad": self.count_include_pad}
        return {name: values[name] for name in FREE[self.kind] if name in values}

    @property
    def weights(self) -> tuple[Array, Array]:
        """Weight and bias of each map; a quarter and 0 where nothing else is given."""
        maps = len(self.x)
        return _fitted(self.weight, np.full(maps, 0.25)), _fitted(self.bias, np.zeros(maps))

    @cached_property
    def trace(self) -> PoolTrace[Any]:
        """The engine's steps; of the subsampling, before it is squashed."""
        return self.trace_of(self.x)

    def trace_of(self, x: Array) -> PoolTrace[Any]:
        if self.kind == "max":
            return engine.trace.max_pool2d(x, self.kernel_size, **self.options)
        if self.kind == "average":
            return engine.trace.avg_pool2d(x, self.kernel_size, **self.options)
        if self.kind == "lp":
            return engine.trace.lp_pool2d(x, self.norm_type, self.kernel_size, **self.options)
        return engine.trace.subsample2d(x, *self.weights, self.kernel_size)

    def sums_of(self, x: Array, **changes: Any) -> Array:
        """Return what this pooling makes of x (C, H_out, W_out), before any squashing."""
        options = {**self.options, **changes}
        if self.kind == "max":
            return engine.max_pool2d(x, self.kernel_size, **options).output
        if self.kind == "average":
            return engine.avg_pool2d(x, self.kernel_size, **options)
        if self.kind == "lp":
            return engine.lp_pool2d(x, self.norm_type, self.kernel_size, **options)
        return engine.subsample2d(x, *self.weights, self.kernel_size)

    def output_of(self, x: Array, **changes: Any) -> Array:
        """Return what this pooling makes of x, (C, H_out, W_out)."""
        sums = self.sums_of(x, **changes)
        return np.asarray(engine.sigmoid(sums)) if self.kind == "subsampling" else sums

    @cached_property
    def output(self) -> Array:
        return self.output_of(self.x)

    @cached_property
    def switches(self) -> Array | None:
        """The flat index of each maximum, of a max pooling."""
        if self.kind != "max":
            return None
        return engine.max_pool2d(self.x, self.kernel_size, **self.options).switches

    @cached_property
    def grad_output(self) -> Array:
        """The gradient of the loss with respect to the output."""
        shape = self.output.shape
        default = (np.arange(np.prod(shape)) % 9 + 1.0).reshape(shape)
        return _fitted(self.grad, default)

    @cached_property
    def grad_sums(self) -> Array:
        """The same with respect to what is squashed, of a subsampling; otherwise just the same."""
        if self.kind != "subsampling":
            return self.grad_output
        return np.asarray(engine.sigmoid_backward(self.grad_output, self.sums_of(self.x)))

    def grad_input(self, cells: int) -> Array:
        """Return the gradient of x after the first `cells` cells of the output have given theirs."""
        grad = self.grad_sums.copy()
        grad.reshape(-1)[cells:] = 0
        if self.kind == "max":
            return engine.max_pool2d_backward(grad, self.switches, self.x.shape)
        if self.kind == "average":
            return engine.avg_pool2d_backward(grad, self.x.shape, self.kernel_size, **self.options)
        if self.kind == "lp":
            return engine.lp_pool2d_backward(grad, self.x, self.norm_type, self.kernel_size, **self.options)
        return engine.subsample2d_backward(grad, self.x, self.weights[0], self.kernel_size).input


def _fitted(own: Array | None, default: Array) -> Array:
    """Return the default with the learner's numbers as far as they reach."""
    return default if own is None or own.ndim != default.ndim else tensors.laid_over(own, default)

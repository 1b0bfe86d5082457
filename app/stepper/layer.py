"""One convolution layer with its numbers: what the engine is asked for, asked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

import engine
from app.tensors import Array
from engine.geometry import Geometry, Padding
from engine.ops.activation import ACTIVATIONS
from engine.ops.conv2d_trace import Conv2dTrace

Pair = tuple[int, int]


@dataclass(frozen=True)
class Layer:
    """sigma(conv2d(x, weight) + bias) on one input x (C, H, W)."""

    x: Array
    weight: Array
    bias: Array
    stride: Pair = (1, 1)
    padding: Padding = 0
    dilation: Pair = (1, 1)
    groups: int = 1
    activation: str = "none"
    true_convolution: bool = False
    source: str = ""  # what the input is called where it is another stage's output
    flat: bool = False  # whether the input is a vector, written in rows only to be seen
    first_filter: int = 0  # which filter of a larger layer the first one here is: what the page calls it

    @property
    def options(self) -> dict[str, Any]:
        """The keyword arguments of conv2d, as numbers: also what the learner's code needs."""
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }

    @property
    def kernel_size(self) -> Pair:
        return self.weight.shape[2], self.weight.shape[3]

    @property
    def input_size(self) -> Pair:
        return self.x.shape[1], self.x.shape[2]

    @cached_property
    def geometry(self) -> Geometry:
        return Geometry.of(
            self.input_size,
            self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
        )

    @property
    def sliding_weight(self) -> Array:
        """The filter as it lies on the input: true convolution turns it by 180 degrees."""
        return self.weight[:, :, ::-1, ::-1] if self.true_convolution else self.weight

    @cached_property
    def trace(self) -> Conv2dTrace:
        return engine.trace.conv2d(self.x, self.sliding_weight, self.bias, **self.options)

    @cached_property
    def sums(self) -> Array:
        """The weighted sums before the activation (F, H_out, W_out)."""
        return np.asarray(engine.conv2d(self.x, self.sliding_weight, self.bias, **self.options))

    @cached_property
    def output(self) -> Array:
        return np.asarray(ACTIVATIONS[self.activation](self.sums))

    def with_input(self, x: Array) -> Layer:
        return replace(self, x=x)

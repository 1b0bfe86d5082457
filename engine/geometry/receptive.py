"""What one cell sees of the input, several layers below it."""

from collections.abc import Iterable
from reprlib import repr as short_repr
from typing import NamedTuple

from engine.errors import ShapeError
from engine.geometry.axis import span_of
from engine.geometry.numbers import pair, whole


class ReceptiveField(NamedTuple):
    """What one output cell sees of the input, along one axis."""

    size: int  # input cells
    jump: int  # input cells between neighbouring output cells
    start: int  # first input cell that output cell 0 sees; negative lies on padding


def receptive_field(layers: object) -> ReceptiveField:
    """Return the receptive field of a stack of layers, along one axis.

    size  <- size + dilation * (kernel_size - 1) * jump
    start <- start - padding * jump
    jump  <- jump * stride

    layers    (kernel_size, stride, padding, dilation) each, first layer first;
              padding is one number or (before, after)
    Raises ShapeError on an entry of another length, RangeError on anything but whole numbers.
    Source: Araujo, Norris & Sim 2019, Computing Receptive Fields (doi:10.23915/distill.00021).
    """
    if not isinstance(layers, Iterable):
        raise ShapeError("layers must be a list of layers, got {got}", got=short_repr(layers))
    size, jump, start = 1, 1, 0
    for layer in layers:
        if not isinstance(layer, tuple | list) or len(layer) != 4:
            raise ShapeError("a layer is (kernel_size, stride, padding, dilation), got {got}", got=short_repr(layer))
        kernel_size, stride, padding, dilation = layer
        kernel = whole(kernel_size, "kernel_size", minimum=1)
        size += (span_of(kernel, whole(dilation, "dilation", minimum=1)) - 1) * jump
        start -= pair(padding, "padding")[0] * jump
        jump *= whole(stride, "stride", minimum=1)
    return ReceptiveField(size, jump, start)

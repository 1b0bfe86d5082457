"""Traces of what stands between the layers with weights, by their operations' names; engine.trace has them all."""

from collections.abc import Sequence

from engine.ops.batch_norm import BatchNormInputs, BatchNormTrace
from engine.ops.dropout import DropoutTrace
from engine.ops.layer_norm import LayerNormInputs, LayerNormTrace
from engine.ops.maxout import MaxoutTrace
from engine.ops.padding import PaddingMode, PadTrace
from engine.ops.pointwise_trace import ActivationTrace, PointwiseLossTrace


def activation(name: str, x: object, **options: float | str) -> ActivationTrace:
    """Return the steps of an activation of one number, "gelu" for instance, one for each cell of x.

    options   those of the operation of that name. Raises RangeError on a name that is none.
    """
    return ActivationTrace(name, x, options)


def loss(name: str, x: object, target: object, **options: float) -> PointwiseLossTrace:
    """Return the steps of a loss of single numbers, "huber_loss" for instance, with reduction "none".

    options   those of the operation of that name but for its reduction and weights.
    Raises RangeError on a name that is none.
    """
    return PointwiseLossTrace(name, x, target, options)


def maxout(x: object, pieces: int = 2, dim: int = 1) -> MaxoutTrace:
    """Return the steps of engine.maxout, one for each output cell; arguments and errors alike."""
    return MaxoutTrace(x, pieces, dim)


def dropout(x: object, p: float = 0.5, *, seed: int = 0) -> DropoutTrace:
    """Return the steps of engine.dropout while training, one for each cell; arguments and errors alike."""
    return DropoutTrace(x, p, seed=seed)


def batch_norm2d(
    x: object,
    running_mean: object,
    running_var: object,
    weight: object = None,
    bias: object = None,
    *,
    training: bool = False,
    eps: float = 1e-5,
) -> BatchNormTrace:
    """Return the steps of engine.batch_norm2d, one for each output cell; arguments and errors alike."""
    return BatchNormTrace(BatchNormInputs.of(x, running_mean, running_var, weight, bias, training=training, eps=eps))


def layer_norm(
    x: object, normalized_shape: int | tuple[int, ...], weight: object = None, bias: object = None, eps: float = 1e-5
) -> LayerNormTrace:
    """Return the steps of engine.layer_norm, one for each output cell; arguments and errors alike."""
    return LayerNormTrace(LayerNormInputs.of(x, normalized_shape, weight, bias, eps))


def pad(x: object, pad: Sequence[int], mode: PaddingMode = "constant", value: float = 0) -> PadTrace:
    """Return the steps of engine.pad, one for each output cell; arguments and errors alike."""
    return PadTrace(x, pad, mode, value)

"""Layer normalisation: each sample brought to mean 0 and variance 1 by itself, whatever else is in the batch."""

from typing import NamedTuple, Self

import numpy as np

from engine.errors import ShapeError
from engine.geometry import whole
from engine.ops.arrays import Array, real_array, whole_shape
from engine.ops.batch_norm import NormalisedStep, NormGradients, checked_eps
from engine.ops.cellwise import floats, same_shape
from engine.ops.lazy import LazyTrace


class LayerNormInputs(NamedTuple):
    """Checked arguments of layer_norm, with the moments of each sample."""

    x: Array
    axes: tuple[int, ...]  # those that are normalised together: the last ones
    mean: Array  # 1 along the axes, as var
    var: Array
    weight: Array  # the shape of x along the axes, as bias
    bias: Array
    eps: float

    @classmethod
    def of(
        cls, x: object, normalized_shape: object, weight: object = None, bias: object = None, eps: float = 1e-5
    ) -> Self:
        """Return the arguments, checked. Raises ShapeError or RangeError."""
        values, shape = floats(x), _checked_shape(normalized_shape)
        if values.shape[-len(shape) :] != shape:
            raise ShapeError(
                "x must end in the axes {wanted} of normalized_shape, got shape {got}", wanted=shape, got=values.shape
            )
        axes = tuple(range(-len(shape), 0))
        scale, shift = (_fitting(given, shape, name, values) for given, name in ((weight, "weight"), (bias, "bias")))
        return cls(
            values,
            axes,
            values.mean(axis=axes, keepdims=True),
            values.var(axis=axes, keepdims=True),
            np.ones(shape, values.dtype) if scale is None else scale,
            np.zeros(shape, values.dtype) if shift is None else shift,
            checked_eps(eps),
        )

    @property
    def inverse_deviation(self) -> Array:
        """1 / sqrt(var + eps), one for each sample."""
        return np.asarray(1 / np.sqrt(self.var + self.var.dtype.type(self.eps)))


def layer_norm(
    x: object, normalized_shape: int | tuple[int, ...], weight: object = None, bias: object = None, eps: float = 1e-5
) -> Array:
    """Return x with mean 0 and variance 1 over its last axes, times weight, plus bias.

    y = (x - mean) / sqrt(var + eps) * weight + bias,   mean and var (divided by the count) over the last axes

    x                  (..., *normalized_shape)
    normalized_shape   the last axes, those that are normalised together; one number for the last one alone
    weight, bias       normalized_shape, or None: 1 and 0
    returns            shape of x; its dtype, float64 for integers
    Raises ShapeError if the shapes do not fit, RangeError unless eps is 0 or more.
    Source: Ba, Kiros & Hinton 2016 (arXiv:1607.06450).
    """
    inputs = LayerNormInputs.of(x, normalized_shape, weight, bias, eps)
    output = inputs.x - inputs.mean
    output *= inputs.inverse_deviation
    if weight is not None:
        output *= inputs.weight
    if bias is not None:
        output += inputs.bias
    return output


def layer_norm_backward(
    grad_output: object,
    x: object,
    normalized_shape: int | tuple[int, ...],
    weight: object = None,
    eps: float = 1e-5,
) -> NormGradients:
    """Return the gradients of layer_norm with respect to input, weight and bias.

    h = (x - mean) / sqrt(var + eps);   g = dy * weight;   weight = sum of dy * h, bias = sum of dy over all samples
    input = (g - mean of g - h * (mean of g * h)) / sqrt(var + eps),   means over the last axes

    Raises ShapeError if grad_output has not the shape of x; otherwise as layer_norm.
    """
    inputs = LayerNormInputs.of(x, normalized_shape, weight, None, eps)
    grad, inverse = same_shape(grad_output, inputs.x), inputs.inverse_deviation
    h, leading = (inputs.x - inputs.mean) * inverse, tuple(range(inputs.x.ndim - len(inputs.axes)))
    g = grad * inputs.weight
    mean, product = (part.mean(axis=inputs.axes, keepdims=True) for part in (g, g * h))
    return NormGradients((g - mean - h * product) * inverse, (grad * h).sum(axis=leading), grad.sum(axis=leading))


class LayerNormTrace(LazyTrace[NormalisedStep]):
    """The steps of layer_norm, one for each output cell."""

    def __init__(self, inputs: LayerNormInputs) -> None:
        super().__init__(inputs.x.shape, inputs.x.shape, inputs.x.dtype)
        self.inputs = inputs

    def step_at(self, index: tuple[int, ...]) -> NormalisedStep:
        """Return the step of the output cell at index."""
        place, inputs = self.checked_index(index), self.inputs
        lead = len(place) - len(inputs.axes)
        sample, inside = place[:lead] + (0,) * len(inputs.axes), place[lead:]
        return NormalisedStep(
            place,
            float(inputs.x[place]),
            float(inputs.mean[sample]),
            float(inputs.var[sample]),
            inputs.eps,
            float(inputs.weight[inside]),
            float(inputs.bias[inside]),
        )


def _checked_shape(shape: object) -> tuple[int, ...]:
    if isinstance(shape, tuple | list) and shape:
        return whole_shape(shape)
    return (whole(shape, "normalized_shape", minimum=1),)


def _fitting(given: object, shape: tuple[int, ...], name: str, x: Array) -> Array | None:
    if given is None:
        return None
    numbers = np.asarray(real_array(given, name))
    if numbers.shape != shape:
        raise ShapeError(
            "{name} must have the shape of normalized_shape {wanted}, got {got}",
            name=name,
            wanted=shape,
            got=numbers.shape,
        )
    return numbers.astype(x.dtype, copy=False)

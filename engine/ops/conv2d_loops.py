"""conv2d as its definition says it, loop in loop: to be read, and to see what vectorising saves."""

import numpy as np

from engine.geometry import IntOrPair, Padding
from engine.ops.arrays import Array
from engine.ops.conv2d import Conv2dInputs


def conv2d_loops(
    x: object,
    weight: object,
    bias: object = None,
    *,
    stride: IntOrPair = 1,
    padding: Padding = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> Array:
    """Return what conv2d returns, one multiplication after the other, in plain Python numbers.

    Arguments, result and errors as conv2d; a window's cells on padding are skipped, not multiplied by 0.
    """
    inputs = Conv2dInputs.of(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
    images, filters = inputs.x.tolist(), inputs.weight.tolist()
    biases = [0] * len(filters) if inputs.bias is None else inputs.bias.tolist()
    channels, per_group = inputs.weight.shape[1], len(filters) // inputs.groups
    height, width = inputs.geometry.input_size
    output = np.empty(inputs.output_shape, inputs.dtype)
    for n, f, i, j in np.ndindex(output.shape):
        total = biases[f]
        rows, columns = inputs.geometry.window(i, j)
        for c in range(channels):
            plane, kernel = images[n][f // per_group * channels + c], filters[f][c]
            for u, row in enumerate(rows):
                for v, column in enumerate(columns):
                    if 0 <= row < height and 0 <= column < width:
                        total += kernel[u][v] * plane[row][column]
        output[n, f, i, j] = total
    return inputs.unbatched(output)

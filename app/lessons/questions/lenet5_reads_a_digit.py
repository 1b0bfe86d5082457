"""Questions of the lesson "LeNet-5 reads a digit": sizes, parameters and receptive fields of a network."""

import math

import numpy as np

from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from engine.geometry import output_size, receptive_field

KERNEL, POOL, MAPS = 5, 2, 6  # of LeNet-5: both convolutions, both poolings, the maps of the first layer


def flattened(seed: int) -> Question:
    """Compute how many numbers LeNet-5's convolutional part hands on, for another picture and filter number."""
    rng = np.random.default_rng(seed)
    size, filters = int(rng.choice([16, 20, 24, 28, 36, 40, 44])), int(rng.choice([8, 10, 12, 20]))
    conv1 = output_size(size, KERNEL)
    pool1 = output_size(conv1, POOL, stride=POOL)
    conv2 = output_size(pool1, KERNEL)
    pool2 = output_size(conv2, POOL, stride=POOL)
    padded = size // POOL // POOL
    answer = math.prod((filters, pool2, pool2))
    return Question(
        prompt=N_(
            "A picture of %(size)s × %(size)s pixels meets: a convolution with 6 filters of 5 × 5, 2 × 2 "
            "pooling, a convolution with %(filters)s filters of 5 × 5, 2 × 2 pooling. No padding; the "
            "convolutions have stride 1. How many numbers are left?"
        ),
        values={
            "size": size,
            "filters": filters,
            "conv1": conv1,
            "pool1": pool1,
            "conv2": conv2,
            "pool2": pool2,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The side of the maps goes from %(size)s to %(conv1)s, %(pool1)s, %(conv2)s, %(pool2)s. "
            "%(filters)s maps of %(pool2)s × %(pool2)s hold %(answer)s numbers."
        ),
        causes=told_apart(
            answer,
            (math.prod((pool2, pool2)), N_("That is one map; there are %(filters)s.")),
            (
                math.prod((MAPS, filters, pool2, pool2)),
                N_("The second convolution adds up all six maps: one map per filter, not six."),
            ),
            (
                math.prod((MAPS, pool2, pool2)),
                N_("The second convolution makes %(filters)s maps, one per filter, not 6."),
            ),
            (math.prod((filters, conv2, conv2)), N_("That is before the last pooling, which halves both sides.")),
            (
                math.prod((filters, padded, padded)),
                N_("Without padding each convolution also takes 4 off the side, because 5 × 5 has to fit inside."),
            ),
            (math.prod((filters, pool2)), N_("A map is a square of %(pool2)s × %(pool2)s numbers, not one row.")),
            (
                math.prod((filters, pool1, pool1)),
                N_("That is the side after the first pooling; there are two more layers."),
            ),
        ),
    )


def layer_parameters(seed: int) -> Question:
    """Count the parameters of a convolution that reads several maps."""
    rng = np.random.default_rng(seed)
    channels, filters = int(rng.integers(2, 7)), int(rng.choice([4, 5, 8, 10, 12]))
    kernel, size = int(rng.choice([3, 5])), int(rng.choice([12, 14, 16]))
    cells = output_size(size, kernel)
    weight, bias = (filters, channels, kernel, kernel), (filters,)
    one, weights = math.prod(weight[1:]) + 1, math.prod(weight)
    answer = weights + math.prod(bias)
    return Question(
        prompt=N_(
            "A convolution reads %(channels)s maps of %(size)s × %(size)s and makes %(filters)s maps with "
            "kernels of %(kernel)s × %(kernel)s. How many parameters does it have, biases included?"
        ),
        values={
            "channels": channels,
            "filters": filters,
            "kernel": kernel,
            "size": size,
            "cells": cells,
            "one": one,
            "slice": math.prod(weight[2:]),
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "A filter has %(channels)s slices of %(slice)s weights and one bias: %(one)s parameters. "
            "%(filters)s filters have %(answer)s."
        ),
        causes=told_apart(
            answer,
            (weights, N_("These are the weights alone; each filter also has a bias.")),
            (
                math.prod((filters, kernel, kernel)) + filters,
                N_("That is one slice per filter; each filter has a slice for each of the %(channels)s maps it reads."),
            ),
            (
                weights + filters * channels,
                N_("That is a bias for each slice; each filter has one bias for all its slices."),
            ),
            (weights + 1, N_("Each of the %(filters)s filters has a bias of its own, not one for all.")),
            (one, N_("That is one filter; there are %(filters)s.")),
            (
                math.prod((channels, kernel, kernel)) + channels,
                N_("That is one slice per map that is read; each of the %(filters)s filters has such a set."),
            ),
            (
                answer * cells * cells,
                N_("That counts each of the %(cells)s × %(cells)s places anew; all places share their parameters."),
            ),
            (
                math.prod((filters, channels, size, size)) + filters,
                N_("That is for neurons that see whole maps; a slice has only %(slice)s weights."),
            ),
        ),
    )


def window_in_pixels(seed: int) -> Question:
    """Compute the receptive field of a cell after convolution, pooling, convolution."""
    rng = np.random.default_rng(seed)
    first, pool, second = int(rng.choice([3, 5, 7])), int(rng.choice([2, 3, 4])), int(rng.choice([3, 5]))
    layers = [(first, 1, 0, 1), (pool, pool, 0, 1), (second, 1, 0, 1)]
    pooled = receptive_field(layers[:2])
    answer = receptive_field(layers).size
    unmoved = [(kernel, 1, padding, dilation) for kernel, _, padding, dilation in layers]
    return Question(
        prompt=N_(
            "Three layers: a convolution of %(first)s × %(first)s with stride 1, a pooling of %(pool)s × "
            "%(pool)s with stride %(pool)s, a convolution of %(second)s × %(second)s with stride 1. On how many "
            "rows of the picture does one cell of the last layer depend?"
        ),
        values={
            "first": first,
            "pool": pool,
            "second": second,
            "answer": answer,
            "pooled": pooled.size,
            "steps": second - 1,
        },
        answer=answer,
        why=N_(
            "A pooled cell sees %(first)s + %(pool)s − 1 = %(pooled)s rows, and its neighbours stand %(pool)s "
            "pixels apart. The last kernel covers %(second)s of them: %(pooled)s + %(steps)s · %(pool)s = "
            "%(answer)s rows."
        ),
        causes=told_apart(
            answer,
            (second, N_("These are rows of the layer just below; each of them depends on several rows of pixels.")),
            (
                receptive_field([layers[0], layers[2]]).size,
                N_("That leaves the pooling out; it spreads the windows of the last layer over more pixels."),
            ),
            (
                receptive_field(unmoved).size,
                N_("That takes the pooling with stride 1; its neighbours stand %(pool)s pixels apart."),
            ),
            (
                receptive_field(layers[1:]).size,
                N_("These are rows of the first layer's map; each of them sees %(first)s rows of pixels."),
            ),
            (
                pooled.size,
                N_("That is what one pooled cell sees; the last kernel covers %(second)s of them in a column."),
            ),
            (
                pooled.size * second,
                N_("Neighbouring pooled cells overlap in what they see: each adds only %(pool)s new rows."),
            ),
            (first * pool * second, N_("Sizes do not simply multiply: neighbouring windows overlap.")),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "flattened": flattened,
    "layer-parameters": layer_parameters,
    "window-in-pixels": window_in_pixels,
}

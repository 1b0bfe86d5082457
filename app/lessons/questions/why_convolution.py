"""Questions of the lesson "Why convolution": what a layer has to learn, and what moves with the picture."""

import math

import numpy as np

import engine
from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from engine.geometry import output_size

Shape = tuple[int, ...]

PATTERNS = (
    ((0, 1, 0), (1, 1, 1), (0, 1, 0)),
    ((1, 0, 0), (1, 0, 0), (1, 1, 1)),
    ((1, 1, 1), (0, 1, 0), (0, 1, 0)),
    ((1, 0, 1), (0, 1, 0), (1, 0, 1)),
    ((1, 1, 0), (0, 1, 0), (0, 1, 1)),
)
SIZE = 9  # of the picture in which the pattern moves


def size_of(*shapes: Shape) -> int:
    """Return how many numbers arrays of these shapes hold."""
    return sum(math.prod(shape) for shape in shapes)


def fully_connected(seed: int) -> Question:
    """Count the parameters of two fully connected layers."""
    rng = np.random.default_rng(seed)
    side, hidden, outputs = int(rng.choice([4, 5, 6, 10])), int(rng.choice([10, 20, 30, 50])), int(rng.integers(2, 6))
    pixels = size_of((side, side))
    first, first_bias, second, second_bias = (hidden, pixels), (hidden,), (outputs, hidden), (outputs,)
    weights, biases = size_of(first, second), size_of(first_bias, second_bias)
    answer = size_of(first, first_bias, second, second_bias)
    return Question(
        prompt=N_(
            "A grey picture of %(side)s × %(side)s pixels goes into a fully connected layer of %(hidden)s "
            "neurons, and these into one of %(outputs)s neurons. How many parameters does the network have, "
            "biases included?"
        ),
        values={
            "side": side,
            "hidden": hidden,
            "outputs": outputs,
            "pixels": pixels,
            "answer": answer,
            "first": size_of(first, first_bias),
            "second": size_of(second, second_bias),
            "biases": biases,
        },
        answer=answer,
        why=N_(
            "The first layer has %(hidden)s · (%(pixels)s + 1) = %(first)s parameters, the second "
            "%(outputs)s · (%(hidden)s + 1) = %(second)s; together %(answer)s."
        ),
        causes=told_apart(
            answer,
            (weights, N_("These are the weights alone; each of the %(biases)s neurons has a bias as well.")),
            (weights + 2, N_("That is one bias per layer; each neuron has a bias of its own.")),
            (size_of(first, first_bias), N_("That is the first layer; the second has parameters too.")),
            (
                answer + pixels,
                N_("Pixels are inputs and have no bias; only the neurons that compute something have one."),
            ),
            (
                size_of((hidden, side), first_bias, second, second_bias),
                N_("Each neuron of the first layer reads the whole picture, %(side)s · %(side)s pixels, not one row."),
            ),
            (
                size_of((pixels,), (hidden,), (outputs,)),
                N_("These are the pixels and neurons; count their connections."),
            ),
        ),
    )


def shared_kernels(seed: int) -> Question:
    """Count the parameters of a convolution on a grey picture."""
    rng = np.random.default_rng(seed)
    size, kernel, filters = int(rng.integers(2, 21)) * 10, int(rng.integers(3, 10)), int(rng.integers(2, 10))
    weight, bias = (filters, 1, kernel, kernel), (filters,)
    answer, weights = size_of(weight, bias), size_of(weight)
    cells = output_size(size, kernel)
    return Question(
        prompt=N_(
            "%(filters)s kernels of %(kernel)s × %(kernel)s weights, each with one bias, slide over a grey "
            "picture of %(size)s × %(size)s pixels. How many parameters is that?"
        ),
        values={
            "filters": filters,
            "kernel": kernel,
            "size": size,
            "cells": cells,
            "answer": answer,
            "area": size_of((kernel, kernel)),
            "one": size_of(weight[1:], (1,)),
            "weights": weights,
        },
        answer=answer,
        why=N_(
            "One kernel has %(area)s weights and 1 bias, %(one)s parameters; %(filters)s of them have %(answer)s. "
            "The size of the picture does not matter."
        ),
        causes=told_apart(
            answer,
            (weights, N_("These are the weights alone; each kernel also has a bias.")),
            (weights + 1, N_("Each of the %(filters)s kernels has a bias of its own, not one for all.")),
            (size_of(weight[1:], (1,)), N_("That is one kernel; there are %(filters)s.")),
            (
                size_of((filters, cells, cells, kernel, kernel), (filters, cells, cells)),
                N_("That gives each place its own weights; all %(cells)s × %(cells)s places share the same ones."),
            ),
            (
                size_of(weight, (filters, cells, cells)),
                N_("The places share the bias too: one per kernel, not one per answer."),
            ),
            (
                size_of((filters, size, size), bias),
                N_("That is for neurons that see the whole picture; a kernel has only %(area)s weights."),
            ),
            (size_of((filters, kernel), bias), N_("A kernel has %(kernel)s rows of %(kernel)s weights, not one.")),
        ),
    )


def moved_pattern(seed: int) -> Question:
    """Say where the largest answer goes when the pattern in the picture moves."""
    rng = np.random.default_rng(seed)
    pattern = np.array(PATTERNS[int(rng.integers(len(PATTERNS)))], dtype=np.float64)
    row, column = (int(start) for start in rng.integers(0, 3, size=2))
    down, right = (int(step) for step in rng.permutation(np.arange(1, 4))[:2])
    x, weight = np.zeros((1, SIZE, SIZE)), pattern[None, None]
    x[0, row : row + 3, column : column + 3] = pattern

    def largest(moved_down: int, moved_right: int) -> tuple[int, ...]:
        moved = np.roll(x, (moved_down, moved_right), axis=(1, 2))
        answers = engine.conv2d(moved, weight)[0]
        return tuple(int(index) for index in np.unravel_index(int(answers.argmax()), answers.shape))

    before, after = largest(0, 0), largest(down, right)
    answer = after[0]
    return Question(
        prompt=N_(
            "The kernel answers this picture with its largest value, %(value)s, in row %(row)s, column "
            "%(column)s of the map (counted from 0). Now the pattern moves down by %(down)s and to the right by "
            "%(right)s. In which row of the map is the largest value then?"
        ),
        values={
            "value": int(engine.conv2d(x, weight).max()),
            "row": before[0],
            "column": before[1],
            "down": down,
            "right": right,
            "answer": answer,
            "column_after": after[1],
        },
        answer=answer,
        why=N_(
            "The map moves along with the picture: row %(row)s + %(down)s = %(answer)s, and column %(column)s + "
            "%(right)s = %(column_after)s. The value itself stays %(value)s."
        ),
        causes=told_apart(
            answer,
            (before[0], N_("That would be invariance: the map would not notice that the pattern has moved.")),
            (largest(right, down)[0], N_("Down changes the row; to the right changes the column.")),
            (after[1], N_("That is the column; the row is asked for.")),
            (before[0] - down, N_("The map moves the same way as the picture: down is towards larger rows.")),
            (answer + 1, N_("The rows are counted from 0, and this is one too many.")),
        ),
        tensors={"x": x, "weight": weight[0]},
    )


QUESTIONS: dict[str, Ask] = {
    "fully-connected": fully_connected,
    "shared-kernels": shared_kernels,
    "moved-pattern": moved_pattern,
}

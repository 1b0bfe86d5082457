"""Questions of "Convolution, step by step": torch convolves, and one case of each is done by hand."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

import engine
from app.exhibits.convolution_forward.presets import PRESETS
from app.i18n import words
from app.lessons.questions.convolution_step_by_step import QUESTIONS

SEEDS = range(50)
EN = words("en")


def convolved(question, **changes):
    tensors = {**question.tensors, **changes}
    x, weight = (torch.from_numpy(np.ascontiguousarray(tensors[name]))[None] for name in ("x", "weight"))
    return conv2d(x, weight, torch.tensor([float(question.values["bias"])], dtype=torch.float64))[0, 0]


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


@pytest.mark.parametrize("seed", SEEDS)
def test_one_cell_is_what_torch_computes(seed):
    question = QUESTIONS["one-cell"](seed)
    row, column, bias = (question.values[name] for name in ("row", "column", "bias"))
    assert question.answer == convolved(question)[row, column]
    assert question.values["sum"] + bias == question.answer
    window = question.tensors["x"][
        0, row : question.values["last_row"] + 1, column : question.values["last_column"] + 1
    ]
    assert question.values["sum"] == (window * question.tensors["weight"][0]).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_missing_bias_a_repeated_one_and_a_turned_kernel_are_recognised(seed):
    question = QUESTIONS["one-cell"](seed)
    row, column, bias = (question.values[name] for name in ("row", "column", "bias"))
    said = causes(question)
    assert "missing" in said[question.answer - bias]
    assert question.answer + 8 * bias in said
    turned = float(convolved(question, weight=question.tensors["weight"][:, ::-1, ::-1])[row, column])
    assert turned == question.answer or turned in said


@pytest.mark.parametrize("seed", SEEDS)
def test_the_output_has_the_rows_that_torch_makes(seed):
    question = QUESTIONS["output-size"](seed)
    size, kernel, stride, padding = (question.values[name] for name in ("size", "kernel", "stride", "padding"))
    x, weight = torch.zeros(1, 1, size, size), torch.zeros(1, 1, kernel, kernel)
    assert question.answer == conv2d(x, weight, stride=stride, padding=padding).shape[2]
    assert question.answer == math.floor((size + 2 * padding - kernel) / stride) + 1
    assert question.answer - 1 in causes(question)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reason_says_rounded_down_only_where_something_is_left(seed):
    question = QUESTIONS["output-size"](seed)
    left = question.values["room"] % question.values["stride"]
    assert ("rounded down" in question.said(question.why, EN)) == (left > 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_three_channels_give_the_one_number_that_torch_computes(seed):
    question = QUESTIONS["three-channels"](seed)
    assert question.answer == convolved(question).item()
    x, weight = question.tensors["x"], question.tensors["weight"]
    sums = [float((x[channel] * weight[channel]).sum()) for channel in range(3)]
    assert sums == [question.values[f"sum{channel}"] for channel in range(3)]
    said = causes(question)
    assert "missing" in said[sum(sums)]
    assert sum(sums) + 3 * question.values["bias"] in said


def test_the_lessons_own_numbers():
    def answers(preset, **options):
        (layer,) = PRESETS[preset].layers
        chosen = {"stride": layer.stride, "padding": layer.padding, **options}
        weight = chosen.pop("weight", layer.weight)
        return engine.conv2d(layer.x, weight, layer.bias, **chosen)

    gray = PRESETS["gray-5x5"].layers[0]
    assert answers("gray-5x5")[0, 1, 1] == -4
    assert answers("gray-5x5", weight=gray.weight[:, :, ::-1, ::-1])[0, 1, 1] == 6
    assert engine.geometry.Geometry.of(5, 3).uses[[0, 2], [0, 2]].tolist() == [1, 9]
    assert engine.geometry.Geometry.of(5, 3, padding=1).uses[0, 0] == 4
    assert engine.geometry.Geometry.of(6, 3, stride=2).unused == (1, 1)
    assert answers("cs231n").size == 18
    assert answers("cs231n")[0, 1, 1] == 7
    assert answers("true-7x7x3").shape == (2, 4, 4)
    assert answers("channels-1x1")[0, 0, 0] == 1
    sizes = {name: layer.weight.size + layer.bias.size for name in PRESETS for layer in PRESETS[name].layers[:1]}
    assert [sizes[name] for name in ("cs231n", "channels-1x1", "channels-3x3")] == [56, 10, 74]

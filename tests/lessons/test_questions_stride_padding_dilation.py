"""Questions of "Stride, padding, dilation": torch convolves, and gradients show who takes part."""

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

import engine
from app.exhibits.convolution_forward.params import Params
from app.exhibits.convolution_forward.presets import PRESETS
from app.exhibits.convolution_forward.resolve import resolve
from app.i18n import words
from app.lessons.questions.stride_padding_dilation import QUESTIONS

SEEDS = range(50)
EN = words("en")


def reads(size, kernel, **options):
    """How many answers read each pixel: the gradient of their sum, with all weights 1."""
    x = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    conv2d(x, torch.ones(1, 1, kernel, kernel, dtype=torch.float64), **options).sum().backward()
    return x.grad[0, 0]


def seen(kernel, dilations):
    """Pixels that one cell behind the convolutions depends on, counted along each axis from the first to the last."""
    x = torch.zeros(1, 1, 120, 120, dtype=torch.float64, requires_grad=True)
    answers = x
    for dilation in dilations:
        answers = conv2d(answers, torch.ones(1, 1, kernel, kernel, dtype=torch.float64), dilation=dilation)
    answers[0, 0, 0, 0].backward()
    return x.grad[0, 0] != 0


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pixel_takes_part_in_as_many_answers_as_its_gradient_says(seed):
    question = QUESTIONS["border-pixel"](seed)
    v = question.values
    assert question.answer == reads(v["size"], v["kernel"], padding=v["padding"])[v["row"], v["column"]]
    assert v["rows"] * v["columns"] == question.answer
    assert "far from every border" in causes(question)[v["area"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dilated_map_has_the_rows_that_torch_makes(seed):
    question = QUESTIONS["dilated-size"](seed)
    v = question.values
    x, weight = torch.zeros(1, 1, v["size"], v["size"]), torch.zeros(1, 1, v["kernel"], v["kernel"])
    options = {"stride": v["stride"], "padding": v["padding"]}
    assert question.answer == conv2d(x, weight, dilation=v["dilation"], **options).shape[2]
    undilated = conv2d(x, weight, **options).shape[2]
    assert undilated == question.answer or "leaves the dilation out" in causes(question)[undilated]
    assert v["room"] == v["size"] + 2 * v["padding"] - v["span"]
    assert v["strides"] == v["room"] // v["stride"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stack_sees_the_rows_that_its_gradient_reaches(seed):
    question = QUESTIONS["dilated-stack"](seed)
    v = question.values
    rows = seen(v["kernel"], (v["first"], v["second"], v["third"])).any(dim=1).nonzero()
    assert question.answer == rows.max() - rows.min() + 1


def test_the_lessons_maps_of_reads():
    assert reads(5, 3).int().tolist()[0] == [1, 2, 3, 2, 1]
    assert reads(5, 3).int().tolist()[1:3] == [[2, 4, 6, 4, 2], [3, 6, 9, 6, 3]]
    assert reads(5, 3, padding=1).int().tolist()[:2] == [[4, 6, 6, 6, 4], [6, 9, 9, 9, 6]]
    assert (reads(5, 3, padding=2) == 9).all()


def test_stride_2_keeps_every_second_answer_of_stride_1():
    gray = PRESETS["gray-5x5"].layers[0]
    full, kept = (engine.conv2d(gray.x, gray.weight, gray.bias, stride=stride)[0] for stride in (1, 2))
    assert kept.tolist() == full[::2, ::2].tolist() == [[1, -5], [2, 4]]


def test_the_lessons_own_sizes():
    def size(n, k, **options):
        return conv2d(torch.zeros(1, 1, n, n), torch.zeros(1, 1, k, k), **options).shape[2]

    assert [size(224, 11, stride=4), size(227, 11, stride=4), size(224, 11, stride=4, padding=2)] == [54, 55, 55]
    assert engine.geometry.Geometry.of(224, 11, stride=4).unused == (1, 1)
    assert engine.geometry.Geometry.of(227, 11, stride=4).unused == (0, 0)
    assert engine.geometry.Geometry.of(224, 11, stride=4, padding=2).unused == (1, 1)
    assert size(5, 3, stride=2) == size(6, 3, stride=2) == 2


def test_two_meanings_of_same_give_one_size_and_other_numbers():
    around, at_the_end = (
        resolve(Params(preset="gray-5x5", size="6", stride="2", padding=padding)) for padding in ("1", "same")
    )
    starts = [
        engine.geometry.Geometry.of(6, 3, stride=2, padding=padding).window_rows[:, 0].tolist()
        for padding in (1, "same")
    ]
    assert starts == [[-1, 1, 3], [0, 2, 4]]
    assert around.output.shape == at_the_end.output.shape == (1, 3, 3)
    assert (around.output != at_the_end.output).all()


def test_the_dilated_exhibit_answers_what_its_caption_says():
    layer = PRESETS["dilated"].layers[0]
    assert engine.conv2d(layer.x, layer.weight, layer.bias, dilation=2)[0, 1, 1] == -5
    window = layer.x[0, 1:6:2, 1:6:2]
    assert [window[0, 1], window[1, 0], window[1, 2], window[2, 1], window[1, 1]] == [1, 0, 0, 2, 2]


def test_the_views_of_the_lesson():
    assert [seen(3, dilations)[0].sum() for dilations in ((1,), (1, 1), (1, 1, 1))] == [3, 5, 7]
    assert [seen(3, dilations)[0].sum() for dilations in ((1,), (1, 2), (1, 2, 4))] == [3, 7, 15]
    gridded = seen(3, (2, 2, 2))
    assert (gridded[0].sum(), gridded.sum(), len(np.trim_zeros(gridded[0].numpy()))) == (7, 49, 13)
    assert seen(3, (1, 2, 5))[:17, :17].all()
    assert engine.geometry.receptive_field([(2, 1, 0, 2**layer) for layer in range(10)]).size == 1_024

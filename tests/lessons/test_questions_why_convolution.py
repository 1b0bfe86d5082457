"""Questions of "Why convolution": torch counts the parameters and moves the pattern."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d

import engine
from app.i18n import words
from app.lessons.questions.why_convolution import PATTERNS, QUESTIONS

SEEDS = range(50)
EN = words("en")


def parameters(*layers: nn.Module) -> int:
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())


def largest_cell(x: np.ndarray, weight: np.ndarray) -> tuple[int, int]:
    answers = conv2d(torch.from_numpy(x[None]), torch.from_numpy(weight[None]))[0, 0]
    (place,) = (answers == answers.max()).nonzero().tolist()  # exactly one
    return tuple(place)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fully_connected_network_has_the_parameters_that_torch_counts(seed):
    question = QUESTIONS["fully-connected"](seed)
    v = question.values
    assert question.answer == parameters(nn.Linear(v["side"] ** 2, v["hidden"]), nn.Linear(v["hidden"], v["outputs"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_shared_kernels_have_the_parameters_that_torch_counts(seed):
    question = QUESTIONS["shared-kernels"](seed)
    v = question.values
    assert question.answer == parameters(nn.Conv2d(1, v["filters"], v["kernel"]))
    assert v["cells"] == v["size"] - v["kernel"] + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_largest_answer_moves_as_the_pattern_does(seed):
    question = QUESTIONS["moved-pattern"](seed)
    v, x, weight = question.values, question.tensors["x"], question.tensors["weight"]
    assert largest_cell(x, weight) == (v["row"], v["column"])
    x = np.pad(x, ((0, 0), (v["down"], 0), (v["right"], 0)))[:, : x.shape[1], : x.shape[2]]
    assert x.sum() == question.tensors["x"].sum(), "the pattern stays inside the picture"
    assert largest_cell(x, weight) == (question.answer, v["column_after"])
    assert v["down"] != v["right"], "else rows and columns could not be told apart"


def test_the_lessons_own_numbers():
    assert parameters(nn.Linear(100 * 100, 1)) == 10_001
    assert parameters(nn.Conv2d(1, 1, 10)) == 101
    assert parameters(nn.Conv2d(1, 6, 10)) == 606
    assert parameters(nn.Linear(784, 500), nn.Linear(500, 10)) == 397_510
    assert 91 * 91 == 8_281
    assert (8_281 * 10_001, 8_281 * 101) == (82_818_281, 836_381)


def test_typical_mistakes_are_recognised():
    question = QUESTIONS["shared-kernels"](0)
    v = question.values
    said = {value: question.said(sentence, EN) for value, sentence in question.causes}
    assert "bias" in said[v["filters"] * v["kernel"] ** 2]
    assert "one kernel" in said[v["kernel"] ** 2 + 1]


@pytest.mark.parametrize(
    ("place", "stride", "largest", "cell"),
    [((1, 1), 1, 5, (1, 1)), ((3, 2), 1, 5, (3, 2)), ((1, 1), 2, 2, (0, 0)), ((2, 2), 2, 5, (1, 1))],
)
def test_the_plus_of_the_lesson_is_found_where_the_lesson_says(place, stride, largest, cell):
    plus = np.array(PATTERNS[0], dtype=np.float64)
    x = np.zeros((1, 7, 7))
    x[0, place[0] : place[0] + 3, place[1] : place[1] + 3] = plus
    answers = engine.conv2d(x, plus[None, None], stride=stride)[0]
    assert answers.max() == answers[cell] == largest

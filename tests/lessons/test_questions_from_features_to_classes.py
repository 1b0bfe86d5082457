"""Questions of "From features to classes": torch scores and shares out, gradients show what a cell sees."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d, conv2d, linear, softmax

from app.i18n import words
from app.lessons.questions.from_features_to_classes import QUESTIONS
from engine.nets import summarize

SEEDS = range(50)
EN = words("en")


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_class_has_the_score_that_torch_gives_it(seed):
    question = QUESTIONS["class-score"](seed)
    x, weight, bias = (torch.from_numpy(question.tensors[name].copy()) for name in ("x", "w", "bias"))
    means = adaptive_avg_pool2d(x, 1).flatten()
    assert question.answer == linear(means, weight, bias[0]).item()
    assert [question.values[name] for name in "pqr"] == means.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_raised_logit_has_the_probability_that_torch_gives_it(seed):
    question = QUESTIONS["raised-logit"](seed)
    v = question.values
    logits = torch.tensor([v["first"], v["second"], v["third"]], dtype=torch.float64).log()
    before = softmax(logits, 0)[0].item()
    after = softmax(logits + torch.tensor([math.log(2), 0, 0]), 0)[0].item()
    assert question.answer == pytest.approx(100 * after)
    assert before < after < 2 * before
    assert "before" in causes(question)[round(100 * before, 2)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_top_five_error_is_counted(seed):
    question = QUESTIONS["top-five-error"](seed)
    ranks = [int(rank) for rank in question.values["ranks"].split(", ")]
    assert len(ranks) == 10
    assert question.answer == 10 * len([rank for rank in ranks if rank not in (1, 2, 3, 4, 5)])
    assert "top-1" in causes(question)[10 * len([rank for rank in ranks if rank != 1])]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_sees_the_rows_that_its_gradient_reaches(seed):
    question = QUESTIONS["wider-view"](seed)
    v = question.values
    x = torch.zeros(1, 1, 200, 8, requires_grad=True)
    below = conv2d(x, torch.ones(1, 1, v["size"], 1), stride=(v["jump"], 1))
    conv2d(below, torch.ones(1, 1, v["kernel"], 1))[0, 0, 0, 0].backward()
    assert question.answer == (x.grad[0, 0, :, 0] != 0).sum()
    assert question.answer != 99, "the lesson itself tells that one"


def test_the_lessons_two_heads():
    head = nn.Linear(256, 1000, device="meta")
    count = sum(parameter.numel() for parameter in head.parameters())
    assert count == 257_000
    assert count / 58_631_144 < 0.005


def test_what_leads_mean():
    assert [round(math.exp(lead), 1) for lead in (1, 2.3)] == [2.7, 10.0]
    assert round(math.exp(4.6), -1) == 100
    logits = torch.tensor([2.0, 1, -1], dtype=torch.float64)
    torch.testing.assert_close(softmax(logits + 5, 0), softmax(logits, 0))


def test_what_the_stages_see():
    seen = {row.name: row.receptive_field for row in summarize("alexnet-2012").rows}
    assert (seen["conv1"], seen["pool2"], seen["conv3"], seen["conv5"]) == (11, 67, 99, 163)
    assert seen["conv3"] == 67 + 2 * 16
    assert seen["conv5"] == 99 + 32 + 32


def test_by_map_and_by_place_the_score_is_the_same():
    x, weight = torch.tensor([[4.0, 0, 0, 0], [0, 0, 4, 8]]), torch.tensor([2.0, -1])
    by_place = (weight[:, None] * x).sum(dim=0) / 4
    assert by_place.tolist() == [2, 0, -1, -2]
    assert by_place.sum() == weight @ x.mean(dim=1) == -1


def test_a_shift_by_the_stride_moves_the_first_maps_by_one_cell_and_leaves_a_mean_as_it_is():
    photo = torch.randn(1, 3, 64, 64, dtype=torch.float64)
    filters = torch.randn(4, 3, 11, 11, dtype=torch.float64)
    before, after = (conv2d(one, filters, stride=4) for one in (photo, photo.roll(4, 3)))
    torch.testing.assert_close(after[..., 1:], before[..., :-1])
    pattern = torch.zeros(1, 1, 6, 6)
    pattern[..., 1:3, 1:3] = 1
    assert torch.equal(adaptive_avg_pool2d(pattern.roll(2, 3), 1), adaptive_avg_pool2d(pattern, 1))

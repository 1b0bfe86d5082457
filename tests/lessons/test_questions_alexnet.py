"""Questions of "AlexNet": torch lays the windows, counts and normalises; the lesson's numbers are checked too."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d, dropout, local_response_norm, max_pool2d

from app.i18n import words
from app.lessons.questions.alexnet import QUESTIONS

SEEDS = range(50)
EN = words("en")


def parameters(layer: nn.Module) -> int:
    return sum(parameter.numel() for parameter in layer.parameters())


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_picture_asked_for_every_row_is_read_and_no_window_is_missing(seed):
    question = QUESTIONS["fitting-size"](seed)
    v = question.values
    x = torch.zeros(1, 1, question.answer, question.answer, requires_grad=True)
    maps = conv2d(x, torch.ones(1, 1, v["kernel"], v["kernel"]), stride=v["stride"])
    maps.sum().backward()
    assert maps.shape[2] == v["rows"] != 55, "the lesson itself tells that one"
    assert (x.grad > 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_two_groups_have_the_parameters_that_torch_counts(seed):
    question = QUESTIONS["grouped-parameters"](seed)
    v = question.values
    one, two = (nn.Conv2d(v["channels"], v["filters"], v["kernel"], groups=groups) for groups in (1, 2))
    assert (question.answer, v["full"]) == (parameters(two), parameters(one))
    assert "one group" in causes(question)[parameters(one)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_number_is_divided_as_torch_divides_it(seed):
    question = QUESTIONS["normalising-sum"](seed)
    v, x = question.values, torch.from_numpy(question.tensors["x"])
    place = v["channel"], v["row"], v["column"]
    made = local_response_norm(x[None], v["size"], alpha=v["size"], beta=1.0, k=2.0)[0]
    torch.testing.assert_close(x[place] / made[place], torch.tensor(question.answer).double())
    assert question.answer == 2 + (x[v["first"] : v["last"] + 1, v["row"], v["column"]] ** 2).sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_linear_layer_has_the_parameters_that_torch_counts(seed):
    question = QUESTIONS["linear-parameters"](seed)
    v = question.values
    maps = torch.zeros(1, v["maps"], v["side"], v["side"])
    assert question.answer == parameters(nn.Linear(maps.flatten(1).shape[1], v["units"]))


ALEXNET = {
    "conv1": nn.Conv2d(3, 96, 11, stride=4, padding=2),
    "conv2": nn.Conv2d(96, 256, 5, padding=2, groups=2),
    "conv3": nn.Conv2d(256, 384, 3, padding=1),
    "conv4": nn.Conv2d(384, 384, 3, padding=1, groups=2),
    "conv5": nn.Conv2d(384, 256, 3, padding=1, groups=2),
    "fc6": nn.Linear(9216, 4096, device="meta"),
    "fc7": nn.Linear(4096, 4096, device="meta"),
    "fc8": nn.Linear(4096, 1000, device="meta"),
}
MULTIPLICATIONS = {  # of one photo: cells of the output, times the weights of one filter
    "conv1": 96 * 55 * 55 * 363,
    "conv2": 256 * 27 * 27 * 1200,
    "conv3": 384 * 13 * 13 * 2304,
    "conv4": 384 * 13 * 13 * 1728,
    "conv5": 256 * 13 * 13 * 1728,
    "fc6": 4096 * 9216,
    "fc7": 4096 * 4096,
    "fc8": 1000 * 4096,
}


def test_the_lessons_parameters():
    counts = {name: parameters(layer) for name, layer in ALEXNET.items()}
    assert counts == {
        "conv1": 34_944,
        "conv2": 307_456,
        "conv3": 885_120,
        "conv4": 663_936,
        "conv5": 442_624,
        "fc6": 37_752_832,
        "fc7": 16_781_312,
        "fc8": 4_097_000,
    }
    head = counts["fc6"] + counts["fc7"] + counts["fc8"]
    assert (sum(counts.values()), head) == (60_965_224, 58_631_144)
    assert round(100 * head / 60_965_224) == 96
    assert round(60_965_224 / 61_706, -2) == 1000


def test_the_lessons_multiplications():
    total = sum(MULTIPLICATIONS.values())
    head = sum(MULTIPLICATIONS[name] for name in ("fc6", "fc7", "fc8"))
    assert (total, round(100 * head / total)) == (724_406_816, 8)


def test_what_the_towers_save():
    whole = {"conv2": nn.Conv2d(96, 256, 5), "conv4": nn.Conv2d(384, 384, 3), "conv5": nn.Conv2d(384, 256, 3)}
    assert parameters(whole["conv2"]) == 614_656
    assert sum(parameters(layer) - parameters(ALEXNET[name]) for name, layer in whole.items()) == 1_413_120


def test_224_does_not_fit():
    def rows(size, padding):
        return conv2d(torch.zeros(1, 1, size, size), torch.zeros(1, 1, 11, 11), stride=4, padding=padding).shape[2]

    assert (rows(224, 0), rows(227, 0), rows(224, 2)) == (54, 55, 55)
    assert ((224 - 11) % 4, (227 - 11) % 4, (224 + 4 - 11) % 4) == (1, 0, 1)
    assert 3 * 224 * 224 == 150_528
    x = torch.zeros(1, 1, 228, 228, requires_grad=True)  # with its padding
    conv2d(x, torch.ones(1, 1, 11, 11), stride=4).sum().backward()
    assert torch.nonzero(x.grad[0, 0, :, 0] == 0).flatten().tolist() == [227]


def test_the_lessons_normalisation():
    quiet, loud = torch.ones(1, 5, 1, 1, dtype=torch.float64), torch.zeros(1, 5, 1, 1, dtype=torch.float64)
    loud[0, 2], loud[0, 1] = 1, math.sqrt(19_999)
    for x, d in ((quiet, 2.0005), (loud, 4.0)):
        printed = local_response_norm(x, 5, alpha=5e-4, beta=0.75, k=2.0)[0, 2, 0, 0]
        assert 1 / printed.item() == pytest.approx(d**0.75)
    assert round(2**0.75, 2) == 1.68
    assert round(math.sqrt(20_000)) == 141


def test_pooling_and_slopes_and_dropout():
    sizes = [55]
    while sizes[-1] > 6:
        sizes.append(max_pool2d(torch.zeros(1, 1, sizes[-1], sizes[-1]), 3, 2).shape[2])
    assert sizes == [55, 27, 13, 6]
    assert max_pool2d(torch.zeros(1, 1, 55, 55), 2, 2).shape[2] == 27
    x = torch.tensor(3.0, requires_grad=True)
    x.tanh().backward()
    assert round(x.grad.item(), 2) == 0.01
    numbers = torch.tensor([4.0, 2, 6, 0])
    assert set(dropout(numbers.repeat(100, 1), 0.5).flatten().tolist()) == {8, 4, 12, 0}
    assert torch.equal(dropout(numbers, 0.5, training=False), numbers)

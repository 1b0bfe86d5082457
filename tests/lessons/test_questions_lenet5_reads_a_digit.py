"""Questions of "LeNet-5 reads a digit": torch builds the layers and counts, and gradients show what a cell sees."""

import pytest
import torch
from torch import nn

from app.i18n import words
from app.lessons.questions.lenet5_reads_a_digit import QUESTIONS

SEEDS = range(50)
EN = words("en")


def parameters(*layers: nn.Module) -> int:
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())


def rows_seen(first: int, pool: int, second: int) -> int:
    """How many rows of the picture change one cell after convolution, pooling, convolution."""
    layers = nn.Sequential(
        nn.Conv2d(1, 1, first, bias=False), nn.AvgPool2d(pool), nn.Conv2d(1, 1, second, bias=False)
    ).double()
    for parameter in layers.parameters():
        nn.init.ones_(parameter)
    x = torch.zeros(1, 1, 60, 60, dtype=torch.float64, requires_grad=True)
    layers(x)[0, 0, 1, 1].backward()
    return int((x.grad[0, 0].sum(dim=1) != 0).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_numbers_are_left_as_torch_leaves(seed):
    question = QUESTIONS["flattened"](seed)
    size, filters = question.values["size"], question.values["filters"]
    layers = nn.Sequential(nn.Conv2d(1, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, filters, 5), nn.MaxPool2d(2))
    assert question.answer == layers(torch.zeros(1, 1, size, size)).numel()
    assert size != 32, "the lesson itself tells that one"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_layer_has_the_parameters_that_torch_counts(seed):
    question = QUESTIONS["layer-parameters"](seed)
    channels, filters, kernel = (question.values[name] for name in ("channels", "filters", "kernel"))
    assert question.answer == parameters(nn.Conv2d(channels, filters, kernel))
    said = {value: question.said(sentence, EN) for value, sentence in question.causes}
    assert "bias" in said[parameters(nn.Conv2d(channels, filters, kernel, bias=False))]
    assert "one slice" in said[parameters(nn.Conv2d(1, filters, kernel))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_depends_on_the_rows_that_its_gradient_reaches(seed):
    question = QUESTIONS["window-in-pixels"](seed)
    first, pool, second = (question.values[name] for name in ("first", "pool", "second"))
    assert question.answer == rows_seen(first, pool, second)


def test_the_lessons_own_numbers():
    layers = [nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)]
    assert [parameters(layer) for layer in layers] == [156, 2_416, 48_120, 10_164, 850]
    assert parameters(*layers) == 61_706
    assert parameters(layers[2]) / parameters(*layers) == pytest.approx(0.78, abs=0.005)
    assert parameters(*layers[:2]) / parameters(*layers) == pytest.approx(0.04, abs=0.005)
    assert 6 * 28 * 28 == 4_704
    assert 4_704 * 26 == 122_304
    assert rows_seen(5, 2, 5) == 14


def test_the_paper_of_1998_has_sixty_thousand_parameters():
    kernels = 6 * 3 + 9 * 4 + 1 * 6  # of the table between S2 and C3
    assert kernels == 60
    assert 156 + 2 * 6 + (kernels * 25 + 16) + 2 * 16 + 48_120 + 10_164 == 60_000


def test_softmax_counts_differences_only():
    first, shifted, doubled = (torch.softmax(torch.tensor(z), 0) for z in ([2.0, 1, 0], [12.0, 11, 10], [4.0, 2, 0]))
    torch.testing.assert_close(first, shifted)
    assert [round(100 * share) for share in first.tolist()] == [67, 24, 9]
    assert [round(100 * share) for share in doubled.tolist()] == [87, 12, 2]

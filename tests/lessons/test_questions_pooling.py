"""Questions of "Pooling": torch pools, rounds up, and sends the gradients back."""

import pytest
import torch
from torch.nn.functional import avg_pool2d, conv2d, max_pool2d

from app.i18n import words
from app.lessons.questions.pooling import QUESTIONS

SEEDS = range(50)
EN = words("en")
MAP = torch.tensor([[1.0, 3, 2, 0], [4, 2, 1, 1], [0, 5, 3, 3], [2, 1, 0, 6]])[None, None]


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pooled_cell_is_what_torch_pools(seed):
    question = QUESTIONS["pooled-cell"](seed)
    v, x = question.values, torch.from_numpy(question.tensors["x"])
    assert question.answer == max_pool2d(x, 3, 2)[0, v["row"], v["column"]]
    assert question.answer == x[0, v["top"] : v["bottom"] + 1, v["left"] : v["right"] + 1].max()


@pytest.mark.parametrize("seed", SEEDS)
def test_rounding_up_makes_the_rows_that_torch_makes(seed):
    question = QUESTIONS["ceil-size"](seed)
    v = question.values
    up, down = (
        max_pool2d(torch.zeros(1, v["size"], v["size"]), v["kernel"], v["stride"], ceil_mode=ceil).shape[1]
        for ceil in (True, False)
    )
    assert question.answer == up == down + 1
    assert "rounded down" in causes(question)[down]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_winner_gets_the_gradient_that_torch_gives(seed):
    question = QUESTIONS["gradient-at-a-switch"](seed)
    v = question.values
    x = torch.from_numpy(question.tensors["x"]).requires_grad_()
    max_pool2d(x, 3, 2).backward(torch.from_numpy(question.tensors["dY"]))
    assert x.detach()[0, v["row"], v["column"]] == x.max() == 9
    assert question.answer == x.grad[0, v["row"], v["column"]]
    assert v["windows"] in (2, 4)
    assert "win no window" in causes(question)[0]  # which takes an answer other than 0


def test_the_map_of_the_lesson():
    assert max_pool2d(MAP, 2)[0, 0].tolist() == [[4, 2], [5, 6]]
    assert avg_pool2d(MAP, 2)[0, 0].tolist() == [[2.5, 1], [2, 3]]
    x = MAP.clone().requires_grad_()
    max_pool2d(x, 2).backward(torch.tensor([[1.0, 2], [3, 4]])[None, None])
    assert x.grad[0, 0].tolist() == [[0, 0, 2, 0], [1, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0, 4]]


def test_the_first_of_equal_cells_gets_the_gradient():
    x = torch.zeros(1, 1, 2, 2, requires_grad=True)
    max_pool2d(x, 2).sum().backward()
    assert x.grad.flatten().tolist() == [1, 0, 0, 0]


def test_a_shift_is_ignored_within_a_window_and_noticed_across():
    rows = torch.eye(6)[2:5, None] * 5
    assert torch.nn.functional.max_pool1d(rows, 2)[:, 0].tolist() == [[0, 5, 0], [0, 5, 0], [0, 0, 5]]


def test_padded_cells_never_win_but_count_in_a_mean():
    assert (max_pool2d(-torch.ones(1, 4, 4), 3, 1, padding=1) == -1).all()
    mean = avg_pool2d(torch.ones(1, 4, 4), 3, 1, padding=1)[0]
    torch.testing.assert_close(mean[0, :2], torch.tensor([4 / 9, 6 / 9]))
    assert (avg_pool2d(torch.ones(1, 4, 4), 3, 1, padding=1, count_include_pad=False) == 1).all()


def test_the_lessons_own_sizes():
    def rows(size, ceil_mode=False):
        return max_pool2d(torch.zeros(1, size, size), 3, 2, ceil_mode=ceil_mode).shape[1]

    assert [rows(55), rows(27), rows(13)] == [27, 13, 6]
    assert (rows(112), rows(112, ceil_mode=True)) == (55, 56)


def test_the_largest_of_a_sum_is_not_the_sum_of_the_largest():
    other = MAP.flip(3)
    assert not torch.equal(max_pool2d(MAP + other, 2), max_pool2d(MAP, 2) + max_pool2d(other, 2))
    weight = torch.ones(1, 1, 2, 2)
    assert torch.equal(conv2d(MAP + other, weight), conv2d(MAP, weight) + conv2d(other, weight))

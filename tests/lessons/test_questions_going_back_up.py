"""Questions of "Going back up": torch unpools, stamps and interpolates."""

import pytest
import torch
from torch.nn.functional import (
    conv2d,
    conv_transpose1d,
    conv_transpose2d,
    interpolate,
    max_pool2d,
    max_unpool2d,
)

from app.i18n import words
from app.lessons.questions.going_back_up import QUESTIONS

SEEDS = range(50)
EN = words("en")


def causes(question):
    return {value: question.said(sentence, EN) for value, sentence in question.causes}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_of_the_unpooled_map_is_torchs(seed):
    question = QUESTIONS["unpooled-row"](seed)
    x, z = (torch.from_numpy(question.tensors[name])[None] for name in ("x", "z"))
    _, places = max_pool2d(x, 2, return_indices=True)
    row = max_unpool2d(z, places, 2)[0, 0, question.values["row"]]
    assert question.answer == row.sum() == row[question.values["column"]]
    repeated = interpolate(z, scale_factor=2)[0, 0, question.values["row"]].sum().item()
    assert repeated == question.answer or "repeating" in causes(question)[repeated]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stamped_cell_is_torchs(seed):
    question = QUESTIONS["overlapping-stamps"](seed)
    v, x, weight = question.values, *(torch.from_numpy(question.tensors[name])[None] for name in ("x", "weight"))
    whole = conv_transpose2d(x, weight, stride=2)[0, 0]
    assert whole.shape == (5, 5)
    assert question.answer == whole[v["row"], v["column"]]
    ones = torch.ones_like(x), torch.ones_like(weight)
    assert v["stamps"] == conv_transpose2d(*ones, stride=2)[0, 0, v["row"], v["column"]] > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_transposed_convolution_has_the_rows_that_torch_makes(seed):
    question = QUESTIONS["transposed-size"](seed)
    v = question.values
    x, weight = torch.zeros(1, 1, v["height"], v["height"]), torch.zeros(1, 1, v["kernel"], v["kernel"])
    options = {"stride": v["stride"], "padding": v["padding"]}
    whole = conv_transpose2d(x, weight, output_padding=v["extra"], **options)
    assert question.answer == whole.shape[2]
    assert conv2d(whole, weight, **options).shape[2] == v["height"], "the convolution leads back"


def test_the_unpooled_map_of_the_lesson():
    x = torch.tensor([[1.0, 3, 2, 0], [4, 2, 1, 1], [0, 5, 3, 3], [2, 1, 0, 6]])[None, None]
    pooled, places = max_pool2d(x, 2, return_indices=True)
    assert max_unpool2d(pooled, places, 2)[0, 0].tolist() == [[0, 0, 2, 0], [4, 0, 0, 0], [0, 5, 0, 0], [0, 0, 0, 6]]


def test_interpolation_has_two_customs():
    two = torch.tensor([[[0.0, 10]]])
    squares, points = (
        interpolate(two, 4, mode="linear", align_corners=align_corners)[0, 0] for align_corners in (False, True)
    )
    assert squares.tolist() == [0, 2.5, 7.5, 10]
    assert [round(value, 2) for value in points.tolist()] == [0, 3.33, 6.67, 10]


def test_the_stamps_of_the_lesson():
    stamped = conv_transpose1d(torch.tensor([[[2.0, 4]]]), torch.tensor([[[0.5, 1, 0.5]]]), stride=2)
    assert stamped[0, 0].tolist() == [1, 2, 3, 4, 2]
    x, weight = torch.tensor([[1.0, 2], [3, 4]]), torch.tensor([[1.0, 2, 0], [0, 1, -1], [2, 0, 1]])
    assert conv_transpose2d(x[None, None], weight[None, None], stride=2)[0, 0, 2, 2] == 9


@pytest.mark.parametrize("options", [{}, {"padding": 1}, {"dilation": 2, "padding": 1}])
def test_stamping_is_sliding_the_turned_kernel_over_the_spread_map(options):
    x, weight = (torch.randn(1, 1, 3, 3, dtype=torch.float64) for _ in range(2))
    spread = torch.zeros(1, 1, 5, 5, dtype=torch.float64)
    spread[:, :, ::2, ::2] = x
    dilation = options.get("dilation", 1)
    around = dilation * (3 - 1) - options.get("padding", 0)
    slid = conv2d(spread, weight.flip(2, 3), padding=around, dilation=dilation)
    torch.testing.assert_close(slid, conv_transpose2d(x, weight, stride=2, **options))


def test_output_padding_tells_5_from_6():
    x, weight = torch.zeros(1, 1, 3, 3), torch.zeros(1, 1, 3, 3)
    rows = [conv_transpose2d(x, weight, stride=2, padding=1, output_padding=extra).shape[2] for extra in (0, 1)]
    assert rows == [5, 6]
    assert [conv2d(torch.zeros(1, 1, n, n), weight, stride=2, padding=1).shape[2] for n in rows] == [3, 3]


def test_output_padding_crops_less():
    x, weight = (torch.randn(1, 1, 3, 3, dtype=torch.float64) for _ in range(2))
    cropped = conv_transpose2d(x, weight, stride=2, padding=1, output_padding=1)
    torch.testing.assert_close(cropped, conv_transpose2d(x, weight, stride=2)[:, :, 1:, 1:])


def test_it_is_not_an_inverse():
    ones = torch.ones(1, 1, 2, 2)
    total = conv2d(torch.tensor([[1.0, 2], [3, 4]])[None, None], ones, stride=2)
    assert total.item() == 10
    assert (conv_transpose2d(total, ones, stride=2) == 10).all()


def test_the_checkerboard():
    uneven = conv_transpose1d(torch.ones(1, 1, 4), torch.ones(1, 1, 3), stride=2)[0, 0]
    assert uneven.tolist() == [1, 1, 2, 1, 2, 1, 2, 1, 1]
    board = conv_transpose2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3), stride=2)[0, 0, 2:-2, 2:-2]
    assert set(board.flatten().tolist()) == {1, 2, 4}
    even = conv_transpose1d(torch.ones(1, 1, 4), torch.ones(1, 1, 4), stride=2)[0, 0]
    assert set(even[2:-2].tolist()) == {2}

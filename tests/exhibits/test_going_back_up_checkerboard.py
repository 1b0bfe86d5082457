"""Going back up, the checkerboard: the counts are torch's, and only one way is uneven."""

import torch
from torch.nn import functional

from app.exhibits.going_back_up import prepare
from app.exhibits.going_back_up.params import Params
from tests.exhibits.asking import visible
from tests.exhibits.going_back_up import answer, page


def test_the_checkerboard_counts_what_torch_adds_up(client):
    got = answer(client, preset="checkerboard")
    ones, kernel = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3)
    assert got["counts_a"] == functional.conv_transpose2d(ones, kernel, stride=2)[0].tolist()
    assert got["counts_b"] == functional.conv_transpose2d(ones, torch.ones(1, 1, 4, 4), stride=2)[0].tolist()
    doubled = functional.interpolate(ones, scale_factor=2)
    assert got["counts_c"] == functional.conv2d(doubled, kernel, padding=1)[0].tolist()


def test_the_api_gives_few_steps_at_a_time_from_wherever_it_is_asked(client):
    assert len(answer(client, preset="checkerboard")["steps"]) == 64
    last = answer(client, preset="checkerboard", start=81 + 100 + 63)["steps"]
    assert last == [{"map": "c", "row": 7, "column": 7, "value": 4, "x_rows": [3], "x_columns": [3]}]


def test_only_the_kernel_that_is_no_multiple_of_its_stride_is_uneven(client):
    text = visible(page(client, preset="checkerboard"))
    assert "map a, away from the border 1–4 map b, away from the border 4 map c, away from the border 9" in text
    assert "map a, away from the border 4 map b" in visible(page(client, preset="checkerboard", kernel_size=4))


def test_every_count_is_as_many_cells_of_x_as_are_outlined():
    scene = prepare(Params(preset="checkerboard"))
    for step in range(scene.steps):
        number, row, column = scene.place(step)
        rows, columns = scene.ways[number].readers(row, column)
        if number < 2:
            assert scene.counts[number][0, row, column] == len(rows) * len(columns)

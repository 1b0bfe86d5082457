"""Going back up, dilation: what a cell reads is torch's gradient."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.exhibits.asking import visible
from tests.exhibits.going_back_up import answer, narration, page


@pytest.mark.parametrize(
    ("preset", "sides"), [("dilations", (3, 7, 15)), ("no-dilation", (3, 5, 7)), ("holes", (5, 9, 13))]
)
def test_the_receptive_field_grows_with_the_dilations(client, preset, sides):
    steps = answer(client, preset=preset)["steps"]
    assert tuple(step["receptive_field"] for step in steps) == sides
    for step, side in enumerate(sides):
        html = page(client, preset=preset, step=step)
        assert narration(html).endswith(f"<mark>{side}</mark>.")
        assert f"receptive field after layer {step + 1}" in visible(html)


def test_paths_are_the_gradient_of_the_middle_cell(client):
    got = np.array(answer(client, preset="holes")["paths_3"])
    x = torch.zeros(1, 1, 13, 13, requires_grad=True)
    y = x
    for _ in range(3):
        y = functional.conv2d(y, torch.ones(1, 1, 3, 3), dilation=2)
    y.sum().backward()
    np.testing.assert_array_equal(got, x.grad[0])
    assert (got != 0).sum() == 49

"""Going back up, unpooling: switches lead back, and where windows share one, overwriting is not adding."""

import re

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.exhibits.asking import visible
from tests.exhibits.going_back_up import OF_KIND, answer, page, printed, texts


def test_unpooling_returns_each_maximum_to_its_place(client):
    html = page(client, preset="switches", step=3)
    assert printed(html)["pooled", "0"] == texts([[5, 7], [6, 9]])
    assert printed(html)["switches", "0"] == texts([[4, 7], [13, 10]])
    assert printed(html)["y", "0"] == texts([[0, 0, 0, 0], [5, 0, 0, 7], [0, 0, 9, 0], [0, 6, 0, 0]])
    assert "switch = row · width + column 2·4 + 2 = 10" in visible(html)


def test_values_that_are_still_to_go_back_are_not_there_yet(client):
    html = page(client, preset="switches", step=1)
    assert printed(html)["y", "0"] == texts([[0, 0, 0, 0], [5, 0, 0, 7], [0, 0, 0, 0], [0, 0, 0, 0]])


def test_four_windows_with_one_winner_lose_three_values_or_add_all(client):
    html = page(client, preset="shared", step=3)
    overwritten, added = np.zeros((5, 5)), np.zeros((5, 5))
    overwritten[2, 2], added[2, 2] = 4, 1 + 2 + 3 + 4
    assert printed(html)["u", "0"] == texts(overwritten)
    assert printed(html)["dx", "0"] == texts(added)
    assert "lost by overwriting 1, 2, 3" in visible(html)
    assert re.search(r'class="crossed" d="([^"]*)"', html)[1].count("M") == 3


@pytest.mark.parametrize("preset", OF_KIND["shared"])
def test_what_adds_is_torchs_gradient_of_the_pooling(client, preset):
    got = answer(client, preset=preset)
    x = torch.tensor(got["x"], dtype=torch.float64, requires_grad=True)
    functional.max_pool2d(x, 3, stride=2).backward(torch.tensor(got["y"], dtype=torch.float64))
    np.testing.assert_array_equal(got["added"], x.grad)
    assert np.sum(got["output"]) < np.sum(got["added"]) == np.sum(got["y"])


def test_where_no_switch_is_shared_nothing_is_struck_out(client):
    html = page(client, preset="shared", kernel_size=2, step=3)
    assert 'class="crossed"' not in html
    assert "lost by overwriting –" in visible(html)

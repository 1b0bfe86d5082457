"""Going back up, upsampling: every printed cell is torch's."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from app.exhibits.going_back_up import prepare
from app.exhibits.going_back_up.params import Params
from tests.exhibits.asking import visible
from tests.exhibits.going_back_up import OF_KIND, STATES, answer, narration, page, printed, texts


@pytest.mark.parametrize("state", [{"preset": name} for name in OF_KIND["upsampling"]] + [STATES["thrice"]])
def test_upsampling_is_torchs_and_so_is_every_printed_cell(client, state):
    scene = prepare(Params.model_validate(state))
    chosen = scene.chosen
    corners = {"align_corners": chosen.align_corners} if chosen.mode == "bilinear" else {}
    expected = functional.interpolate(
        torch.tensor(chosen.x)[None], scale_factor=chosen.scale_factor, mode=chosen.mode, **corners
    )[0]
    np.testing.assert_allclose(answer(client, **state)["output"], expected, rtol=1e-10, atol=1e-12)
    html = page(client, **state, step=scene.steps - 1)
    assert printed(html)["output", "0"] == texts(scene.output[0])


def test_the_weights_of_a_blend_are_printed_and_add_up(client):
    html = page(client, preset="bilinear", step=9)
    assert "0.5625 · 32 0.1875 · 0" in visible(html)
    assert narration(html).endswith("<mark>20</mark>.")  # 18 + 0 + 3 - 1

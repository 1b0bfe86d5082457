"""The PNG of a step, backwards and as a matrix: what it says is what the engine says."""

import io

import pytest
from PIL import Image

from app.exhibits.convolution_backward import EXHIBIT as BACKWARD
from app.exhibits.convolution_backward import PRESETS
from app.exhibits.convolution_matrix import EXHIBIT as MATRIX
from app.exhibits.convolution_matrix.presets import PRESETS as MATRIX_PRESETS
from app.sheet import Sheet

VIEWS = {
    "scatter": {},
    "gather": {"dx_view": "gather"},
    "one product": {"dx_view": "gather", "step_size": "product"},
    "stamps": {"tab": "dw"},
    "weights": {"tab": "dw", "dw_view": "weights"},
    "bias": {"tab": "db"},
}
TABS = ("forward", "backward", "neurons", "columns", "loops")


@pytest.fixture
def written(monkeypatch):
    """Every line of text that is written on a sheet, in order."""
    lines = []
    original = Sheet.text

    def text(self, place, text, *given, **more):
        lines.append(text)
        return original(self, place, text, *given, **more)

    monkeypatch.setattr(Sheet, "text", text)
    return lines


def drawn(exhibit, **state):
    with Image.open(io.BytesIO(exhibit.picture(exhibit.prepare(exhibit.Params.model_validate(state))))) as image:
        return image.size


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_view_of_the_backward_pass_has_a_picture(preset, view, written):
    width, height = drawn(BACKWARD, preset=preset, step=1, **view)
    assert 200 < height < 3000
    assert 400 < width < 5000
    scene = BACKWARD.prepare(BACKWARD.Params.model_validate({"preset": preset, "step": 1, **view}))
    assert written[-1] == scene.picture["narration"].striptags()


def test_a_stamp_is_written_cell_by_cell(written):
    drawn(BACKWARD, step=1)
    assert "−1 + 2·1 = 1   0 + 2·(−1) = −2" in written
    assert "0 + 2·2 = 4   0 + 2·0 = 0" in written
    after = [[1, 1, -2], [2, 4, 0], [0, 0, 0]]
    cells = [str(k).replace("-", "−") for row in after for k in row]
    assert written[-10:-1] == cells


def test_cells_to_come_are_dots(written):
    drawn(BACKWARD, dx_view="gather", step=1)
    assert written.count("·") == 7
    written.clear()
    drawn(MATRIX, step=1)
    assert written.count("·") == 2 + 2 + 1  # y twice, as image and as column, and the sign of the product


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("preset", MATRIX_PRESETS)
def test_every_tab_of_the_matrix_has_a_picture(preset, tab, written):
    width, height = drawn(MATRIX, preset=preset, tab=tab, step=1)
    assert 400 < height < 4000
    assert 400 < width < 5000


def test_the_matrix_is_written_entry_by_entry(written):
    drawn(MATRIX)
    row = ["−4", "−3", "−2", "−1", "1", "2", "3", "4", "5"]
    first = written.index("C  4 × 16") + 1
    assert written[first : first + 36] == row * 4


@pytest.mark.parametrize("exhibit", [BACKWARD, MATRIX], ids=["backward", "matrix"])
def test_the_page_leads_to_its_picture(client, exhibit):
    html = client.get(exhibit.path, params={"step": 1}).text
    assert f'href="{exhibit.api}.png?step=1"' in html
    pictures = [client.get(f"{exhibit.api}.png", params={"step": step}).content for step in (0, 1)]
    assert pictures[0] != pictures[1]

"""The PNG of a step of pooling, going back up and the small network: it says and shows what the page does."""

import io

import pytest
from PIL import Image

from app import numbers
from app.exhibits import EXHIBITS
from app.exhibits.going_back_up.presets import PRESETS as WAYS
from app.exhibits.pooling.presets import PRESETS as POOLINGS
from app.sheet import Sheet

STATES = [
    *[("pooling", {"preset": name, "tab": tab, "step": 1}) for name in POOLINGS for tab in ("forward", "backward")],
    ("pooling", {"tab": "shift", "shift_columns": 1}),
    *[("going-back-up", {"preset": name, "step": 1}) for name in WAYS],
    ("going-back-up", {"view": "gather", "step": 6}),
    ("small-cnn", {}),
    ("small-cnn", {"step": 19, "seed": 3}),
    ("small-cnn", {"cell": "d_x.0.1.2", "at": 19}),
    ("small-cnn", {"cell": "conv.0.1.2"}),
]


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


def scene_of(slug, state):
    exhibit = EXHIBITS[slug]
    return exhibit.prepare(exhibit.Params.model_validate(state))


@pytest.mark.parametrize(("slug", "state"), STATES, ids=str)
def test_every_step_has_a_picture_that_ends_in_its_sentence(slug, state, written):
    with Image.open(io.BytesIO(EXHIBITS[slug].picture(scene_of(slug, state)))) as image:
        assert image.format == "PNG"
        assert 200 < image.height < 3000
    assert written[-1].endswith(".")
    assert len(written[-1]) > 40


def test_the_pooling_picture_holds_the_numbers_of_the_page_and_no_more(written):
    EXHIBITS["pooling"].picture(scene_of("pooling", {"step": 2}))
    x = [str(value) for value in (1, 3, 2, 0, 4, 2, 1, 5, 0, 1, 6, 2, 2, 7, 3, 1)]
    assert written[:-1] == [
        *["Input  x  channel 0", *x],
        *["Output  o  channel 0", "4", "5", "7", "·"],
        *["Switches  k", "4", "7", "13", "·"],
    ]


def test_the_stamp_picture_ends_in_the_output_so_far(written):
    scene = scene_of("going-back-up", {"step": 2})
    EXHIBITS["going-back-up"].picture(scene)
    assert written[-26:-1] == [numbers.short(value) for value in scene.stamps.after(3).ravel().tolist()]


def test_the_network_picture_holds_what_the_phase_has_reached(written):
    EXHIBITS["small-cnn"].picture(scene_of("small-cnn", {}))
    assert written.count("·") == 2 * 16 + 2 * 16 + 2 * 4 + 8 + 2 + 2  # all that is made from x
    assert not any(line.startswith("Gradient") for line in written)


def test_a_picture_is_offered_on_the_page_and_answered(client):
    for slug in ("pooling", "going-back-up", "small-cnn"):
        assert f'href="/api/exhibits/{slug}.png' in client.get(f"/exhibits/{slug}").text
        assert client.get(f"/api/exhibits/{slug}.png").headers["content-type"] == "image/png"

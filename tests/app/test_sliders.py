"""A slider offers exactly what the engine accepts."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exhibits.controls import Slider
from app.exhibits.convolution_forward.controls import BOUNDS, size_formula, sliders
from app.exhibits.convolution_forward.params import Params
from app.exhibits.convolution_forward.presets import PRESETS
from app.exhibits.convolution_forward.resolve import resolve
from app.exhibits.convolution_forward.scene import ConvolutionScene
from app.i18n import words
from engine import EngineError

STATES = {
    **{preset: {"preset": preset} for preset in PRESETS},
    "large kernel": {"kernel_size": "5", "padding": "0"},
    "dilated": {"dilation": "2", "padding": "1"},
    "same": {"padding": "same", "stride": "3"},
    "oblong": {"size": "3x9", "kernel_size": "2x4", "padding": "0x1x2x0"},
    "shuffled": {"seed": "4", "in_channels": "6", "groups": "3", "out_channels": "9"},
}


def slider(legal, low=1, high=8, **more):
    given = {"label": "", "text": "", "value": "1", "current": 1, "cautions": [], "note": "", **more}
    return Slider(name="size", low=low, high=high, legal=legal, **given)


def accepted(state, name, value):
    """Ask the engine by opening the page with that one value changed."""
    try:
        ConvolutionScene(Params.model_validate({**state, name: str(value)}))
    except EngineError:
        return False
    return True


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_legal_values_are_those_the_engine_accepts(state):
    for control in sliders(resolve(Params.model_validate(state)), words("en")):
        low, high = BOUNDS[control.name]
        tried = [value for value in range(low, high + 1) if accepted(state, control.name, value)]
        assert list(control.legal) == tried, control.name


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_what_is_not_legal_has_a_reason(state, language):
    for control in sliders(resolve(Params.model_validate(state)), words(language)):
        complete = len(control.legal) == control.high - control.low + 1
        assert complete or control.note, control.name
        assert not re.search(r"%\(|Project-Id", control.note)


@settings(max_examples=60)
@given(st.sets(st.integers(1, 8), min_size=1))
def test_hatching_and_legal_values_share_the_track(legal):
    made = slider(sorted(legal))
    stretches = [(float(start[:-1]), float(start[:-1]) + float(length[:-1])) for start, length in made.hatched]
    for value in range(1, 9):
        place = float(made.percent(value)[:-1])
        inside = any(start + 0.01 < place < stop - 0.01 for start, stop in stretches)
        at_edge = any(abs(place - edge) < 0.01 for stretch in stretches for edge in stretch)
        assert inside <= (value not in legal)
        assert value in legal or inside or (at_edge and value in (1, 8))


def test_a_slider_with_every_value_is_not_hatched():
    assert slider(range(1, 9)).hatched == []


def test_a_slider_with_one_value_is_locked():
    assert slider([3]).locked
    assert not slider([3, 4]).locked


def test_a_gap_in_the_middle_is_hatched_from_neighbour_to_neighbour():
    assert slider([0, 1, 4], 0, 4).hatched == [("25.000%", "75.000%")]


def test_cautions_are_among_the_dots():
    assert slider([1, 2, 8], cautions=[8]).dots == [("0.000%", False), ("14.286%", False), ("100.000%", True)]


def test_a_stride_that_leaves_pixels_unread_is_a_caution():
    (stride,) = [s for s in sliders(resolve(Params()), words("en")) if s.name == "stride"]
    assert stride.cautions == [3, 5, 6, 7, 8]  # 7 padded pixels, kernel 3: strides 1, 2 and 4 end at the border


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_the_size_formula_is_true(state):
    layer = resolve(Params.model_validate(state))
    lines = size_formula(layer.geometry)
    sizes = layer.geometry.output_size
    for line, size in zip(lines, sizes, strict=False):
        numerator, stride = re.fullmatch(r"⌊\((.*)\) / (\d+)⌋ \+ 1", line).groups()
        python = numerator.replace("·", "*").replace("−", "-")
        assert eval(python) // int(stride) + 1 == size
    assert len(lines) == 2 or sizes[0] == sizes[1]

"""Going back up: what holds on every tab, the learner's own numbers, and what is refused."""

import re
from html import unescape

import pytest

from app.exhibits.going_back_up import EXHIBIT, prepare
from app.exhibits.going_back_up.controls import SLIDERS, sliders
from app.exhibits.going_back_up.params import BOUNDS, Params
from app.exhibits.going_back_up.presets import PRESETS
from app.i18n import words
from engine import EngineError
from tests.exhibits.asking import HTML, alerts
from tests.exhibits.going_back_up import API, OF_KIND, PAGE, answer, each_state, narration, page, printed, texts


@each_state
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_step_has_a_sentence_that_ends_in_its_number(client, state, lang):
    steps = prepare(Params.model_validate(state)).steps
    for step in sorted({0, steps // 2, steps - 1}):
        said = narration(page(client, **state, step=step, lang=lang))
        assert re.search(r"<mark>−?[\d.e]+</mark>[.。]$", said), said


@each_state
def test_a_slider_offers_exactly_what_the_engine_accepts(state):
    params = Params.model_validate(state)
    for slider in sliders(params, words("en")):
        low, high = BOUNDS[slider.name]
        accepted = []
        for value in range(low, high + 1):
            try:
                prepare(Params.model_validate({**state, slider.name: value}))
                accepted.append(value)
            except EngineError:
                pass
        assert list(slider.legal) == accepted
        assert bool(slider.note) == (len(accepted) < high - low + 1)


def test_every_kind_has_its_sliders():
    assert set(SLIDERS) == set(OF_KIND)


REFUSED = {
    "output padding": ({"output_padding": 3}, "output_padding must be below stride 2 or dilation 1, got 3"),
    "crop": ({"padding": 4}, "padding crops 8 of only 5 rows or columns; lower padding"),
    "window": ({"preset": "switches", "kernel_size": 5}, "kernel spans 5 but padded input is only 4"),
    "size": ({"x": "1x7x7_" + "_".join("0" * 49)}, "x has at most 2 channels of 6 × 6 here; this has 1 × 7 × 7"),
    "filters": ({"weight": "1x3x1x1_1_2_3"}, "at most 2 × 2 filters of 5 × 5 here; these are 1 × 3 × 1 × 1"),
    "groups": ({"groups": 2}, "1 input channels cannot be divided into 2 groups"),
    "bias": ({"bias": "3_1_2_3"}, "at most 2 maps here, each with one bias; these are 3"),
    "channels": ({"weight": "2x1x1x1_1_2"}, "weight expects 2 input channels, x has 1"),
    "dilations": ({"dilations": "1x9"}, "dilations of at most 4; got “1x9”"),
    "layers": ({"dilations": "1x1x1x1x1"}, "at most 4 layers, as 1x2x4"),
    "preset": ({"preset": "none"}, "there is no preset “none”"),
}


@pytest.mark.parametrize(("state", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_with_its_reason(client, state, sentence):
    response = client.get(API, params=state)
    assert response.status_code == 422
    assert sentence in response.json()["error"]
    assert any(sentence in alert for alert in alerts(client.get(PAGE, params=state, headers=HTML).text))


def test_a_page_that_does_not_fit_offers_the_nearest_that_does(client):
    html = client.get(PAGE, params={"output_padding": 3}, headers=HTML).text
    assert "output_padding=1" in "".join(re.findall(r'(?s)<p class="error.*?</p>', html))


@pytest.mark.parametrize(
    ("state", "tensor", "place", "value", "expected"),
    [
        ({}, "x", "0_0_1", "7", "1x2x2_1_7_3_4"),
        ({}, "weight", "0_0_2_2", "-5", "1x1x3x3_1_2_0_0_1_-1_2_0_-5"),
        ({"preset": "groups"}, "bias", "0_1", "5", "2_1_5"),
        ({"preset": "shared"}, "y", "0_1_0", "0.5", "1x2x2_1_2_0.5_4"),
    ],
)
def test_a_learner_changes_one_number(client, state, tensor, place, value, expected):
    query = "&".join(f"{name}={text}" for name, text in state.items())
    fields = {"query": query, "tensor": tensor, "place": place, "value": value}
    response = client.post(f"{PAGE}/edit", data=fields, headers=HTML)
    assert response.status_code == 303
    assert f"{tensor}={expected}" in unescape(response.headers["location"])


def test_a_learner_pastes_a_tensor_and_sees_it_stamped(client):
    data = {"query": "", "tensor": "x", "text": "1 2 3\n4 5 6", "order": "chw", "use": "1"}
    response = client.post(f"{PAGE}/tensor", data=data, headers=HTML)
    assert response.status_code == 303
    shown = printed(client.get(response.headers["location"], headers=HTML).text)
    assert shown["x", "0"] == texts([[1, 2, 3], [4, 5, 6]])


def test_a_pasted_text_that_is_no_tensor_is_explained_beside_it(client):
    data = {"query": "", "tensor": "x", "text": "one", "use": "1"}
    response = client.post(f"{PAGE}/tensor", data=data, headers=HTML)
    assert "“one” is not a number" in alerts(response.text)[0]
    assert ">one</textarea>" in response.text


@each_state
def test_the_shortest_link_means_the_same(client, state):
    params = Params.model_validate(state)
    query = EXHIBIT.canonical(params)
    assert answer(client, **query) == answer(client, **state)
    assert EXHIBIT.canonical(Params.model_validate(query)) == query


def test_a_link_that_repeats_its_preset_is_shortened():
    preset = PRESETS["doubled"].values
    repeated = {"preset": "doubled", "kernel_size": 4, "padding": 1, "x": preset["x"], "stride": 2}
    assert EXHIBIT.canonical(Params.model_validate(repeated)) == {"preset": "doubled"}


@each_state
def test_the_learner_can_edit_exactly_the_tensors_that_are_offered(client, state):
    html = page(client, **state)
    editable = {
        re.search(r'data-tensor="(\w+)"', head)[1]
        for head in re.findall(r"<tensor-grid ([^>]*data-editable[^>]*)>", html)
    }
    scene = prepare(Params.model_validate(state))
    assert editable <= set(scene.own)
    assert set(re.findall(r'<option value="(x|weight|bias|y)"', html)) == set(scene.own)

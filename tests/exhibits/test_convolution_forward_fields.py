"""Every parameter: what it takes, how a link keeps it, and what it says to nonsense."""

import re
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exhibits.convolution_forward.params import Params
from app.exhibits.convolution_forward.presets import PRESETS
from app.exhibits.convolution_forward.resolve import canonical, resolve
from tests.exhibits.asking import API, HTML, PAGE, alerts, answer

VALID = {  # parameter -> values that differ from the preset
    "preset": ["gray-5x5", "asymmetric"],
    "x": ["1x5x5_" + "_".join("1" * 25)],
    "weight": ["1x3x2x2_" + "_".join(map(str, range(12)))],
    "bias": ["2_-3_0.25"],
    "seed": ["0", "2147483647"],
    "size": ["6", "4x7", "32"],
    "in_channels": ["1", "8"],
    "out_channels": ["1", "16"],
    "kernel_size": ["1", "2x3"],
    "stride": ["1", "3x2", "8"],
    "padding": ["0", "2", "1x2", "0x1x2x0", "8", "same", "valid"],
    "dilation": ["2", "1x2"],
    "activation": ["relu", "sigmoid", "tanh"],
    "true_convolution": ["1"],
    "step_size": ["channel", "product"],
    "step": ["1", "17", "10000000"],
    "predict": ["1"],
    "tab": ["code"],
}
EACH = [(name, value) for name, values in VALID.items() for value in values]
each_value = pytest.mark.parametrize(("name", "value"), EACH, ids=[f"{name}={value[:12]}" for name, value in EACH])

NONSENSE = {
    "word": "abc",
    "minus one": "-1",
    "a thousand million": "1e9",
    "NaN": "NaN",
    "infinity": "inf",
    "huge digits": "9" * 5000,
    "fraction": "1.5",
    "array": "[1, [2, 3]]",
    "object": '{"a": 1}',
    "sql": "1'; DROP TABLE steps; --",
    "tag": "<script>alert(1)</script>",
    "emoji": "🙂🙃",
    "percent": "%(got)s {got} %s",
    "null byte": "\0",
    "superscript": "²",
    "separators": "x,_ x",
    "template": "{{ 7 * 7 }}",
}
LABELS = {name: field.title for name, field in Params.model_fields.items()}
TENSORS = {"x", "weight", "bias"}


def base_of(name):
    """Return a query with which a value of the parameter can be judged."""
    return {"preset": "layer", "layer": "2"} if name == "layer" else {"stride": "1", "step": "3"}


@each_value
def test_a_valid_value_survives_the_link(name, value):
    params = Params.model_validate({name: value})
    query = canonical(params)
    again = Params.model_validate(query)
    assert canonical(again) == query
    assert resolve(again).geometry == resolve(params).geometry


@each_value
def test_a_valid_value_is_answered_everywhere(client, name, value):
    assert client.get(PAGE, params={name: value}).status_code == 200
    assert client.get(API, params={name: value, "stop": 1}).status_code == 200


@st.composite
def links(draw):
    names = draw(st.lists(st.sampled_from(sorted(VALID)), max_size=5, unique=True))
    return {name: draw(st.sampled_from(VALID[name])) for name in names}


@settings(max_examples=40)
@given(query=links())
def test_a_canonical_link_reproduces_the_scene(client, query):
    first = client.get(API, params={**query, "stop": 2})
    if first.status_code == 422:
        assert set(first.json()) == {"error"}
        return
    short = canonical(Params.model_validate(query))
    assert client.get(API, params={**short, "stop": 2}).json() == first.json()


@pytest.mark.parametrize("preset", PRESETS)
def test_what_the_preset_says_anyway_is_left_out_of_the_link(client, preset):
    options = {k: v for k, v in answer(client, preset=preset, stop=0)["options"].items() if k != "true_convolution"}
    expected = {} if preset == "cs231n" else {"preset": preset}
    assert canonical(Params.model_validate({"preset": preset, **options})) == expected


def refused(name):
    """Return the nonsense that this parameter must refuse: a tensor may be one number."""
    return {
        kind: text for kind, text in NONSENSE.items() if name not in TENSORS or kind not in ("minus one", "fraction")
    }


@pytest.mark.parametrize("name", Params.model_fields)
def test_the_api_refuses_nonsense_in_one_sentence_that_names_the_field(client, name):
    for kind, nonsense in refused(name).items():
        response = client.get(API, params={**base_of(name), name: nonsense})
        assert response.status_code == 422, kind
        assert response.json()["error"].startswith(f"{LABELS[name]}: "), kind


@pytest.mark.parametrize("kind", ["word", "huge digits", "tag", "percent"])
@pytest.mark.parametrize("name", Params.model_fields)
def test_the_page_refuses_nonsense_in_one_sentence_that_names_the_field(client, name, kind):
    page = client.get(PAGE, params={**base_of(name), name: NONSENSE[kind]}, headers=HTML)
    assert page.status_code == 422
    assert [sentence.partition(":")[0] for sentence in alerts(page.text)] == [LABELS[name]]
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("name", [name for name in Params.model_fields if name not in ("stride", "step", "preset")])
def test_the_page_keeps_the_rest_of_the_state(client, name):
    html = client.get(PAGE, params={"stride": 1, "step": 3, name: "abc"}, headers=HTML).text
    assert re.search(r'name="stride" type="range" min="1" max="8" value="1"', html)
    assert '<b data-slot="step">4</b>' in html


@pytest.mark.parametrize("name", Params.model_fields)
def test_an_empty_field_means_the_preset_on_the_page(client, name):
    assert client.get(PAGE, params={name: ""}).status_code == 200
    assert client.get(API, params={name: ""}).status_code in (200, 422)


OUT_OF_BOUNDS = {
    "layer": ["0", "3"],
    "seed": ["2147483648"],
    "size": ["0", "33", "3x33", "3x3x3"],
    "in_channels": ["0", "9"],
    "out_channels": ["0", "17"],
    "kernel_size": ["0", "12", "1x12"],
    "stride": ["0", "9", "2x0", "1x2x3"],
    "padding": ["9", "1x9", "1x2x3", "1x2x3x4x5", "full"],
    "dilation": ["0", "7"],
    "groups": ["0", "9"],
    "step": ["100000001"],
    "step_size": ["window"],
    "tab": ["backward"],
    "preset": ["CS231N", "none"],
}
BEYOND = [(name, value) for name, values in OUT_OF_BOUNDS.items() for value in values]


@pytest.mark.parametrize(("name", "value"), BEYOND, ids=[f"{name}={value}" for name, value in BEYOND])
def test_a_value_out_of_bounds_is_refused(client, name, value):
    response = client.get(API, params={name: value})
    assert response.status_code == 422
    assert response.json()["error"].startswith(f"{LABELS[name]}: ")


@pytest.mark.parametrize(("name", "value"), [("start", "-1"), ("stop", "abc"), ("start", "1.5")])
def test_the_range_of_steps_is_named_too(client, name, value):
    response = client.get(API, params={name: value})
    assert response.status_code == 422
    assert response.json()["error"].startswith(f"{name}: wanted ")


def test_a_step_behind_the_last_is_the_last(client):
    html = client.get(PAGE, params={"step": 999}).text
    assert '<b data-slot="step">18</b>' in html
    pictures = [client.get(f"{API}.png", params={"step": step}).content for step in (17, 999)]
    assert pictures[0] == pictures[1]


MISFITS = {
    "kernel too large": "kernel_size=11",
    "dilated beyond the input": "preset=gray-5x5&dilation=6",
    "groups that do not divide": "groups=2",
    "no second layer": "layer=2",
    "too many channels": "weight=1x9x1x1_1_1_1_1_1_1_1_1_1",
    "weight of other channels": "x=1x1x1_5&weight=1x2x1x1_1_1",
    "bias of another length": "bias=3_1_2_3",
    "one axis": "x=3_1_2_3",
    "filters too large": "weight=1x3x1x12_" + "_".join("1" * 36),
    "input too large": "x=33x1_" + "_".join("1" * 33),
}


@pytest.mark.parametrize("query", MISFITS.values(), ids=MISFITS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_parts_that_do_not_fit_are_explained_and_the_controls_stay(client, query, lang):
    page, api = client.get(f"{PAGE}?{query}&lang={lang}", headers=HTML), client.get(f"{API}?{query}&lang={lang}")
    assert (page.status_code, api.status_code) == (422, 422)
    assert len(alerts(page.text)) == 1
    assert api.json()["error"] in alerts(page.text)[0]
    assert 'id="control-preset"' in page.text


@pytest.mark.parametrize("query", ["kernel_size=11", "groups=2", "preset=gray-5x5&dilation=6", "size=1&padding=0"])
def test_the_offered_repairs_repair(client, query):
    html = client.get(f"{PAGE}?{query}", headers=HTML).text
    error = re.search(r'(?s)<p class="error[^"]*" role="alert">.*?</p>', html)[0]
    repairs = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', error)]
    assert len(repairs) >= 2
    for link in repairs:
        assert client.get(link).status_code == 200


def test_too_many_channels_are_refused_before_anything_is_drawn(client):
    import tracemalloc

    body = {"weight": "1x20000x1x1_" + "_".join("1" * 20_000), "groups": 8, "size": 32}
    tracemalloc.start()
    response = client.post(API, json=body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert response.status_code == 422
    assert peak < 50e6


BODIES = {
    "no json": "{",
    "a list": "[]",
    "a number": "3",
    "wrong types": '{"stride": {"a": 1}, "x": true, "padding": [[1, 2], 3.5]}',
    "half a character": '{"preset": "\\ud800"}',
    "half a tensor": '{"x": "\\ud800"}',
    "huge number": '{"stride": ' + "9" * 5000 + "}",
    "deep": '{"x": ' + "[" * 20_000 + "]" * 20_000 + "}",
    "no number": '{"x": [[NaN]]}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_nonsense_is_refused_in_a_sentence(client, body):
    response = client.post(API, content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert set(response.json()) == {"error"}


def test_every_number_field_tells_its_bounds_in_the_schema(client):
    operation = client.get("/openapi.json").json()["paths"][API]["get"]
    bounds = {}
    for parameter in operation["parameters"]:
        schema = parameter["schema"]
        parts = [schema, *schema.get("anyOf", [])]
        bounds[parameter["name"]] = tuple(
            next((part[key] for part in parts if key in part), None) for key in ("minimum", "maximum")
        )
    assert bounds["size"] == (1, 32)
    assert bounds["kernel_size"] == (1, 11)
    assert bounds["stride"] == (1, 8)
    assert bounds["dilation"] == (1, 6)
    assert bounds["in_channels"] == bounds["groups"] == (1, 8)
    assert bounds["out_channels"] == (1, 16)
    assert bounds["padding"][1] == 8
    assert bounds["layer"] == (1, 2)
    assert bounds["step"] == (0, 10**8)


def test_the_link_of_the_page_is_the_canonical_one(client):
    html = client.get(PAGE, params={"stride": 2, "padding": 1, "step": 4, "kernel_size": "3x3"}).text
    share = re.search(r'<a href="([^"]*)" data-here data-share', html)[1]
    assert share == f"{PAGE}?{urlencode({'step': 4})}"

"""Going back up: every number on the page is the engine's, and torch agrees with it."""

import re
from html import unescape

import numpy as np
import pytest
import torch
from torch.nn import functional

import engine
from app import numbers
from app.exhibits.going_back_up import EXHIBIT, prepare
from app.exhibits.going_back_up.controls import SLIDERS, sliders
from app.exhibits.going_back_up.params import BOUNDS, Params
from app.exhibits.going_back_up.presets import PRESETS
from app.exhibits.going_back_up.resolve import resolve
from app.exhibits.going_back_up.scene import Sum
from app.i18n import words
from engine import EngineError
from tests.exhibits.asking import HTML, alerts, visible

PAGE, API = EXHIBIT.path, EXHIBIT.api
OF_KIND = {
    kind: [name for name, preset in PRESETS.items() if preset.kind == kind]
    for kind in ("transposed", "unpooling", "shared", "upsampling", "checkerboard", "dilation")
}
STATES = {
    **{name: {"preset": name} for name in PRESETS},
    **{f"{name}, gather": {"preset": name, "view": "gather"} for name in OF_KIND["transposed"]},
    "no switch shared": {"preset": "shared", "kernel_size": 2},
    "stamps apart": {"stride": 4, "kernel_size": 2},
    "cropped more than the stamp": {"preset": "doubled", "padding": 3, "view": "gather", "stride": 4},
    "output padding of a dilation": {"stride": 1, "dilation": 3, "output_padding": 2, "view": "gather"},
    "decimals": {"x": "1x2x2_0.5_1.25_-3_0.125", "view": "gather"},
    "thrice": {"preset": "bilinear", "scale_factor": 3},
    "shuffled": {"seed": 7, "padding": 1},
    "largest": {
        "preset": "channels",
        "x": "2x6x6_" + "_".join(["1"] * 72),
        "kernel_size": 5,
        "stride": 4,
        "dilation": 3,
    },
}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def answer(client, **params):
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def printed(html):
    """Return the printed cells of each grid, by tensor and place: rows of texts; to come is None."""
    grids = {}
    for head, body in re.findall(r"(?s)<tensor-grid ([^>]*)>(.*?)</tensor-grid>", html):
        name, place = (re.search(rf'data-{key}="([^"]*)"', head)[1] for key in ("tensor", "place"))
        cells = re.findall(
            r'(?s)<g role="gridcell" data-row="(-?\d+)" data-column="(-?\d+)"(.*?)<text[^>]*>(.*?)</text>', body
        )
        grids[name, place] = {
            (int(row), int(column)): None if "to-come" in more else text for row, column, more, text in cells
        }
    return grids


def texts(plane):
    return {place: numbers.short(float(value)) for place, value in np.ndenumerate(np.asarray(plane))}


def narration(html):
    return unescape(re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1])


def page(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200, alerts(response.text)
    return response.text


@each_state
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_step_has_a_sentence_that_ends_in_its_number(client, state, lang):
    steps = prepare(Params.model_validate(state)).steps
    for step in sorted({0, steps // 2, steps - 1}):
        said = narration(page(client, **state, step=step, lang=lang))
        assert re.search(r"<mark>−?[\d.e]+</mark>[.。]$", said), said


@pytest.mark.parametrize(
    "state", [s for s in STATES.values() if PRESETS[s.get("preset", "stamps")].kind == "transposed"]
)
def test_transposed_convolution_is_torchs(client, state):
    chosen = resolve(Params.model_validate(state))
    expected = functional.conv_transpose2d(torch.tensor(chosen.x), torch.tensor(chosen.weight), **chosen.transposed)
    np.testing.assert_allclose(answer(client, **state)["output"], expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("preset", OF_KIND["transposed"])
def test_the_stamps_on_the_page_grow_into_the_output_inside_the_crop(client, preset):
    scene = prepare(Params(preset=preset))
    (top, bottom), (left, right) = scene.geometry.padding
    for step in range(scene.steps):
        grids = printed(page(client, preset=preset, step=step))
        for f, plane in enumerate(scene.uncropped.after(step + 1)):
            shown = {(row - top, column - left): text for (row, column), text in texts(plane).items()}
            assert grids["output", str(f)] == shown
        stamp = scene.stamps[step]
        for f in stamp.filters:
            assert grids["stamp", str(f)] == texts(stamp.products[f])
    for f, plane in enumerate(scene.output):
        kept = {place: grids["output", str(f)][place] for place in np.ndindex(plane.shape)}
        assert kept == texts(plane)
    assert scene.uncropped.after(scene.steps).shape[1:] == (
        scene.output.shape[1] + top + bottom,
        scene.output.shape[2] + left + right,
    )


@pytest.mark.parametrize("preset", OF_KIND["transposed"])
def test_the_gathered_cells_appear_one_by_one_and_their_products_add_up(client, preset):
    scene = prepare(Params(preset=preset, view="gather"))
    for step in range(0, scene.steps, 5):
        html = page(client, preset=preset, view="gather", step=step)
        cells = [text for f in range(len(scene.output)) for text in printed(html)["output", str(f)].values()]
        values = scene.output.ravel().tolist()
        assert cells == [numbers.short(v) if k <= step else None for k, v in enumerate(values)]
        pairs = re.findall(r'role-filter">(−?[\d.]+)</span> · <span class="role-input">(−?[\d.]+)<', html)
        terms = [float(a.replace("−", "-")) * float(b.replace("−", "-")) for a, b in pairs]
        assert sum(terms) == values[step]
        assert narration(html).endswith(f"<mark>{numbers.short(values[step])}</mark>.")


def test_the_gather_view_slides_over_the_zero_inserted_x(client):
    grids = printed(page(client, preset="output-padding", view="gather", step=14))
    spread = texts(engine.zero_insert(resolve(Params(preset="output-padding")).x[0], 2))
    shown = grids["spread", "0"]
    assert {place: shown[place] for place in spread} == spread
    # p' = 1 above and left; output padding adds one more row and column at the end
    assert {row for row, _ in shown} == set(range(-1, 7))
    assert {text for place, text in shown.items() if place not in spread} == {"0"}


def test_p_and_p_prime_and_output_padding_are_named_with_their_numbers(client):
    text = visible(page(client, preset="output-padding"))
    assert "(3 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1 = 6" in text
    assert "p: rows and columns cropped off each side 1" in text
    assert "p′: zeros round the zero-inserted x 1·(3 − 1) − 1 = 1" in text
    assert "shrink back to the size of x 5, 6" in text


@each_state
def test_the_sizes_named_beside_output_padding_all_shrink_to_x(state):
    scene = prepare(Params.model_validate(state))
    if scene.chosen.kind != "transposed":
        return
    sizes = scene.sizes_that_shrink_alike()
    options = {name: scene.chosen.transposed[name] for name in ("stride", "padding", "dilation")}
    kernel = torch.ones(1, 1, scene.chosen.weight.shape[2], 1)
    assert len(sizes) == scene.chosen.stride
    for size in sizes:
        pads = {**options, "padding": (options["padding"], 0)}
        assert functional.conv2d(torch.ones(1, 1, size, 1), kernel, **pads).shape[2] == scene.chosen.x.shape[1]


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


def test_an_own_filter_keeps_its_numbers_when_the_kernel_grows(client):
    weight = np.array(answer(client, weight="1x1x2x2_5_6_7_8", kernel_size=3)["weight"])
    assert weight.shape == (1, 1, 3, 3)
    assert weight[0, 0, :2, :2].tolist() == [[5, 6], [7, 8]]


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


def test_terms_that_rounding_made_miss_their_sum_say_by_how_much():
    written = Sum.of(np.full((1, 1, 3), 1 / 3), np.array([[[1.0, 2.0, 4.0]]]), 7 / 3)
    assert (written.total, written.rounding) == ("2.3333", "+0.0002")  # 0.3333 * 7 = 2.3331


@each_state
def test_the_learner_can_edit_exactly_the_tensors_that_are_offered(client, state):
    html = page(client, **state)
    editable = {
        re.search(r'data-tensor="(\w+)"', head)[1]
        for head in re.findall(r"<tensor-grid ([^>]*data-editable[^>]*)>", html)
    }
    scene = prepare(Params.model_validate(state))
    assert editable <= set(scene.own)
    assert set(re.findall(r'<option value="(x|weight|y)"', html)) == set(scene.own)

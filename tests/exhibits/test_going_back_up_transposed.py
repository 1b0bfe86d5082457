"""Going back up, transposed convolution: stamps and gathered cells are torch's, and all are on the page."""

import re

import numpy as np
import pytest
import torch
from torch.nn import functional

import engine
from app import numbers
from app.exhibits.going_back_up import prepare
from app.exhibits.going_back_up.params import Params
from app.exhibits.going_back_up.presets import PRESETS
from app.exhibits.going_back_up.resolve import resolve
from app.exhibits.going_back_up.scene import Sum
from tests.exhibits.asking import visible
from tests.exhibits.going_back_up import OF_KIND, STATES, answer, each_state, narration, page, printed, texts


@pytest.mark.parametrize(
    "state", [s for s in STATES.values() if PRESETS[s.get("preset", "stamps")].kind == "transposed"]
)
def test_transposed_convolution_is_torchs(client, state):
    chosen = resolve(Params.model_validate(state))
    expected = functional.conv_transpose2d(
        torch.tensor(chosen.x), torch.tensor(chosen.weight), torch.tensor(chosen.bias), **chosen.transposed
    )
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
        for f, products in zip(stamp.filters, stamp.products, strict=True):
            assert grids["stamp", str(f)] == texts(products)
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
        bias = re.search(r'<b class="role-filter">(−?[\d.]+)</b> bias', html)[1]
        assert sum(terms) + float(bias.replace("−", "-")) == values[step]
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


def test_an_own_filter_keeps_its_numbers_when_the_kernel_grows(client):
    weight = np.array(answer(client, weight="1x1x2x2_5_6_7_8", kernel_size=3)["weight"])
    assert weight.shape == (1, 1, 3, 3)
    assert weight[0, 0, :2, :2].tolist() == [[5, 6], [7, 8]]


def test_terms_that_rounding_made_miss_their_sum_say_by_how_much():
    written = Sum.of(np.full((1, 1, 3), 1 / 3), np.array([[[1.0, 2.0, 4.0]]]), 7 / 3)
    assert (written.total, written.rounding) == ("2.3333", "+0.0002")  # 0.3333 * 7 = 2.3331


def test_the_sentence_of_a_stamp_adds_it_to_what_earlier_stamps_left(client):
    # the filter's first row and column fall on the corner of the stamp before: 2 + 3 * 1
    said = visible(narration(page(client, step=2)))
    assert said.endswith("stamps add: at row 2, column 0 of map 0, 2 + 3 makes 5 .")


@pytest.mark.parametrize("preset", OF_KIND["transposed"])
def test_every_stamps_sentence_names_numbers_that_stand_in_the_output(client, preset):
    scene = prepare(Params(preset=preset))
    for step in range(scene.steps):
        said = visible(narration(page(client, preset=preset, step=step))).replace("−", "-")
        row, column, number, *added = re.search(
            r"at row (\d+), column (\d+) of map (\d+), (-?\d+) \+ \(?(-?\d+)\)? makes (-?\d+)", said
        ).groups()
        before, product, after = map(float, added)
        place = int(number), int(row), int(column)
        assert scene.stamps.after(step)[place] == before
        assert scene.stamps.after(step + 1)[place] == after == before + product


def test_a_stamp_that_is_cropped_off_wholly_says_so(client):
    said = visible(narration(page(client, x="1x3x3_5_0_0_0_0_0_0_0_0", kernel_size=1, stride=1, padding=1)))
    assert "lies wholly on what is cropped off" in said


def test_a_group_stamps_its_own_maps_only(client):
    # x is 1 2 / 0 1 and 2 0 / 1 -1; the diagonal filter, biases 1 and -2
    html = page(client, preset="groups", step=0)
    shown = {f: printed(html)["output", f] for f in "01"}
    assert [shown["0"][k, k] for k in range(5)] == ["2", "2", "2", "1", "1"]
    assert set(shown["1"].values()) == {"−2"}
    assert printed(html)["bias", ""] == {(0, 0): "1", (0, 1): "−2"}

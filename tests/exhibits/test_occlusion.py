"""Occlusion: every figure of the page is the engine's, and the work is done in parts that can be left undone."""

import asyncio
import io
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from app import numbers, palette
from app.exhibits.image_lab.samples import sample
from app.exhibits.occlusion import swept
from app.exhibits.occlusion.panels import change
from app.exhibits.occlusion.params import MOST_PARTS, Params
from app.exhibits.occlusion.swept import MOST_POSITIONS, gather, parts_of
from app.networks.kept import Kept
from engine.interpret.fills import FILLS, covered
from engine.interpret.occlusion import Occluder
from engine.interpret.patches import Grid
from engine.interpret.projection import project
from engine.nets import photo_reading
from engine.nets.photo_reading import begun
from engine.photo import crop_of, normalised, prepare
from tests.exhibits.asking import npy

API = "/api/exhibits/occlusion"
PAGE = "/exhibits/occlusion"
TINY = {"net": "tiny-vgg", "photo": "cat", "size": 16, "stride": 8}  # 7 x 7 positions


@pytest.fixture(scope="module", autouse=True)
def forget():
    yield
    photo_reading._network.cache_clear()


def asked(client, path="", **query):
    response = client.get(f"{API}{path}", params={**TINY, **query})
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", {**TINY, **query})


def page(client, status=200, **query):
    response = client.get(PAGE, params={**TINY, **query})
    assert response.status_code == status, response.text
    return response.text


def slot(text, name):
    return re.search(rf'data-slot="{name}">(.*?)</', text)[1]


@pytest.fixture(scope="module")
def tiny():
    """The same photo before the same network, by the engine alone."""
    network, head = begun("tiny-vgg", "random", sample("cat"), None)
    pixels = head.prepared.pixels
    return Occluder(network, head.prepared.input, cover=normalised(np.full_like(pixels, 128)))


def test_sweep_is_the_engines(client, tiny):
    corners = 8 * np.indices((7, 7)).reshape(2, -1).T
    expected = tiny.at(corners, 16)
    for name, values in (("output", expected.probability), ("total", expected.total), ("label", expected.label)):
        found = array(client, name, sweep="whole")
        assert found.shape == (7, 7)
        np.testing.assert_allclose(found.ravel(), values, rtol=1e-6)


def test_figures_at_the_patch_are_the_engines(client, tiny):
    text = page(client, row=20, column=3)
    found = tiny.at([(20, 3)], 16)
    assert slot(text, "probability") == numbers.percent(found.probability[0])
    assert slot(text, "total") == numbers.significant(float(found.total[0]), 4)
    assert slot(text, "peak") == numbers.significant(float(found.peak[0]), 4)
    assert slot(text, "label") == str(found.label[0])
    assert "rows 20 to 35, columns 3 to 18" in text
    assert asked(client, row=20, column=3)["patch"]["probability"] == pytest.approx(found.probability[0], rel=1e-6)


def test_cells_have_the_colour_of_their_change(client, tiny):
    text = page(client, sweep="whole")
    panel = text.split('data-cells="probability"')[1].split("</g>")[0]
    found = tiny.at(8 * np.indices((7, 7)).reshape(2, -1).T, 16).probability
    before = tiny.undisturbed.probability[0]
    last = {
        (int(y), int(x)): int(level) for x, y, level in re.findall(r'x="(\d+)" y="(\d+)".*?data-level="(-?\d+)"', panel)
    }
    assert last == {
        (k // 7, k % 7): palette.level(float(value - before), float(before)) for k, value in enumerate(found)
    }


def test_a_fall_to_nothing_and_the_double_are_the_ends_of_the_scale():
    assert [change(value, 0.5) for value in (0.0, 0.25, 0.5, 0.75, 1.0)] == [-16, -8, 0, 8, 16]


def test_page_shows_a_coarse_sweep_and_its_form_needs_no_script(client):
    text = page(client, stride=4)
    assert "16 of 169 positions" in text  # 4 x 4 of 13 x 13
    assert 'name="row" type="range"' in text
    assert 'href="/exhibits/occlusion?' in text.split("Sweep all 169 positions")[0]
    assert "169 of 169 positions" in page(client, stride=4, sweep="whole")


def test_parts_together_are_the_whole_sweep_and_each_is_small(client):
    whole, cells = array(client, "output", stride=4, sweep="whole"), {}
    first = asked(client, "/live", stride=4, part=0)
    for part in range(first["parts"]):
        answer = asked(client, "/live", stride=4, part=part)
        assert len(answer["cells"]) <= swept.IN_PART
        cells |= {(row, column): said for row, column, *_, said in answer["cells"]}
    assert len(cells) == first["count"] == whole.size == 169
    for (row, column), said in cells.items():
        assert f"patch at row {4 * row}, column {4 * column}: {numbers.percent(whole[row, column])};" in said


def test_coarse_arrays_say_where_nothing_is_known(client):
    found = array(client, "output", stride=4)
    assert np.isfinite(found).sum() == 16
    assert (array(client, "label", stride=4) == -1).sum() == 169 - 16


def test_no_grid_needs_more_parts_than_a_link_can_name():
    largest = max(
        (Grid(side, side, size, stride) for side in (64, 224) for stride in range(2, 65) for size in (4, 16, 64)),
        key=lambda grid: grid.count if grid.count <= MOST_POSITIONS else 0,
    )
    assert len(parts_of(largest, "alexnet")) < MOST_PARTS
    assert len(parts_of(largest, "vgg16")) < MOST_PARTS


def test_nothing_is_computed_that_nobody_asks_for(monkeypatch):
    monkeypatch.setattr(swept, "ANSWERS", Kept(1000, lambda answers: 1))
    computed = []

    async def call(function, *arguments):
        if function.__name__ == "occluded":
            computed.append(len(arguments[1]))
        return function(*arguments)

    state = SimpleNamespace(worker=SimpleNamespace(call=call))
    params = Params(**TINY | {"stride": 4}, part=2)
    asyncio.run(gather(params, state))
    assert computed == [1, len(parts_of(Grid(64, 64, 16, 4), "tiny-vgg")[2].places)]


def test_answers_that_are_kept_do_not_keep_their_photo(monkeypatch):
    monkeypatch.setattr(swept, "ANSWERS", Kept(1000, lambda answers: 1))

    async def call(function, *arguments):
        return function(*arguments)

    asyncio.run(gather(Params(**TINY), SimpleNamespace(worker=SimpleNamespace(call=call))))
    assert {len(question.pixels) for question, *_ in swept.ANSWERS._kept} == {32}  # bytes of SHA-256, not 3 x 64 x 64


def test_covered_picture_shows_the_patch(client):
    response = client.get(f"{API}/maps/covered.png", params={**TINY, "row": 10, "column": 30})
    shown = np.asarray(Image.open(io.BytesIO(response.content))).transpose(2, 0, 1)
    photo = prepare(sample("cat"), 64).pixels
    assert (shown[:, 10:26, 30:46] == 128).all()
    outside = np.ones((64, 64), bool)
    outside[10:26, 30:46] = False
    np.testing.assert_array_equal(shown[:, outside], photo[:, outside])
    np.testing.assert_array_equal(array(client, "covered", row=10, column=30), shown)


def test_projection_is_that_of_the_watched_map_and_stays_when_the_patch_moves(client):
    network, head = begun("tiny-vgg", "random", sample("cat"), None)
    expected = project(network, head.prepared.input, "relu1_1", 2).pixels
    for corner in ({}, {"row": 10, "column": 30}):
        found = array(client, "projection", layer="relu1_1", unit=2, **corner)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)
    response = client.get(f"{API}/maps/projection.png", params={**TINY, "layer": "relu1_1", "unit": 2})
    shown = np.asarray(Image.open(io.BytesIO(response.content))).transpose(2, 0, 1)
    assert (shown[expected == 0] == 128).all()
    assert (shown[expected > 0] >= 128).all()
    assert shown.max() == 255 or shown.min() == 0


def test_projection_leads_to_its_steps(client):
    text = page(client, layer="relu1_1", unit=2)
    way = re.search(r'href="(/exhibits/deconvnet\?[^"]*)"', text)[1].replace("&amp;", "&")
    opened = client.get(way)
    assert opened.status_code == 200
    assert "cell=relu1_1.2" in way
    assert "photo=cat" in way


@pytest.mark.parametrize("fill", FILLS)
def test_each_fill_covers_the_patch_and_nothing_else(rng, fill):
    pixels = rng.integers(0, 256, (3, 40, 40)).astype(np.uint8)
    shown = covered(pixels, fill, (5, 9), 12)
    inside = np.zeros((40, 40), bool)
    inside[5:17, 9:21] = True
    np.testing.assert_array_equal(shown[:, ~inside], pixels[:, ~inside])
    assert (shown[:, inside] != pixels[:, inside]).any()


def test_mean_fill_is_the_mean_of_each_channel():
    pixels = np.stack([np.full((4, 4), 10), np.full((4, 4), 20), np.tile([0, 60], (4, 2))]).astype(np.uint8)
    assert FILLS["mean"](pixels)[:, 0, 0].tolist() == [10, 20, 30]


def test_part_of_the_photo_can_be_chosen(client):
    found = array(client, "pixels", zoom=200, across=0, down=100)
    height, width, _ = sample("cat").shape
    expected = prepare(sample("cat"), 64, crop_of(height, width, zoom=2, across=0, down=1)).pixels
    np.testing.assert_array_equal(found, expected)


def test_layer_map_and_class_can_be_chosen(client, tiny):
    found = asked(client, layer="relu1_2", unit=3, target=7)
    assert found["unit"]["stage"] == "relu1_2"
    assert found["unit"]["index"] == 3
    assert found["target"] == 7
    assert asked(client, layer="conv9")["unit"]["stage"] == "relu2_2"  # of another network: the last one is shown


def test_patch_never_hangs_over_the_edge(client):
    assert asked(client, row=200, column=0)["patch"]["corner"] == [48, 0]


def test_shipped_network_loses_the_motorcycle_under_the_patch(client):
    found = client.get(API).json()
    assert (found["net"], found["grid"]["positions"], found["known"]) == ("alexnet-2012", [22, 22], 36)
    text = client.get(PAGE).text
    assert "“Motorbikes”" in text
    low = float(re.search(r"least likely: ([\d.]+) %", text)[1])
    assert low / 100 < found["without"]["probability"] / 3  # what the page's text promises
    legend = text.split('class="figures-table ranks"')[1].split("</table>")[0]
    assert re.search(r"chain saw</th><td>[\d.]+ %</td><td data-count-of=\"1\">[1-9]", legend)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"size": 100}, "the patch is 100 pixels wide, but the network reads 64; make it smaller"),
        ({"net": "alexnet", "weights": "random", "size": 4, "stride": 2}, "makes 12321 positions, more than 4096"),
        ({"part": 5}, "there are 2 parts; there is no part 5"),
        ({"unit": 10}, "relu2_2 has 10 maps or units; there is no 10"),
        ({"photo": "p-" + "0" * 32}, "this picture is no longer stored; upload it again"),
    ],
    ids=["size", "stride", "part", "unit", "photo"],
)
def test_what_does_not_fit_is_one_sentence_and_the_controls_stay(client, query, sentence):
    response = client.get(API, params={**TINY, **query})
    assert response.status_code == 422
    assert sentence in response.json()["error"]
    text = page(client, status=422, **query)
    assert sentence in text
    assert 'name="size"' in text


def test_png_has_the_photo_and_four_panels_side_by_side(client):
    response = client.get(f"{API}.png", params=TINY)
    picture = np.asarray(Image.open(io.BytesIO(response.content)))
    assert picture.shape == (448, 5 * 448 + 4 * 16, 3)
    assert tuple(picture[224, 224]) == (128, 128, 128)  # the patch stands in the middle of the first


def test_every_part_of_the_state_is_in_the_link(client):
    text = page(client, stride=4, row=5, column=6, fill="blur", layer="relu1_1", unit=2, target=4, zoom=150)
    for name in ("row=5", "column=6", "fill=blur", "layer=relu1_1", "unit=2", "target=4", "zoom=150", "stride=4"):
        assert name in re.search(r'<a href="([^"]*)" data-here data-share', text)[1]

"""The image lab's other views: all layers at once, and features from low to high."""

import io
import re

import numpy as np
import pytest
import zstandard
from PIL import Image

from app.exhibits.image_lab import readings
from app.networks.wall import Layout
from engine import nets
from engine.nets import photo_reading
from tests.exhibits.asking import npy

API = "/api/exhibits/image-lab"
PAGE = "/exhibits/image-lab"
ALEX = {"net": "alexnet-2012", "weights": "random"}
CONVOLUTIONS = {"conv1": (96, 55), "conv2": (256, 27), "conv3": (384, 13), "conv4": (384, 13), "conv5": (256, 13)}


@pytest.fixture(scope="module", autouse=True)
def forget():
    """Give the memory of networks and readings back."""
    yield
    photo_reading._network.cache_clear()
    readings.READINGS._kept.clear()


def image(client, address, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    return np.asarray(Image.open(io.BytesIO(response.content)).convert("RGBA"))


def test_all_layers_name_each_convolution_and_its_maps(client):
    page = client.get(PAGE, params={**ALEX, "view": "layers"}).text
    for stage, (maps, side) in CONVOLUTIONS.items():
        assert re.search(
            f'data-stage-name="{stage}" data-maps="{maps}" data-rows="{side}" data-columns="{side}"', page
        ), stage
    assert "1376 maps" in page


def test_all_layers_follow_their_relus_where_the_link_stands_at_one(client):
    page = client.get(PAGE, params={**ALEX, "view": "layers", "cell": "relu2"}).text
    assert re.findall('data-stage-name="([^"]+)"', page) == [f"relu{k}" for k in range(1, 6)]


def test_a_picture_among_all_layers_holds_the_maps_of_its_stage(client):
    """Ten evenly chosen maps of conv2, found where the page says they are."""
    address = f"{API}/maps/conv2.png?net=alexnet-2012&weights=random&view=layers&colours=grey&scale=map"
    shown = image(client, address)
    values = npy(client, f"{API}/conv2.npy", ALEX)
    layout = Layout.of(values.shape, width=1376)
    assert shown.shape[:2] == layout.size[::-1]
    for unit in range(0, 256, 27):
        top, left = (28 * place for place in divmod(unit, layout.across))
        grey = shown[top : top + 27, left : left + 27, 0].astype(float) / 255 * 2 - 1
        np.testing.assert_allclose(grey, values[unit] / np.abs(values[unit]).max(), atol=1.5 / 127)


def test_a_picture_is_the_same_however_it_is_packed(client):
    address = f"{API}/maps/conv3.png?net=tiny-vgg&weights=random&view=layers".replace("conv3", "conv1_1")
    plain = client.get(address, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    packed = client.get(address, headers={"accept-encoding": "gzip, zstd"})
    assert packed.headers["content-encoding"] == "zstd"
    assert packed.headers["vary"] == "Accept-Encoding"
    body = packed.content
    if body[:4] == b"\x28\xb5\x2f\xfd":  # the client left it packed
        body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
    np.testing.assert_array_equal(Image.open(io.BytesIO(body)), Image.open(io.BytesIO(plain.content)))


def test_the_api_gives_the_open_number_in_every_view(client):
    answers = [client.get(API, params={**ALEX, "cell": "conv3.7.2.9", "view": view}).json()["cell"] for view in VIEWS]
    assert answers[0]["name"] == "conv3.7.2.9"
    assert all(answer == answers[0] for answer in answers)


VIEWS = ("stage", "layers", "depth")


@pytest.mark.parametrize("net", ["alexnet-2012", "tiny-vgg"])
def test_each_patch_is_the_receptive_field_of_the_largest_number_of_its_map(client, net):
    query = {"net": net, "weights": "random", "photo": "rocket"}
    page = client.get(PAGE, params={**query, "view": "depth"}).text
    rows = {row.name: row for row in nets.summarize(net).rows}
    side = nets.find(net).input_shape[1]
    found = re.findall(r'cell=((\w+)\.(\d+)\.(\d+)\.(\d+))".*?viewBox="(\d+) (\d+) (\d+) (\d+)"', page, re.DOTALL)
    assert len(found) == 18
    for _, stage, unit, row, column, left, top, width, height in found:
        values = npy(client, f"{API}/{stage}.npy", query)[int(unit)]
        assert values[int(row), int(column)] == values.max()
        field = rows[stage]
        for at, size, place in ((int(left), int(width), int(column)), (int(top), int(height), int(row))):
            start = field.start + int(place) * field.stride
            assert (at, at + size) == (max(0, start), min(side, start + field.receptive_field))


def test_the_maps_from_low_to_high_are_the_strongest_of_their_layer(client):
    page = client.get(PAGE, params={**ALEX, "view": "depth"}).text
    for stage in ("relu1", "relu3", "relu5"):
        values = npy(client, f"{API}/{stage}.npy", ALEX)
        strongest = np.argsort(-values.max(axis=(1, 2)), kind="stable")[:6]
        shown = re.findall(rf'<li><a href="[^"]*cell={stage}\.(\d+)\.', page)
        assert [int(unit) for unit in shown] == strongest.tolist()


def test_an_untrained_network_is_not_said_to_see_edges(client):
    page = client.get(PAGE, params={**ALEX, "view": "depth"}).text
    assert "edges and colours" not in page
    assert "Low" in page


def test_the_whole_photo_is_there_to_choose_a_part_of(client):
    page = client.get(PAGE, params={**ALEX, "photo": "cat", "zoom": "200"}).text
    assert 'data-free-across="301"' in page  # 451 × 300 pixels, a square of 150
    assert 'data-free-down="150"' in page
    shown = image(client, f"{API}/maps/whole.png?net=alexnet-2012&weights=random&photo=cat")
    assert shown.shape[:2] == (266, 400)


def test_a_stage_that_another_network_has_is_refused_as_a_picture(client):
    answer = client.get(f"{API}/maps/conv5_3.png", params=ALEX)
    assert answer.status_code == 422
    assert "conv5_3" in answer.json()["error"]

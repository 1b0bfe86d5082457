"""The image lab: its numbers are the network's, any of them is explained, whatever link is opened."""

import asyncio
import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from app.exhibits.image_lab import readings
from app.exhibits.image_lab.params import PHOTO_NETS, Params
from app.exhibits.image_lab.readings import Looked, Readings, shown_cell
from app.exhibits.image_lab.samples import SAMPLES, sample
from app.exhibits.image_lab.scene import ImageLab
from app.i18n import words
from engine import nets, weights
from engine.nets import photo_reading
from tests.event_loop import run
from tests.exhibits.asking import npy

API = "/api/exhibits/image-lab"
PAGE = "/exhibits/image-lab"
SMALL = {"net": "tiny-vgg", "weights": "random"}
ALEX = {"net": "alexnet-2012", "weights": "random"}


@pytest.fixture(scope="module", autouse=True)
def forget():
    """Give the memory of networks and readings back."""
    yield
    photo_reading._network.cache_clear()
    readings.READINGS._kept.clear()


def asked(client, **query):
    response = client.get(API, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", query)


@pytest.mark.parametrize("net", ["tiny-vgg", "alexnet-2012", "zfnet"])
def test_every_stage_is_what_the_network_makes_of_the_pixels(client, net):
    query = {"net": net, "weights": "random", "photo": "coffee"}
    network, _ = photo_reading._network(net, "random")
    x = torch.from_numpy(array(client, "input", **query))[None]
    with torch.inference_mode():
        expected = dict(network.walk(x))
    for name in asked(client, **query)["stages"]:
        np.testing.assert_array_equal(array(client, name, **query), expected[name][0], err_msg=name)


def test_the_input_is_the_photo(client):
    pixels = array(client, "pixels", **SMALL, photo="cat")
    photo = sample("cat")
    side = min(photo.shape[:2])
    left = round((photo.shape[1] - side) / 2)
    square = Image.fromarray(photo).resize((64, 64), Image.Resampling.BILINEAR, (left, 0, left + side, side))
    np.testing.assert_array_equal(pixels, np.asarray(square).transpose(2, 0, 1))
    mean, std = (np.reshape(v, (3, 1, 1)) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    np.testing.assert_allclose(array(client, "input", **SMALL, photo="cat"), (pixels / 255 - mean) / std, rtol=1e-5)


@pytest.mark.parametrize("net", ["tiny-vgg", "alexnet-2012", "zfnet"])
def test_explained_numbers_are_the_maps(client, net):
    """Random cells of every stage with weights, recomputed from the window and the filter that the API gives."""
    rng = np.random.default_rng(11)
    query = {"net": net, "weights": "random", "photo": "rocket"}
    shapes = asked(client, **query)["stages"]
    for stage in nets.find(net).with_pooled_head(10).stages:
        if not stage.parameters:
            continue
        values = array(client, stage.name, **query)
        for _ in range(3):
            place = [int(rng.integers(size)) for size in shapes[stage.name]]
            got = asked(client, **query, cell=".".join([stage.name, *map(str, place)]))
            window, weight = np.array(got["sum"]["window"]), np.array(got["sum"]["weight"])
            expected = (window * weight).sum() + got["sum"]["bias"]
            scale = float(np.abs(values).max())
            assert got["cell"]["value"] == pytest.approx(float(values[tuple(place)]), abs=1e-6 * scale)
            assert got["sum"]["value"] == pytest.approx(expected, abs=1e-6 * scale)
            assert got["cell"]["value"] == pytest.approx(expected, abs=1e-5 * scale)
            below = array(client, nets.find(net).with_pooled_head(10).reads(stage.name), **query)
            inside = [(r, c) for r in got["sum"]["rows"] for c in got["sum"]["columns"]]
            for k, (r, c) in enumerate(inside):
                if below.ndim == 3 and 0 <= r < below.shape[1] and 0 <= c < below.shape[2]:
                    u, v = divmod(k, window.shape[2])
                    np.testing.assert_allclose(
                        window[:, u, v], below[got["sum"]["first_channel"] :][: len(window), r, c]
                    )


@pytest.mark.parametrize("cell", ["input.2.5.7", "relu1.3.4.5", "norm1.0.4.5", "norm1.50.4.5", "pool1.9.26.26"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_cell_without_weights_ends_in_its_number(client, cell, language):
    page = client.get(PAGE, params={**ALEX, "cell": cell, "lang": language})
    assert page.status_code == 200
    value = asked(client, **ALEX, cell=cell)["cell"]["value"]
    assert f"<mark>{value:.3f}</mark>".replace("-", "\N{MINUS SIGN}") in page.text


@pytest.mark.parametrize("cell", ["gap.7.0.0", "drop.7", "fc.3", "softmax.3"])
def test_the_head_can_be_opened_too(client, cell):
    cell = "drop.7.0.0" if cell == "drop.7" else cell
    assert client.get(PAGE, params={**ALEX, "cell": cell}).status_code == 200


def test_a_number_is_followed_down_to_its_pixel(client):
    """From a class to a pixel, by the link that the page offers at each cell."""
    cell, seen = "softmax", []
    for _ in range(30):
        page = client.get(PAGE, params={**SMALL, "cell": cell}).text
        here = page.split('data-cell-name="')[1].split('"')[0]
        opens = page.split('data-opens="')[1].split('"')[0]
        seen.append(here.split(".")[0])
        if not opens:
            break
        cell = opens
    assert seen[0] == "softmax"
    assert seen[-1] == "input"
    assert [stage.name for stage in nets.find("tiny-vgg").with_pooled_head(10).stages][::-1] == seen[:-1]


def test_less_than_a_cell_opens_where_the_map_is_strongest(client):
    values = array(client, "conv2", **ALEX)
    got = asked(client, **ALEX, cell="conv2")["cell"]
    assert got["value"] == pytest.approx(float(values.max()))
    got = asked(client, **ALEX, cell="conv2.146")["cell"]
    assert got["value"] == pytest.approx(float(values[146].max()))
    row, column = np.unravel_index(values[146].argmax(), values[146].shape)
    assert got["name"] == f"conv2.146.{row}.{column}"


@pytest.mark.parametrize(
    ("cell", "box"),
    [  # rows and columns of the photo: 8 pixels apart, 51 wide, starting 18 before the photo
        ("conv2.0.0.0", [0, 0, 33, 33]),
        ("conv2.0.10.12", [62, 78, 113, 129]),
        ("conv1.0.1.2", [2, 6, 13, 17]),
        ("gap.0.0.0", [0, 0, 224, 224]),
        ("input.1.8.9", [8, 9, 9, 10]),
    ],
)
def test_the_receptive_field_is_where_it_should_be(client, cell, box):
    assert asked(client, **ALEX, cell=cell)["cell"]["receptive_field"] == box


def test_what_lies_outside_of_the_receptive_field_does_not_count():
    """The field of a conv2 cell, by changing every pixel around it, and then one in each of its corners."""
    network, _ = photo_reading._network("alexnet-2012", "random")
    x = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(3))

    def cell(picture):
        with torch.inference_mode():
            return dict(network.walk(picture))["conv2"][0, 5, 10, 12].item()

    outside = torch.randn(x.shape, generator=torch.Generator().manual_seed(4))
    outside[:, :, 62:113, 78:129] = x[:, :, 62:113, 78:129]
    assert cell(outside) == pytest.approx(cell(x), abs=1e-6)
    for row, column in ((62, 78), (112, 128)):
        changed = x.clone()
        changed[0, :, row, column] += 50
        assert cell(changed) != cell(x)


@pytest.mark.parametrize("scale", ["layer", "map", "fixed"])
@pytest.mark.parametrize("colours", ["diverging", "grey", "viridis"])
def test_the_wall_has_one_pixel_for_each_number(client, scale, colours):
    query = {**ALEX, "scale": scale, "colours": colours, "gamma": "0.5"}
    response = client.get(f"{API}/maps/conv2.png", params=query)
    assert response.status_code == 200
    picture = Image.open(io.BytesIO(response.content))
    across, down = 12, 22
    assert picture.size == (across * 28 - 1, down * 28 - 1)
    values = array(client, "conv2", **ALEX)
    levels = np.asarray(picture)
    one = levels[28 : 28 + 27, 2 * 28 : 2 * 28 + 27].astype(int)  # second row, third place: map 14
    assert (np.sign(one - 128) * np.sign(values[14]) >= 0).all()
    assert np.corrcoef(one.ravel(), values[14].ravel())[0, 1] > 0.85
    assert (levels[27] == 0).all()  # between the maps


def test_the_strongest_maps_come_first_when_asked(client):
    values = array(client, "conv2", **ALEX)
    page = client.get(PAGE, params={**ALEX, "cell": "conv2", "order": "strength"}).text
    order = [int(k) for k in page.split('data-order="')[1].split('"')[0].split()]
    assert order == list(np.argsort(-values.max(axis=(1, 2)), kind="stable"))


def test_shares_add_up_as_they_are_printed(client):
    page = client.get(PAGE, params={**ALEX, "cell": "conv3.100.6.6"}).text
    table = page.split('class="shares"')[1].split("</table>")[0]
    numbers = [row.split("<td>")[-1].split("</td>")[0] for row in table.split("<tr")[1:]]
    total = numbers[-1].replace("<mark>", "").replace("</mark>", "").replace("\N{MINUS SIGN}", "-")
    parts = [float(text.replace("\N{MINUS SIGN}", "-")) for text in numbers[:-1]]
    assert len(parts) == 4 + 1 + 1  # channels, the others, the bias
    assert sum(parts) == pytest.approx(float(total), abs=1e-9)


@pytest.mark.parametrize("step_size", ["layer", "map", "channel"])
@pytest.mark.parametrize("step", ["0", "3", "9999"])
def test_every_step_of_every_size_has_a_page(client, step_size, step):
    page = client.get(PAGE, params={**ALEX, "cell": "conv2.7", "step_size": step_size, "step": step})
    assert page.status_code == 200
    assert 'class="narration"' in page.text


@pytest.mark.parametrize("net", PHOTO_NETS)
def test_every_network_can_be_chosen(client, net):
    if net == "vgg16":
        pytest.skip("its 30 million numbers take seconds; tiny-vgg has the same stages")
    assert client.get(PAGE, params={"net": net, "weights": "random"}).status_code == 200


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_there(client, name):
    assert client.get(f"/api/samples/{name}.jpg").headers["content-type"] == "image/jpeg"
    assert client.get(PAGE, params={**SMALL, "photo": name}).status_code == 200


def test_a_photo_of_ones_own_is_taken(client):
    stream = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 30, 60)).save(stream, "PNG")
    answer = client.post(
        f"{PAGE}/picture",
        data={"query": "net=tiny-vgg&weights=random"},
        files={"file": ("mine.png", stream.getvalue(), "image/png")},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    photo = answer.headers["location"].split("photo=")[1].split("&")[0]
    pixels = array(client, "pixels", **SMALL, photo=photo)
    assert (pixels == np.reshape((200, 30, 60), (3, 1, 1))).all()


@pytest.mark.parametrize(("largest", "weak"), [(0.49, True), (0.51, False)])
def test_a_guess_less_likely_than_all_others_together_is_weak(largest, weak):
    reading = photo_reading.read_photo("tiny-vgg", "random", sample("coffee"))
    probabilities = np.full(10, (1 - largest) / 9, np.float32)
    probabilities[3] = largest
    manifest = weights.Manifest("pooled head", (*["beaver"] * 3, "grand_piano", *["beaver"] * 6))
    reading = replace(reading, values={**reading.values, "softmax": probabilities}, manifest=manifest)
    params = Params(net="tiny-vgg", weights="random", photo="coffee")
    lab = ImageLab(params, Looked(sample("coffee"), reading, None, shown_cell(params, reading), None, None))
    assert lab.guess_is_weak == weak
    assert lab.predictions(words("zh"))[0]["name"] == "三角钢琴"


def test_two_photos_share_one_scale(client):
    query = {**ALEX, "photo": "cat", "beside": "coins", "cell": "conv1"}
    page = client.get(PAGE, params=query)
    assert "of=beside" in page.text
    both = [client.get(f"{API}/maps/conv1.png", params={**query, "of": of}).content for of in ("digit", "beside")]
    assert both[0] != both[1]


def test_two_networks_look_at_one_photo(client):
    query = {**ALEX, "beside_net": "zfnet", "cell": "conv1"}
    assert "ZFNet" in client.get(PAGE, params=query).text
    sizes = [
        Image.open(io.BytesIO(client.get(f"{API}/maps/conv1.png", params={**query, "of": of}).content)).size
        for of in ("digit", "beside")
    ]
    assert sizes == [(8 * 56 - 1, 12 * 56 - 1), (8 * 111 - 1, 12 * 111 - 1)]


def test_a_stage_that_the_other_network_has_not_is_said_so(client):
    page = client.get(PAGE, params={**ALEX, "beside_net": "tiny-vgg", "cell": "conv1"})
    assert "Tiny VGG has no stage called conv1; choose another stage." in page.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"photo": "dog"}, "wanted one of cat"),
        ({"photo": "p-" + "0" * 32}, "this picture is no longer stored"),
        ({"cell": "conv99"}, "wanted a stage, a map or a cell"),
        ({"cell": "Conv1!"}, "wanted a stage, a map or a cell"),
        ({"net": "resnet"}, "Network"),
        ({"zoom": "50"}, "Zoom"),
        ({"gamma": "nan"}, "Gamma"),
        ({"net": "tiny-vgg", "weights": "shipped"}, "no weights ship for tiny-vgg"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(client, query, sentence):
    page = client.get(PAGE, params={**SMALL, **query})
    assert page.status_code == 422
    assert sentence in page.text
    assert client.get(API, params={**SMALL, **query}).status_code == 422


def test_a_place_that_another_network_has_not_is_its_first_stage(client):
    assert asked(client, **SMALL, cell="norm1.3.4.5")["cell"]["name"].startswith("conv1_1.")
    assert asked(client, **SMALL, cell="conv1_1.99")["cell"]["name"].startswith("conv1_1.")


def test_the_first_filters_are_shown_in_colour(client):
    """Each on its own scale: its largest weight is 1 or 255, a weight of zero is grey."""
    picture = Image.open(io.BytesIO(client.get(f"{API}/maps/filters.png", params=ALEX).content))
    assert picture.size == (12 * 12 - 1, 8 * 12 - 1)
    weight = photo_reading.first_filters("alexnet-2012", "random")
    pixels = np.asarray(picture).astype(int).transpose(2, 0, 1)
    for unit in (0, 13, 95):
        top, left = 12 * (unit // 12), 12 * (unit % 12)
        expected = 128 + 127 * weight[unit] / np.abs(weight[unit]).max()
        np.testing.assert_allclose(pixels[:, top : top + 11, left : left + 11], expected, atol=0.51)
    assert (pixels[:, 11] == 128).all()


def test_later_filters_have_no_colours(client):
    answer = client.get(f"{API}/maps/filters.png", params={**ALEX, "cell": "conv2"})
    assert answer.status_code == 422
    assert "in the first layer only: conv1" in answer.json()["error"]


class SlowWorker:
    """Counts how often it is asked."""

    def __init__(self):
        self.calls = 0

    async def call(self, function, *arguments, on_part):
        self.calls += 1
        for part in function(*arguments):
            await asyncio.sleep(0)
            on_part(part)


class State:
    def __init__(self):
        self.worker = SlowWorker()


def test_requests_for_one_reading_wait_for_it_together():
    async def many():
        state, known = State(), Readings()
        key = ("tiny-vgg", "random", "cat", (0, 0, 64))
        await asyncio.gather(*(known.of(key, sample("cat"), state) for _ in range(5)))
        await known.of(key, sample("cat"), state)
        return state.worker.calls

    assert run(many()) == 1


def test_a_stage_is_there_before_the_reading_is():
    async def stages():
        coming = Readings().coming(("tiny-vgg", "random", "cat", (0, 0, 64)), sample("cat"), State())
        first = await coming.stage("conv1_1")
        early = coming.is_there
        return first, early, await coming.whole()

    first, early, reading = run(stages())
    assert not early
    assert first is reading.values["conv1_1"]
    assert list(reading.values) == ["input", *(stage.name for stage in reading.architecture.stages)]


def test_a_stage_of_a_reading_that_fails_fails_alike():
    async def stage():
        await Readings().coming(("tiny-vgg", "shipped", "cat", (0, 0, 64)), sample("cat"), State()).stage("conv1_1")

    with pytest.raises(nets.RangeError):
        run(stage())


def test_what_failed_is_asked_again():
    async def twice():
        state, known = State(), Readings()
        for _ in range(2):
            with pytest.raises(nets.RangeError):
                await known.of(("tiny-vgg", "shipped", "cat", (0, 0, 64)), sample("cat"), state)
        return state.worker.calls

    assert run(twice()) == 2


def test_readings_that_are_too_many_are_forgotten(monkeypatch):
    async def several():
        state, known = State(), Readings()
        for left in range(4):
            await known.of(("tiny-vgg", "random", "cat", (left, 0, 64)), sample("cat"), state)
        return len(known._kept)

    one = run(several())
    monkeypatch.setattr(readings, "MOST_BYTES", 1)
    assert (one, run(several())) == (4, 1)


def test_the_defaults_make_the_shortest_link():
    assert Params().model_dump(exclude_defaults=True) == {}

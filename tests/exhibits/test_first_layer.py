"""First layers side by side: every number on the page is the engine's, whatever weights there are."""

import asyncio
import io
import re

import numpy as np
import pytest
from PIL import Image

from app.exhibits.first_layer import measured
from app.exhibits.first_layer.measured import shown_unit
from app.exhibits.first_layer.params import NETS_HERE, Params, Photo
from app.exhibits.first_layer.scene import FILES, TABS
from app.exhibits.image_lab.samples import SAMPLES, sample
from app.networks.kept import Kept
from engine.nets import NETS, first_layer, photo_reading
from engine.nets.aliasing import grating, response, sampled
from engine.nets.filters import low_power, spectrum
from engine.nets.first_layer import FirstLayer
from engine.nets.spectrum import beyond_grid, radial, rms
from engine.ops import conv2d
from tests.exhibits.asking import npy

API = "/api/exhibits/first-layer"
PAGE = "/exhibits/first-layer"
TWO = {"net": "tiny-vgg", "weights": "random", "beside": "zfnet", "beside_weights": "random"}


@pytest.fixture(scope="module", autouse=True)
def forget():
    yield
    photo_reading._network.cache_clear()
    first_layer.first_layer.cache_clear()


def asked(client, **query):
    response = client.get(API, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", query)


def picture(client, name, **query):
    response = client.get(f"{API}/maps/{name}.png", params=query)
    assert response.status_code == 200, response.text
    return Image.open(io.BytesIO(response.content))


def page(client, **query):
    response = client.get(PAGE, params=query)
    assert response.status_code == 200, response.text
    return response.text


def known_bank():
    """Four filters of 4 x 4 at stride 4: a constant, a fast wave, a single pixel, one of zeros."""
    weight = np.zeros((4, 3, 4, 4), np.float32)
    weight[0] = 0.5
    weight[1] = np.array([1, -1, 1, -1])
    weight[2, 1, 2, 2] = 2
    return weight


class Always:
    """In place of what is kept: the same for every network."""

    def __init__(self, value):
        self.value = value

    async def get(self, key, make):
        return self.value


@pytest.fixture
def known(monkeypatch):
    """Both networks have the known bank."""
    weight, stage = known_bank(), NETS["alexnet-2012"].stages[0]
    layer = FirstLayer(
        "alexnet-2012", "Known", "shipped", stage, (3, 224, 224), weight, np.zeros(4, np.float32), spectrum(weight)
    )
    monkeypatch.setattr(measured, "LAYERS", Always(layer))
    monkeypatch.setattr(measured, "LARGEST", Always(np.array([4.0, 8.0, 4.0, 0.2])))
    return layer


def test_the_api_has_the_engines_numbers(client):
    weight = photo_reading.first_filters("zfnet", "random")
    bank = asked(client, **TWO)["banks"][1]
    assert (bank["net"], bank["weights"], bank["stride"], bank["shape"]) == ("zfnet", "random", 2, [96, 3, 7, 7])
    np.testing.assert_allclose(bank["low_power"], low_power(weight), rtol=1e-12)
    np.testing.assert_allclose(bank["rms"], rms(weight), rtol=1e-12)
    np.testing.assert_allclose(bank["radial"], radial(spectrum(weight)).mean(axis=0), rtol=1e-12)
    power = spectrum(weight)
    folded = (power * beyond_grid(2)).sum(axis=(1, 2)) / power.sum(axis=(1, 2))
    np.testing.assert_allclose(bank["folded"]["2"], folded, rtol=1e-12)
    photos = [sample(name) for name in SAMPLES]
    np.testing.assert_allclose(bank["largest"], first_layer.largest_activations("zfnet", "random", photos), rtol=1e-5)


def test_the_arrays_are_filters_spectra_and_answers(client):
    weight = {net: photo_reading.first_filters(net, "random") for net in ("tiny-vgg", "zfnet")}
    query = {**TWO, "unit": 3, "beside_unit": 17, "frequency": 0.3, "angle": 30}
    np.testing.assert_array_equal(array(client, "filters", **query), weight["tiny-vgg"])
    np.testing.assert_array_equal(array(client, "beside-filters", **query), weight["zfnet"])
    np.testing.assert_allclose(array(client, "beside-spectra", **query), spectrum(weight["zfnet"]), rtol=1e-9)
    assert array(client, "radial", **query).shape == (2, 23)
    x = array(client, "grating", **query)
    np.testing.assert_allclose(x, grating(96, (0.15, 0.3 * np.sqrt(3) / 2)), atol=1e-9)
    for name, net, unit, stride in (("map", "tiny-vgg", 3, 1), ("beside-map", "zfnet", 17, 2)):
        y = conv2d(np.stack([x] * 3), weight[net][unit : unit + 1].astype(np.float64), stride=stride)[0]
        np.testing.assert_allclose(array(client, name, **query), y, rtol=1e-9, atol=1e-9)


def test_moving_the_photo_is_measured_as_the_engine_does(client):
    got = asked(client, **TWO, tab="shift", photo="coins")["banks"][0]["moved"]
    x = first_layer._seen(first_layer.first_layer("tiny-vgg", "random"), sample("coins"))
    weight = photo_reading.first_filters("tiny-vgg", "random").astype(np.float64)
    for one, expected in zip(got, sampled(x, weight, (1, 2, 4)), strict=True):
        assert one["stride"] == expected.stride
        np.testing.assert_allclose(one["folded"], expected.folded, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(one["change"], expected.change, rtol=1e-6)
        np.testing.assert_allclose(one["unexplained"], expected.unexplained, rtol=1e-6, atol=1e-9)


def test_both_banks_stand_on_one_scale(client):
    """143 weights a row: eighteen filters of 7 with their gaps, or twelve of 11."""
    query = {"net": "alexnet-2012", "weights": "random", "beside": "zfnet", "beside_weights": "random"}
    left, right = picture(client, "filters", **query), picture(client, "filters", **query, of="beside")
    assert (left.size, right.size) == ((143, 8 * 12 - 1), (143, 6 * 8 - 1))
    weight = photo_reading.first_filters("zfnet", "random")
    pixels = np.asarray(right).astype(int).transpose(2, 0, 1)
    top, left_edge = 8 * (20 // 18), 8 * (20 % 18)
    expected = 128 + 127 * weight[20] / np.abs(weight[20]).max()
    np.testing.assert_allclose(pixels[:3, top : top + 7, left_edge : left_edge + 7], expected, atol=0.51)
    assert (pixels[3, top : top + 7, left_edge : left_edge + 7] == 255).all()
    assert (pixels[3, 7] == 0).all()  # between the rows
    assert (pixels[3, 40:, 8 * 6 :] == 0).all()  # behind filter 95


def test_on_one_colour_scale_soft_filters_are_grey(client, known):
    own, shared = (np.asarray(picture(client, "filters", scale=scale)).astype(int) for scale in ("filter", "bank"))
    assert (own[:4, :4, :3] == 255).all()  # the constant, 0.5 of 0.5
    assert (shared[:4, :4, :3] == 128 + 32).all()  # 0.5 of 2, 127 / 4 = 31.75
    assert (own[:4, 15:19, :3] == 128).all()  # the filter of zeros


def test_a_filter_and_its_spectrum_are_drawn(client, known):
    one = np.asarray(picture(client, "filter", unit=1)).astype(int)
    assert (one[:, :, 0] == np.array([255, 1, 255, 1])).all()
    levels = np.asarray(picture(client, "spectrum", unit=1)).astype(int)
    assert levels.shape == (64, 64)
    # half a cycle per pixel along the columns: the left edge, in the row of the constant, which is the middle
    assert levels[32, 0] == 255
    assert np.unravel_index(levels.argmax(), levels.shape)[1] == 0
    assert levels.max() == 255
    assert levels.min() == 128  # 40 decibels below, or less
    flat = np.asarray(picture(client, "spectrum", unit=2))
    assert (flat == 255).all()  # a single pixel


def test_the_facts_of_a_filter_are_as_worked_by_hand(client, known):
    text = page(client, unit=2, beside_unit=1)
    card = text.split('id="opened"')[1].split('id="weights"')[0]
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", card))
    assert facts["norm ‖w‖"] == "2"
    assert facts["root mean square"] == "0.2887"  # sqrt(4 / 48)
    assert facts["mean of the weights"] == "0.0417"  # 2 / 48
    assert facts["folded back by its stride"] == "92.9 %"  # 1 - 17 ** 2 / 64 ** 2
    other = text.split('id="openedbeside"')[1]
    assert dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", other))["best grey wave, cycles per pixel"] == "0.5 · 0°"
    assert "<td>−1.000</td>" in other
    assert '<rect class="ring" x="10" y="0" width="4" height="4"/>' in text


def test_no_grey_wave_is_answered_more_than_the_best_one(client):
    def amplitude(frequency, angle):
        query = {**TWO, "beside_unit": 17, "frequency": frequency, "angle": angle}
        return asked(client, **query)["banks"][1]["grating"]["amplitude"]

    text = page(client, **TWO, beside_unit=17, tab="aliasing")
    links = re.findall(r"frequency=([0-9.]+)&amp;angle=([0-9.]+)", text)
    best = amplitude(*links[-1])
    weight = photo_reading.first_filters("zfnet", "random")[17].astype(np.float64)
    rng = np.random.default_rng(3)
    others = [amplitude(f, a) for f, a in zip(rng.uniform(0, 0.5, 12), rng.uniform(0, 180, 12), strict=True)]
    assert best > 0.98 * max(others)  # the best of a grid of 1/64
    assert best <= np.abs(weight.sum(axis=0)).sum()


def test_dead_features_are_counted_by_the_rule_that_is_told(client, known):
    """The median is 4: 0.2 is 5 % of it."""
    text = page(client, tab="dead")
    assert "1 dead feature of 4." in text
    assert '<tr data-dead><th scope="row"><a href="/exhibits/first-layer?unit=3"' in text
    assert "<td>0.2</td><td>5.0 % · dead</td>" in text
    assert "0 dead features of 4." in page(client, tab="dead", dead=4)
    assert asked(client, dead=4)["banks"][0]["dead"] == []
    assert asked(client)["banks"][0]["dead"] == [3]


@pytest.mark.parametrize(
    ("frequency", "angle", "verdict"),
    [
        (0.2, 0, "The wave of 0.2 at 0° is folded: the map shows 0.05 at 0°."),  # 0.2 − 0.25 is 0.05 the other way
        (0.3, 90, "The wave of 0.3 at 90° is folded: the map shows 0.05 at 90°."),
        (0.1, 0, "the wave of 0.1 at 0° is kept as it is."),
        (0.125, 0, "the wave of 0.125 at 0° is kept as it is."),
        (0.25, 0, "The wave of 0.25 at 0° is folded: the map shows 0 at 0°."),
    ],
)
def test_what_the_stride_makes_of_a_wave_is_said(client, known, frequency, angle, verdict):
    text = page(client, tab="aliasing", frequency=frequency, angle=angle)
    assert "Its grid carries up to 0.125 cycles per pixel down and across" in text
    assert verdict in re.sub(r"\s+", " ", text)


def test_the_kept_points_lie_on_both_waves(client, known):
    """Every fourth answer, by the filter of ones halves: 24 cos at the first window is its response."""
    query = {"tab": "aliasing", "frequency": 0.05, "unit": 0}
    got = asked(client, **query)["banks"][0]["grating"]
    assert got["amplitude"] == pytest.approx(abs(response(np.full((3, 4, 4), 0.5), (0, 0.05))))
    text = page(client, **query).split('aria-label="Left: Known"')[1].split("</section>")[0]
    points = [tuple(map(float, xy)) for xy in re.findall(r'<circle cx="(.*?)" cy="(.*?)" r="2.5"/>', text)]
    assert len(points) == (96 - 4) // 4 + 1
    for name in ("wave", "alias"):
        path = re.search(rf'<path class="{name}" d="M(.*?)"', text)[1]
        drawn = {tuple(map(float, xy.split())) for xy in path.split("L")}
        assert set(points) <= drawn


def test_shares_in_the_table_are_those_of_the_bank(client, known):
    text = page(client, tab="aliasing", unit=2)
    row = text.split("<tr data-own>")[1].split("</tr>")[0]
    shares = asked(client)["banks"][0]["folded"]["4"]
    assert re.findall(r"<td>(.*?)</td>", row)[1:] == ["0.125", f"{100 * np.mean(shares):.1f} %", "92.9 %"]


def test_the_spectrum_page_prints_both_curves(client, known):
    text = page(client, tab="spectrum")
    rows = text.split('id="rings"')[1].split("<tbody>")[1].split("</tbody>")[0]
    curve = asked(client)["banks"][0]["radial"]
    printed = [float(value) for value in re.findall(r"<td>(.*?)</td>", rows)]
    np.testing.assert_allclose(printed[::2], curve, atol=5e-5)
    assert printed[::2] == printed[1::2]
    assert text.count("1 of 4") == 2  # smooth: the constant
    assert 'class="series-2"' in text


@pytest.mark.parametrize(
    ("order", "stand"),
    [
        ("low", [3, 1, 2, 0]),  # slow power: zeros have none, the fast wave little, the pixel 19 %, the constant most
        ("rms", [1, 0, 2, 3]),  # 1, 0.5, 0.2887, 0
    ],
)
def test_filters_are_ordered(client, known, order, stand):
    assert page(client, order=order).split('data-order="')[1].split('"')[0] == " ".join(map(str, stand))


def test_a_filter_that_is_not_there_gives_way_to_the_one_that_answers_most(known):
    assert shown_unit(known, 2, (0, 0.5)) == 2
    assert shown_unit(known, 77, (0, 0.5)) == 1
    assert shown_unit(known, None, (0, 0.0)) == 0


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_view_has_a_page_also_inside_a_lesson(client, tab, language):
    for embed in ({}, {"embed": "1"}):
        assert 'data-view="' + tab in page(client, **TWO, tab=tab, lang=language, **embed)


@pytest.mark.parametrize("net", NETS_HERE)
def test_every_network_can_be_chosen(client, net):
    if net == "vgg16":
        pytest.skip("drawing its weights takes seconds; tiny-vgg has windows of the same size")
    assert NETS[net].title in page(client, **{**TWO, "net": net})


@pytest.mark.parametrize("tab", ["dead", "shift"])
def test_a_network_of_digits_is_shown_but_given_no_photos(client, tab):
    text = page(client, **{**TWO, "net": "lenet5", "weights": "shipped", "tab": tab})
    assert "It reads digits, not photos: nothing is measured." in text
    assert asked(client, net="lenet5", beside="lenet5")["banks"][0]["largest"] is None


def test_what_was_never_trained_is_called_so(client):
    for tab in TABS:
        text = page(client, **TWO, tab=tab).lower()
        assert "untrained" in text.split('class="first-layer"')[1]
    assert "these filters are noise" in page(client, **TWO)


def test_every_trained_network_here_is_listed(client):
    text = page(client, **TWO).split('class="trained"')[1]
    for net, source in measured.trained_here():
        assert f"net={net}&amp;weights={source}" in text
    assert ("lenet5", "shipped") in measured.trained_here()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"net": "resnet"}, "Network"),
        ({"frequency": "0.7"}, "Frequency"),
        ({"angle": "180"}, "Angle"),
        ({"weights": "shipped"}, "no weights ship for tiny-vgg"),
        ({"beside_weights": "official"}, "no official weights are known of zfnet"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(client, query, sentence):
    answer = client.get(PAGE, params={**TWO, **query})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'name="beside"' in answer.text  # another network can be chosen
    assert client.get(API, params={**TWO, **query}).status_code == 422


def test_maps_of_a_moved_photo_need_their_view(client):
    assert picture(client, "moved", **TWO, tab="shift").size == (4 * 64 + 3, 64)
    answer = client.get(f"{API}/maps/moved.png", params=TWO)
    assert answer.status_code == 422
    assert "tab=shift" in answer.json()["error"]


def test_all_files_that_the_page_offers_are_there(client):
    text = page(client, **TWO)
    for name, _ in FILES:
        assert f"{API}/{name}.npy?" in text
        assert array(client, name, **TWO).size > 0


def test_the_photos_are_the_image_labs():
    assert Params().model_dump(exclude_defaults=True) == {}
    assert set(Photo.__args__) == set(SAMPLES)


def test_what_is_kept_is_made_once_and_the_oldest_goes_first():
    made = []

    async def make(name):
        made.append(name)
        await asyncio.sleep(0)
        return name

    async def several():
        kept = Kept(3, len)
        await asyncio.gather(*(kept.get("a", lambda: make("aa")) for _ in range(3)))
        await kept.get("b", lambda: make("bb"))  # four bytes are one too many
        await kept.get("a", lambda: make("aa"))

    asyncio.run(several())
    assert made == ["aa", "bb", "aa"]

"""Deconvnet, step by step: every number on the page is the engine's, whatever link is opened."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from app.exhibits.deconvnet import projections
from app.exhibits.deconvnet.params import Params
from app.exhibits.deconvnet.pictures import in_colour
from app.exhibits.deconvnet.steppers import stepper
from app.exhibits.deconvnet.telling import decimals_for
from app.exhibits.image_lab.samples import sample
from engine.interpret.forward_pass import ForwardPass
from engine.interpret.made_of import SmallPart
from engine.interpret.photo_projection import _passed
from engine.interpret.projection import project_known
from engine.interpret.relu_rules import RELU_RULES
from engine.interpret.terms import terms
from engine.nets import photo_reading
from engine.photo import prepare
from tests.exhibits.asking import npy

API = "/api/exhibits/deconvnet"
PAGE = "/exhibits/deconvnet"
SMALL = {"net": "tiny-vgg", "weights": "random", "cell": "pool2.4"}
ALEX = {"net": "alexnet-2012", "weights": "random", "cell": "conv3.7"}


@pytest.fixture(scope="module", autouse=True)
def forget():
    """Give the memory of networks and projections back."""
    yield
    photo_reading._network.cache_clear()
    _passed.cache_clear()
    projections.PROJECTIONS._kept.clear()


def asked(client, **query):
    response = client.get(API, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", query)


def page(client, **query):
    response = client.get(PAGE, params=query)
    assert response.status_code == 200, response.text
    return response.text


def picture(client, name, **query):
    response = client.get(f"{API}/maps/{name}.png", params=query)
    assert response.status_code == 200, response.text
    return np.asarray(Image.open(io.BytesIO(response.content)).convert("RGB"))


def forward(net: str, photo: str = "cat") -> ForwardPass:
    network, _ = photo_reading._network(net, "random")
    return ForwardPass.of(network, prepare(sample(photo), network.architecture.input_shape[1]).input)


def number(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize("method", RELU_RULES)
def test_the_projection_is_the_engines(client, method):
    passed = forward("alexnet-2012")
    wanted = project_known(passed, "conv3", 7, method=method)
    np.testing.assert_array_equal(array(client, "output", **ALEX, method=method), wanted.pixels)
    said = asked(client, **ALEX, method=method)
    assert tuple(said["patch"]) == wanted.patch
    assert [(step["name"], step["step"]) for step in said["steps"]] == [(s.name, s.step) for s in wanted.stages]


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ({"keep": "map"}, {"keep": "all"}),
        ({"keep": "count", "count": 5}, {"keep": 5}),
        ({"keep": "cell", "cell": "conv3.7.2.9"}, {"keep": (2, 9)}),
        ({"norm": "pass"}, {"norm": "pass"}),
    ],
    ids=str,
)
def test_what_is_kept_and_how_it_goes_down_is_as_the_link_says(client, query, options):
    wanted = project_known(forward("alexnet-2012"), "conv3", 7, **options)
    np.testing.assert_array_equal(array(client, "output", **{**ALEX, **query}), wanted.pixels)


def test_every_step_of_the_way_down_can_be_opened(client):
    wanted = project_known(forward("tiny-vgg"), "pool2", 4)
    for at, signal in enumerate(wanted.stages):
        np.testing.assert_array_equal(array(client, "signal", **SMALL, step=at), signal.array, err_msg=str(at))
        said = asked(client, **SMALL, step=at)
        assert said["step"] == at
        assert said["value"] == pytest.approx(float(np.asarray(signal.array)[tuple(said["spot"])]))
        assert abs(said["value"]) == pytest.approx(float(np.abs(signal.array).max()))


def test_the_counts_of_numbers_that_differ_are_right(client):
    passed = forward("tiny-vgg")
    one, other = (project_known(passed, "pool2", 4, method=method) for method in ("guided", "gradient"))
    said = asked(client, **SMALL, method="guided", against="gradient")["steps"]
    wanted = [int((a.window != b.window).sum()) for a, b in zip(one.stages, other.stages, strict=True)]
    assert [step["differing"] for step in said] == wanted
    assert wanted[0] == 0
    assert wanted[-1] > 0
    html = page(client, **SMALL, method="guided")
    assert [int(count) for count in re.findall(r'data-differing="(\d+)"', html)] == wanted


def test_a_unit_that_is_not_named_is_the_strongest_of_its_layer(client):
    passed = forward("tiny-vgg")
    place = np.unravel_index(int(passed.values["conv2_1"].argmax()), passed.values["conv2_1"].shape)
    assert asked(client, net="tiny-vgg", weights="random", cell="conv2_1")["place"] == [int(k) for k in place]


def test_the_printed_terms_are_the_engines_and_add_up_as_printed(client):
    passed = forward("alexnet-2012")
    projection = project_known(passed, "conv3", 7)
    for at, signal in enumerate(projection.stages[1:], start=1):
        html = page(client, **ALEX, step=at)
        rows = re.findall(r"<td>([^<]*)</td><td>([^<]*)</td>\s*<td><svg.*?</td>\s*<td>([^<]*)</td>", html, re.DOTALL)
        total = re.findall(r'class="total">.*?<mark>(.*?)</mark>', html, re.DOTALL)[0]
        spot = tuple(asked(client, **ALEX, step=at)["spot"])
        found = terms(passed, projection, at, spot)
        decimals = decimals_for(float(np.abs(found.products).max()))
        assert sum(number(product) for *_, product in rows) == pytest.approx(number(total), abs=1e-12)
        assert number(total) == pytest.approx(float(signal.array[spot]), abs=10.0**-decimals)
        strongest = found.strongest[0]
        assert number(rows[0][0]) == pytest.approx(found.signals[strongest], rel=1e-3)
        assert number(rows[0][1]) == pytest.approx(found.factors[strongest], rel=1e-3)


def test_a_number_above_leads_to_the_step_above(client):
    html = page(client, **ALEX, step=2)
    link = re.findall(r'class="shares made-of".*?<a href="([^"]*)"', html, re.DOTALL)[0].replace("&amp;", "&")
    assert "step=1" in link
    above = client.get(link.replace("/exhibits/", "/api/exhibits/"))
    first = asked(client, **ALEX, step=2)["terms"]
    products = np.array(first["signals"]) * np.array(first["factors"])
    strongest = int(np.abs(products).argmax())
    assert above.json()["spot"] == first["places"][strongest]
    assert above.json()["value"] == pytest.approx(first["signals"][strongest])


def test_overwriting_loses_what_the_page_says(client):
    passed = forward("alexnet-2012")
    added, lost = (project_known(passed, "conv3", 7, overlap=how).pixels for how in ("add", "overwrite"))
    share = np.linalg.norm(added - lost) / np.linalg.norm(added)
    assert asked(client, **ALEX)["lost_by_overwriting"] == pytest.approx(float(share), rel=1e-5)
    html = page(client, **ALEX)
    assert f"{100 * share:.1f} %" in html
    link = re.findall(r'<a href="([^"]*)#opened"', html)[0].replace("&amp;", "&")
    opened = client.get(link.replace("/exhibits/", "/api/exhibits/")).json()
    met = np.array(opened["terms"]["factors"]) * np.array(opened["terms"]["signals"])
    assert (met != 0).sum() > 1


def test_pools_whose_windows_do_not_overlap_need_no_warning(client):
    assert "overlap-title" not in page(client, **SMALL)


def test_the_pictures_are_the_arrays(client):
    top, left, bottom, right = asked(client, **ALEX)["patch"]
    pixels = array(client, "output", **ALEX)[:, top:bottom, left:right]
    other = array(client, "other", **ALEX)[:, top:bottom, left:right]
    bound = max(np.percentile(np.abs(values), 99.7) for values in (pixels, other))
    np.testing.assert_array_equal(picture(client, "projection", **ALEX), in_colour(pixels, bound).transpose(1, 2, 0))
    seen = prepare(sample("cat"), 224).pixels[:, top:bottom, left:right]
    np.testing.assert_array_equal(picture(client, "patch", **ALEX), seen.transpose(1, 2, 0))
    exported = np.asarray(Image.open(io.BytesIO(client.get(f"{API}.png", params=ALEX).content)))
    assert exported.shape == (2 * (bottom - top), 2 * (3 * (right - left) + 8), 3)
    np.testing.assert_array_equal(exported[::2, : 2 * (right - left) : 2], seen.transpose(1, 2, 0))


def test_every_picture_of_the_page_is_there(client):
    for query in (SMALL, {**SMALL, "cell": "fc.2"}, {**SMALL, "cell": "conv1_1.0.5.5", "keep": "cell", "step": 0}):
        html = page(client, **query)
        for address in {src.replace("&amp;", "&") for src in re.findall(r'<img src="(/api/exhibits/[^"]*)"', html)}:
            assert client.get(address).headers["content-type"] == "image/png", address


@pytest.mark.parametrize("net", ["alexnet", "zfnet", "vgg16", "tiny-vgg"])
def test_another_network_begins_at_its_last_pool(net):
    params = Params(net=net, weights="random", cell="pool5.9")
    assert params.place.stage == ("pool2" if net == "tiny-vgg" else "pool5")


REFUSED = {
    "wanted map, row and column": {"spot": "here"},
    "has the shape": {"spot": "9999.0.0"},
}


@pytest.mark.parametrize(("text", "change"), REFUSED.items(), ids=REFUSED)
def test_what_is_not_there_is_told_and_the_choices_stay(client, text, change):
    response = client.get(PAGE, params={**SMALL, **change})
    assert response.status_code in (200, 422)  # a word that is refused is left out, a number is not there
    assert 'role="alert"' in response.text
    assert text in response.text
    assert "data-upload" in response.text


def test_a_part_with_three_windows_opens_the_stepper_that_makes_the_same_number(client):
    signals, kernel = np.array([[1.0, 2.0], [0.5, -1.0]]), np.arange(9.0).reshape(3, 3)
    address, _ = stepper(SmallPart("conv2d", 3, 2, signals, kernel, 2, 2))
    answer = client.get(address.replace("/exhibits/", "/api/exhibits/")).json()
    # the middle cell gets a corner of each of four stamps: 8·1 + 6·2 + 2·0.5 + 0·(−1)
    assert np.asarray(answer["output"]).reshape(5, 5)[2, 2] == 21
    pooled = np.array([[1.0, 0, 2], [0, 9, 0], [3, 0, 1]])
    address, _ = stepper(SmallPart("max_pool2d", 2, 1, signals, pooled, 1, 1))
    assert client.get(address).status_code == 200


def test_what_is_too_large_for_a_stepper_opens_none():
    assert stepper(None) is None
    assert stepper(SmallPart("conv2d", 11, 4, np.ones((3, 3)), np.ones((11, 11)), 1, 1)) is None
    assert stepper(SmallPart("max_pool2d", 2, 1, np.ones((7, 1)), np.ones((8, 2)), 1, 1)) is None


def test_the_image_lab_leads_here_with_the_same_photo_and_number(client):
    query = {"net": "tiny-vgg", "weights": "random", "photo": "coins", "cell": "conv2_1.4.7.8"}
    html = client.get("/exhibits/image-lab", params=query).text
    link = re.findall(r'href="(/exhibits/deconvnet\?[^"]*)"', html)[0].replace("&amp;", "&")
    said = client.get(link.replace("/exhibits/", "/api/exhibits/")).json()
    assert (said["layer"], said["place"]) == ("conv2_1", [4, 7, 8])
    wanted = project_known(forward("tiny-vgg", "coins"), "conv2_1", 4, keep=(7, 8)).pixels
    np.testing.assert_array_equal(array(client, "output", **query, keep="cell"), wanted)


def test_a_silent_unit_is_said_to_be_silent(client):
    said = "This unit is silent on this photo"
    assert float(forward("tiny-vgg").values["pool2"][3].max()) == 0
    assert said in page(client, **{**SMALL, "cell": "pool2.3"})
    assert said not in page(client, **SMALL)

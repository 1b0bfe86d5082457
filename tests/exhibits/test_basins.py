"""Basins of attraction: the map, the shares and the path on the page are the engine's."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from app.exhibits.basins.params import Params
from engine.landscape import CATALOGUE, OPTIMIZERS, basins, critical_points, parse, trajectory
from tests.exhibits.asking import npy

API = "/api/exhibits/basins"
PAGE = "/exhibits/basins"
SMALL = {"size": "64", "steps": "60"}


def asked(client, **query):
    response = client.get(API, params={**SMALL, **query})
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", {**SMALL, **query})


def page(client, **query):
    response = client.get(PAGE, params={**SMALL, **query})
    assert response.status_code == 200, response.text
    return response.text


def pixels(client, **query):
    response = client.get(f"{API}/maps/map.png", params={**SMALL, **query})
    assert response.status_code == 200
    return np.asarray(Image.open(io.BytesIO(response.content)))


def test_both_maps_are_the_engines(client):
    """Without options given: the exhibit's rate for SGD, and Adam's a share of the frame of twelve."""
    query = {"beside": "adam", "beside_beta1": "0.8"}
    domain = CATALOGUE["himmelblau"].domain
    left = basins("sgd", "himmelblau", domain, size=64, steps=60, lr=0.005)
    right = basins("adam", "himmelblau", domain, size=64, steps=60, lr=0.2, betas=(0.8, 0.999))
    np.testing.assert_array_equal(array(client, "output", **query), left.labels)
    np.testing.assert_array_equal(array(client, "beside-output", **query), right.labels)
    np.testing.assert_array_equal(array(client, "beside-ends", **query), right.ends)
    minima = array(client, "minima", **query)
    np.testing.assert_array_equal(minima, [(one.x, one.y, one.value) for one in left.minima])
    sides = asked(client, **query)["sides"]
    for side, found in zip(sides, (left, right), strict=True):
        values, counts = np.unique(found.labels, return_counts=True)
        assert side["counts"] == {str(v): c for v, c in zip(values.tolist(), counts.tolist(), strict=True)}


def test_the_halves_of_the_double_well_by_hand(client):
    """x^4/4 - x^2/2 + y^2/2 from x > 0 goes down to (1, 0), f = 1/4 - 1/2; the start to the left, to (-1, 0)."""
    query = {"surface": "double-well", "beside": "none", "steps": "200", "frame": "-2_2_-1_1"}
    labels = array(client, "output", **query)
    assert (labels[:, :32] == 0).all()
    assert (labels[:, 32:] == 1).all()
    text = page(client, **query, x=0.5, y=0.5)
    assert "From (0.5, 0.5):" in text
    assert "SGD reaches minimum 2 at (1, 0), f = −0.25." in text
    assert "SGD reaches minimum 1 at (−1, 0), f = −0.25." in page(client, **query, x=-0.5, y=0.5)
    table = text.split('data-slot="legend"')[1].split("</table>")[0]
    assert re.findall(r"<td>([^<]*)</td>\s*</tr>", table) == ["50.0 %"] * 2


def test_the_path_of_the_page_is_the_trajectory(client):
    query = {"beside": "none", "optimizer": "momentum", "momentum": "0.5", "x": "-3.5", "y": "1.25"}
    path = trajectory("momentum", "himmelblau", (-3.5, 1.25), 60, lr=0.005, momentum=0.5)
    np.testing.assert_array_equal(array(client, "path", **query), path)
    np.testing.assert_array_equal(asked(client, **query)["sides"][0]["path"], path)
    line = re.search(r'class="way" data-slot="path" d="M(.*?)"', page(client, **query))[1]
    drawn = [tuple(map(float, point.split())) for point in line.split("L")]
    places = np.round((path - (-6, -6)) / 12 * 512 * (1, -1) + (0, 512), 1)
    assert drawn[0] == tuple(places[0])
    assert set(drawn) == {tuple(place) for place in places.tolist()}


def test_what_a_script_redraws_is_what_the_page_shows(client):
    query = {"x": "-3.5", "y": "1.25", "beside": "nesterov"}
    live = client.get(f"{API}/live", params={**SMALL, **query}).json()
    text = page(client, **query)
    assert live["said"] in text
    for side in live["sides"]:
        assert side["told"] in text
        assert text.count(f'd="{side["path"]}"') == 2  # the line and its halo
    assert live["start"] == [round(2.5 / 12 * 512, 1), round((1 - 7.25 / 12) * 512, 1)]


def test_who_does_not_arrive_is_told_from_who_diverges(client):
    slow = {"beside": "none", "lr": "1e-5", "x": "1", "y": "1"}
    assert "after 60 steps: at no minimum." in page(client, **slow)
    assert "not arrived" in page(client, **slow)
    assert (array(client, "output", **slow) < 0).any()
    wild = {"beside": "none", "lr": "1", "x": "5", "y": "5"}
    path = trajectory("sgd", "himmelblau", (5, 5), 60, lr=1)
    step = int((~np.isfinite(path).all(axis=1)).argmax())
    assert f"SGD diverges: at step {step} it is no longer finite." in page(client, **wild)
    assert asked(client, **wild)["sides"][0]["diverged_at"] == step
    assert (array(client, "output", **wild) == -2).any()


def test_the_picture_has_a_colour_for_each_label_upside_up(client):
    """Row 0 of the labels is the lowest y, that of a picture the highest; the first minimum has no pattern."""
    query = {"beside": "none"}
    labels, drawn = array(client, "output", **query), pixels(client, **query)
    assert drawn.shape == (512, 512)
    fills = drawn[::-1][4::8, 4::8]  # within each start's square of 8 px
    assert set(fills[labels == 0]) == {0}
    for label in (1, 2, 3):
        assert set(fills[labels == label]) <= {2 * label, 2 * label + 1}
    inside = (drawn == 3).sum() / np.isin(drawn, (2, 3)).sum()
    assert 0.05 < inside < 0.5  # minimum 2 has lines on it


def test_a_part_of_the_map_reaches_minima_outside_of_it(client):
    """The left half of the double well, its border left out: all of it reaches (-1, 0), which lies outside."""
    query = {"surface": "double-well", "frame": "-0.5_-0.1_0.5_1", "beside": "none", "steps": "200"}
    assert (array(client, "output", **query) == 0).all()
    np.testing.assert_allclose(array(client, "minima", **query)[:, 0], [-1, 1], atol=1e-12)


def test_a_typed_surface_has_its_map(client):
    query = {"f": "(x^2-1)^2 + y^2", "beside": "none", "frame": "-2_2_-2_2", "lr": "0.05"}
    surface, domain = parse("(x^2-1)^2 + y^2"), (-2, 2, -2, 2)
    points = critical_points(surface, (-3, 3, -3, 3))
    expected = basins("sgd", surface, domain, size=64, steps=60, lr=0.05, radius=0.06, minima=points)
    np.testing.assert_array_equal(array(client, "output", **query), expected.labels)
    assert set(np.unique(expected.labels)) >= {0, 1}


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_optimizer_has_its_map(client, key):
    text = page(client, optimizer=key, beside="none", surface="double-well", steps=5)
    assert 'class="way"' in text
    assert {"x", "lr"} <= set(re.findall(r'id="control-(\w+)"', text))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"f": "x^^2"}, "place 3"),
        ({"f": "import os"}, "import"),
        ({"f": "x" * 300}, "300"),
        ({"frame": "1_1_2_3"}, "x from"),
        ({"frame": "nan_1_2_3"}, "10^6"),
        ({"frame": "1_2"}, "four numbers"),
        ({"lr": "-1"}, "Learning rate"),
        ({"lr": "inf"}, "Learning rate"),
        ({"momentum": "1"}, "Momentum"),
        ({"x": "nan"}, "Start, x"),
        ({"size": "255"}, "64, 128, 256"),
        ({"steps": "100000"}, "Number of steps"),
        ({"optimizer": "none"}, "none"),
        ({"surface": "three-scales"}, "three-scales"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(client, query, sentence):
    answer = client.get(PAGE, params={**SMALL, **query})
    assert answer.status_code == 422
    problem = answer.text.split('role="alert"')[1].split("</p>")[0]
    assert sentence in problem
    assert 'name="beside"' in answer.text  # all can be chosen again
    assert client.get(API, params={**SMALL, **query}).status_code == 422


@pytest.mark.parametrize(
    "f", ["0", "log(x)", "1/x", "exp(exp(exp(x)))", "x", "sqrt(-1-x^2)", "x^2", "abs(x)+abs(y)", "1e6^9"]
)
@pytest.mark.parametrize("optimizer", ["sgd", "newton", "adam"])
def test_no_surface_breaks_the_page(client, f, optimizer):
    page(client, f=f, optimizer=optimizer, beside="none", steps=8)
    page(client, f=f, optimizer=optimizer, frame="0_0.00001_-1000000_1000000", steps=3)


def test_a_formula_is_shown_as_text(client):
    answer = client.get(PAGE, params={"f": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.text


def test_inside_a_lesson_there_are_no_controls(client):
    text = page(client, embed="1")
    assert "plane-cursor" in text
    assert 'class="controls"' not in text
    assert "tabindex" not in text.split("<plane-cursor")[1].split(">")[0]


def test_the_exported_picture_has_both_maps_and_their_legend(client):
    for beside, maps in (("none", 1), ("adam", 2)):
        query = {**SMALL, "beside": beside}
        width, height = Image.open(io.BytesIO(client.get(f"{API}.png", params=query).content)).size
        svg = client.get(f"{API}.svg", params=query)
        assert svg.headers["content-type"] == "image/svg+xml"
        sizes = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.text)
        assert (width / height) == pytest.approx(float(sizes[1]) / float(sizes[2]), rel=0.01)
        assert len(re.findall(r'<image [^>]*width="512"', svg.text)) == maps
        shown = client.get(API, params=query).json()
        lr = shown["sides"][0]["options"]["lr"]
        assert f"lr {lr:.4g}, " in svg.text
        assert svg.text.count(">minimum ") == len(shown["minima"]) == 4


@pytest.mark.parametrize("surface", CATALOGUE)
def test_every_surface_of_the_catalogue_begins_in_its_frame(surface):
    params = Params(surface=surface)
    assert params.window.holds(*params.start)
    assert params.window.domain == tuple(map(float, CATALOGUE[surface].domain))

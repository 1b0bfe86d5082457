"""A real network's landscape: what the page prints is what the engine computed or recorded, and links mean the same."""

import html
import re

import numpy as np
import pytest

from app.exhibits.lenet5 import samples, strokes
from app.exhibits.network_landscape.params import FACTORS, GRIDS
from app.exhibits.network_landscape.scene import FILES
from app.exhibits.saddle_race.printing import number
from engine.digit import prepare
from engine.landscape.lenet_planes import digits_plane
from engine.landscape.recorded import recorded
from tests.exhibits.asking import npy

API = "/api/exhibits/network-landscape"
PAGE = "/exhibits/network-landscape"
TYPICAL = np.stack([prepare(strokes.draw(samples.sample(digit))).digit for digit in range(10)])
ALL = (TYPICAL, np.arange(10))


def asked(client, **query):
    response = client.get(API, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", query)


def page(client, status=200, **query):
    response = client.get(PAGE, params={"lang": "en", **query})
    assert response.status_code == status, response.text
    return re.sub(r"\s+", " ", html.unescape(response.text))


def pointed(text):
    """Return alpha, beta and the height that the page prints for the place that is looked at."""
    return re.findall(r"<b>(.*?)</b>", re.search(r"<p class=\"pointed\" data-under>(.*?)</p>", text)[1])


def test_the_recorded_plane_is_the_files(client):
    for plane, kind in (("path", "path"), ("random", "filter")):
        kept = recorded().planes[kind]
        np.testing.assert_array_equal(array(client, "output", plane=plane), kept.loss)
        np.testing.assert_array_equal(array(client, "error", plane=plane), kept.error)
    plain = asked(client, plane="random", direction="plain")
    np.testing.assert_array_equal(plain["loss"], recorded().planes["plain"].loss)
    assert plain["recorded"] is True


def test_the_page_prints_the_nearest_crossing_of_the_grid(client):
    # 25 places from -1 to 1 are 1/12 apart: 0.3 lies nearest to 4/12, -0.99 to -1
    kept = recorded().planes["filter"]
    assert pointed(page(client, plane="random", x=0.3, y=-0.99)) == ["0.333", "−1.000", number(kept.loss[0, 16])]
    error = pointed(page(client, plane="random", x=0.3, y=-0.99, show="error"))[2]
    assert float(error.removesuffix(" %")) == pytest.approx(100 * kept.error[0, 16], abs=0.05)
    at = asked(client, plane="random", x=0.3, y=-0.99)["at"]
    assert at == {
        "alpha": pytest.approx(1 / 3),
        "beta": -1,
        "loss": kept.loss[0, 16],
        "error": kept.error[0, 16],
    }


def test_the_projection_says_how_much_it_shows(client):
    first, second = (f"{100 * share:.1f} %" for share in recorded().shares)
    text = page(client)
    assert f"A projection: {100 * recorded().shares.sum():.1f} % of the path's variance." in text
    assert f"({first} and {second})" in text
    assert "Recorded, not computed now" in text
    assert "convlens landscape --data DIR" in text
    assert recorded().told["weights"] in text


def test_each_epoch_is_told_as_it_was_recorded(client):
    record = recorded()
    for epoch in (0, 3, 20):
        text = page(client, step=epoch)
        told = re.search(r'data-slot="narration".*?>(.*?)</p>', text)[1]
        x, y = (f"{one:.2f}".replace("-", "−") for one in record.path[epoch])
        assert f"({x}, {y})" in told
        assert f"<b>{number(record.path_loss[epoch, 0])}</b>" in told
    assert "Before training" in page(client, step=0)
    np.testing.assert_array_equal(array(client, "path"), np.column_stack((record.path, record.path_loss)))


@pytest.mark.parametrize(("epoch", "look"), [(0, 0), (3, 2), (9, 3), (20, 5)])
def test_the_eigenvalues_are_those_of_the_last_look_up_to_the_epoch(client, epoch, look):
    values = recorded().eigenvalues[look]
    text = page(client, step=epoch)
    printed = re.findall(r'<span class="value">(.*?)</span>', text)
    assert printed == [("+" if value > 0 else "") + number(value) for value in values]
    assert f"after epoch {recorded().epochs[look]}" in text
    negative = int((values + recorded().bounds[look] < 0).sum())
    assert f"{negative} of the {len(values)} eigenvalues computed are negative" in text
    assert f"2 / λmax = 2 / {number(values[0])} = {number(2 / values[0])}" in text


def test_the_sign_of_an_eigenvalue_is_said_in_words_too(client):
    text = page(client)
    ways = re.findall(r'<span class="way">(.*?)</span>', text)
    assert ways == ["curves up" if value > 0 else "curves down" for value in recorded().eigenvalues[-1]]


def test_the_learners_digits_are_computed_by_the_engine(client):
    query = {"data": "digits", "plane": "random", "seed": 3, "frame": "-0.5_0.5_-1_1"}
    found = digits_plane(*ALL, "filter", (-0.5, 0.5, -1.0, 1.0), GRIDS[0], 3)
    got = asked(client, **query)
    np.testing.assert_allclose(got["loss"], found.loss, rtol=1e-5)
    np.testing.assert_allclose(got["error"], found.error)
    assert got["labels"] == list(range(10))
    assert got["sides"] == [-0.5, 0.5, -1, 1]
    assert got["recorded"] is False
    np.testing.assert_allclose(array(client, "alphas", **query)[[0, -1]], [-0.5, 0.5])
    assert "Computed now, on the ten typical digits" in page(client, **query)


def test_one_digit_with_a_label_of_ones_own(client):
    right = asked(client, data="digits", digit="7")
    wrong = asked(client, data="digits", digit="7", label=1)
    assert (right["labels"], wrong["labels"]) == ([7], [1])
    assert wrong["at"]["loss"] > right["at"]["loss"]
    assert (right["at"]["error"], wrong["at"]["error"]) == (0, 1)
    drawn = f"s-{strokes.write(samples.sample(4))}"
    np.testing.assert_array_equal(
        asked(client, data="digits", digit=drawn)["loss"], asked(client, data="digits", digit="4")["loss"]
    )
    assert asked(client, data="digits", digit=drawn)["labels"] == [4]


def test_rescaled_layers_show_why_steps_are_normalised(client):
    def loss(direction, factor):
        query = {"data": "digits", "plane": "random", "direction": direction, "factor": factor}
        return np.array(asked(client, **query)["loss"])

    np.testing.assert_allclose(loss("filter", 8), loss("filter", 1), rtol=1e-3, atol=1e-6)
    plain, rescaled = loss("plain", 1), loss("plain", 8)
    middle = GRIDS[0] // 2
    assert rescaled[middle, middle] == pytest.approx(plain[middle, middle], rel=1e-4)
    assert rescaled.mean() > 1.5 * plain.mean()
    assert "every output is the same" in page(
        client, data="digits", plane="random", direction="plain", factor=FACTORS[-1]
    )


def test_both_kinds_of_steps_are_compared_on_random_planes_only(client):
    assert "Both kinds of steps" in page(client, plane="random")
    assert "Both kinds of steps" not in page(client)


def test_where_no_digit_is_read_wrong_nothing_is_coloured_as_below_zero(client):
    query = {"data": "digits", "show": "error", "plane": "random"}
    error = array(client, "error", **query)
    assert error.min() == 0 < error.max()
    plot = re.search(r'<g class="bands">(.*?)</g>', page(client, **query))[1]
    levels = [int(level) for level in re.findall(r'data-level="(.*?)"', plot)]
    assert len(levels) > 2
    assert min(levels) > 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"data": "digits", "frame": "-1_1"}, "wanted four numbers"),
        ({"data": "digits", "frame": "-500_1_-1_1"}, "alpha and beta may reach to 100.0"),
        ({"data": "digits", "digit": "s-zz"}, "this drawing cannot be read"),
        ({"data": "digits", "digit": "banana"}, "wanted a digit from 0 to 9"),
        ({"grid": 14}, "wanted one of 13, 25, 41, got 14"),
        ({"factor": 3}, "wanted one of 1, 2, 4, 8, got 3"),
    ],
)
def test_what_a_link_may_not_say_is_explained(client, query, sentence):
    assert sentence in page(client, 422, **query)


def test_an_empty_drawing_leaves_the_controls(client):
    text = page(client, 422, data="digits", digit="s-")
    assert "nothing is drawn yet" in text
    assert "data-pad" in text


def test_the_pictures_say_what_they_are(client):
    drawing = client.get(f"{API}.svg", params={"plane": "random", "direction": "plain"})
    assert drawing.status_code == 200
    assert "random directions, plain" in drawing.text
    assert f"{100 * recorded().shares.sum():.1f} % of the path's variance" in client.get(f"{API}.svg").text
    picture = client.get(f"{API}.png", params={"step": 4})
    assert picture.content.startswith(b"\x89PNG")
    assert picture.content != client.get(f"{API}.png", params={"step": 5}).content


def test_every_file_that_the_page_offers_is_there(client):
    text = page(client)
    for name, _ in FILES:
        assert f"{API}/{name}.npy?" in text
        assert client.get(f"{API}/{name}.csv").status_code == 200
    looks = array(client, "eigenvalues")
    np.testing.assert_array_equal(looks[:, 0], recorded().epochs)
    np.testing.assert_array_equal(looks[:, 1:], recorded().eigenvalues)

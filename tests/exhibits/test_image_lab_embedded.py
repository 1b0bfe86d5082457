"""The image lab inside a lesson: one thing at a time, and every link of it stays inside."""

import re

import pytest

from app.exhibits.image_lab import readings
from engine.nets import photo_reading

PAGE = "/exhibits/image-lab"
PARTS = {
    "wall": "<map-wall",
    "explanation": 'class="formulas"',
    "predictions": 'class="predictions"',
    "upload": "data-upload",
    "crop": 'class="crop"',
    "ribbon": 'class="ribbon"',
    "samples": 'class="samples"',
}


@pytest.fixture(scope="module", autouse=True)
def forget():
    """Give the memory of networks and readings back."""
    yield
    photo_reading._network.cache_clear()
    readings.READINGS._kept.clear()


def page(client, cell, **query):
    response = client.get(PAGE, params={"weights": "random", "cell": cell, **query})
    assert response.status_code == 200
    return response.text


def parts(html):
    return {name for name, mark in PARTS.items() if mark in html}


ALWAYS = {"ribbon", "samples"}


@pytest.mark.parametrize(
    ("cell", "more"),
    [
        ("conv2", {"wall"}),
        ("conv2.200", {"wall"}),
        ("conv2.200.6.13", {"explanation"}),
        ("fc.3", {"explanation"}),
        ("fc", {"predictions"}),
        ("softmax", {"predictions"}),
        ("softmax.3", {"explanation"}),
    ],
)
def test_a_lesson_shows_the_one_thing_that_its_link_names(client, cell, more):
    assert parts(page(client, cell, embed=1)) == ALWAYS | more


def test_on_its_own_the_lab_shows_everything(client):
    assert parts(page(client, "conv2.200.6.13")) == set(PARTS)


def test_a_step_to_another_layer_shows_its_maps(client):
    assert "wall" in parts(page(client, "conv2.200.6.13", embed=1, step=1))


@pytest.mark.parametrize("cell", ["conv2", "conv2.200.6.13", "softmax"])
def test_every_link_stays_in_the_lesson(client, cell):
    links = re.findall(r'href="(/exhibits/image-lab[^"]*)"', page(client, cell, embed=1))
    assert len(links) > 10
    assert all("embed=1" in link for link in links)


def test_from_a_number_there_is_a_way_back_to_the_maps(client):
    back = re.search(r'href="([^"]*)" data-morph>Back to all of conv2<', page(client, "conv2.200.6.13", embed=1))
    assert back
    assert "cell=conv2&" in back[1].replace("&amp;", "&") + "&"

"""Race at the saddle: what the page prints is what the engine says, and what is refused is explained."""

import math
import re

import numpy as np
import pytest

from app.exhibits.saddle_race.params import Params
from app.exhibits.saddle_race.printing import number
from app.exhibits.saddle_race.racers import RACERS, SIX
from app.exhibits.saddle_race.scene import RaceScene
from engine.landscape import CATALOGUE, OPTIMIZERS, SURFACES, curvature, escaped_at, trajectory
from tests.exhibits.asking import HTML, visible

PAGE, API = "/exhibits/saddle-race", "/api/exhibits/saddle-race"


def page(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200, response.text[:400]
    return response.text


def answer(client, **params):
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def table(html):
    """Return optimizer -> the texts of its row, without the name."""
    rows = re.findall(r'(?s)<tr[^>]* data-row="([^"]+)">(.*?)</tr>', html)
    return {key: [visible(cell) for cell in re.findall(r"(?s)<td.*?</td>", row)] for key, row in rows}


def narration(html):
    return re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1]


@pytest.mark.parametrize("step", [0, 1, 30, 77, 120])
def test_the_table_prints_what_the_engine_computes(client, step):
    rows = table(page(client, step=step))
    assert tuple(rows) == SIX
    for key, cells in rows.items():
        path = trajectory(key, "saddle", (-1.5, 0.005), 120, lr=RACERS[key].lr)
        x, y = path[step]
        loss, slope = x * x - y * y, 2 * math.hypot(x, y)
        left = escaped_at(path, "saddle", margin=0.2, radius=0.5)
        escaped = str(left) if left is not None and left <= step else "not yet"
        expected = [number(RACERS[key].lr), str(step), number(loss), number(slope), "−2.000", escaped]
        assert cells == expected


def test_numbers_of_the_design_are_met_by_hand(client):
    # SGD on x^2 - y^2 with lr 0.02: x is multiplied by 0.96 a step, y by 1.04
    x, y = -1.5 * 0.96**30, 0.005 * 1.04**30
    assert table(page(client, step=30))["sgd"][2] == f"{x * x - y * y:.3f}" == "0.194"


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_surface_is_drawn_and_raced(client, key):
    html = page(client, surface=key, step=20)
    assert 'class="bands"' in html
    rows = table(html)
    start = RaceScene(Params(surface=key)).course.start
    for name in ("rmsprop", "adam"):
        path = trajectory(name, SURFACES[key], start, 120, lr=RACERS[name].lr)
        low = curvature(SURFACES[key], path[20]).values[0]
        assert rows[name][2] == number(float(SURFACES[key].value(*path[20].tolist())))
        assert rows[name][4] == number(float(low))


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_every_optimizer_runs_with_its_rule_and_its_numbers(client, key):
    html = page(client, race=key, pick=key, step=7)
    assert list(table(html)) == [key]
    assert "<math" in re.search(r'(?s)class="race-rule".*?</div>', html)[0]
    (run,) = answer(client, race=key)["optimizers"]
    expected = trajectory(key, "saddle", (-1.5, 0.005), 120, lr=RACERS[key].lr)
    np.testing.assert_array_equal(np.array([row[:2] for row in run["steps"]]), expected)

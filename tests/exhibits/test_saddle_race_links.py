"""Links to the race: short ones mean the same, wrong ones are refused, none breaks a page."""

import math
import re
from html import unescape

import numpy as np
import pytest

from app.exhibits.saddle_race import EXHIBIT
from app.exhibits.saddle_race.params import Params
from app.exhibits.saddle_race.racers import SIX
from engine.landscape import SURFACES, escaped_at, schedule, trajectory, tune
from tests.exhibits.asking import HTML, alerts, visible
from tests.exhibits.saddle_race import API, PAGE, answer, page, table

STATES = [
    {},
    {"surface": "himmelblau", "x": "1", "y": "2", "race": "adam,sgd", "set": "adam.lr:0.1,adam.betas:0.8_0.99"},
    {"f": "x*y", "frame": "-1,1,-3,3", "noise": "0.1", "seed": "7", "schedule": "cosine", "steps": "300"},
    {"f": "x*y", "surface": "beale", "good": "x"},
    {"fair": "1", "budget": "4", "tuning_seed": "2", "margin": "0.1", "radius": "1"},
    {"surface": "ravine", "condition": "1000", "clip_norm": "1", "race": "sgd", "pick": "sgd"},
    {"set": "sgd.nesterov:0,adam.eps:1e-8,adam.lr:0.05"},
]


@pytest.mark.parametrize("state", STATES)
def test_the_shortest_link_means_the_same(client, state):
    query = EXHIBIT.canonical(Params.model_validate(state))
    assert answer(client, **query) == answer(client, **state)
    assert EXHIBIT.canonical(Params.model_validate(query)) == query
    assert table(page(client, **query)) == table(page(client, **state))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"set": "adam.lr"}, "“adam.lr” is no option; write it as in adam.lr:0.1"),
        ({"set": "adam.speed:3"}, "Adam has no option speed"),
        ({"set": "adam.lr:-1"}, "lr must be a number from 0 on"),
        ({"set": "sgd.nesterov:1"}, "nesterov needs momentum above 0"),
        ({"set": "adam.betas:0.9"}, "betas must be two numbers"),
        ({"set": "sgd.lr:1e999"}, "a number of at most 10^6"),
        ({"race": "sgd,adamant"}, "there is no optimizer adamant"),
        ({"surface": "sofa"}, "there is no preset “sofa”"),
        ({"frame": "1_0_0_1"}, "the frame must have x from < to"),
        ({"frame": "1_2"}, "wanted four numbers"),
        ({"x": "nan"}, "Start, x"),
        ({"steps": "1001"}, "wanted at most 1000, got 1001"),
        ({"schedule": "never"}, "there is no preset “never”"),
    ],
)
def test_what_a_link_may_not_say_is_refused_with_its_reason(client, state, sentence):
    assert sentence in client.get(API, params=state).json()["error"]
    response = client.get(PAGE, params=state, headers=HTML)
    assert response.status_code == 422
    assert any(sentence in alert for alert in alerts(response.text))


@pytest.mark.parametrize(
    "state",
    [
        {"f": "5"},
        {"f": "x"},
        {"f": "1/(x*y)"},
        {"f": "exp(exp(9*x))"},
        {"f": "sqrt(-1-x^2)"},
        {"frame": "-1e6_1e6_-1e6_1e6"},
        {"frame": "0_1e-6_0_1e-6", "f": "x*y"},
        {"x": "1e6", "y": "-1e6", "set": "sgd.lr:1000000"},
        {"noise": "1000", "steps": "1"},
        {"margin": "0", "radius": "0"},
        {"clip_norm": "0"},
        {"race": ","},
        {"race": "newton", "f": "x", "set": "newton.damping:0"},
        {"f": "</script><b>", "good": "</script>"},
    ],
)
def test_no_state_breaks_a_page(client, state):
    for path in (PAGE, API, f"{API}/live", f"{API}.png", f"{API}.svg", f"{API}/output.csv"):
        assert client.get(path, params=state, headers=HTML).status_code < 500
    assert "</script><b>" not in client.get(PAGE, params=state, headers=HTML).text


def test_what_is_exported_is_the_race(client):
    lines = client.get(f"{API}/output.csv", params={"race": "sgd,adam", "steps": 3}).text.strip().split("\n")
    assert len(lines) == 9  # four places of each, a blank line between
    x, y, f, slope, low = map(float, lines[0].split(","))
    assert (x, y, low) == (-1.5, 0.005, -2.0)
    assert (f, slope) == (x * x - y * y, math.hypot(2 * x, 2 * y))
    assert client.get(f"{API}.png").content.startswith(b"\x89PNG")
    svg = client.get(f"{API}.svg", params={"step": 30})
    assert svg.headers["content-type"] == "image/svg+xml"
    assert ">0.194</text>" in svg.text


def test_a_fair_race_says_how_far_each_rate_was_tried(client):
    short = visible(page(client, fair=1, budget=3, steps=40, race="sgd,adam"))
    assert "tried the same 3 learning rates from 0.0001 to 1 (seed 0), 40 steps with each" in short
    assert "on their first" not in short
    long = visible(page(client, fair=1, budget=3, steps=300, race="sgd,adam", tuning_seed=4))
    assert "(seed 4), 120 steps with each" in long
    assert "Longer races are tuned on their first 120 steps only." in long
    tuned = answer(client, fair=1, budget=3, steps=300, race="sgd", tuning_seed=4)["optimizers"][0]
    start, saddle = (-1.5, 0.005), (0.0, 0.0)

    def leaves(path):
        step = escaped_at(path, SURFACES["saddle"], saddle=saddle, margin=0.2, radius=0.5)
        return np.inf if step is None else step

    found = tune("sgd", "saddle", start, 120, budget=3, tuning_seed=4, score=leaves)
    if not np.isfinite(found.score):
        found = tune("sgd", "saddle", start, 120, budget=3, tuning_seed=4)
    assert tuned["options"]["lr"] == found.lr


def test_a_fair_race_is_tuned_in_the_worker_once_for_every_step_of_it(client, monkeypatch):
    asked = []
    call = client.client.app.state.worker.call

    async def counted(function, *arguments, **options):
        asked.append(function.__name__)
        return await call(function, *arguments, **options)

    monkeypatch.setattr(client.client.app.state.worker, "call", counted)
    for step in (0, 5, 9):
        page(client, fair=1, budget=2, steps=21, race="sgd,momentum", step=step)
    assert asked == ["tunings"]
    page(client, budget=2, steps=21, race="sgd,momentum")
    assert asked == ["tunings"]


def test_all_and_all_but_one_can_be_taken_off_at_once(client):
    html = page(client, race="sgd,adam,lion", pick="lion")
    whole = re.search(r'(?s)class="race-whole">(.*?)</p>', html)[1]
    everybody, nobody_else = (unescape(link) for link in re.findall(r'href="([^"]+)"', whole))
    assert visible(whole) == "the usual six · none but Lion"
    assert list(table(client.get(everybody, headers=HTML).text)) == list(SIX)
    assert list(table(client.get(nobody_else, headers=HTML).text)) == ["lion"]


@pytest.mark.parametrize(("key", "options"), [
    ("step", {"step_size": 5, "gamma": 0.5}),
    ("cosine", {"T_max": 10, "eta_min": 0.001}),
    ("one-cycle", {"pct_start": 0.5, "div_factor": 10, "final_div_factor": 100}),
])  # fmt: skip
def test_the_options_of_the_schedule_race_and_are_drawn(client, key, options):
    query = {"race": "sgd", "steps": 30, "schedule": key, **options}
    (run,) = answer(client, **query)["optimizers"]
    made = schedule(key, **options)
    expected = trajectory("sgd", "saddle", (-1.5, 0.005), 30, lr=0.02, schedule=made)
    np.testing.assert_array_equal(np.array([row[:2] for row in run["steps"]]), expected)
    html = page(client, **query, step=7)
    for name, value in options.items():
        assert re.search(rf'id="race-{name}" name="{name}"[^>]* value="{value}"', html)
    (curve,) = re.findall(r'(?s)schedule-curve.*?class="rate" d="([^"]+)"', html)
    places = np.array([tuple(map(float, place.split())) for place in re.split("[ML]", curve)[1:]])
    left, right, top, bottom = 46, 210 - 8, 20, 128 - 36
    heights = (bottom - places[:30, 1]) / (bottom - top) * 1.05
    np.testing.assert_allclose(heights, np.array(made.rates(0.02, 30)) / 0.02, atol=0.002)
    np.testing.assert_allclose(places[:30, 0], np.linspace(left, right, 30), atol=0.06)
    assert "gamma" not in page(client, **{**query, "schedule": "1/t"}).split("race-own")[0]

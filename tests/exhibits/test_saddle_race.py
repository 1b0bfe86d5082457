"""Race at the saddle: what the page prints is what the engine says, and what is refused is explained."""

import math
import re

import numpy as np
import pytest

from app.exhibits.saddle_race.course import course_of, nudged, ridge
from app.exhibits.saddle_race.params import Params
from app.exhibits.saddle_race.printing import number, rate
from app.exhibits.saddle_race.racers import RACERS, SIX
from app.exhibits.saddle_race.scene import RaceScene
from app.i18n import words
from engine.landscape import CATALOGUE, OPTIMIZERS, SURFACES, curvature, escaped_at, parse, record, trajectory, tune
from tests.exhibits.asking import alerts, visible
from tests.exhibits.saddle_race import API, answer, narration, page, refused, table


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
        expected = [rate(RACERS[key].lr), str(step), number(loss), number(slope), "−2.000", escaped]
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


def test_a_typed_formula_is_drawn_and_its_numbers_are_the_engines(client):
    formula = "sin(2*x)*cos(y) - exp(-x^2)"
    html = page(client, f=formula, x="0.5", y="-0.25", step=40)
    surface = parse(formula)
    for key, cells in table(html).items():
        path = trajectory(key, surface, (0.5, -0.25), 120, lr=RACERS[key].lr)
        place = path[40].tolist()
        assert cells[2] == number(float(surface.value(*place)))
        assert cells[3] == number(math.hypot(*surface.gradient(*place)))
        assert cells[4] == number(float(curvature(surface, path[40]).values[0]))


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("x^2 + $", "'$' at place 7 cannot be used"),
        ("foo(x)", "there is no foo, at place 1"),
        ("x^2 +", "f ends after +"),
        ("(x", "( at place 1 is never closed"),
        ("1/0", "divides by 0"),
        ("x" * 399, "at most 200 can be read"),
        ("__import__('os')", "'_' at place 1 cannot be used"),
    ],
)
def test_a_refused_formula_is_explained_kept_and_the_last_picture_stays(client, formula, sentence):
    good = page(client, f="x*y")
    html = refused(client, f=formula, good="x*y")
    (said,) = alerts(html)
    assert sentence in said
    assert f'value="{formula}"' in html.replace("&#39;", "'")
    bands = r'(?s)class="bands">(.*?)</g>'
    assert re.search(bands, html)[1] == re.search(bands, good)[1]
    asked = client.get(API, params={"f": formula, "good": "x*y"})
    assert asked.status_code == 422
    assert sentence in asked.json()["error"]


def test_a_refused_formula_falls_back_to_the_named_surface(client):
    html = refused(client, surface="himmelblau", f="y $")
    assert 'value="y $"' in html
    assert [row[2] for row in table(html).values()] == [
        row[2] for row in table(page(client, surface="himmelblau")).values()
    ]


def test_divergence_is_told_and_the_path_leaves_the_frame(client):
    params = {"surface": "rosenbrock", "race": "sgd", "set": "sgd.lr:0.02", "step": 60}
    path = trajectory("sgd", "rosenbrock", (-1.5, 2.0), 120, lr=0.02)
    lost = int((~np.isfinite(path).all(axis=1)).argmax())
    assert 0 < lost < 60
    html = page(client, **params)
    assert table(html)["sgd"][5].endswith(f"infinite since step {lost}")
    assert table(html)["sgd"][2:5] == ["–", "–", "–"]
    assert f"<mark>{lost}</mark>" in narration(html)
    assert 'data-ball="sgd" display="none"' in html
    (run,) = answer(client, **params)["optimizers"]
    assert run["infinite_since"] == lost
    assert run["steps"][lost][:2] != path[lost].tolist() or None in run["steps"][lost]


def test_where_f_is_not_defined_the_plot_is_hatched(client):
    html = page(client, f="log(x) + y^2")
    assert "Hatched: here f is not defined." in html
    assert "Hatched" not in page(client, f="x + y^2")


def test_starts_stand_exactly_on_the_ridge_or_a_trace_beside_it():
    course = course_of(Params())
    assert ridge(course) == (-1.5, 0.0)
    assert nudged(course, 1e-8) == (-1.5, 1e-8)
    well = course_of(Params(surface="double-well"))
    assert ridge(well) == (0.0, 1.2)
    assert nudged(well, 1e-8) == (1e-8, 1.2)
    monkey = course_of(Params(surface="monkey-saddle"))
    assert ridge(monkey) == (1.2, 0.0)
    # no line leads to this saddle, whose ridge is bent: it is the start itself
    bent = course_of(Params(f="x^2 - y^2 + x^2*y + x^3"))
    assert ridge(bent) == (0.0, 0.0)
    assert ridge(course_of(Params(surface="bowl"))) is None


def test_on_the_ridge_nobody_leaves_but_who_is_pushed(client):
    still = answer(client, x="-1.5", y="0", race="sgd,adam,perturbed-gd,saddle-free-newton", steps=400)["optimizers"]
    assert [one["escaped_at"] is None for one in still] == [True, True, False, True]
    noisy = answer(client, x="-1.5", y="0", race="sgd,adam", steps=400, noise="0.01", seed=3)["optimizers"]
    assert all(one["escaped_at"] for one in noisy)
    again = answer(client, x="-1.5", y="0", race="sgd,adam", steps=400, noise="0.01", seed=3)["optimizers"]
    other = answer(client, x="-1.5", y="0", race="sgd,adam", steps=400, noise="0.01", seed=4)["optimizers"]
    assert again == noisy
    assert other != noisy


def test_a_fair_race_runs_with_the_rates_that_the_engine_finds(client):
    told = answer(client, fair=1, budget=9, tuning_seed=5, race="sgd,adam")["optimizers"]
    for one in told:

        def leaves(path):
            step = escaped_at(path, "saddle", margin=0.2, radius=0.5)
            return math.inf if step is None else step

        best = tune(one["key"], "saddle", (-1.5, 0.005), 120, budget=9, tuning_seed=5, score=leaves)
        assert one["options"]["lr"] == best.lr
        assert one["escaped_at"] == best.score
        assert [tuple(trial) for trial in one["tuned"]["trials"]] == [
            (lr, score if score < math.inf else None) for lr, score in best.trials
        ]
    html = page(client, fair=1, budget=9, tuning_seed=5, race="sgd,adam")
    assert [cells[0] for cells in table(html).values()] == [rate(one["options"]["lr"]) for one in told]
    assert "the same 9 learning rates from 0.0001 to 1 (seed 5)" in visible(html)


def test_the_cartoon_prints_what_the_engine_records(client):
    html = page(client, race="adam", step=30)
    told = record("adam", "saddle", (-1.5, 0.005), 120, lr=0.05)
    rows = [told.gradients, told.inner["exp_avg"], told.inner["exp_avg_sq"], None, told.moves]
    printed = [visible(one) for one in re.findall(r'<dd data-frame="row\d">.*?</dd>', html)]
    for text, values in zip(printed, rows, strict=True):
        assert text == ("0.05" if values is None else f"({number(values[30, 0])}, {number(values[30, 1])})")


def test_the_parts_of_a_momentum_step_add_up():
    scene = RaceScene(Params())
    carried, slope, whole = scene.cartoon.arrows
    for t in (0, 7, 30):
        ends = [re.findall(r"-?[\d.]+", arrow.paths[t])[:4] for arrow in (carried, slope, whole)]
        if not ends[0]:  # the first step has no velocity to carry on
            assert ends[1][2:] == ends[2][2:]
        else:
            assert ends[0][2:] == ends[1][:2]
            assert ends[1][2:] == ends[2][2:]


def test_arrows_point_in_where_the_surface_holds_and_out_where_it_lets_go():
    frames = RaceScene(Params()).frames(words("en"))
    assert frames.at("cross0.text", 30) == "λ = −2.000"
    assert frames.at("cross1.text", 30) == "λ = +2.000"
    assert [frames.at(f"cross{k}.word", 30) for k in (0, 1)] == ["escape direction", "valley"]
    ball = RaceScene(Params()).tracks["momentum"][30]
    for name, out in (("cross0", True), ("cross1", False)):
        places = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", frames.at(f"{name}.heads", 30))
        a, tip, b = (np.array(place, float) for place in places[:3])
        tail = (a + b) / 2
        assert (np.hypot(*(tip - ball)) > np.hypot(*(tail - ball))) == out


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("key", CATALOGUE)
def test_every_sentence_ends_in_its_number(key, lang):
    column = RaceScene(Params(surface=key, steps=40)).frames(words(lang))
    for step in range(41):
        assert re.search(r"<mark>\d+</mark>[.。]$", column.at("narration", step))


def test_six_race_at_most(client):
    html = page(client, race=",".join([*SIX, "lion", "newton"]))
    assert tuple(table(html)) == SIX
    assert alerts(html) == ["Six race at once at most: take one off first, then Lion, Newton can join."]


def test_another_surface_starts_afresh_and_so_does_a_first_formula(client):
    html = page(client, surface="himmelblau", x="5", y="5", margin="3", race="sgd")
    form = re.search(r'(?s)<form class="race-formula".*?</form>', html)[0]
    assert set(re.findall(r'type="hidden" name="(\w+)"', form)) == {"surface", "race"}
    assert 'href="/exhibits/saddle-race?surface=rosenbrock&amp;race=sgd"' in html
    typed = re.search(r'(?s)<form class="race-formula".*?</form>', page(client, f="x*y", x="1"))[0]
    assert set(re.findall(r'type="hidden" name="(\w+)"', typed)) == {"x", "good"}


def test_a_path_behind_the_surface_is_told_from_one_in_front_of_it():
    shown = RaceScene(Params(race="adam", tilt=90)).surface_paths(RaceScene(Params(race="adam")).runs[0])
    assert (bool(shown[0]), shown[1]) == (True, "")  # from above everything is seen
    hidden = RaceScene(Params(race="sgd", surface="bowl", x=-2.5, y=-2.5, turn=0, tilt=5, steps=20, step=20))
    front, behind = hidden.surface_paths(hidden.runs[0])
    assert behind.startswith("M")  # the near rim of the bowl stands before what happens inside
    assert front == ""

"""Full batch, mini-batch and SGD: every number on the page is the engine's."""

import math
import re

import numpy as np
import pytest

from app.exhibits.batch_sizes.params import Params
from app.exhibits.batch_sizes.runs import Loss, Run, usual_options
from app.exhibits.batch_sizes.scene import FIELDS, FILES, TABS
from app.landscape.frame import Frame, figure
from app.landscape.schedules import OPTIONS, scheduled
from engine.landscape import SCHEDULES, SURFACES, Regression, examples, lowest, schedule, trajectory
from tests.exhibits.asking import npy

API = "/api/exhibits/batch-sizes"
PAGE = "/exhibits/batch-sizes"


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


def table(text, slot):
    """The cells of a table, row by row, without their names."""
    body = text.split(f'data-slot="{slot}"')[1].split("<tbody>")[1].split("</tbody>")[0]
    return [re.findall(r"<td>(.*?)</td>", row) for row in body.split("</tr>")[:-1]]


def test_the_bound_of_two_points_by_hand():
    """(x, 1) = (1, 1), (3, 1): Hessian [[10, 4], [4, 2]], eigenvalues 6 -+ sqrt 32, 2 / largest = 0.17157."""
    loss = Loss.of(Regression("linear", [[1, 1], [3, 1]], [2, 4]))
    assert loss.eigenvalues == pytest.approx((6 - math.sqrt(32), 6 + math.sqrt(32)))
    assert loss.bound == pytest.approx(0.1715728752538)
    assert loss.best_rate == pytest.approx(2 / 12)
    assert loss.condition == pytest.approx((6 + math.sqrt(32)) / (6 - math.sqrt(32)))
    assert loss.minimum == pytest.approx((1, 1))
    assert loss.least == pytest.approx(0, abs=1e-20)


def test_just_below_the_bound_it_shrinks_and_just_above_it_grows():
    loss = Loss.of(examples("linear", "bias", 24, noise=0.6))
    start = (loss.minimum[0] + 1, loss.minimum[1])
    below, above = (
        loss.surface.value(*trajectory("sgd", loss.surface, start, 4000, lr=factor * loss.bound)[-1].tolist())
        for factor in (0.999, 1.001)
    )
    assert below - loss.least < 0.01
    assert above > 100


def test_a_logistic_loss_is_nowhere_more_curved_than_at_zero(rng):
    loss = Loss.of(examples("logistic", "two", 24, seed=4, noise=0.6))
    for x, y in rng.uniform(-6, 6, (50, 2)).tolist():
        xx, xy, yy = loss.surface.hessian(x, y)
        assert np.linalg.eigvalsh([[xx, xy], [xy, yy]])[1] <= loss.eigenvalues[1] * (1 + 1e-12)


@pytest.mark.parametrize("kind", ["linear", "logistic"])
@pytest.mark.parametrize("inputs", ["bias", "two"])
def test_the_three_runs_are_the_engines(client, kind, inputs):
    query = {"model": kind, "inputs": inputs, "count": 10, "batch": 3, "steps": 20, "epochs": 4, "order": 5, "seed": 2}
    whole = examples(kind, inputs, 10, seed=2, noise=0.6)
    lr = 0.25 * Loss.of(whole).bound
    got = asked(client, **query)["runs"]
    assert [run["batch"] for run in got] == [10, 3, 1]
    for run, surface, steps in zip(
        got, (whole, whole.in_batches(3, 5), whole.in_batches(1, 5)), (20, 20, 40), strict=True
    ):
        path = trajectory("sgd", surface, (-1, 2), steps, lr=lr)
        np.testing.assert_array_equal(run["path"], path)
        np.testing.assert_array_equal(run["losses"], whole.value(path[:, 0], path[:, 1]))
    rows = table(page(client, **query), "runs")
    # steps per epoch: 10 / 10, 10 / 3 rounded up, 10 / 1; four epochs are 40 examples: 4, 14 (rounded up) and 40 steps
    assert [row[:2] for row in rows] == [["10", "1"], ["3", "4"], ["1", "10"]]
    for row, run, after in zip(rows, got, (4, 14, 40), strict=True):
        assert row[2:] == [figure(run["losses"][20], 4), figure(run["losses"][after], 4)]


def test_the_other_batch_sizes_have_what_their_own_page_has(client):
    query = {"count": 10, "steps": 20, "epochs": 4}
    text = page(client, **query)
    sizes = re.findall(r'batch=\d+" data-morph>(\d+)</a>', text)
    assert sizes == ["1", "2", "4", "8", "10"]
    by_size = dict(zip(sizes, table(text, "choices"), strict=True))
    for size in ("2", "8"):
        assert by_size[size][1:] == table(page(client, **query, batch=size), "runs")[1][2:]


def test_the_learning_rates_are_told_with_their_bound(client):
    query = {"tab": "rate", "share": 50, "steps": 40}
    loss = Loss.of(examples("linear", "bias", 24, noise=0.6))
    text = page(client, **query)
    assert f"<mn>{figure(loss.eigenvalues[1], 4)}</mn></mfrac><mo>=</mo><mn>{figure(loss.bound, 4)}</mn>" in text
    rows = table(text, "runs")
    rates = [0.04 * loss.bound, loss.best_rate, 1.05 * loss.bound, 0.5 * loss.bound]
    assert [row[0] for row in rows] == [figure(rate, 4) for rate in rates]
    assert [rows[k][1] for k in (0, 2, 3)] == ["4", "105", "50"]
    for row, run, rate in zip(rows, asked(client, **query)["runs"], rates, strict=True):
        path = trajectory("sgd", loss.surface, (-1, 2), 40, lr=rate)
        np.testing.assert_allclose(run["path"], path, rtol=1e-12)
        assert row[2] == figure(float(loss.surface.value(*path[-1].tolist())), 4)


def test_when_a_run_has_arrived_by_hand():
    """Losses 100, 1.5, 0.5, 2, 1, 0: of a way of 100 to the lowest, 0, there is 1 or less left from step 4 on."""
    loss = Loss(Regression("linear", [[1, 0], [0, 1]], [0, 0]), (0.0, 0.0), (1.0, 1.0))
    made = Run("", 1, 2, 0.1, np.zeros((6, 2)), np.array([100, 1.5, 0.5, 2, 1, 0]))
    assert made.arrived(loss) == 4
    assert Run("", 1, 2, 0.1, np.zeros((2, 2)), np.array([100.0, 50])).arrived(loss) is None


def test_scales_are_those_of_the_engine(client):
    rows = table(page(client, tab="scales", steps=50), "runs")
    for row, key, start in zip(rows, ("two-scales", "two-scales-normalised"), ((0.01, -10), (-20, -20)), strict=True):
        surface = SURFACES[key]
        small, large = np.linalg.eigvalsh(np.array(surface.hessian(0.0, 0.0))[[[0, 1], [1, 2]]]).tolist()
        path = trajectory("sgd", surface, start, 50, lr=0.9 * 2 / large)
        assert row[:4] == [
            figure(number, digits) for number, digits in ((small, 4), (large, 4), (large / small, 1), (1.8 / large, 4))
        ]
        assert row[4] == figure(float(surface.value(*path[-1].tolist())), 4)
        assert row[5:7] == [figure(path[-1, 1], 4), figure(lowest(surface)[1], 4)]
    assert rows[0][-1] == "not yet"
    assert int(rows[1][-1]) < 30


@pytest.mark.parametrize("key", SCHEDULES)
def test_each_schedule_is_drawn_as_its_equation_says(client, key):
    steps = 40
    one = scheduled(key, steps, 1.0, usual_options(key, steps))
    made, equation = one.made, one.equation
    by_hand = {
        "constant": lambda t: 1,
        "step": lambda t: 0.3 ** (t // 13),
        "exponential": lambda t: 0.9068**t,  # 0.02 ** (1 / 40)
        "cosine": lambda t: (1 + math.cos(math.pi * t / 40)) / 2,
        "warm-up": lambda t: 0.1 + 0.9 * min(t, 8) / 8,
        "1/t": lambda t: 1 / (1 + 0.25 * t),
    }
    if key in by_hand:
        assert made.rates(2.0, steps) == pytest.approx([2 * by_hand[key](t) for t in range(steps)])
    text = page(client, tab="schedules", steps=steps, step=15, schedule=key)
    assert equation in text
    lr = 0.6 * Loss.of(examples("linear", "bias", 24, noise=0.6)).bound
    rates = re.findall(r"at step 15: (.*?)</p>", text)
    assert rates[list(SCHEDULES).index(key)] == figure(lr * made.rates(1.0, steps)[15], 4)
    with_it, without = asked(client, tab="schedules", steps=steps, schedule=key)["runs"]
    surface = examples("linear", "bias", 24, noise=0.6).in_batches(4, 0)
    np.testing.assert_allclose(with_it["path"], trajectory("sgd", surface, (-1, 2), steps, lr=lr, schedule=made))
    np.testing.assert_allclose(without["path"], trajectory("sgd", surface, (-1, 2), steps, lr=lr))


@pytest.mark.parametrize(("key", "options", "rate"), [
    ("step", {"step_size": 7, "gamma": 0.5}, lambda t: 0.5 ** (t // 7)),
    ("exponential", {"gamma": 0.9}, lambda t: 0.9**t),
    ("cosine", {"T_max": 20}, lambda t: (1 + math.cos(math.pi * t / 20)) / 2),
    ("warm-up", {"start_factor": 0.25, "end_factor": 0.5, "total_iters": 10}, lambda t: 0.25 + 0.25 * min(t, 10) / 10),
    ("1/t", {"decay": 2}, lambda t: 1 / (1 + 2 * t)),
])  # fmt: skip
def test_the_options_of_a_schedule_are_in_the_link_and_move_the_run(client, key, options, rate):
    query = {"tab": "schedules", "steps": 30, "step": 12, "schedule": key, **options}
    text = page(client, **query)
    for name, value in options.items():
        assert re.search(rf'id="control-{name}"[^>]* value="{value}"', text)
        assert f"{name}={value}" in text.split("data-share")[0].rpartition("href=")[2]
    lr = 0.6 * Loss.of(examples("linear", "bias", 24, noise=0.6)).bound
    assert figure(lr * rate(12), 4) in re.findall(r"at step 12: (.*?)</p>", text)
    path = asked(client, **query)["runs"][0]["path"]
    place = np.array((-1.0, 2.0))
    surface = examples("linear", "bias", 24, noise=0.6).in_batches(4, 0)
    usual = trajectory("sgd", surface, place, 30, lr=lr, schedule=schedule(key, **options))
    np.testing.assert_allclose(path, usual)
    assert page(client, **{**query, "schedule": "constant"}).count("gamma=") == 0


def test_a_lowest_rate_lifts_the_cosine_by_as_much():
    one = scheduled("cosine", 10, 0.5, {"eta_min": 0.1})
    assert one.shares[0] == 1
    assert one.shares[5] == pytest.approx((0.1 + 0.4 / 2) / 0.5)  # half way down from 0.5 to 0.1
    assert one.equation == "η(t) = 0.1 + (η − 0.1) (1 + cos(π t / 10)) / 2"
    assert len(one.places) == 11
    assert one.at(10) == one.at(9)


@pytest.mark.parametrize(("query", "sentence"), [
    ({"gamma": "11", "schedule": "exponential"}, "at most 10"),
    ({"step_size": "0", "schedule": "step"}, "at least 1"),
    ({"pct_start": "nan", "schedule": "one-cycle"}, "wanted"),
])  # fmt: skip
def test_an_option_that_does_not_fit_is_said_in_a_sentence(client, query, sentence):
    answer = client.get(PAGE, params={"tab": "schedules", **query})
    assert answer.status_code == 422
    assert sentence in answer.text.split('role="alert"')[1].split("</p>")[0]


@pytest.mark.parametrize("kind", ["linear", "logistic"])
def test_the_derivation_ends_in_the_loss_and_its_gradient(client, kind):
    text = page(client, tab="likelihood", model=kind, count=9, seed=3, x=0.5, y=-0.25)
    whole = examples(kind, "bias", 9, seed=3, noise=0.6)
    assert re.search(r'data-slot="mean">(.*?)<', text)[1] == figure(whole.value(0.5, -0.25), 4)
    assert re.search(r'data-slot="sum">(.*?)<', text)[1] == figure(9 * whole.value(0.5, -0.25), 4)
    along, across = (figure(part, 4) for part in whole.gradient(0.5, -0.25))
    assert f"∇ = (<b>{along}</b>, <b>{across}</b>)" in text
    rows = table(text, "terms")
    z = whole.features @ (0.5, -0.25)
    assert [row[3] for row in rows] == [figure(value) for value in z.tolist()]
    if kind == "logistic":
        assert [row[4] for row in rows] == [figure(value) for value in (1 / (1 + np.exp(-z))).tolist()]
        likely = np.where(whole.targets == 1, 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z)))
        assert re.search(r'data-slot="product">(.*?)<', text)[1] == figure(float(likely.prod()), 4, 0)


def test_the_likelihood_is_logistic_unless_asked_otherwise():
    assert Params(tab="likelihood").kind == "logistic"
    assert Params(tab="likelihood", model="linear").kind == Params().kind == "linear"


def test_the_path_is_drawn_where_its_weights_are(client):
    query = {"count": 10, "steps": 5, "epochs": 2}
    text = page(client, **query)
    got = asked(client, **query)["runs"][2]
    low, high = (
        np.array(got["minimum"]) + sign * 1.25 * np.abs(np.array(got["minimum"]) - (-1, 2)).max() for sign in (-1, 1)
    )
    places = (np.array(got["path"]) - low) / (high - low) * 512 * (1, -1) + (0, 512)
    drawn = re.findall(r'class="run-3" d="M(.*?)"', text)[1]
    assert [tuple(map(float, one.split())) for one in drawn.split("L")] == [
        tuple(place) for place in np.round(places, 1).tolist()
    ]


@pytest.mark.parametrize("kind", ["linear", "logistic"])
def test_the_model_is_drawn_through_its_examples(client, kind):
    """0 to 3 is 306 px from 46 to 352; 140 px from 20 to 160 are the targets' range and a tenth on both sides."""
    text = page(client, tab="likelihood", model=kind, x=0.25, y=0.5, count=12)
    whole = examples(kind, "bias", 12, noise=0.6)
    low, high = math.floor(whole.targets.min()) - 0.1, math.ceil(whole.targets.max()) + 0.1
    dots = re.findall(r'class="example" cx="(.*?)" cy="(.*?)"', text)
    places = np.stack((46 + 102 * whole.features[:, 0], 160 - 140 * (whole.targets - low) / (high - low)), 1)
    np.testing.assert_allclose(np.array(dots, float), places, atol=0.051)
    line = re.search(r'class="run-1" d="M(.*?)"', text)[1].split("L")
    ends = np.array([0.5, 1.25]) if kind == "linear" else 1 / (1 + np.exp([-0.5, -1.25]))
    heights = 160 - 140 * (np.clip(ends, low, high) - low) / (high - low)
    np.testing.assert_allclose([float(line[k].split()[1]) for k in (0, -1)], heights, atol=0.051)
    assert 'class="example"' not in page(client, tab="likelihood", inputs="two")


def test_two_classes_that_a_line_parts_have_no_lowest_loss(client):
    query = {"model": "logistic", "count": 2, "noise": 0}
    seed = next(s for s in range(9) if lowest(examples("logistic", "bias", 2, seed=s, noise=0)) is None)
    for tab in ("batches", "rate", "schedules", "likelihood"):
        page(client, **query, seed=seed, tab=tab)
    assert "no lowest point" in page(client, **query, seed=seed)


def test_numbers_are_printed_with_the_digits_that_count():
    assert [figure(x) for x in (0.0, 1e-12, 2.5, -0.1234567, 0.00012)] == ["0", "0", "2.5", "−0.123", "1.2e−4"]
    assert [figure(x) for x in (1234567.0, math.inf, -math.inf, 3e12)] == ["1\u2009234\u2009567", "∞", "−∞", "3e12"]
    assert figure(5.6e-13, 4, 0.0) == "5.6e−13"


def test_round_numbers_stand_along_a_frame():
    frame = Frame(-2, 4, 0, 30)
    assert [tick.text for tick in frame.x_ticks] == ["−2", "−1", "0", "1", "2", "3"]
    assert [tick.text for tick in frame.y_ticks] == ["0", "5", "10", "15", "20", "25"]
    assert frame.place(1, 15) == (256, 256)
    assert frame.y_ticks[0].at == 512


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("kind", ["linear", "logistic"])
@pytest.mark.parametrize("extreme", [
    {"count": 2, "batch": 60}, {"share": 0}, {"share": 200, "steps": 400}, {"steps": 1, "epochs": 1, "step": 400},
    {"x": 100, "y": -100}, {"noise": 0, "inputs": "two"}, {"noise": 3, "seed": 2**31 - 1, "count": 60},
])  # fmt: skip
def test_no_choice_breaks_a_view(client, tab, kind, extreme):
    text = page(client, tab=tab, model=kind, **extreme)
    assert "nan" not in text.split('class="picture"')[1].split('class="controls"')[0].lower()
    assert client.get(API, params={"tab": tab, "model": kind, **extreme}).status_code == 200


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"count": "1"}, "Examples"),
        ({"noise": "nan"}, "Noise"),
        ({"x": "inf"}, "First weight"),
        ({"share": "-1"}, "Learning rate"),
        ({"batch": "0"}, "Batch size"),
        ({"schedule": "polynomial"}, "polynomial"),
        ({"tab": "nothing"}, "View"),
        ({"seed": "-3"}, "Seed"),
        ({"steps": "1e9"}, "Number of steps"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(client, query, sentence):
    answer = client.get(PAGE, params=query)
    assert answer.status_code == 422
    assert sentence in answer.text.split('role="alert"')[1].split("</p>")[0]


@pytest.mark.parametrize("tab", TABS)
def test_the_controls_of_a_view_are_the_parameters_it_heeds(client, tab):
    text = page(client, tab=tab)
    assert set(re.findall(r'id="control-(\w+)"', text)) == {
        *FIELDS[tab],
        *(OPTIONS["cosine"] if tab == "schedules" else ()),
    }
    assert 'class="controls"' not in page(client, tab=tab, embed="1")


def test_all_files_that_the_page_offers_are_there(client):
    text = page(client)
    for name, _ in FILES:
        assert f"{API}/{name}.npy?" in text
    got = asked(client)["runs"]
    np.testing.assert_array_equal(array(client, "output"), np.concatenate([run["path"] for run in got]))
    np.testing.assert_array_equal(array(client, "losses"), np.concatenate([run["losses"] for run in got]))
    assert array(client, "examples").shape == (24, 3)

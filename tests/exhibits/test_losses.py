"""Losses: every printed loss and gradient is the engine's, and the formulas say the same."""

import html
import math
import re

import numpy as np
import pytest

from app import numbers
from app.exhibits.losses.catalogue import KINDS, LOSSES, functions
from app.exhibits.losses.params import Params
from engine.landscape import output_descent
from tests.exhibits.asking import npy

PAGE, API = "/exhibits/losses", "/api/exhibits/losses"
PLACES = {
    "number": (-0.5, 1.25, 5.0),
    "probability": (0.03, 0.5, 0.9),
    "logit": (-3.0, 0.4, 2.0),
    "classes": (-2.0, 1.5),
}
STATES = [(kind, x, answer) for kind, xs in PLACES.items() for x in xs for answer in ("yes", "no")]


def page(client, **query):
    response = client.get(PAGE, params=query)
    assert response.status_code == 200, response.text
    return html.unescape(response.text)


def rows(text):
    """Return (name, loss, gradient) of the table."""
    return re.findall(r'<tr data-key="(\w+)">.*?<td><b>(.*?)</b></td><td><b>(.*?)</b>', text)


@pytest.mark.parametrize(("kind", "x", "answer"), STATES)
def test_every_printed_loss_and_gradient_is_the_engines(client, kind, x, answer):
    given = {"kind": kind, "x": x, "answer": answer}
    told = rows(page(client, **given))
    assert [name for name, _, _ in told] == [name for name, entry in LOSSES.items() if entry.kind == kind]
    for name, value, gradient in told:
        loss, slope = functions(name, Params(**given))
        assert value == numbers.significant(float(loss(np.array([x]))[0]), 4), name
        assert gradient == numbers.significant(float(slope(np.array([x]))[0]), 4), name


def near(y, t, a):
    return min(abs(y - t), a)


BY_HAND = {
    "mse_loss": lambda y, t, s, a, b, c: (y - t) ** 2,
    "l1_loss": lambda y, t, s, a, b, c: abs(y - t),
    "smooth_l1_loss": lambda y, t, s, a, b, c: near(y, t, a) * (abs(y - t) - near(y, t, a) / 2) / a,
    "huber_loss": lambda y, t, s, a, b, c: near(y, t, a) * (abs(y - t) - near(y, t, a) / 2),
    "msle_loss": lambda y, t, s, a, b, c: (math.log(1 + y) - math.log(1 + t)) ** 2,
    "mape_loss": lambda y, t, s, a, b, c: 100 * abs(y - t) / abs(t),
    "binary_cross_entropy": lambda y, t, s, a, b, c: -(t * math.log(y) + (1 - t) * math.log(1 - y)),
    "nll_loss": lambda y, t, s, a, b, c: -math.log(t * y + (1 - t) * (1 - y)),
    "binary_cross_entropy_with_logits": lambda y, t, s, a, b, c: math.log(1 + math.exp(-s * y)),
    "hinge_loss": lambda y, t, s, a, b, c: max(0, 1 - s * y),
    "exponential_loss": lambda y, t, s, a, b, c: math.exp(-s * y),
    "cross_entropy": lambda y, t, s, a, b, c: math.log(math.exp(y) + math.exp(b) + math.exp(c)) - y,
    "multi_margin_loss": lambda y, t, s, a, b, c: (max(0, 1 - y + b) + max(0, 1 - y + c)) / 3,
}


@pytest.mark.parametrize("answer", ["yes", "no"])
@pytest.mark.parametrize("name", LOSSES)
def test_the_formula_of_each_is_what_the_engine_computes(name, answer):
    """The formulas of the page, worked out again, and their difference quotients."""
    entry, params = LOSSES[name], Params(answer=answer, target=2.5, beta=0.7, delta=1.3, b=-0.5, c=0.75)
    loss, gradient = functions(name, params)
    target = 2.5 if entry.kind == "number" else float(answer == "yes")
    width = {"beta": 0.7, "delta": 1.3, "": 0}[entry.parameter]

    def by_hand(y):
        return BY_HAND[name](y, target, 1 if answer == "yes" else -1, width, -0.5, 0.75)

    for y in PLACES[entry.kind]:
        assert float(loss(np.array([y]))[0]) == pytest.approx(by_hand(y), rel=1e-10)
        slope = (by_hand(y + 1e-6) - by_hand(y - 1e-6)) / 2e-6
        assert float(gradient(np.array([y]))[0]) == pytest.approx(slope, rel=1e-5, abs=1e-7)


def test_a_prediction_of_three_where_two_was_wanted(client):
    told = {name: (loss, slope) for name, loss, slope in rows(page(client, x=3, target=2))}
    assert told["mse_loss"] == ("1", "2")
    assert told["l1_loss"] == ("1", "1")
    assert told["huber_loss"] == ("0.5", "1")
    assert told["mape_loss"] == ("50", "50")  # 100 |3 - 2| / 2


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
def test_both_descents_are_the_engines_step_by_step(client, output):
    query = {"tab": "beside", "output": output, "start": -4, "lr": 2, "steps": 30, "step": 7}
    text = page(client, **query)
    runs = [output_descent(output, loss, start=-4, lr=2, steps=30) for loss in ("mse_loss", "cross_entropy")]
    row = re.search(r'<tr data-own><th scope="row">7</th>(.*?)</tr>', text).group(1)
    wanted = [v for run in runs for v in (run.p[7, 0], run.losses[7], run.gradients[7, 0])]
    assert re.findall(r"<td>(.*?)</td>", row) == [numbers.significant(float(v), 4) for v in wanted]
    arrived = int(np.flatnonzero(runs[1].p[:, 0] > 0.9)[0])
    assert f"passes 0.9 after {arrived} steps" in text
    table = npy(client, f"{API}/descent.npy", query)
    np.testing.assert_allclose(table[7, 1:], wanted, rtol=1e-12)


def test_what_goes_with_what_names_every_loss(client):
    text = page(client, tab="table")
    assert all(f"<code>{name}</code>" in text for name in LOSSES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_prediction_outside_its_kind_is_brought_inside(client, kind):
    told = client.get(API, params={"kind": kind, "x": -6}).json()
    assert told["prediction"] == KINDS[kind].low


def test_a_loss_is_taken_away_and_the_other_kinds_stay(client):
    text = page(client, kind="logit", shown="mse_loss,hinge_loss,exponential_loss")
    assert [name for name, _, _ in rows(text)] == ["hinge_loss", "exponential_loss"]
    assert "shown=mse_loss%2Chinge_loss&" in text or 'shown=mse_loss%2Chinge_loss"' in text


def test_the_curves_are_exported_as_they_are_drawn(client):
    query = {"kind": "classes", "shown": "cross_entropy", "b": 1, "c": -1}
    table = npy(client, f"{API}/output.npy", query)
    y = table[:, 0]
    np.testing.assert_allclose(table[:, 1], np.log(np.exp(y) + np.exp(1) + np.exp(-1)) - y, rtol=1e-10)

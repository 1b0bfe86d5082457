"""Activations: every printed number is the engine's, and every state is in the link."""

import html
import io
import re

import numpy as np
import pytest

import engine
from app import numbers
from app.exhibits.activations.catalogue import ACTIVATIONS, functions
from app.exhibits.activations.params import Params
from engine.landscape import layer_run, profile
from tests.exhibits.asking import npy

PAGE, API = "/exhibits/activations", "/api/exhibits/activations"
ALL = ",".join(ACTIVATIONS)


def page(client, **query):
    response = client.get(PAGE, params=query)
    assert response.status_code == 200, response.text
    return html.unescape(response.text)


def rows(text):
    """Return (name, value, slope) of the table."""
    return re.findall(r'<tr data-key="(\w+)">.*?<td><b>(.*?)</b></td><td><b>(.*?)</b>', text)


@pytest.mark.parametrize("x", [-6.0, -1.25, 0.0, 0.3, 6.0])
def test_every_printed_value_and_slope_is_the_engines(client, x):
    told = rows(page(client, shown=ALL, x=x))
    assert [name for name, _, _ in told] == list(ACTIVATIONS)
    for name, value, slope in told:
        f, derivative = functions(name, Params().options(name))
        assert value == numbers.significant(float(f(np.array([x]))[0]), 4), name
        assert slope == numbers.significant(float(derivative(np.array([x]))[0]), 4), name


def test_three_of_them_by_hand(client):
    # sigmoid(0) = 1/2 with slope 1/4; leaky 0.2 * -2 = -0.4; maxout of -2 and -0.5 * -2 - 1 = 0: 0 with slope -0.5
    assert rows(page(client, shown="sigmoid", x=0)) == [("sigmoid", "0.5", "0.25")]
    told = rows(page(client, shown="maxout,leaky_relu", x=-2, negative_slope=0.2))
    assert told == [("leaky_relu", "−0.4", "0.2"), ("maxout", "0", "−0.5")]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_formula_of_each_is_what_the_engine_computes(name):
    """The LaTeX, read as Python: a second derivation of value and slope."""
    entry, params = ACTIVATIONS[name], Params(alpha=0.7, beta=2, negative_slope=0.2, piece=-0.4)
    f, slope = functions(name, params.options(name))
    parameter = getattr(params, entry.parameter) if entry.parameter else 0.0
    for x in (-2.5, -0.5, 0.75, 3.0):
        assert float(f(np.array([x]))[0]) == pytest.approx(BY_HAND[name](x, parameter), rel=1e-4)
        step = 1e-6
        difference = (BY_HAND[name](x + step, parameter) - BY_HAND[name](x - step, parameter)) / (2 * step)
        assert float(slope(np.array([x]))[0]) == pytest.approx(difference, rel=2e-4, abs=1e-8)


BY_HAND = {
    "sigmoid": lambda x, a: 1 / (1 + np.exp(-x)),
    "tanh": lambda x, a: np.tanh(x),
    "scaled_tanh": lambda x, a: 1.7159 * np.tanh(2 / 3 * x),
    "relu": lambda x, a: max(0, x),
    "leaky_relu": lambda x, a: max(0, x) + a * min(0, x),
    "prelu": lambda x, a: max(0, x) + a * min(0, x),
    "elu": lambda x, a: max(0, x) + a * (np.exp(min(0, x)) - 1),
    "selu": lambda x, a: 1.0507 * (max(0, x) + 1.6733 * (np.exp(min(0, x)) - 1)),
    "softplus": lambda x, a: np.log(1 + np.exp(a * x)) / a,
    "gelu": lambda x, a: x * (1 + engine.ops.elementary.erf(np.array([x / 2**0.5]))[0]) / 2,
    "silu": lambda x, a: x / (1 + np.exp(-x)),
    "maxout": lambda x, a: max(x, a * x - 1),
}


def test_where_it_is_saturated_is_said(client):
    text = page(client, shown="tanh", x=3)
    assert "saturated" in rows_of_flat(text)
    # 1 - tanh(x)^2 < 0.05 from |x| = artanh(sqrt 0.95) = 2.178 on; the curve has a point at 2.2
    assert "−6 … −2.2, 2.2 … 6" in text
    assert "saturated" not in rows_of_flat(page(client, shown="tanh", x=0))


def rows_of_flat(text):
    return re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL).group(1)


def test_dead_units_are_those_of_the_engine(client):
    query = {"tab": "dying", "lr": 0.1, "steps": 20, "seed": 3, "bias": -2}
    run = layer_run("relu", lr=0.1, bias=-2, steps=20, seed=3)
    text = page(client, **query)
    count = int((run.after <= 0).all(axis=0).sum())
    assert f"{count} of the 64 units ({count / 0.64:.1f} %) are dead after 20 steps" in text
    assert f"{100 * (run.before <= 0).mean():.1f} % of them below 0 before" in text
    loaded = npy(client, f"{API}/after.npy", query)
    np.testing.assert_array_equal(loaded, run.after)
    told = client.get(API, params=query).json()["layer"]
    np.testing.assert_allclose(told["dead"], run.dead)


def test_a_rate_that_diverges_is_told(client):
    steps = len(layer_run("relu", lr=0.3, bias=0, steps=60, seed=0).losses) - 1
    assert f"descent diverged; it was stopped after {steps} steps" in page(client, tab="dying", lr=0.3)


def test_the_table_has_every_activation_with_its_profile(client):
    text = page(client, tab="table", alpha=2)
    for name in ACTIVATIONS:
        told = profile(*functions(name, Params(alpha=2).options(name)))
        row = re.search(rf"<code>{name}</code></th>(.*?)</tr>", text, re.DOTALL).group(1)
        assert f"{numbers.significant(told.low, 3)} … {numbers.significant(told.high, 3)}" in row
        assert ACTIVATIONS[name].paper in row
    assert "−2 … ∞" in text


def test_a_function_that_is_none_is_named_and_the_input_kept(client):
    response = client.get(PAGE, params={"shown": "relu,wave"})
    assert response.status_code == 422
    assert "there is no function “wave”; have sigmoid, tanh" in html.unescape(response.text)


def test_entries_add_and_take_away(client):
    text = page(client, shown="relu")
    assert 'href="/exhibits/activations?shown=tanh%2Crelu"' in text
    assert "hide relu" not in text  # the last one stays
    assert 'aria-label="hide relu"' in page(client, shown="relu,tanh")


def test_the_curves_are_exported_as_they_are_drawn(client):
    response = client.get(f"{API}/output.npy", params={"shown": "gelu"})
    table = np.load(io.BytesIO(response.content))
    assert table.shape == (361, 3)
    np.testing.assert_allclose(table[:, 1], engine.gelu(table[:, 0]), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(table[:, 2], engine.gelu_backward(np.ones(361), table[:, 0]), rtol=1e-12, atol=1e-15)

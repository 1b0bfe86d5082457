"""One small CNN: every number on the page is the engine's, every link reproduces it, nothing breaks it."""

import re

import html5lib
import numpy as np
import pytest

from app import numbers
from app.exhibits.small_cnn.cell import OPENED, SHAPE_OF
from app.exhibits.small_cnn.params import Params
from app.exhibits.small_cnn.presets import PRESETS, X_SHAPE
from app.exhibits.small_cnn.resolve import resolve
from app.exhibits.small_cnn.scene import SmallCnnScene
from app.exhibits.small_cnn.steps import FIRST_OF, STEPS
from app.i18n import words
from tests.exhibits.asking import HTML, alerts, visible
from tests.exhibits.small_network import API, PAGE, by_torch, said, shown

STATES = {
    **{name: {"preset": name} for name in PRESETS},
    "seeded": {"seed": 3, "lr": 0.3},
    "trained": {"preset": "t", "updates": 7, "lr": 0.1, "target": 1},
}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def grids(html):
    """Return (tensor, place) -> the printed numbers of each grid of the network; None for those to come."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    (network,) = (one for one in tree.iter("section") if one.get("data-network") is not None)
    found = {}
    for grid in network.iter("tensor-grid"):
        cells = [one for one in grid.iter() if one.get("role") == "gridcell"]
        texts = [next(part.text for part in one if part.tag.endswith("text")) for one in cells]
        known = [None if one.get("data-state") else text for one, text in zip(cells, texts, strict=True)]
        found[grid.get("data-tensor"), grid.get("data-place")] = known
    return found


@each_state
def test_losses_and_updates_equal_torch(client, state):
    got = client.get(API, params=state).json()
    before, after, new = by_torch(got, state.get("lr", 0.05))
    assert (got["loss"], got["loss_after"]) == (pytest.approx(before, rel=1e-10), pytest.approx(after, rel=1e-10))
    for name, tensor in new.items():
        np.testing.assert_allclose(got[f"new_{name}"], tensor, rtol=1e-10, atol=1e-13)
    assert got["losses"][-2:] == [got["loss"], got["loss_after"]]
    assert len(got["losses"]) == state.get("updates", 0) + 2


@each_state
def test_every_number_of_the_last_step_is_the_engines_as_printed(client, state):
    values = SmallCnnScene(Params.model_validate(state)).shown
    drawn = grids(shown(client, **state, step=len(STEPS) - 1))
    assert len(drawn) == 35
    for (tensor, place), texts in drawn.items():
        part = values.tensor(tensor)[tuple(int(k) for k in place.split("_") if k)]
        assert texts == [numbers.short(value) for value in np.ravel(part).tolist()], tensor


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_a_step_brings_its_tensors_and_nothing_later(client, step):
    drawn = grids(shown(client, step=step))
    due = {tensor: number for number, one in enumerate(STEPS) for tensor in one.shows}
    for (tensor, _), texts in drawn.items():
        assert all((text is None) == (due.get(tensor, 0) > step) for text in texts), tensor
    phases = {tensor.split("_")[0] for tensor, _ in drawn} & {"d", "new"}
    assert phases == {"forward": set(), "backward": {"d"}, "update": {"d", "new"}}[STEPS[step].phase]


@pytest.mark.parametrize("language", ["en", "zh"])
@each_state
def test_every_step_is_one_sentence_that_ends_in_its_number(client, state, language):
    scene = SmallCnnScene(Params.model_validate(state))
    for step in STEPS:
        sentence = str(step.says(scene.shown, words(language), PRESETS[scene.params.preset].classes))
        assert re.search(r"<mark>[−0-9.e+]+</mark>\D{0,3}$", sentence), sentence
        assert "%(" not in sentence


def test_the_phases_lead_to_their_first_steps(client):
    html = shown(client)
    assert [FIRST_OF[phase] for phase in ("forward", "backward", "update")] == [0, 8, 17]
    assert 'href="/exhibits/small-cnn?step=8"' in html
    assert 'href="/exhibits/small-cnn?step=17"' in html


def test_three_updates_turn_the_first_preset_round(client):
    shares = [client.get(API, params={"updates": k}).json()["probabilities"][0] for k in range(4)]
    assert [share > 0.5 for share in shares] == [False, False, False, True]


def test_a_run_of_updates_is_one_update_after_the_other(client):
    twice = client.get(API, params={"updates": 2, "lr": 0.2}).json()
    once = client.get(API, params={"updates": 1, "lr": 0.2}).json()
    assert twice["weight"] == once["new_weight"]
    assert twice["losses"][:3] == once["losses"]


def test_the_whole_gradient_check_stands_in_the_table(client):
    html = shown(client, check=1)
    assert "All 74 gradients agree" in visible(html)
    rows = re.findall(r'(?s)<tr><th scope="row">.*?</tr>', html)
    wanted = client.get(API, params={"check": 1}).json()["check"]
    assert len(rows) == len(wanted) == 2 * 9 + 2 + 16 + 2 + 36
    for row, one in zip(rows, wanted, strict=True):
        name, derived, measured = visible(row).split("  ")[0].rsplit(" ", 3)[:3]
        assert name == f"{one['tensor']}{one['place']}"
        assert float(derived.replace("−", "-")) == pytest.approx(one["analytic"], rel=1e-5, abs=1e-12)
        assert float(measured.replace("−", "-")) == pytest.approx(one["numerical"], rel=1e-5, abs=1e-12)
        assert one["relative_error"] < 1e-6


def test_at_a_tie_the_check_fails_and_says_why(client):
    html = shown(client, check=1, preset="t")
    assert "8 gradients differ" in visible(html)
    assert "tied pooling windows: 1, cells that enter ReLU as exactly 0: 0" in visible(html)
    assert html.count("data-wrong") == 8


def test_without_being_asked_for_nothing_is_checked(client):
    assert client.get(API).json()["check"] == []
    assert "relative error" not in visible(shown(client))


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"cell": "nothing.1"}, "the tensors are conv, relu"),
        ({"cell": "conv.2.0.0"}, "conv has the shape 2 × 4 × 4; there is no cell 2.0.0 in it"),
        ({"cell": "d_loss"}, "wanted a cell such as"),
        ({"preset": "x"}, "there is no preset"),
        ({"updates": 51}, "Updates: wanted at most 50, got 51"),
        ({"lr": 1.5}, "Learning rate: wanted at most 1.0, got 1.5"),
        ({"lr": "nan"}, "Learning rate"),
        ({"target": 2}, "Right class: wanted at most 1, got 2"),
        ({"x": "2x2_1_2_3_4"}, "x has the shape 1 × 6 × 6 in this network; yours is 2 × 2"),
        ({"x": "1x6x6_" + "_".join(["101"] * 36)}, "numbers here stay within 100, got 101"),
        ({"weight": "2x3x3_" + "_".join(["nan"] * 18)}, "not a finite number"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(client, params, sentence):
    page = client.get(PAGE, params=params, headers=HTML)
    assert page.status_code == 422
    assert any(sentence in alert for alert in alerts(page.text)), alerts(page.text)
    api = client.get(API, params=params)
    assert api.status_code == 422
    assert sentence.split(": ")[-1] in api.json()["error"]


def test_a_training_that_runs_away_stops_where_the_numbers_are_still_small(client):
    params = {"weight": "2x3x3_" + "_".join(["1e6"] * 18), "lr": 1, "updates": 50}
    got = client.get(API, params=params).json()
    assert got["updates"] == 0
    assert all(np.isfinite(np.ravel(got[name])).all() for name in OPENED if name != "d_probabilities" and name in got)
    html = shown(client, **params)
    assert "The training ran away" in visible(html)
    assert 'data-legal="0"' in html


def test_a_share_too_small_for_a_number_leaves_a_page_without_its_slope(client):
    params = {"linear_bias": "2_0_1000", "step": 8}
    html = shown(client, **params)
    assert ("d_probabilities", "") not in grids(html)
    assert "is too small for a number" in said(html)
    assert "= −∞" in visible(shown(client, linear_bias="2_0_1000", cell="d_probabilities.0"))
    assert "−1.70993e+218" in visible(shown(client, linear_bias="2_0_500", cell="d_probabilities.0"))


def test_the_same_seed_gives_the_same_network_and_another_seed_another(client):
    one, same, other = (client.get(API, params={"seed": seed}).json() for seed in (5, 5, 6))
    assert one == same
    assert one["weight"] != other["weight"]


def test_the_curve_has_a_point_for_every_loss(client):
    html = shown(client, updates=6)
    curve = html.split('class="loss-curve"')[1].split("</figure>")[0]
    losses = client.get(API, params={"updates": 6}).json()["losses"]
    assert curve.count("<circle") == len(losses) == 8
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', curve)]
    np.testing.assert_allclose(heights, [6 + 84 * (1 - loss / max(losses)) for loss in losses], atol=0.06)


def test_every_tensor_is_exported(client):
    for name in ("output", *SHAPE_OF, *OPENED):
        response = client.get(f"{API}/{name}.npy")
        assert response.status_code == 200, name
        assert response.content.startswith(b"\x93NUMPY")


def test_the_shapes_are_those_that_the_engine_returns():
    run = resolve(Params())
    assert run.shown.x.shape == X_SHAPE
    assert {name: run.shown.tensor(name).shape for name in SHAPE_OF} == SHAPE_OF
    assert {name: run.shown.tensor(name).shape for name in OPENED} == OPENED

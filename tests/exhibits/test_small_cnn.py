"""One small CNN: every number on the page is the engine's, every link reproduces it, nothing breaks it."""

import json
import math
import re
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import html5lib
import numpy as np
import pytest
import torch
from torch.nn import functional

from app import numbers
from app.exhibits.small_cnn.cell import OPENED, SHAPE_OF, Cell
from app.exhibits.small_cnn.params import Params
from app.exhibits.small_cnn.presets import PRESETS, X_SHAPE
from app.exhibits.small_cnn.resolve import resolve
from app.exhibits.small_cnn.scene import SmallCnnScene
from app.exhibits.small_cnn.steps import FIRST_OF, STEPS
from app.exhibits.small_cnn.written import written
from app.i18n import words
from tests.exhibits.asking import HTML, alerts, visible

PAGE = "/exhibits/small-cnn"
API = "/api/exhibits/small-cnn"
STATES = {
    **{name: {"preset": name} for name in PRESETS},
    "seeded": {"seed": 3, "lr": 0.3},
    "trained": {"preset": "t", "updates": 7, "lr": 0.1, "target": 1},
}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def shown(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200, visible(response.text)[:400]
    return response.text


def said(html):
    return visible(re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1])


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


def query_of(response):
    assert response.status_code == 303, visible(response.text)[:400]
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


def by_torch(numbers_, lr):
    """Return losses before and after one update, and the new parameters, by torch from the API's own inputs."""
    names = ("weight", "bias", "linear_weight", "linear_bias")
    own = [torch.tensor(numbers_[name], dtype=torch.float64, requires_grad=True) for name in names]
    x, target = torch.tensor(numbers_["x"], dtype=torch.float64), torch.tensor([numbers_["target"]])

    def loss(weight, bias, linear_weight, linear_bias):
        maps = functional.max_pool2d(torch.relu(functional.conv2d(x, weight, bias)), 2)
        return functional.cross_entropy(functional.linear(maps.flatten(), linear_weight, linear_bias)[None], target)

    before = loss(*own)
    before.backward()
    new = [tensor.detach() - lr * tensor.grad for tensor in own]
    return before.item(), loss(*new).item(), dict(zip(names, new, strict=True))


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


@pytest.mark.parametrize("tensor", OPENED)
def test_numbers_of_every_tensor_open(client, tensor):
    scene = SmallCnnScene(Params(updates=2))
    for place in {*list(np.ndindex(OPENED[tensor]))[::7], tuple(size - 1 for size in OPENED[tensor])}:
        address = ".".join(map(str, (tensor, *place)))
        html = shown(client, cell=address, at=19, updates=2)
        value = numbers.fitting(float(scene.shown.tensor(tensor)[place]), 4)
        assert f"<b>{address} = {value}</b>" in html.split('id="opened"')[1]
        assert any(word.startswith(value[:5]) for word in said(html).split()), said(html)


def read(text):
    return Decimal(text.replace(numbers.MINUS, "-"))


SUMS = [name for name in OPENED if name[:4] == "new_" or (name[:2] == "d_" and name != "d_probabilities")]


@pytest.mark.parametrize("tensor", SUMS)
def test_the_printed_terms_of_every_number_add_up_to_the_printed_total(tensor):
    one_pass = SmallCnnScene(Params(preset="l", updates=1)).shown
    for place, value in np.ndenumerate(one_pass.tensor(tensor)):
        sum_ = written(Cell(tensor, place), one_pass, words("en"))
        terms = [math.prod(read(number.text) for number in line.factors) for line in sum_.lines]
        signed = [-term if line.sign == numbers.MINUS else term for term, line in zip(terms, sum_.lines, strict=True)]
        assert round(sum(signed, Decimal(0)) + read(sum_.rounding or "0"), 4) == read(sum_.total), place
        assert float(read(sum_.total)) == pytest.approx(float(value), abs=5.1e-5)


def test_a_written_sum_stands_on_the_page_as_it_is_made(client):
    one_pass = SmallCnnScene(Params(preset="l", updates=1)).shown
    sum_ = written(Cell("d_weight", (1, 0, 2, 1)), one_pass, words("en"))
    html = shown(client, cell="d_weight.1.0.2.1", preset="l", updates=1).split('class="written"')[1].split("</div>")[0]
    factors = [unescape(text) for text in re.findall(r'title="[^"]+">([^<]+)</(?:a|span)>', html)]
    assert factors == [number.text for line in sum_.lines for number in line.factors]
    assert f"<mark>{sum_.total}</mark>" in html


def test_the_numbers_of_a_sum_open_in_turn(client):
    opened = shown(client, cell="d_conv.0.1.1", at=16).split('id="opened"')[1]
    assert 'href="/exhibits/small-cnn?cell=d_relu.0.1.1&amp;at=16"' in opened
    assert 'data-below="pool"' in shown(client, cell="logits.1")
    assert 'data-below=""' in shown(client, cell="conv.0.0.0")


def test_the_player_walks_over_the_cells_of_the_open_tensor(client):
    for tensor in ("conv", "d_weight"):
        steps = [
            re.search(r'data-step="(\d+)" data-steps="(\d+)"', shown(client, cell=f"{tensor}.{k}"))
            for k in (("0.0.2", "0.1.0") if tensor == "conv" else ("0.0.0.2", "0.0.1.0"))
        ]
        assert [int(found[1]) for found in steps] == [2, 4 if tensor == "conv" else 3]
        assert {int(found[2]) for found in steps} == {16 if tensor == "conv" else 18}
    assert "<b>d_weight.1.0.0.0 = " in shown(client, cell="d_weight.0.0.0.0", step=9)
    assert "<b>conv.1.2.0 = " in shown(client, cell="conv.1.0.0", step=8)


def test_a_row_or_column_of_numbers_may_be_addressed_as_it_is_drawn(client):
    for drawn, address in (("flat.0.5", "flat.5"), ("logits.1.0", "logits.1"), ("logits.0.0.1", "logits.1")):
        assert f"<b>{address} = " in shown(client, cell=drawn)


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


def edit(client, query, tensor, place, value):
    fields = {"query": query, "tensor": tensor, "place": place, "value": value}
    return client.post(f"{PAGE}/edit", data=fields, headers=HTML)


@pytest.mark.parametrize(
    ("tensor", "place", "index"),
    [
        ("x", "0_2_3", (0, 2, 3)),
        ("weight", "1_0_2_1", (1, 0, 2, 1)),
        ("bias", "1_0", (1,)),
        ("linear_weight", "1_7", (1, 7)),
        ("linear_bias", "1_0", (1,)),
    ],
)
def test_any_given_number_can_be_changed_and_the_link_keeps_it(client, tensor, place, index):
    query = query_of(edit(client, "preset=l&step=4", tensor, place, "−7.5"))
    assert (query["preset"], query["step"]) == ("l", "4")
    after, before = (client.get(API, params=given).json() for given in (query, {"preset": "l"}))
    wanted = np.array(before[tensor], float)
    wanted[index] = -7.5
    assert np.array_equal(after[tensor], wanted)
    assert after["loss"] == pytest.approx(by_torch(after, 0.05)[0], rel=1e-10)


def test_changing_a_number_back_leaves_the_shortest_link(client):
    query = query_of(edit(client, "", "x", "0_0_0", "5"))
    assert set(query) == {"x"}
    assert query_of(edit(client, f"x={query['x']}", "x", "0_0_0", "0")) == {}


def test_a_learnt_weight_that_is_changed_makes_all_of_them_the_learners_own(client):
    query = query_of(edit(client, "updates=5", "weight", "0_0_0_0", "2"))
    before, after = client.get(API, params={"updates": 5}).json(), client.get(API, params=query).json()
    assert "updates" not in query
    assert after["weight"][0][0][0][0] == 2
    assert after["linear_weight"] == before["linear_weight"]
    assert query_of(edit(client, "updates=5", "x", "0_0_0", "2"))["updates"] == "5"


@pytest.mark.parametrize(
    ("tensor", "place", "value", "sentence"),
    [
        ("x", "0_6_0", "1", "no cell"),
        ("conv", "0_0_0", "1", "no cell"),
        ("x", "0_0_0", "101", "stay within 100, got 101"),
        ("bias", "1_1", "1", "no cell"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(client, tensor, place, value, sentence):
    page = edit(client, "", tensor, place, value)
    assert page.status_code == 422
    assert sentence in alerts(page.text)[0]


PASTED = {"x": (6, 6), "weight": (2, 3, 3), "linear_weight": (2, 8), "bias": (2,)}


@pytest.mark.parametrize(("tensor", "shape"), PASTED.items(), ids=PASTED)
def test_a_whole_tensor_can_be_pasted(client, rng, tensor, shape):
    values = rng.integers(-2, 3, size=shape)
    fields = {"query": "preset=h", "tensor": tensor, "text": json.dumps(values.tolist()), "use": "1"}
    query = query_of(client.post(f"{PAGE}/tensor", data=fields, headers=HTML))
    assert np.array_equal(np.ravel(client.get(API, params=query).json()[tensor]), values.ravel())


def test_a_pasted_tensor_of_another_shape_stays_in_its_box(client):
    fields = {"query": "", "tensor": "weight", "text": "[[1, 2], [3, 4]]", "use": "1"}
    page = client.post(f"{PAGE}/tensor", data=fields, headers=HTML)
    assert "weight has the shape 2 × 1 × 3 × 3 in this network; yours is 2 × 2" in visible(page.text)
    assert "[[1, 2], [3, 4]]" in unescape(page.text)


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

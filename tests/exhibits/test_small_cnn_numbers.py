"""The numbers of a small CNN: each one opens and shows how it is made; those that are given can be changed."""

import json
import math
import re
from decimal import Decimal
from html import unescape

import numpy as np
import pytest

from app import numbers
from app.exhibits.small_cnn.cell import OPENED, Cell
from app.exhibits.small_cnn.params import Params
from app.exhibits.small_cnn.scene import SmallCnnScene
from app.exhibits.small_cnn.written import written
from app.i18n import words
from tests.exhibits.asking import HTML, alerts, visible
from tests.exhibits.small_network import API, PAGE, by_torch, query_of, said, shown


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


def test_equal_probabilities_are_not_called_larger(client):
    assert "both classes get 0.5 ." in said(shown(client, preset="horizontal", step=6))


def test_gradients_that_differ_stand_first_in_the_table(client):
    rows = re.findall(r'<tr( data-wrong)?><th scope="row">', shown(client, preset="t", check=1))
    wrong = [bool(row) for row in rows]
    assert wrong == sorted(wrong, reverse=True)
    assert wrong[0]
    assert not wrong[-1]

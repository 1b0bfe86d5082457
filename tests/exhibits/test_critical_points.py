"""Minima, maxima and saddles: every number on the page is the engine's; literals by hand."""

import html
import re

import numpy as np
import pytest

from app import numbers
from app.exhibits.critical_points.params import KEYS
from app.exhibits.critical_points.scene import FILES, TABS
from engine.landscape import CATALOGUE, chord, critical_points, parse, quadratic, trajectory
from tests.exhibits.asking import npy

API = "/api/exhibits/critical-points"
PAGE = "/exhibits/critical-points"


def asked(client, **query):
    response = client.get(API, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", query)


def page(client, status=200, **query):
    response = client.get(PAGE, params=query)
    assert response.status_code == status, response.text
    return response.text


def facts(text):
    found = re.findall(r"<dt[^>]*>(.*?)</dt><dd>(.*?)</dd>", text)
    return {html.unescape(name): value for name, value in found}


def rows(text):
    table = text.split('class="figures points"')[1].split("</table>")[0]
    cells = (re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in table.split("<tr")[2:])
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in row] for row in cells]


def test_eigenvalues_2_and_minus_2_turned_by_30_degrees_are_told_as_worked_by_hand(client):
    # c^2 = 3/4, s^2 = 1/4: f_xx = 2 (3/4) - 2 (1/4) = 1, f_xy = 4 c s = sqrt(3), f_yy = -1
    text = page(client, lambda1=2, lambda2=-2, angle=30, x=1, y=0)
    assert re.findall(r"<mn>([^<]*)</mn></mtd>", text) == ["1", "1.732", "1.732", "−1"]
    told = facts(text)
    assert told["eigenvalues λ₁, λ₂"] == "2, −2"
    assert told["determinant λ₁ · λ₂"] == "−4"
    assert told["trace λ₁ + λ₂"] == "0"
    assert told["f"] == "0.5"
    assert told["∇f"] == "(1, 1.732)"  # H (1, 0)
    assert told["|∇f|"] == "2"
    assert "by 0.8 along the first, by 1.2 along the second" in text
    assert 'class="kind" data-kind="saddle"' in text
    assert re.findall(r'class="arm" data-kind="(\w+)"', text) == ["out", "in"]
    assert re.findall(r"λ = (.*?)</text>", text) == ["−2", "2"]


@pytest.mark.parametrize(
    ("first", "second", "word"),
    [
        (2, 1, "minimum"),
        (-1, -2, "maximum"),
        (2, -0.25, "saddle"),
        (2, 0, "flat valley"),
        (0, -1, "flat ridge"),
        (0, 0, "flat"),
    ],
)
def test_the_verdict_is_told_from_the_eigenvalues(client, first, second, word):
    text = page(client, lambda1=first, lambda2=second, angle=71)
    assert f"</svg> {word}</span>" in text
    assert asked(client, lambda1=first, lambda2=second)["verdict"] == word.removeprefix("flat ")


def test_descent_is_the_engines(client):
    query = {"lambda1": 3, "lambda2": 0.5, "angle": 20, "x": -1.25, "y": 0.5, "lr": 0.2, "steps": 25}
    path = trajectory("sgd", quadratic(3, 0.5, 20), (-1.25, 0.5), 25, lr=0.2)
    np.testing.assert_array_equal(array(client, "path", **query), path)
    x, y = path[-1]
    assert f"({numbers.fitting(x, 3)}, {numbers.fitting(y, 3)})" in page(client, **query)
    assert asked(client, **query)["descent"]["left_at"] is None


def test_descent_that_leaves_or_diverges_is_told(client):
    # from y = 0.75 by 1.2 a step: 0.75 * 1.2^5 = 1.87, 1.2^6 = 2.24 > 2
    query = {"angle": 0, "x": 0, "y": 0.75}
    assert asked(client, **query)["descent"]["left_at"] == 6
    assert "leaves the picture at step 6." in page(client, **query)
    # Rosenbrock's slopes grow with the cube of x
    text = page(client, tab="points", surface="rosenbrock", lr=1)
    at = asked(client, tab="points", surface="rosenbrock", lr=1)["descent"]["diverged_at"]
    assert f"diverges: at step {at} " in text


def test_himmelblaus_nine_points_are_listed_with_their_numbers(client):
    text = page(client, tab="points", surface="himmelblau")
    assert "4 minima · 1 maximum · 4 saddles" in text
    assert "All minima are equally low." in text
    listed = rows(text)
    assert len(listed) == 9
    published = {
        ("minimum", "3", "2"),
        ("minimum", "3.5844", "−1.8481"),
        ("minimum", "−3.7793", "−3.2832"),
        ("minimum", "−2.8051", "3.1313"),
        ("saddle", "3.3852", "0.0739"),
        ("saddle", "0.0867", "2.8843"),
        ("saddle", "−3.0730", "−0.0814"),
        ("saddle", "−0.1280", "−1.9537"),
        ("maximum", "−0.2708", "−0.9230"),
    }
    assert {tuple(row[:3]) for row in listed} == published
    assert [row[3] for row in listed[:4]] == ["0"] * 4
    for row, point in zip(listed, critical_points("himmelblau", CATALOGUE["himmelblau"].domain), strict=True):
        assert row[4:] == [numbers.significant(value) for value in point.eigenvalues]


def test_a_glyph_stands_at_every_point_one_colour_a_kind(client):
    text = page(client, tab="points", surface="himmelblau")
    marks = dict(re.findall(r'class="mark" data-kind="(\w+)" d="(.*?)"', text))
    assert {kind: path.count("M") for kind, path in marks.items()} == {"minimum": 4, "maximum": 1, "saddle": 4}
    # (3, 2) of -6..6 in 560 pixels: x = 9 / 12 * 560, y = 4 / 12 * 560; a disc begins at its left edge
    assert "M414.0 186.7a6.0" in marks["minimum"]


def test_ackleys_minima_are_many_and_one_is_lowest(client):
    text = page(client, tab="points", surface="ackley")
    found = critical_points("ackley", CATALOGUE["ackley"].domain)
    minima = sum(point.kind == "minimum" for point in found)
    assert minima > 100
    assert f"1 minimum is the lowest; the other {minima - 1} are" in text
    first = rows(text)[0]
    assert first[:4] == ["minimum", "0", "0", "0"]
    assert first[4].startswith("NaN")  # the tip of a cone
    got = array(client, "critical-points", tab="points", surface="ackley")
    assert got.shape == (len(found), 6)
    np.testing.assert_allclose(got[:, :3], [(p.x, p.y, p.value) for p in found], rtol=1e-12, atol=1e-12)
    stuck = page(client, tab="points", surface="ackley", x=3.2, y=-2.4, steps=200)
    assert "rests at (2.973, −1.982)" in stuck  # the hollow near (3, -2), far from the lowest at (0, 0)


def test_near_a_saddle_descent_hardly_moves_and_is_not_said_to_have_arrived(client):
    # lr 1 takes x to 0 at once; y grows by 1.01 a step: 0.001 * 1.01^40 = 0.0015
    text = page(client, tab="points", surface="slow-saddle")
    assert "(0, 0.001), f = −1.1084e−8, and hardly moves: |∇f| = 1.489e−5. But that is no minimum" in text
    assert "at number 2 of the table: saddle" in text
    # exactly on the axis of the first eigenvalue, descent comes to the saddle and stays
    assert "But that is no minimum" in page(client, angle=0, x=1, y=0, steps=60)
    assert "rests at (0.000, 0)" in page(client, lambda2=1, angle=0, x=1, y=0, steps=100)


def test_a_point_that_is_opened_shows_its_eigenvectors(client):
    text = page(client, tab="points", surface="himmelblau", at=8)
    assert "At (−0.2708, −0.9230) the eigenvalues of the Hessian are −45.61 and −16.07." in text
    assert re.findall(r'class="arm" data-kind="(\w+)"', text) == ["out", "out"]
    assert "data-own" in text
    assert "data-own" not in page(client, tab="points", surface="himmelblau", at=500)


def test_a_formula_of_ones_own_is_searched_too(client):
    # x^3 - 3x + y^2: level at x = +-1, y = 0; f_xx = 6x, f_yy = 2
    listed = rows(page(client, tab="points", f="x^3 - 3*x + y^2", reach=2))
    assert listed == [["minimum", "1", "0", "−2", "2", "6"], ["saddle", "−1", "0", "2", "−6", "2"]]
    assert "there is no critical point to be found" in page(client, tab="points", f="x + y")
    assert array(client, "critical-points", tab="points", f="x + y").shape == (0, 6)
    assert client.get(f"{API}/critical-points.csv", params={"tab": "points", "f": "x"}).status_code == 200


def test_a_chord_below_the_double_wells_hill_says_not_convex(client):
    text = page(client, tab="convex", surface="double-well")
    assert "Not convex" in text
    # f is -1/4 at both ends and 0 in the middle
    assert "At t = 0.5, at (0, 0), the surface is 0.25 above the chord" in text
    got = array(client, "chord", tab="convex", surface="double-well")
    cut = chord("double-well", (-1, 0), (1, 0))
    np.testing.assert_array_equal(got, np.column_stack((cut.t, cut.points, cut.curve, cut.line)))


def test_a_bowl_is_convex_and_nothing_speaks_against_it(client):
    text = page(client, tab="convex", surface="bowl", x=-2, y=0, to_x=2, to_y=0)
    assert "Nothing against convex" in text
    assert "Nowhere in this part of the plane has the Hessian an eigenvalue below 0" in text
    assert "<td>(0, 0)</td><td>0</td><td>2</td><td>−2</td>" in text
    assert asked(client, tab="convex", surface="bowl")["curving_down"] == 0


def test_where_f_has_no_value_nothing_is_claimed_and_the_place_is_hatched(client):
    text = page(client, tab="convex", f="log(x)")
    assert "f has no finite value everywhere" in text
    assert "Hatched: f has no finite value." in text
    assert asked(client, tab="convex", f="log(x)")["broken"] is False


def test_a_point_outside_of_the_picture_comes_to_its_border_and_the_page_says_so(client):
    text = page(client, tab="points", surface="bowl", x=50, y=-1)
    assert facts(text)["Start"] == "(3, −1)"
    assert "lies outside of the picture" in text


@pytest.mark.parametrize("surface", KEYS)
@pytest.mark.parametrize("tab", ["points", "convex"])
def test_every_surface_has_its_page(client, surface, tab):
    text = page(client, tab=tab, surface=surface)
    assert f'data-view="{tab}"' in text
    assert text.count('class="area') > 5


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_view_has_a_page_also_inside_a_lesson(client, tab, lang):
    assert f'data-view="{tab}"' in page(client, tab=tab, lang=lang)
    inside = page(client, tab=tab, lang=lang, embed="1")
    assert 'class="surfaces"' not in inside
    assert 'class="handle"' in inside


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"lambda1": "9"}, "First eigenvalue"),
        ({"angle": "180"}, "Angle"),
        ({"surface": "moon", "tab": "points"}, "Surface"),
        ({"f": "x +", "tab": "points"}, "f ends after +"),
        ({"f": "__import__('os')", "tab": "convex"}, "cannot be used"),
        ({"f": "x" * 300, "tab": "points"}, "at most 200 can be read"),
        ({"reach": "nan", "tab": "points"}, "Reach"),
        ({"lr": "0"}, "Learning rate"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence_and_can_be_mended(client, query, sentence):
    text = html.unescape(page(client, 422, **query))
    assert sentence in text
    assert client.get(API, params=query).status_code == 422
    if "f" in query:
        assert f'value="{query["f"]}"' in text  # what was typed is still there


@pytest.mark.parametrize("f", ["0", "0*x", "1/x", "tan(9*x)*tan(9*y)", "exp(exp(x))", "sqrt(-1-x^2)", "abs(x)+abs(y)"])
@pytest.mark.parametrize("tab", ["points", "convex"])
def test_odd_surfaces_have_a_page(client, f, tab):
    assert parse(f)
    page(client, tab=tab, f=f, reach=5)


def test_all_files_that_the_page_offers_are_there(client):
    for tab in TABS:
        text = page(client, tab=tab)
        for name, _ in FILES:
            assert f"{API}/{name}.npy?" in text
            assert array(client, name, tab=tab).ndim == 2

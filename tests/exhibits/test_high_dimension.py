"""Why saddles are everywhere: every share on the page is the engine's, and the same link draws the same."""

import html
import re

import numpy as np
import pytest

from app.exhibits.high_dimension.drawn import DRAWN_TO, FIELD_TO, HEIGHTS
from app.exhibits.high_dimension.scene import FILES, raised, share_text
from engine.landscape import (
    coin_share,
    drawn_eigenvalues,
    drawn_field_shares,
    drawn_indices,
    drawn_minima_share,
    index_law,
    minima_share,
    minima_share_limit,
)
from tests.exhibits.asking import npy

API = "/api/exhibits/high-dimension"
PAGE = "/exhibits/high-dimension"
FEW = {"samples": 200}


def asked(client, **query):
    response = client.get(API, params={**FEW, **query})
    assert response.status_code == 200, response.text
    return response.json()


def array(client, name, **query):
    return npy(client, f"{API}/{name}.npy", {**FEW, **query})


def page(client, **query):
    response = client.get(PAGE, params={**FEW, **query})
    assert response.status_code == 200, response.text
    return html.unescape(response.text)


def facts(text):
    return [value for _, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)]


def test_two_dimensions_by_hand(client):
    # (2 - sqrt 2) / 4 = 0.1464, one in 6.83; two coins: 1/4
    text = page(client, n=2)
    assert "above 0 with probability 14.6 %: one critical point in 6.83 is a minimum" in text
    assert "2 fair coins show heads all together far more often, one time in 4." in text
    assert facts(text)[:2] == ["14.6 %", "25 %"]


def test_ten_dimensions_are_told_in_powers_of_ten(client):
    assert minima_share(10) == pytest.approx(2.27e-14, rel=1e-2)
    text = page(client, n=10)
    assert "2.3 · 10⁻¹⁴" in text
    assert "one time in 1024." in text
    assert "0 of 200" in text


def test_beyond_what_is_known_exactly_the_limit_is_called_so(client):
    got = asked(client, n=30)["minima"]
    assert (got["theory"], got["exact"]) == (minima_share_limit(30), False)
    assert "with a probability of about" in page(client, n=30)
    assert asked(client, n=20)["minima"]["exact"] is True


def test_one_dimension_is_a_coin_and_has_no_saddles(client):
    text = page(client, n=1)
    assert "One coin does the same." in text
    assert "the rest are saddles: 0 %." in text
    assert facts(text)[:2] == ["50 %", "50 %"]


def test_what_is_drawn_is_the_engines_draw(client):
    query = {"n": 6, "samples": 300, "seed": 11}
    np.testing.assert_array_equal(array(client, "eigenvalues", **query), drawn_eigenvalues(6, 300, 11))
    kinds = array(client, "kinds", **query)
    np.testing.assert_array_equal(kinds[:, 1:], drawn_field_shares(6, 300, 11))
    index = array(client, "index", **query)
    np.testing.assert_array_equal(index[:, 0], HEIGHTS)
    np.testing.assert_array_equal(index[:, 1], [index_law(height) for height in HEIGHTS])
    np.testing.assert_array_equal(index[:, 2:], drawn_indices(6, HEIGHTS, 300, 11))


def test_shares_are_exact_coins_and_draws_side_by_side(client):
    shares = array(client, "shares", samples=300, seed=4)
    assert shares.shape == (FIELD_TO, 7)
    np.testing.assert_array_equal(shares[:, 1], [minima_share(n) for n in range(1, FIELD_TO + 1)])
    np.testing.assert_array_equal(shares[:, 2], [coin_share(n) for n in range(1, FIELD_TO + 1)])
    np.testing.assert_array_equal(shares[2, 3:5], drawn_minima_share(3, 300, 4))
    np.testing.assert_array_equal(shares[2, 5:], drawn_field_shares(3, 300, 4)[0])
    assert np.isnan(shares[DRAWN_TO:, 3:5]).all()


def test_the_table_prints_what_the_arrays_have(client):
    text = page(client, samples=300, seed=4)
    table = text.split('id="numbers"')[1].split("</table>")[0]
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in table.split("<tr")[2:]]
    shares = array(client, "shares", samples=300, seed=4)
    assert len(rows) == FIELD_TO
    assert rows[0][:2] == ["50 %", "50 %"]
    value, error = shares[1, 3:5]
    assert rows[1][2] == f"{100 * value:.3g} ± {100 * error:.2g} %"
    assert rows[7][2] == "none met"
    assert rows[DRAWN_TO][2] == ""


def test_the_share_below_zero_is_counted_and_the_law_stands_beside_it(client):
    got = asked(client, n=20, height=0.5)
    values = drawn_eigenvalues(20, 200, 0)
    assert got["below"] == pytest.approx((values / np.sqrt(20) - 0.5 < 0).mean())
    assert got["law"] == index_law(0.5)
    text = page(client, n=20, height=0.5)
    assert f"{100 * got['below']:.3g} % of the eigenvalues drawn" in text
    assert f"{100 * index_law(0.5):.3g} % at h = 0.5" in text


def test_larger_matrices_are_drawn_less_often_and_the_page_says_so(client):
    assert asked(client, n=50, samples=10_000)["matrices"] == 2**20 // 2500
    assert "419 here" in page(client, n=50, samples=10_000)


def test_the_same_link_draws_the_same_and_another_seed_does_not(client):
    assert asked(client, seed=1) == asked(client, seed=1)
    assert asked(client, seed=1)["kinds"] != asked(client, seed=2)["kinds"]
    assert 'href="/exhibits/high-dimension?samples=200&seed=2"' in page(client, seed=1)  # draw again


def test_dots_stand_where_their_numbers_say(client):
    """The axis goes from 1e-12 to 1 over 184 pixels, n from 0 to 20 over 326, from 46 on."""
    text = page(client, samples=300, seed=4)
    field = text.split('<g class="field">')[1].split("</g>")[0]
    dots = [tuple(map(float, xy)) for xy in re.findall(r'cx="(.*?)" cy="(.*?)"', field)]
    assert len(dots) == FIELD_TO
    for n, (x, y) in enumerate(dots, 1):
        assert x == pytest.approx(46 + 326 * n / 20, abs=0.06)
        share = array(client, "shares", samples=300, seed=4)[n - 1, 5]
        assert y == pytest.approx(20 - 184 * np.log10(share) / 12, abs=0.06)


def test_small_shares_never_look_like_none_or_all():
    assert [share_text(share) for share in (0, 0.0005, 0.146, 0.99999, 2.3e-14)] == [
        "0 %",
        "5.0 · 10⁻⁴",
        "14.6 %",
        "> 99.9 %",
        "2.3 · 10⁻¹⁴",
    ]
    assert raised("4.41e13") == "4.41 · 10¹³"
    assert raised("1024") == "1024"


@pytest.mark.parametrize("query", [{"n": 0}, {"n": 51}, {"height": "nan"}, {"samples": 10**9}, {"seed": -1}])
def test_what_would_take_too_long_is_refused(client, query):
    assert client.get(PAGE, params=query).status_code == 422
    assert client.get(API, params=query).status_code == 422


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("n", [1, 2, 3, 50])
def test_every_dimension_has_a_page_also_inside_a_lesson(client, n, lang):
    assert 'class="diagrams"' in page(client, n=n, lang=lang)
    assert 'class="controls"' not in page(client, n=n, lang=lang, embed="1")


def test_all_files_that_the_page_offers_are_there(client):
    text = page(client)
    for name, _ in FILES:
        assert f"{API}/{name}.npy?" in text
        assert client.get(f"{API}/{name}.csv", params=FEW).status_code == 200

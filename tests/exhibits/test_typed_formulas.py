"""Formulas that learners type: refused ones are explained everywhere alike, and undefined places are shown as such."""

import re
from html import unescape

import numpy as np
import pytest

from app.i18n import words
from engine import EngineError
from engine.landscape import diverged_at, parse, trajectory
from tests.exhibits.asking import HTML, alerts, visible
from tests.exhibits.saddle_race import narration, page, table

REFUSED = {  # formula -> what the sentence names
    "x^2 + $": ("$", "7"),
    "__import__('os').system('ls')": ("_", "1"),
    "().__class__": (".", "3"),
    "lambda x: x": (":", "9"),
    "x; y": (";", "2"),
    "<script>alert(1)</script>": ("<", "1"),
    "foo(x)": ("foo", "1"),
    "sin x": ("sin", "1"),
    "x y": ("y", "3"),
    "(x": ("(", "1"),
    "x^2 +": ("+",),
    "1/0": ("0",),
    "ｘ + y": ("ｘ", "1"),
    "x" * 399: ("200",),
    "9e99*x": ("9e99", "1"),
}
PAGES = ("saddle-race?", "critical-points?tab=points&", "basins?size=64&steps=20&")
UNDEFINED = ("log(x)", "sqrt(x*y)", "log(x)*y", "asin(x) + y^2")
WILD = ("1/x", "exp(x^4)", "1/(x*y)")


def reason(formula, language):
    """Return the engine's sentence in a language."""
    with pytest.raises(EngineError) as caught:
        parse(formula)
    return words(language).gettext(caught.value.template).format(**caught.value.values)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("formula", REFUSED)
def test_a_refused_formula_names_the_place_and_the_reason_on_every_page(client, formula, language):
    why = reason(formula, language)
    assert all(part in why for part in REFUSED[formula])
    for address in PAGES:
        slug, _, query = address.partition("?")
        params = {**dict(part.split("=") for part in query.split("&") if part), "f": formula, "lang": language}
        answer = client.get(f"/exhibits/{slug}", params=params, headers=HTML)
        assert answer.status_code == 422
        assert any(why in said for said in alerts(answer.text)), slug
        assert "<script>alert(1)" not in answer.text
        field = re.search(r'<input[^>]* name="f"[^>]*>', answer.text)[0]
        assert f'value="{formula}"' in unescape(field)
        api = client.get(f"/api/exhibits/{slug}", params=params)
        assert api.status_code == 422
        assert why in api.json()["error"]


@pytest.mark.parametrize("formula", UNDEFINED)
def test_where_f_has_no_value_every_page_is_hatched_and_starts_elsewhere(client, formula):
    html = page(client, f=formula)
    assert 'class="gap"' in html
    assert "Hatched: here f is not defined." in html
    x, y = (float(re.search(rf'data-{axis}="([^"]+)"', html)[1]) for axis in "xy")
    assert np.isfinite(parse(formula).value(x, y))
    other = client.get("/exhibits/critical-points", params={"tab": "points", "f": formula}, headers=HTML).text
    assert 'class="holes"' in other
    assert "Hatched: f has no finite value." in other
    for slug, query in (("critical-points", {"tab": "points"}), ("basins", {"size": "64", "steps": "20"})):
        found = client.get(f"/api/exhibits/{slug}", params={**query, "f": formula}).json()
        path = found["descent"]["path"] if "descent" in found else found["sides"][0]["path"]
        assert np.isfinite(parse(formula).value(*path[0]))


@pytest.mark.parametrize("formula", [*UNDEFINED, *WILD])
def test_no_page_and_no_drawing_has_a_coordinate_that_is_no_number(client, formula):
    for address in (*PAGES, "critical-points?tab=convex&"):
        slug, _, query = address.partition("?")
        params = {**dict(part.split("=") for part in query.split("&") if part), "f": formula}
        for url in (f"/exhibits/{slug}", f"/api/exhibits/{slug}.svg"):
            answer = client.get(url, params=params, headers=HTML)
            assert answer.status_code == 200
            drawn = re.findall(r' (?:d|cx|cy|x|y|points|transform|width|height)="([^"]*)"', answer.text)
            assert drawn
            assert not [one for one in drawn if re.search(r"nan|inf", one, re.I)], url


def test_who_leaves_the_domain_is_told_from_who_grows_without_end(client):
    # from 0.05 sgd jumps to 0.05 - 0.1 / (2 sqrt(0.05)) = -0.17, where sqrt has neither value nor slope
    query = {"race": "sgd", "set": "sgd.lr:0.1", "x": 0.05, "y": 1, "steps": 20}
    html = page(client, f="sqrt(x) + y^2", step=5, **query)
    assert table(html)["sgd"][5] == "undefined since step 2"
    assert "where f is not defined: it has no place" in visible(narration(html))
    # log has no value below 0 either, but 1/x, its slope, leads on there
    html = page(client, f="log(x) + y^2", step=5, **query)
    assert table(html)["sgd"][2] == "–"
    assert "only its gradient still leads on, and" in visible(narration(html))
    query = {"race": "sgd", "set": "sgd.lr:0.5", "x": 1.5, "y": 1, "steps": 20}
    path = trajectory("sgd", parse("exp(x^4) + y^2"), (1.5, 1), 20, lr=0.5)
    html = page(client, f="exp(x^4) + y^2", step=20, **query)
    assert f"infinite since step {diverged_at(path)}" in table(html)["sgd"][5]
    assert "has diverged" in visible(narration(html))

"""An exhibit inside a lesson: without the site around it, and every way on from it stays inside."""

import re

import pytest

from app.exhibits import EXHIBITS
from app.security import CONTENT_SECURITY_POLICY

EXHIBIT = EXHIBITS["convolution-forward"]
each_exhibit = pytest.mark.parametrize("exhibit", EXHIBITS.values(), ids=EXHIBITS)


@each_exhibit
def test_the_site_around_it_is_gone(client, exhibit):
    html = client.get(f"{exhibit.path}?embed=1").text
    assert 'class="site-header"' not in html
    assert 'class="exhibit-head"' not in html
    assert html.count("<h1") == 1


@each_exhibit
def test_every_link_to_another_state_stays_embedded(client, exhibit):
    html = client.get(f"{exhibit.path}?embed=1").text
    links = re.findall(rf'href="({exhibit.path}[^"]*)"', html)
    assert [link for link in links if "embed=1" not in link] == []
    for form in re.findall(rf'<form[^>]*method="get" action="{exhibit.path}".*?</form>', html, flags=re.DOTALL):
        assert '<input type="hidden" name="embed" value="1">' in form


def test_a_number_that_is_changed_stays_embedded(client):
    fields = {"query": "step=2&embed=1", "tensor": "x", "place": "0_0_0", "value": "5"}
    location = client.post(f"{EXHIBIT.path}/edit", data=fields).headers["location"]
    assert "embed=1" in location
    assert "step=2" in location


def test_embedding_is_no_part_of_the_state(client):
    html = client.get(f"{EXHIBIT.path}?embed=1&step=2").text
    (moments,) = re.findall(r'data-moments="([^"]*)"', html)
    assert "embed" not in moments


def test_language_and_theme_are_kept(client):
    headers = {"cookie": "lang=zh; theme=dark"}
    assert (
        '<html lang="zh-Hans" data-theme="dark" data-embed>'
        in client.get(f"{EXHIBIT.path}?embed=1", headers=headers).text
    )


def test_pages_are_framed_by_this_site_only():
    assert "frame-src 'self'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'self'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY

"""What the tests of convolution backward ask, and read off its page."""

import re
from html import unescape

import pytest

from app.exhibits.convolution_backward import EXHIBIT
from app.exhibits.convolution_backward.presets import PRESETS

PAGE, API = EXHIBIT.path, EXHIBIT.api
HTML = {"accept": "text/html"}
TABS = {
    "scatter": {},
    "gather": {"dx_view": "gather"},
    "stamps": {"tab": "dw"},
    "weights": {"tab": "dw", "dw_view": "weights"},
    "bias": {"tab": "db"},
}
STATES = {
    **{preset: {"preset": preset} for preset in PRESETS},
    "padding larger than the kernel": {"padding": "3x2"},
    "uneven": {"preset": "stride", "stride": "2x1", "padding": "0x1x2x0"},
    "decimals": {"grad_output": "1x2x2_0.5_-1.25_3_0.125", "weight": "1x1x2x2_0.1_0.2_-0.3_1.5"},
    "shuffled": {"preset": "grouped", "seed": "7"},
}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)
each_view = pytest.mark.parametrize("view", TABS.values(), ids=TABS)


def answer(client, **params):
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def page(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200
    return response.text


def grids(html, tensor, where=""):
    """Return the printed cells of each slice of a tensor, top to bottom; padding and cells to come are left out."""
    found = []
    for grid in re.findall(rf'(?s)<tensor-grid [^>]*data-tensor="{tensor}"[^>]*>.*?</tensor-grid>', html):
        cells = re.findall(r'(?s)<g role="gridcell"([^>]*)>.*?<text[^>]*>(.*?)</text>', grid)
        found.append([number(text) for attributes, text in cells if "padding" not in attributes])
    return found


def number(text):
    return float(text.replace("\N{MINUS SIGN}", "-"))


def shown(html, slot):
    return number(re.search(rf'data-slot="{slot}">([^<]*)<', html).group(1))


def narration(html):
    part = re.search(r'(?s)<p class="narration".*?>(.*?)</p>', html).group(1)
    return unescape(re.sub(r"<[^>]+>", "", part))

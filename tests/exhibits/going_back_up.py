"""How the tests of going back up ask it, and the states they ask for."""

import re
from html import unescape

import numpy as np
import pytest

from app import numbers
from app.exhibits.going_back_up import EXHIBIT
from app.exhibits.going_back_up.presets import PRESETS
from tests.exhibits.asking import HTML, alerts

PAGE, API = EXHIBIT.path, EXHIBIT.api
OF_KIND = {
    kind: [name for name, preset in PRESETS.items() if preset.kind == kind]
    for kind in ("transposed", "unpooling", "shared", "upsampling", "checkerboard", "dilation")
}
STATES = {
    **{name: {"preset": name} for name in PRESETS},
    **{f"{name}, gather": {"preset": name, "view": "gather"} for name in OF_KIND["transposed"]},
    "no switch shared": {"preset": "shared", "kernel_size": 2},
    "stamps apart": {"stride": 4, "kernel_size": 2},
    "cropped more than the stamp": {"preset": "doubled", "padding": 3, "view": "gather", "stride": 4},
    "output padding of a dilation": {"stride": 1, "dilation": 3, "output_padding": 2, "view": "gather"},
    "decimals": {"x": "1x2x2_0.5_1.25_-3_0.125", "bias": "0.0625", "view": "gather"},
    "channels in groups": {"preset": "channels", "groups": 2, "bias": "2_0.5_-1"},
    "groups of own filters": {"preset": "groups", "weight": "2x2x1x1_1_2_3_4", "view": "gather"},
    "thrice": {"preset": "bilinear", "scale_factor": 3},
    "shuffled": {"seed": 7, "padding": 1},
    "largest": {
        "preset": "channels",
        "x": "2x6x6_" + "_".join(["1"] * 72),
        "kernel_size": 5,
        "stride": 4,
        "dilation": 3,
    },
}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def answer(client, **params):
    response = client.get(API, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def printed(html):
    """Return the printed cells of each grid, by tensor and place: rows of texts; to come is None."""
    grids = {}
    for head, body in re.findall(r"(?s)<tensor-grid ([^>]*)>(.*?)</tensor-grid>", html):
        name, place = (re.search(rf'data-{key}="([^"]*)"', head)[1] for key in ("tensor", "place"))
        cells = re.findall(
            r'(?s)<g role="gridcell" data-row="(-?\d+)" data-column="(-?\d+)"(.*?)<text[^>]*>(.*?)</text>', body
        )
        grids[name, place] = {
            (int(row), int(column)): None if "to-come" in more else text for row, column, more, text in cells
        }
    return grids


def texts(plane):
    return {place: numbers.short(float(value)) for place, value in np.ndenumerate(np.asarray(plane))}


def narration(html):
    return unescape(re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1])


def page(client, **params):
    response = client.get(PAGE, params=params, headers=HTML)
    assert response.status_code == 200, alerts(response.text)
    return response.text

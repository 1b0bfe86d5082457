"""Colours, lines and glyphs of the optimizers: told apart by every reader."""

import itertools

import numpy as np
import pytest

from app import paths
from app.exhibits.saddle_race.racers import RACERS, SIX


def test_colours_of_the_page_are_those_of_the_table():
    css = (paths.STATIC / "css" / "optimizers.css").read_text(encoding="utf-8")
    for key, look in RACERS.items():
        assert f'[data-series="{key}"] {{\n    --series: light-dark({look.light.lower()}, {look.dark.lower()});' in css


def test_every_optimizer_has_its_own_glyph_and_stands_out_from_the_paper():
    looks = [(look.outline, look.hollow) for look in RACERS.values()]
    assert len(set(looks)) == len(RACERS)
    for look in RACERS.values():
        assert contrast(look.light, "#FBFAF6") >= 4.5
        assert contrast(look.dark, "#15171B") >= 4.5


# What is left of linear light, by Machado, Oliveira & Fernandes 2009, severity 1.
SIGHTS = {
    "usual": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
CONE = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566]]
CONE += [[0.0883024619, 0.2817188376, 0.6299787005]]
OKLAB = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099]]
OKLAB += [[0.0259040371, 0.7827717662, -0.8086757660]]


def light(code):
    parts = np.array([int(code[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(code, sight):
    return np.array(OKLAB) @ np.cbrt(np.array(CONE) @ np.clip(np.array(sight) @ light(code), 0, 1))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_that_a_reader_could_confuse_come_with_different_lines(sight, theme):
    places = {key: seen(getattr(look, theme), SIGHTS[sight]) for key, look in RACERS.items()}
    for one, other in itertools.combinations(RACERS, 2):
        near = 100 * np.linalg.norm(places[one] - places[other]) < 5
        if near and not {one, other} <= set(SIX):  # those are the design's; their glyphs tell them apart
            assert RACERS[one].dash != RACERS[other].dash, (one, other)


def contrast(one, other):
    first, second = sorted(float(np.dot((0.2126, 0.7152, 0.0722), light(code))) for code in (one, other))
    return (second + 0.05) / (first + 0.05)

"""The value scale: exact colours, digits that can be read on every one of them."""

import re

import pytest

from app import palette

LEVELS = range(-palette.STEPS, palette.STEPS + 1)
themes = pytest.mark.parametrize("theme", ["light", "dark"])


def luminance(code):
    """WCAG 2.2, written out again."""
    parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@themes
def test_every_fourth_level_is_a_stop_of_the_scale(theme):
    stops = [palette.colour(at, theme) for at in range(-16, 17, 4)]
    assert stops == [f"#{stop}" for stop in palette.SCALE[theme]]


@themes
@pytest.mark.parametrize("at", LEVELS)
def test_digits_stand_out_on_every_level(at, theme):
    assert contrast(palette.digit(at, theme), palette.colour(at, theme)) >= 4.5


def test_zero_is_white_in_the_light():
    assert palette.colour(0) == "#FFFFFF"


def test_halfway_between_two_stops_lies_their_middle():
    assert palette.colour(2) == "#E4F2FE"  # of FFFFFF and C9E5FE, half to even


@pytest.mark.parametrize(
    ("value", "scale", "level"),
    [(0, 5, 0), (5, 5, 16), (-5, 5, -16), (9, 5, 16), (-9, 5, -16), (2.5, 5, 8), (1, 0, 0), (1e-9, 5, 0)],
)
def test_a_value_has_its_level(value, scale, level):
    assert palette.level(value, scale) == level


def test_the_stylesheet_has_every_level_once():
    css = palette.stylesheet()
    assert [int(at) for at in re.findall(r'\[data-level="(-?\d+)"\]', css)] == list(LEVELS)
    assert css.count("light-dark(") == 2 * len(LEVELS)

"""The ribbon: each stage as a box to scale."""

from math import sqrt

import pytest

from app.exhibits.image_lab.ribbon import LONGEST, TALLEST, WIDEST, ribbon


def slabs(**shapes):
    return {slab.name: slab for slab in ribbon(shapes, {}, {"relu": "relu"})}


def test_sides_and_depths_are_to_scale():
    drawn = slabs(input=(3, 64, 64), conv=(12, 16, 16), pool=(12, 4, 4))
    assert (drawn["input"].side, drawn["conv"].side) == (TALLEST, TALLEST / 2)
    assert drawn["conv"].depth == drawn["pool"].depth == WIDEST
    assert drawn["input"].depth == pytest.approx(WIDEST / 2)


def test_a_layer_of_units_is_long_and_thin():
    drawn = slabs(input=(3, 64, 64), conv=(16, 32, 32), fc=(9,), large=(4096,))
    assert drawn["fc"].side < 10
    assert drawn["fc"].depth == pytest.approx(WIDEST * sqrt(9 / 16))
    assert drawn["large"].depth == LONGEST


def test_what_changes_no_size_is_not_drawn():
    assert list(slabs(input=(3, 8, 8), conv=(4, 8, 8), relu=(4, 8, 8))) == ["input", "conv"]

"""Pictures of tensor slices: every cell once, in its place."""

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app import palette
from app.drawing import Grid, pitch_for

planes = hnp.arrays(np.float64, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.integers(-4, 4))
sides = st.tuples(*[st.tuples(st.integers(0, 3), st.integers(0, 3))] * 2)
PITCH = 10
BAR = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z")


def made(values, ring=((0, 0), (0, 0)), **more):
    return Grid("input", "x", (0,), np.asarray(values, dtype=float), PITCH, 4.0, ring, **more)


def covered(x, y, width, height):
    """Return the cells (of the picture) that a rectangle covers."""
    assert not any(side % PITCH for side in (x, y, width, height))
    return list(product(range(y // PITCH, (y + height) // PITCH), range(x // PITCH, (x + width) // PITCH)))


@given(planes, sides)
def test_bands_cover_every_cell_exactly_once_in_its_colour(values, ring):
    grid = made(values, ring)
    levels = {}
    for band in grid.bands():
        for x, y, width, height, back in (map(int, bar) for bar in BAR.findall(band.path)):
            assert width == back
            for cell in covered(x, y, width, height):
                assert cell not in levels
                levels[cell] = band.level
    assert levels == {
        (row + ring[0][0], column + ring[1][0]): palette.level(value, 4.0)
        for (row, column), value in np.ndenumerate(values)
    }


@given(planes, sides)
def test_lines_give_every_cell_and_the_ring(values, ring):
    grid = made(values, ring, first=100)
    cells = [cell for line in grid.lines() for cell in line]
    assert [(cell.x, cell.y) for cell in cells] == [
        (column * PITCH, row * PITCH)
        for row, column in product(range(grid.height // PITCH), range(grid.width // PITCH))
    ]
    inside = [cell for cell in cells if not cell.padding]
    assert [cell.number for cell in inside] == list(range(100, 100 + values.size))
    assert [cell.level for cell in inside] == [palette.level(value, 4.0) for value in values.ravel().tolist()]
    assert {cell.text for cell in cells if cell.padding} <= {"0"}


@given(planes, st.integers(-3, 60), st.integers(0, 9))
def test_the_cover_lies_over_what_is_to_come_and_nothing_else(values, at, first):
    grid = made(values, first=first)
    hidden = [cell for box in grid.cover(at) for cell in covered(*box)]
    numbered = {(row, column): first + row * grid.columns + column for row, column in np.ndindex(values.shape)}
    assert len(hidden) == len(set(hidden))
    assert set(hidden) == {cell for cell, index in numbered.items() if index > at}


def test_a_box_spans_from_the_first_to_the_last_cell():
    grid = made(np.zeros((5, 5)), ring=((1, 1), (2, 2)))
    assert grid.box([-1, 1], [0, 2]) == (20, 0, 30, 30)


def test_a_dilated_window_is_outlined_cell_by_cell():
    grid = made(np.zeros((5, 5)))
    assert grid.cells_path([0, 1], [1, 2]) == ""
    assert len(BAR.findall(grid.cells_path([0, 2], [0, 2, 4]))) == 6


def test_the_frame_leaves_the_ring_out():
    assert made(np.zeros((2, 3)), ring=((1, 2), (3, 4))).frame() == (30, 10, 30, 20)


def test_unread_stripes_do_not_overlap():
    stripes = made(np.zeros((5, 6)), unused=(1, 2)).unread()
    cells = [cell for stripe in stripes for cell in covered(*stripe)]
    assert len(cells) == len(set(cells)) == 6 + 2 * 4
    assert made(np.zeros((5, 6))).unread() == []


@given(planes)
def test_digits_stay_inside_their_cells(values):
    grid = made(values / 3)
    longest = max(len(cell.text) for line in grid.lines() for cell in line)
    assert grid.digit_size * 0.62 * longest <= PITCH


@pytest.mark.parametrize(
    ("columns", "cells", "pitch"),
    [(7, 147, 36), (8, 100, 32), (9, 100, 20), (32, 8192, 8), (7, 2000, 24), (100, 100, 4)],
)
def test_cells_shrink_when_there_are_many(columns, cells, pitch):
    assert pitch_for(columns, cells, sizes=((7, 36), (8, 32)), width=260 if columns != 9 else 180) == pitch

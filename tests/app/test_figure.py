"""Figures for slides: one list of shapes, as a drawing and as pixels."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from app.charts import Axis, Chart
from app.figure import Figure
from app.figure_pixels import dashes, flat
from app.landscape import figures
from app.landscape.contour import contour
from app.landscape.figures import Cell
from app.landscape.plane import Plane
from app.sheet import INK, PAPER
from engine.landscape import parse


def pixels(figure):
    """Return the PNG as (height, width, 3), and how many pixels a px has."""
    found = np.array(Image.open(io.BytesIO(figure.png())))
    return found, found.shape[1] // round(figure.width)


def at(figure, x, y):
    found, zoom = pixels(figure)
    return "#{:02X}{:02X}{:02X}".format(*found[round((y + 0.5) * zoom), round((x + 0.5) * zoom)])


@pytest.mark.parametrize(("path", "lines"), [
    ("M1 2L3 4L5 6", [[(1, 2), (3, 4), (5, 6)]]),
    ("M1 2h3v-1z", [[(1, 2), (4, 2), (4, 1), (1, 2)]]),
    ("M0 0H4V2H1", [[(0, 0), (4, 0), (4, 2), (1, 2)]]),
    ("M10 10l5 0m-2 -2l2 2", [[(10, 10), (15, 10)], [(13, 8), (15, 10)]]),
    ("M5 5h0M7-1.5l1e+1 0", [[(5, 5), (5, 5)], [(7, -1.5), (17, -1.5)]]),
])  # fmt: skip
def test_a_path_is_read_as_its_lines(path, lines):
    assert flat(path) == lines


def test_half_circles_go_round_their_middle():
    (line,) = flat("M4 10a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z")
    distances = np.hypot(*(np.array(line) - 10).T)
    np.testing.assert_allclose(distances, 6, atol=1e-9)
    assert np.array(line)[:, 1].min() == pytest.approx(4)
    assert np.array(line)[:, 1].max() == pytest.approx(16)


def test_dashes_go_on_round_corners():
    pieces = list(dashes([(0, 0), (4, 0), (4, 6)], [3, 2]))
    assert pieces == [[(0, 0), (3, 0)], [(4, 1), (4, 4)]]
    assert list(dashes([(0, 0), (9, 0)], [])) == [[(0, 0), (9, 0)]]


def test_holes_stay_holes_and_what_is_cut_off_is_not_drawn():
    figure = Figure(100, 60)
    figure.path("M10 10H50V50H10zM20 20H40V40H20z", fill="#FF0000")
    with figure.placed(60, 0, clip=(20, 30)):
        figure.path("M-50 -50H90V90H-50z", fill="#0000FF")
    assert [at(figure, *place) for place in ((15, 15), (30, 30), (70, 15), (70, 40), (90, 15))] == [
        "#FF0000",
        PAPER,
        "#0000FF",
        PAPER,
        PAPER,
    ]


def test_the_drawing_says_the_same_as_the_pixels():
    figure = Figure(80, 40)
    with figure.placed(5, 5):
        figure.disc(10, 10, 8, fill="#00FF00", stroke=INK)
        figure.text(30, 10, "a < b & c", size=12)
    root = ElementTree.fromstring(figure.svg())
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["a < b & c"]
    (path,) = root.iter("{http://www.w3.org/2000/svg}path")
    assert path.get("transform") == "translate(5 5)"
    assert path.get("fill") == "#00FF00"
    assert at(figure, 15, 15) == "#00FF00"


def test_cells_stand_in_rows_that_do_not_overlap():
    corners = []

    def draw(figure):
        corners.append(figure._at)

    rows = [[Cell("one", 100, 50, draw), Cell("two", 60, 80, draw)], [Cell("three", 30, 30, draw)]]
    figure = figures.laid_out("all", rows)
    (first, second, third) = corners
    assert second[0] >= first[0] + 100
    assert third[1] >= first[1] + 80 + figures.HEAD
    assert figure.width >= second[0] + 60
    assert figure.height >= third[1] + 30


def test_a_surface_has_the_colours_of_the_page_and_hatching_where_it_has_no_value():
    drawn = contour(parse("log(x)"), Plane(-1, 1, -1, 1))
    figure = Figure(560, 560)
    figures.surface(figure, drawn)
    fills = set(re.findall(r'fill="(#\w+)"', figure.svg()))
    assert len(fills) >= len(drawn.areas)
    assert at(figure, 100, 300) == figures.HATCH
    assert at(figure, 400, 300) != figures.HATCH


def test_axes_print_the_ticks_of_the_chart():
    figure = Figure(400, 240)
    figures.axes(figure, Chart(Axis(0, 4, (0, 2, 4)), Axis(-1, 1, (-1, 0, 1))), "steps", "loss")
    said = re.findall(r">([^<>\n]+)</text>", figure.svg())
    assert said == ["0", "2", "4", "−1", "0", "1", "steps", "loss"]


def test_a_colour_is_mixed_by_shares():
    assert figures.mixed("#000000", "#FFFFFF", 0.2) == "#CCCCCC"

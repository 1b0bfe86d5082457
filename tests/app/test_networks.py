"""A network's values as pictures, and the addresses of their cells."""

import io

import numpy as np
import pytest
from PIL import Image

from app import palette
from app.networks import planes
from app.networks.cell import Cell, read_trail
from engine import RangeError
from engine.nets import NETS

LENET5 = NETS["lenet5"]


@pytest.mark.parametrize("text", ["conv1.3.10.12", "fc1.17", "softmax.9", "input.0.31.31", "pool2.15.4.4"])
def test_an_address_is_read_and_written(text):
    assert str(Cell.read(text, LENET5)) == text


@pytest.mark.parametrize(
    "text", ["", "conv1", "conv1.", "conv1.1.1.1.1", "conv9.0.0.0", "fc1.120", "conv1.0.28.0", "Fc1.1"]
)
def test_an_address_that_names_no_cell_is_refused(text):
    with pytest.raises(RangeError):
        Cell.read(text, LENET5)


def test_the_way_here_is_a_list_of_addresses():
    assert read_trail("softmax.3,fc3.3", LENET5) == (Cell("softmax", (3,)), Cell("fc3", (3,)))
    assert read_trail("", LENET5) == ()


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [
        ((6, 28, 20), (6, 28, 20)),
        ((10,), (1, 1, 10)),
        ((84,), (1, 7, 12)),
        ((120,), (1, 10, 12)),
        ((4096,), (1, 64, 64)),
    ],
)
def test_maps_are_drawn_as_they_are_and_vectors_as_rectangles(shape, drawn):
    assert planes.plane_shape(shape) == drawn


def test_every_entry_of_a_vector_has_its_place_in_the_rectangle():
    value = np.arange(120.0)
    drawn = planes.planes(value)
    assert all(drawn[planes.place_in_planes((k,), value.shape)] == k for k in range(120))


def test_levels_agree_with_the_page_s_colours(rng):
    value = rng.normal(size=(2, 3, 4))
    levels = planes.levels(value, 1.5)
    assert levels.tolist() == [[[palette.level(x, 1.5) for x in row] for row in plane] for plane in value.tolist()]


def test_an_outlier_does_not_wash_out_the_scale():
    value = np.append(np.linspace(-1, 1, 2_000), 900.0)
    assert planes.scale_of(value) < 2
    assert planes.scale_of(np.zeros(5)) == 1


@pytest.mark.parametrize("packed", [True, False])
def test_a_sheet_has_one_pixel_per_number_and_clear_gaps(packed):
    value = np.zeros((3, 2, 4))
    value[2, 1, 3] = 1
    image = Image.open(io.BytesIO(planes.sheet(value, 1, 2, "light", packed=packed))).convert("RGBA")
    assert image.size == (9, 5)
    assert image.getpixel((4, 0))[3] == 0  # between two maps
    assert image.getpixel((8, 4))[3] == 0  # where a fourth map would be
    assert "#{:02X}{:02X}{:02X}".format(*image.getpixel((3, 4))) == palette.colour(palette.STEPS)

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, RangeError, ShapeError
from engine.geometry import Geometry, output_size, pair, receptive_field, resolve_padding
from tests.engine.strategies import geometries, small

garbage = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.binary(max_size=3),
    st.lists(st.one_of(st.none(), st.integers(-2, 9), st.text(max_size=2), st.lists(st.integers(-2, 9)))),
    st.tuples(st.integers(-2, 9), st.integers(-2, 9)), st.just(np.arange(4)), st.just(np.float32("nan")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("size", "kernel_size", "options", "expected"),
    [
        (5, 3, {}, 3),
        (5, 3, {"stride": 2, "padding": 1}, 3),
        (224, 11, {"stride": 4, "padding": 2}, 55),
        (227, 11, {"stride": 4}, 55),
        (6, 3, {"stride": 2}, 2),
        (7, 3, {"dilation": 3}, 1),
        (4, 3, {"padding": (0, 1)}, 3),
        (1, 1, {"stride": 9}, 1),
        (6, 3, {"stride": 2, "ceil_mode": True}, 3),
        (3, 2, {"stride": 2, "padding": 1, "ceil_mode": True}, 2),
        (2, 3, {"stride": 2, "ceil_mode": True}, 1),
    ],
)
def test_output_size_counts_the_windows(size, kernel_size, options, expected):
    assert output_size(size, kernel_size, **options) == expected


def test_a_kernel_that_does_not_fit_says_by_how_much():
    with pytest.raises(ShapeError, match="kernel spans 5 but padded input is only 4; raise padding or lower"):
        output_size(2, 3, padding=1, dilation=2)


def test_window_rows_are_input_rows_under_each_output_row():
    geometry = Geometry.of((5, 5), 3, stride=2, padding=1)
    assert geometry.window_rows.tolist() == [[-1, 0, 1], [1, 2, 3], [3, 4, 5]]


def test_rows_and_columns_are_not_confused():
    geometry = Geometry.of((4, 6), (2, 3), stride=(2, 1), padding=((0, 0), (1, 0)))
    assert geometry.output_size == (2, 5)
    assert geometry.padded_size == (4, 7)
    assert geometry.window_rows.tolist() == [[0, 1], [2, 3]]
    assert geometry.window_columns[0].tolist() == [-1, 0, 1]


def test_uses_counts_the_output_cells_that_read_a_pixel():
    assert Geometry.of(3, 2).uses.tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_stride_larger_than_kernel_skips_cells():
    assert Geometry.of((1, 5), (1, 2), stride=(1, 3)).uses.tolist() == [[1, 1, 0, 1, 1]]


def test_unused_is_the_border_that_no_window_reaches():
    assert Geometry.of((6, 8), 3, stride=(2, 3)).unused == (1, 2)


def test_overhang_is_what_the_last_window_of_ceil_mode_has_behind_the_padding():
    geometry = Geometry.of((6, 8), 3, stride=(2, 3), ceil_mode=True)
    assert (geometry.overhang, geometry.unused) == ((1, 1), (0, 0))
    assert Geometry.of((6, 8), 3, stride=(2, 3)).overhang == (0, 0)


def test_windows_hold_fewer_cells_at_the_edges():
    geometry = Geometry.of((3, 4), 2, stride=2, padding=((0, 0), (1, 0)), ceil_mode=True)
    assert geometry.window_sizes(padding=True).tolist() == [[4, 4, 2], [2, 2, 1]]
    assert geometry.window_sizes(padding=False).tolist() == [[2, 4, 2], [1, 2, 1]]


@given(geometries())
def test_the_parts_of_a_geometry_agree(geometry):
    rows, columns = geometry.window_rows, geometry.window_columns
    assert (len(rows), len(columns)) == geometry.output_size
    assert rows[-1, -1] + geometry.unused[0] == geometry.input_size[0] + geometry.padding[0][1] - 1
    assert 0 <= geometry.unused[1] < geometry.stride[1]
    inside = ((rows >= 0) & (rows < geometry.input_size[0])).sum()
    assert geometry.uses.sum() == inside * ((columns >= 0) & (columns < geometry.input_size[1])).sum()


@given(geometries())
def test_a_single_window_is_a_row_of_the_table(geometry):
    last = [size - 1 for size in geometry.output_size]
    rows, columns = geometry.window(*last)
    assert list(rows) == geometry.window_rows[-1].tolist()
    assert list(columns) == geometry.window_columns[-1].tolist()


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        (2, ((2, 2), (2, 2))),
        ((1, 2), ((1, 1), (2, 2))),
        ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
        (np.int64(1), ((1, 1), (1, 1))),
        ("valid", ((0, 0), (0, 0))),
        ("same", ((1, 1), (0, 1))),
    ],
)
def test_padding_is_resolved_to_four_sides(padding, expected):
    assert resolve_padding(padding, (5, 5), (3, 2), stride=1, dilation=1) == expected


@given(st.integers(1, 50), small, small, small)
def test_same_gives_the_size_divided_by_the_stride_rounded_up(size, kernel_size, stride, dilation):
    geometry = Geometry.of(size, kernel_size, stride=stride, padding="same", dilation=dilation)
    (top, bottom), _ = geometry.padding
    assert geometry.output_size[0] == -(-size // stride)
    assert bottom - top in (0, 1)


def test_pair_repeats_one_number():
    assert pair(3) == (3, 3)
    assert pair([1, 2]) == (1, 2)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (True, RangeError, "stride must be a whole number, got True"),
        (2.0, RangeError, "stride must be a whole number, got 2.0"),
        ("3", RangeError, "stride must be a whole number, got '3'"),
        (0, RangeError, "stride must be at least 1, got 0"),
        (2**31, RangeError, "stride must be at most 2147483647 in size"),
        ((1, 2, 3), ShapeError, r"stride must be one number or two, got \(1, 2, 3\)"),
    ],
)
def test_what_is_no_count_is_refused(value, error, message):
    with pytest.raises(error, match=message):
        pair(value, "stride", minimum=1)


def test_a_number_too_long_to_print_is_refused():
    with pytest.raises(RangeError, match="stride must be at most 2147483647 in size"):
        pair(10**5000, "stride")


def test_an_unknown_padding_word_is_refused():
    with pytest.raises(RangeError, match='padding must be numbers, "valid" or "same", got \'full\''):
        resolve_padding("full", 5, 3, stride=1, dilation=1)


def test_three_paddings_are_refused():
    with pytest.raises(ShapeError, match=r"padding must be one number, two, or two pairs, got \[1, 2, 3\]"):
        resolve_padding([1, 2, 3], 5, 3, stride=1, dilation=1)


@given(garbage, garbage, garbage, garbage, garbage)
def test_garbage_gives_a_geometry_or_an_engine_error(size, kernel_size, stride, padding, dilation):
    with suppress(EngineError):
        geometry = Geometry.of(size, kernel_size, stride=stride, padding=padding, dilation=dilation)
        assert min(geometry.output_size) >= 1


@pytest.mark.parametrize("name", ["stride", "padding", "dilation"])
@given(garbage)
def test_garbage_in_one_option_gives_a_geometry_or_an_engine_error(name, value):
    with suppress(EngineError):
        assert min(Geometry.of((9, 7), (3, 2), **{name: value}).output_size) >= 1


def test_receptive_field_of_one_layer_is_its_kernel():
    assert receptive_field([(3, 1, 0, 1)]) == (3, 1, 0)


def test_receptive_field_of_alexnet_up_to_pool5_is_195():
    conv, pool = (3, 1, 1, 1), (3, 2, 0, 1)
    layers = [(11, 4, 2, 1), pool, (5, 1, 2, 1), pool, conv, conv, conv, pool]
    field = receptive_field(layers)
    assert (field.size, field.jump) == (195, 32)


def test_receptive_field_starts_where_the_first_windows_start():
    assert receptive_field([(3, 2, 1, 1), (3, 1, (2, 0), 2)]).start == -1 - 2 * 2


@pytest.mark.parametrize("layer", [(3, 1), None, "abcd"])
def test_a_layer_without_its_four_numbers_is_refused(layer):
    with pytest.raises(ShapeError, match=r"a layer is \(kernel_size, stride, padding, dilation\), got"):
        receptive_field([layer])


def test_layers_that_are_no_list_are_refused():
    with pytest.raises(ShapeError, match="layers must be a list of layers, got 3"):
        receptive_field(3)

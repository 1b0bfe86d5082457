import dataclasses

import numpy as np
import pytest

import engine
from engine import RangeError, ShapeError, conv2d
from tests.engine.cs231n import BIAS, OUTPUT, WEIGHT, X

CASES = {
    "plain": {},
    "stride": {"stride": (2, 3)},
    "padding larger than the kernel": {"padding": (4, 3)},
    "asymmetric padding": {"padding": ((2, 0), (0, 3))},
    "same": {"padding": "same", "stride": 2},
    "dilation": {"dilation": (2, 3), "padding": 2},
    "groups": {"groups": 2, "padding": 1},
    "depthwise": {"groups": 4},
}


class CountedCells(np.ndarray):
    """An array that counts how many of its cells are read by indexing."""

    def __array_finalize__(self, parent):
        self.read = [0] if parent is None else getattr(parent, "read", [0])

    def __getitem__(self, key):
        part = super().__getitem__(key)
        self.read[0] += np.size(part)
        return np.asarray(part)


@pytest.fixture
def cs231n():
    return engine.trace.conv2d(X, WEIGHT, BIAS, stride=2, padding=1)


def test_the_first_cs231n_step_shows_how_2_is_made(cs231n):
    step = cs231n[0]
    assert step.index == (0, 0, 0, 0)
    assert step.rows == step.columns == (-1, 0, 1)
    assert step.inside.tolist() == [[False] * 3, [False, True, True], [False, True, True]]
    assert step.window[1].tolist() == [[0, 0, 0], [0, 2, 1], [0, 2, 1]]
    assert step.products[1].tolist() == [[0, 0, 0], [0, -2, 1], [0, 2, 0]]
    assert step.channel_sums.tolist() == [-1, 1, 1]
    assert (step.bias, step.value) == (1, 2)


def test_partial_sums_start_with_the_bias_and_end_with_the_value():
    step = engine.trace.conv2d([[[1, 2], [3, 4]]], [[[[10, 20], [30, 40]]]], [5])[0]
    assert step.partial_sums.tolist() == [[[15, 55], [145, 305]]]
    assert step.value == 305


def test_replaying_the_cs231n_trace_gives_the_published_numbers(cs231n):
    assert cs231n.replay().tolist() == OUTPUT


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_replaying_equals_the_operation(rng, options):
    x, weight = rng.normal(size=(2, 4, 7, 6)), rng.normal(size=(4, 4 // options.get("groups", 1), 3, 2))
    bias = rng.normal(size=4)
    trace = engine.trace.conv2d(x, weight, bias, **options)
    np.testing.assert_allclose(trace.replay(), conv2d(x, weight, bias, **options), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_replaying_integers_is_exact(rng, options):
    x = rng.integers(0, 256, size=(4, 7, 6), dtype=np.uint8)
    weight = rng.integers(-128, 128, size=(4, 4 // options.get("groups", 1), 3, 2), dtype=np.int8)
    replayed = engine.trace.conv2d(x, weight, **options).replay()
    assert np.array_equal(replayed, conv2d(x, weight, **options))
    assert replayed.dtype == np.int64


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_stacked_steps_are_the_steps_one_by_one(rng, options):
    x = rng.integers(-9, 10, size=(2, 4, 7, 6))
    weight = rng.integers(-9, 10, size=(4, 4 // options.get("groups", 1), 3, 2))
    part = engine.trace.conv2d(x, weight, [1, -2, 3, 0], **options)[3:-2:2]
    stacked = part.stacked()
    for name in (field.name for field in dataclasses.fields(stacked)):
        one_by_one = np.array([getattr(step, name) for step in part])
        assert np.array_equal(getattr(stacked, name), one_by_one), name


def test_a_stacked_window_on_padding_does_not_read_a_cell_that_is_not_a_number():
    trace = engine.trace.conv2d([[[np.nan, 1.0, 2.0]]], [[[[1.0]]]], padding=((1, 0), (0, 0)))
    assert trace[:3].stacked().value.tolist() == [0, 0, 0]


def test_the_last_partial_sum_is_the_value(rng):
    trace = engine.trace.conv2d(rng.normal(size=(3, 6, 5)), rng.normal(size=(2, 3, 3, 2)), [0.5, -2])
    last = [step.partial_sums[-1, -1, -1] for step in trace]
    np.testing.assert_allclose(last, [step.value for step in trace], rtol=1e-12, atol=1e-12)


def test_steps_go_through_the_output_in_c_order(rng):
    trace = engine.trace.conv2d(rng.normal(size=(2, 1, 3, 4)), rng.normal(size=(3, 1, 2, 2)))
    assert trace.output_shape == (2, 3, 2, 3)
    assert [step.index for step in trace] == list(np.ndindex(2, 3, 2, 3))


def test_an_unbatched_trace_counts_as_a_batch_of_one(cs231n):
    assert cs231n.output_shape == (2, 3, 3)
    assert len(cs231n) == 18
    assert cs231n[9].index == (0, 1, 0, 0)


def test_a_filter_reads_the_channels_of_its_group():
    trace = engine.trace.conv2d(np.ones((4, 1, 1)), np.ones((6, 2, 1, 1)), groups=2)
    assert [step.channels for step in trace] == [range(2)] * 3 + [range(2, 4)] * 3


def test_a_window_wholly_on_padding_gives_the_bias():
    step = engine.trace.conv2d(np.ones((1, 2, 2)), np.ones((1, 1, 2, 2)), [7.5], padding=3)[0]
    assert not step.inside.any()
    assert (step.rows, step.value) == ((-3, -2), 7.5)


def test_a_dilated_window_skips_rows():
    step = engine.trace.conv2d(np.arange(25).reshape(1, 5, 5), np.ones((1, 1, 3, 2), int), dilation=2)[0]
    assert (step.rows, step.columns) == ((0, 2, 4), (0, 2))
    assert step.window.tolist() == [[[0, 2], [10, 12], [20, 22]]]


def test_negative_indices_count_from_the_end(cs231n):
    assert cs231n[-1].index == cs231n[17].index == (0, 1, 2, 2)


def test_a_slice_is_a_trace_of_the_same_steps(cs231n):
    part = cs231n[4:16:3][1:]
    assert len(part) == 3
    assert [step.index for step in part] == [cs231n[i].index for i in (7, 10, 13)]
    assert part.replay().tolist() == OUTPUT


@pytest.mark.parametrize("i", [18, -19])
def test_outside_the_trace_there_is_no_step(cs231n, i):
    with pytest.raises(IndexError):
        cs231n[i]


@pytest.mark.parametrize("index", [(0, 2, 0, 0), (0, 0, 0, -1), (0, 0, 0)])
def test_outside_the_output_there_is_no_cell(cs231n, index):
    with pytest.raises(RangeError, match=r"no cell \(.*\) in an output of shape \(1, 2, 3, 3\)"):
        cs231n.step_at(index)


def test_the_last_step_of_a_photo_reads_no_more_cells_than_the_first():
    x = np.ones((3, 224, 224), np.float32).view(CountedCells)
    trace = engine.trace.conv2d(x, np.ones((64, 3, 11, 11), np.float32), stride=4)
    counts = []
    for i in (0, len(trace) // 2, -1):
        x.read[0] = 0
        assert trace[i].value == 363
        counts.append(x.read[0])
    assert counts == [363, 363, 363]


def test_a_corner_step_does_not_read_its_padding():
    x = np.ones((3, 224, 224)).view(CountedCells)
    engine.trace.conv2d(x, np.ones((1, 3, 11, 11)), stride=4, padding=2)[0]
    assert x.read[0] == 3 * 9 * 9


def test_a_step_cannot_be_used_to_alter_the_input():
    x, weight = np.ones((1, 3, 3)), np.ones((1, 1, 3, 3))
    step = engine.trace.conv2d(x, weight)[0]
    for array in (step.window, step.weight, step.inside):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0
    assert not np.shares_memory(step.window, x)


def test_float32_stays_float32():
    step = engine.trace.conv2d(np.ones((1, 3, 3), np.float32), np.ones((1, 1, 2, 2), np.float32))[0]
    assert step.products.dtype == step.partial_sums.dtype == np.float32


def test_a_trace_refuses_what_the_operation_refuses():
    with pytest.raises(ShapeError, match="weight expects 3 input channels, x has 2"):
        engine.trace.conv2d(np.ones((2, 5, 5)), np.ones((1, 3, 2, 2)))

"""Work memory that is kept between calls, and never lent twice at once."""

import threading

import numpy as np
import pytest

import engine
from engine.ops.room import LARGEST_KEPT, Room

FLOAT = np.dtype(np.float64)


def test_memory_given_back_is_lent_again():
    with Room(FLOAT) as room:
        first = room.shaped(3, 5, 7)
    with Room(np.dtype(np.float32)) as room:
        assert np.shares_memory(room.shaped(2, 3), first)


def test_open_rooms_never_share_memory():
    with Room(FLOAT) as outer, Room(FLOAT) as inner:
        assert not np.shares_memory(outer.shaped(4, 6), inner.shaped(4, 6))


def test_another_thread_has_memory_of_its_own():
    with Room(FLOAT) as room:
        mine = room.shaped(2, 3)
    theirs = []

    def borrow():
        with Room(FLOAT) as other:
            theirs.append(other.shaped(2, 3))

    thread = threading.Thread(target=borrow)
    thread.start()
    thread.join()
    assert not np.shares_memory(mine, theirs[0])


def test_a_large_piece_is_not_kept():
    with Room(FLOAT) as room:
        large = room.shaped(LARGEST_KEPT // 8 + 1)
    with Room(FLOAT) as room:
        assert not np.shares_memory(room.shaped(1), large)


def test_what_a_convolution_returned_survives_the_next(rng):
    x, weight = rng.standard_normal((2, 3, 9, 7)), rng.standard_normal((4, 3, 3, 2))
    gradients = engine.conv2d_backward(engine.conv2d(x, weight), x, weight)
    before = [np.copy(part) for part in gradients]
    engine.conv2d_backward(engine.conv2d(-x, weight), -x, 2 * weight)
    for kept, part in zip(before, gradients, strict=True):
        np.testing.assert_array_equal(part, kept)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_arrays_begin_on_a_cache_line(dtype):
    with Room(np.dtype(dtype)) as room:
        array = room.shaped(5, 3, 11)
    assert array.dtype == dtype
    assert array.shape == (5, 3, 11)
    assert array.ctypes.data % 64 == 0

import numpy as np
import pytest
import torch

from engine import RangeError, ShapeError, flatten, flatten_backward

DIMS = {
    "as nn.Flatten": (1, -1),
    "everything": (0, -1),
    "the middle": (1, 2),
    "one axis": (2, 2),
    "from behind": (-3, -2),
}


def test_maps_are_written_one_after_the_other_row_by_row():
    assert flatten([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], 0).tolist() == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(("start", "end"), DIMS.values(), ids=DIMS)
def test_flattened_axes_equal_torch(rng, start, end):
    x = rng.normal(size=(2, 3, 4, 5))
    wanted = torch.flatten(torch.tensor(x), start, end)
    np.testing.assert_array_equal(flatten(x, start, end), wanted)


def test_the_gradient_goes_back_to_its_places(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    assert np.array_equal(flatten_backward(flatten(x), x.shape), x)


def test_the_dtype_is_kept():
    assert flatten(np.ones((1, 2, 2), np.uint8)).dtype == np.uint8


def test_axes_that_are_not_there_are_refused():
    with pytest.raises(RangeError, match="no axis 1"):
        flatten([1, 2])
    with pytest.raises(RangeError, match="lies behind"):
        flatten(np.ones((2, 3, 4)), 2, 1)
    with pytest.raises(ShapeError, match="do not belong together"):
        flatten_backward([1, 2, 3], (2, 2))

import numpy as np
import pytest

from engine import ShapeError, conv2d, conv2d_loops
from tests.engine.cs231n import BIAS, OUTPUT, WEIGHT, X

CASES = {
    "stride and dilation": {"stride": (2, 1), "dilation": (1, 2)},
    "padding": {"padding": ((2, 0), (1, 3))},
    "groups": {"groups": 2},
}


def test_the_loops_give_the_published_numbers():
    assert conv2d_loops(X, WEIGHT, BIAS, stride=2, padding=1).tolist() == OUTPUT


@pytest.mark.parametrize("options", CASES.values(), ids=CASES)
def test_the_loops_are_exactly_conv2d_on_integers(rng, options):
    x = rng.integers(0, 256, size=(2, 4, 7, 6), dtype=np.uint8)
    weight = rng.integers(-128, 128, size=(6, 4 // options.get("groups", 1), 3, 2), dtype=np.int8)
    looped, vectorised = conv2d_loops(x, weight, **options), conv2d(x, weight, **options)
    assert np.array_equal(looped, vectorised)
    assert looped.dtype == vectorised.dtype


def test_the_loops_refuse_what_conv2d_refuses():
    with pytest.raises(ShapeError, match="spans 3"):
        conv2d_loops(np.ones((1, 2, 2)), np.ones((1, 1, 3, 3)))

import numpy as np
import pytest

from engine import RangeError, ShapeError, conv2d, conv2d_backward

REFUSED = {
    "channels": ({"x": np.ones((4, 5, 5))}, ShapeError, "weight expects 3 input channels, x has 4"),
    "kernel": (
        {"x": np.ones((3, 1, 5))},
        ShapeError,
        "kernel spans 2 but padded input is only 1; raise padding",
    ),
    "dilated kernel": ({"dilation": 5}, ShapeError, "kernel spans 6 but padded input is only 5"),
    "axes of x": ({"x": np.ones((5, 5))}, ShapeError, r"x must be \(N, C, H, W\) .* got shape \(5, 5\)"),
    "axes of weight": (
        {"weight": np.ones((3, 2, 2))},
        ShapeError,
        r"weight must be .* got shape \(3, 2, 2\)",
    ),
    "groups": (
        {"weight": np.ones((2, 1, 2, 2)), "groups": 3},
        ShapeError,
        "2 filters cannot be divided into 3",
    ),
    "bias": (
        {"bias": [1, 2, 3]},
        ShapeError,
        r"bias must hold one number for each of 2 filters, got shape \(3,\)",
    ),
    "no image": (
        {"x": np.ones((0, 3, 5, 5))},
        ShapeError,
        r"x has shape \(0, 3, 5, 5\), which holds no number",
    ),
    "no channel": ({"x": np.ones((0, 5, 5)), "weight": np.ones((2, 0, 2, 2))}, ShapeError, "x has shape"),
    "no filter": ({"weight": np.ones((0, 3, 2, 2))}, ShapeError, "weight has shape"),
    "complex": (
        {"x": np.ones((3, 5, 5), complex)},
        ShapeError,
        "x must hold real numbers, .* got complex128",
    ),
    "words": ({"x": [[["a"]]]}, ShapeError, "x must hold real numbers, .* got <U1"),
    "objects": ({"x": [[[None]]]}, ShapeError, "x must hold real numbers, .* got object"),
    "uint64": (
        {"x": np.ones((3, 5, 5), np.uint64)},
        ShapeError,
        "x must hold real numbers, integers up to int64; got uint64",
    ),
    "ragged": ({"x": [[[1, 2], [3]]]}, ShapeError, "x must be an array of numbers"),
    "stride": ({"stride": 0}, RangeError, "stride must be at least 1, got 0"),
    "true stride": ({"stride": True}, RangeError, "stride must be a whole number, got True"),
    "half stride": ({"stride": 1.5}, RangeError, "stride must be a whole number, got 1.5"),
    "three strides": (
        {"stride": (1, 2, 3)},
        ShapeError,
        r"stride must be one number or two, got \(1, 2, 3\)",
    ),
    "padding": ({"padding": -1}, RangeError, "padding must be at least 0, got -1"),
    "padding word": (
        {"padding": "full"},
        RangeError,
        'padding must be numbers, "valid" or "same", got \'full\'',
    ),
    "dilation": ({"dilation": (1, 0)}, RangeError, "dilation must be at least 1, got 0"),
    "no groups": ({"groups": 0}, RangeError, "groups must be at least 1, got 0"),
}


@pytest.mark.parametrize(("changes", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_computed_is_refused_in_a_sentence(changes, error, message):
    arguments = {"x": np.ones((3, 5, 5)), "weight": np.ones((2, 3, 2, 2)), **changes}
    with pytest.raises(error, match=message):
        conv2d(**arguments)


def test_backward_refuses_a_gradient_of_another_shape():
    with pytest.raises(ShapeError, match=r"output's shape \(1, 2, 2\), got \(1, 3, 3\)"):
        conv2d_backward(np.ones((1, 3, 3)), np.ones((1, 3, 3)), np.ones((1, 1, 2, 2)))

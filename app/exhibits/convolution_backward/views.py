"""The table of the ways to a gradient. To add one, add a row (and its names in scene.py)."""

from app.exhibits.convolution_backward.input_views import Gather, Scatter
from app.exhibits.convolution_backward.view import View
from app.exhibits.convolution_backward.weight_views import Bias, Stamps, Weights

VIEWS: dict[str, type[View]] = {
    "scatter": Scatter,
    "gather": Gather,
    "stamps": Stamps,
    "weights": Weights,
    "bias": Bias,
}
PAIRS = {"dx": ("scatter", "gather"), "dw": ("stamps", "weights")}

"""The table of exhibits. Routes, navigation, home page, sitemap and tests are made from it."""

from collections.abc import Iterable

from app.exhibits.activations import EXHIBIT as activations
from app.exhibits.base import Exhibit
from app.exhibits.basins import EXHIBIT as basins
from app.exhibits.batch_sizes import EXHIBIT as batch_sizes
from app.exhibits.convolution_backward import EXHIBIT as convolution_backward
from app.exhibits.convolution_forward import EXHIBIT as convolution_forward
from app.exhibits.convolution_matrix import EXHIBIT as convolution_matrix
from app.exhibits.critical_points import EXHIBIT as critical_points
from app.exhibits.deconvnet import EXHIBIT as deconvnet
from app.exhibits.first_layer import EXHIBIT as first_layer
from app.exhibits.going_back_up import EXHIBIT as going_back_up
from app.exhibits.high_dimension import EXHIBIT as high_dimension
from app.exhibits.image_lab import EXHIBIT as image_lab
from app.exhibits.lenet5 import EXHIBIT as lenet5
from app.exhibits.losses import EXHIBIT as losses
from app.exhibits.network_landscape import EXHIBIT as network_landscape
from app.exhibits.occlusion import EXHIBIT as occlusion
from app.exhibits.pooling import EXHIBIT as pooling
from app.exhibits.saddle_race import EXHIBIT as saddle_race
from app.exhibits.small_cnn import EXHIBIT as small_cnn


def table(exhibits: Iterable[Exhibit]) -> dict[str, Exhibit]:
    """Return the exhibits by slug, in order. Raises ValueError if two share one."""
    by_slug: dict[str, Exhibit] = {}
    for exhibit in exhibits:
        if exhibit.slug in by_slug:
            raise ValueError(f"two exhibits are called {exhibit.slug}")
        by_slug[exhibit.slug] = exhibit
    return by_slug


EXHIBITS = table(
    (
        convolution_forward,
        convolution_backward,
        convolution_matrix,
        pooling,
        going_back_up,
        small_cnn,
        lenet5,
        image_lab,
        first_layer,
        deconvnet,
        occlusion,
        saddle_race,
        critical_points,
        high_dimension,
        batch_sizes,
        basins,
        network_landscape,
        activations,
        losses,
    )
)
HERO = convolution_forward  # the exhibit that the home page opens with, in mid-step


def chapters() -> dict[str, list[Exhibit]]:
    """Return the exhibits of each chapter, in order."""
    by_chapter: dict[str, list[Exhibit]] = {}
    for exhibit in EXHIBITS.values():
        by_chapter.setdefault(exhibit.chapter, []).append(exhibit)
    return by_chapter

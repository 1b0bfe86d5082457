"""The table of exhibits. Routes, navigation, home page, sitemap and tests are made from it."""

from app.exhibits.base import Exhibit
from app.exhibits.convolution_forward import EXHIBIT as convolution_forward

EXHIBITS: dict[str, Exhibit] = {exhibit.slug: exhibit for exhibit in (convolution_forward,)}

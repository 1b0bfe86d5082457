"""The filters of a first layer as one picture, for a model card."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.nets.filters import GREY, colours

ACROSS = 16  # filters in a row
ZOOM = 4  # pixels a weight


def filter_sheet(weight: NDArray[np.floating]) -> bytes:
    """Return filters (F, 3, K, K) as a PNG, red, green and blue; each has its own scale, grey is zero."""
    count, _, rows, columns = weight.shape
    down = -(-count // ACROSS)
    sheet = np.full((down * (rows + 1) - 1, ACROSS * (columns + 1) - 1, 3), GREY, np.uint8)
    for unit, pixels in enumerate(colours(weight)):
        top, left = (unit // ACROSS) * (rows + 1), (unit % ACROSS) * (columns + 1)
        sheet[top : top + rows, left : left + columns] = pixels.transpose(1, 2, 0)
    buffer = io.BytesIO()
    Image.fromarray(sheet.repeat(ZOOM, 0).repeat(ZOOM, 1)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()

"""A data set of a few photos: plain colours with a little noise, as an archive."""

from io import BytesIO
from zipfile import ZipFile

import numpy as np
from PIL import Image

COLOURS = {"Sky": (40, 90, 220), "grass": (30, 180, 40), "rose": (210, 30, 60)}


def photo(colour, seed, size=(136, 136)):
    """Return a photo of one colour, width x height, as JPEG."""
    noise = np.random.default_rng(seed).integers(-20, 20, (size[1], size[0], 3))
    pixels = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=95)
    return stream.getvalue()


def archive(file, colours=COLOURS, *, train=4, val=2, size=(136, 136)):
    """Write photos of each colour into a zip archive."""
    with ZipFile(file, "w") as members:
        for name, colour in colours.items():
            for part, count in (("train", train), ("val", val)):
                for k in range(count):
                    members.writestr(f"{part}/{name}/{k}.jpg", photo(colour, k + 100 * (part == "val"), size))
    return file

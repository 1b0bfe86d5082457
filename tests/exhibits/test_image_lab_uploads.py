"""Photos of all kinds in the image lab: shown as they are, or refused in one sentence and not kept."""

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.app.test_pictures import FAULTS
from tests.exhibits.asking import npy

PAGE = "/exhibits/image-lab"
API = "/api/exhibits/image-lab"
QUERY = "net=tiny-vgg&weights=random&photo=coffee"
RED, BLUE = (200, 30, 60), (20, 60, 190)


def file_of(image, kind="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def plain(mode="RGB", size=(60, 40), color=RED):
    return Image.new("RGB", size, color).convert(mode)


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return file_of(plain(), "JPEG", exif=exif, quality=95)


def clear():
    """A picture that is red where it can be seen, and white behind."""
    image = Image.new("RGBA", (60, 40), (*BLUE, 0))
    image.paste((*RED, 255), (0, 0, 60, 40))
    return file_of(image)


def zipped():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("photo.jpg", file_of(plain(), "JPEG"))
    return stream.getvalue()


TAKEN = {
    "animated": file_of(plain(), "GIF", save_all=True, append_images=[plain(color=BLUE)]),
    "for printing": file_of(plain("CMYK"), "JPEG", quality=95),
    "palette": file_of(plain("P")),
    "alpha": clear(),
    "turned": turned(),
    "1 x 1": file_of(plain(size=(1, 1))),
    "1 x 10000": file_of(plain(size=(1, 10_000))),
    "10000 x 1": file_of(plain(size=(10_000, 1))),
}


def sent(client, data, name="photo.jpg"):
    return client.post(f"{PAGE}/picture", data={"query": QUERY}, files={"file": (name, data)}, follow_redirects=False)


@pytest.mark.parametrize("data", TAKEN.values(), ids=TAKEN)
def test_an_unusual_photo_is_shown(client, data):
    answer = sent(client, data)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    assert client.get(address).status_code == 200
    query = dict(part.split("=") for part in address.partition("?")[2].split("&"))
    pixels = npy(client, f"{API}/pixels.npy", query)
    assert pixels.shape == (3, 64, 64)
    np.testing.assert_allclose(pixels.mean(axis=(1, 2)), RED, atol=12)  # a palette has not every colour


def test_sixteen_bits_of_grey_are_shown_by_their_upper_eight(client):
    values = np.full((40, 60), 0x8040, np.uint16)
    answer = sent(client, file_of(Image.fromarray(values)), "grey.png")
    assert answer.status_code == 303
    query = dict(part.split("=") for part in answer.headers["location"].partition("?")[2].split("&"))
    pixels = npy(client, f"{API}/pixels.npy", query)
    assert (pixels == 0x80).all()


REFUSED = {**{name: data for name, (data, _) in FAULTS.items()}, "zip": zipped()}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_told_in_one_sentence_and_not_kept(client, settings, data):
    before = sorted((settings.data / "pictures").glob("**/*"))
    answer = sent(client, data)
    assert answer.status_code in (413, 422)
    (sentence,) = re.findall(r'<p class="error problem" role="alert">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert re.search(r"photo\.jpg|the picture", sentence)
    assert sentence.count(". ") == 0
    assert 'href="/exhibits/image-lab?photo=coffee&amp;net=tiny-vgg&amp;weights=random"' in answer.text
    assert sorted((settings.data / "pictures").glob("**/*")) == before

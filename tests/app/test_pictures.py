"""Uploaded pictures: what is taken, what is refused and why, and what is stored."""

import contextlib
import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app import pictures
from app.i18n import words
from app.pictures import PictureError, PictureStore, read

RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture
def store(tmp_path):
    return PictureStore(tmp_path / "pictures", days=90, limit=3)


def file_of(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def two_halves(width=40, height=20):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def noise(rng, height, width):
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))


def png_that_claims(width, height):
    """A PNG of a few bytes whose header promises width x height pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_a_png_comes_back_pixel_by_pixel(rng):
    image = noise(rng, 5, 7)
    pixels = read(file_of(image), "a.png")
    assert (pixels.shape, pixels.dtype) == ((5, 7, 3), np.uint8)
    np.testing.assert_array_equal(pixels, np.asarray(image))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_each_format_is_read(kind):
    pixels = read(file_of(two_halves(), kind), "a")
    assert pixels.shape == (20, 40, 3)
    np.testing.assert_allclose(pixels[10, 2], RED, atol=8)
    np.testing.assert_allclose(pixels[10, -3], BLUE, atol=8)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_of_the_camera_is_applied(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = read(file_of(two_halves(), "JPEG", exif=exif, quality=95), "a.jpg")
    upright = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}[orientation]
    height, width = pixels.shape[:2]
    red = {"left": (height // 2, 1), "right": (height // 2, -2), "top": (1, width // 2), "bottom": (-2, width // 2)}
    assert (height, width) == ((20, 40) if orientation < 5 else (40, 20))
    np.testing.assert_allclose(pixels[red[upright]], RED, atol=8)


def test_an_orientation_that_is_nonsense_is_ignored():
    exif = Image.Exif()
    exif[0x0112] = 77
    assert read(file_of(two_halves(), "JPEG", exif=exif), "a.jpg").shape == (20, 40, 3)


@pytest.mark.parametrize(("mode", "color", "expected"), [
    ("RGBA", (0, 0, 0, 0), 255), ("RGBA", (0, 0, 0, 51), 204), ("RGBA", (9, 9, 9, 255), 9), ("LA", (0, 0), 255),
    ("L", 7, 7), ("1", 1, 255), ("P", 0, 0), ("I;16", 0x8123, 0x81),
])  # fmt: skip
def test_every_kind_of_pixel_becomes_rgb_over_white(mode, color, expected):
    pixels = read(file_of(Image.new(mode, (3, 2), color)), "a.png")
    np.testing.assert_array_equal(pixels, np.full((2, 3, 3), expected))


def test_a_transparent_color_of_a_palette_becomes_white():
    image = two_halves().convert("P", palette=Image.Palette.ADAPTIVE)
    pixels = read(file_of(image, "GIF", transparency=image.getpixel((0, 0))), "a.gif")
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[0, -1].tolist() == list(BLUE)


def test_a_jpeg_for_printing_is_read():
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    np.testing.assert_allclose(read(file_of(image, "JPEG"), "a.jpg")[4, 4], RED, atol=8)


def test_of_an_animation_the_first_frame_is_taken():
    data = file_of(Image.new("RGB", (4, 4), RED), "GIF", save_all=True, append_images=[Image.new("RGB", (4, 4), BLUE)])
    assert read(data, "a.gif")[0, 0].tolist() == list(RED)


@pytest.mark.parametrize(("size", "reduced"), [
    ((2048, 1024), (1024, 512)), ((1000, 3000), (341, 1024)), ((1024, 10), (1024, 10)), ((5000, 1), (1024, 1)),
])  # fmt: skip
def test_the_longer_side_has_at_most_1024_pixels(size, reduced):
    height, width = read(file_of(Image.new("RGB", size, RED)), "a.png").shape[:2]
    assert (width, height) == reduced


def test_what_is_transparent_does_not_darken_its_neighbours_when_reduced():
    image = Image.new("RGBA", (2048, 64), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 1023, 64))
    assert read(file_of(image), "a.png").min() == 255


def test_a_large_photo_is_reduced_without_being_decoded_at_full_size():
    pixels = read(file_of(two_halves(6000, 4000), "JPEG"), "a.jpg")
    assert pixels.shape == (683, 1024, 3)
    np.testing.assert_allclose(pixels[300, 10], RED, atol=8)


JPEG = file_of(two_halves(400, 300), "JPEG")
NAMED = "PNG, JPEG, WebP, GIF or BMP file"
FAULTS = {
    "nothing": (b"", f"“a” is an empty file; upload a {NAMED}"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "“a” is an SVG drawing, .* export it"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "“a” is a PDF document, not a picture; take a screenshot"),
    "text": ("Grüße, 你好".encode(), f"“a” is text, not a picture; upload a {NAMED}"),
    "page": (b"<!doctype html><p>", "“a” is text, not a picture"),
    "cut text": (b"a" * 1_999 + "你".encode(), "“a” is text, not a picture"),
    "tiff": (file_of(two_halves(), "TIFF"), "“a” is a TIFF picture, which cannot be read here; save it as JPEG or PNG"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "“a” is a HEIC picture"),
    "avif": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "“a” is a AVIF picture"),
    "noise": (bytes(range(255, -1, -1)), f"“a” is no picture that can be read here; upload a {NAMED}"),
    "cut jpeg": (JPEG[: len(JPEG) - 9], "“a” is a broken or incomplete JPEG file; save or download it again"),
    "cut head": (JPEG[:200], "“a” is a broken or incomplete JPEG file"),
    "cut png": (file_of(two_halves())[:60], "“a” is a broken or incomplete PNG file"),
    "many bytes": (b"\xff" * 10_000_001, "the picture has more than 10 MB; save it smaller, or as JPEG"),
    "many pixels": (png_that_claims(10_000, 10_000), "“a” has 10000 × 10000 = 100 million pixels, at most 40 million"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_one_sentence(data, sentence):
    with pytest.raises(PictureError, match=sentence):
        read(data, "a")


@pytest.mark.parametrize(("data", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_in_chinese_too(data, sentence):
    with pytest.raises(PictureError) as caught:
        read(data, "a")
    said = words("zh").gettext(caught.value.template).format(**caught.value.values)
    assert any("一" <= letter <= "鿿" for letter in said)


@pytest.mark.parametrize("size", [(8_000, 5_001), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_one_is_decoded(size, monkeypatch):
    monkeypatch.setattr(pictures, "_reduced", lambda image: pytest.fail("decoded"))
    with pytest.raises(PictureError, match="million pixels"):
        read(png_that_claims(*size), "a.png")


def test_a_long_name_is_cut():
    with pytest.raises(PictureError) as caught:
        read(b"", "x" * 10_000)
    assert len(str(caught.value)) < 200


@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), kind=st.sampled_from(["PNG", "JPEG", "GIF"]))
def test_a_broken_byte_gives_a_picture_or_a_sentence(place, byte, kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = bytearray(file_of(two_halves(), kind, **({} if kind == "GIF" else {"exif": exif})))
    data[int(place * len(data))] = byte
    with contextlib.suppress(PictureError):
        assert read(bytes(data), "a").ndim == 3


def test_the_same_pixels_have_the_same_key_whatever_file_they_came_in(store, rng):
    image = noise(rng, 6, 4)
    keys = {store.put(read(file_of(image, kind), "a")) for kind in ("PNG", "BMP")}
    assert len(keys) == 1
    assert len(keys.pop()) == 32


def test_the_same_bytes_in_another_shape_have_another_key(store):
    pixels = np.zeros((2, 3, 3), dtype=np.uint8)
    assert store.put(pixels) != store.put(pixels.reshape(3, 2, 3))


def test_a_stored_picture_comes_back(store, rng):
    pixels = np.asarray(noise(rng, 6, 4))
    again = store.get(store.put(pixels))
    assert again.dtype == np.uint8
    np.testing.assert_array_equal(again, pixels)


def test_a_picture_carries_no_metadata(store):
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    key = store.put(read(file_of(two_halves(), "JPEG", exif=exif, comment=b"secret words"), "a.jpg"))
    assert b"secret" not in store.find(key)
    assert Image.open(io.BytesIO(store.find(key))).info == {}


@pytest.mark.parametrize("key", ["", "0" * 32, "0" * 20, "../" + "0" * 29, "G" * 32])
def test_other_keys_have_no_picture(store, key):
    assert store.get(key) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PictureError, match="cannot be stored here now"):
        PictureStore(tmp_path / "file", days=1, limit=1).put(np.zeros((1, 1, 3), dtype=np.uint8))

"""Uploaded pictures: bounded before they are decoded, then upright, opaque, small, without metadata."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from app.i18n import N_
from app.store import KeptFiles
from engine import EngineError

Pixels = NDArray[np.uint8]  # (H, W, 3)

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
LONGER_SIDE = 1_024
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MILLION = 1_000_000
# Pillow would warn above one number of pixels and refuse above twice that; `_opened` refuses earlier and says the size.
Image.MAX_IMAGE_PIXELS = None

WANTED = N_("“{name}” is no picture that can be read here; upload a PNG, JPEG, WebP, GIF or BMP file")
EMPTY = N_("“{name}” is an empty file; upload a PNG, JPEG, WebP, GIF or BMP file")
TOO_LONG = N_("the picture has more than {most} MB; save it smaller, or as JPEG, and upload it again")
TOO_LARGE = N_(
    "“{name}” has {width} × {height} = {got} million pixels, at most {most} million can be read here; make it smaller"
)
BROKEN = N_("“{name}” is a broken or incomplete {format} file; save or download it again")
SVG = N_("“{name}” is an SVG drawing, which has lines instead of pixels; export it as PNG and upload that")
PDF = N_("“{name}” is a PDF document, not a picture; take a screenshot of what you need and upload that")
TEXT = N_("“{name}” is text, not a picture; upload a PNG, JPEG, WebP, GIF or BMP file")
OTHER = N_("“{name}” is a {format} picture, which cannot be read here; save it as JPEG or PNG and upload that")
NOT_STORED = N_("the picture cannot be stored here now; try again later")

MAGIC = ((b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"RIFF", "WebP"), (b"GIF8", "GIF"), (b"BM", "BMP"))
# What people upload besides: (offset, bytes there, name). A phone's HEIC comes first among them.
OTHER_FORMATS = (
    (4, b"ftypavif", "AVIF"),
    (4, b"ftyp", "HEIC"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"\0\0\1\0", "ICO"),
)


class PictureError(EngineError):
    """An upload that is no picture we take; says what was wanted, what came, what to do."""


class PictureStore(KeptFiles):
    """Pictures as PNG files, under the hash of their pixels: the same picture always gets the same key."""

    digits = 32

    def put(self, pixels: Pixels) -> str:
        """Store (H, W, 3) pixels, return their key: the first 32 hex digits of the SHA-256 of size and pixels.

        Raises PictureError if the folder cannot be written.
        """
        height, width, _ = pixels.shape
        digest = hashlib.sha256(f"{width}x{height}".encode())  # 2 x 3 pixels may have the bytes of 3 x 2
        digest.update(pixels.tobytes())
        key = digest.hexdigest()[: self.digits]
        try:
            self.keep(key, _png(pixels))
        except OSError as error:
            raise PictureError(NOT_STORED) from error
        return key

    def get(self, key: str) -> Pixels | None:
        """Return the pixels stored under `key`, or None if there are none any more."""
        png = self.find(key)
        return None if png is None else np.array(Image.open(io.BytesIO(png), formats=("PNG",)))


def take(store: PictureStore, data: bytes, filename: str) -> tuple[str, int, int]:
    """Read an upload and store it; return its key, width and height."""
    pixels = read(data, filename)
    height, width, _ = pixels.shape
    return store.put(pixels), width, height


def read(data: bytes, filename: str) -> Pixels:
    """Return the picture in an uploaded file as (H, W, 3); of an animation, the first frame.

    It is upright (EXIF orientation), composed over white where it is transparent, and
    reduced so that its longer side has at most 1,024 pixels. Raises PictureError.
    """
    name = filename[:80]
    image = _opened(data, name)
    try:
        small = _reduced(image)
    except MemoryError:
        raise
    except Exception as error:  # on broken files Pillow's decoders raise nearly anything
        raise PictureError(BROKEN, name=name, format=image.format) from error
    return np.array(_over_white(small))


def too_long() -> PictureError:
    """Return what to say of a file with too many bytes."""
    return PictureError(TOO_LONG, most=MOST_BYTES // MILLION)


def _opened(data: bytes, name: str) -> Image.Image:
    """Return the picture with only its header read, once its size and format are known to be allowed."""
    if not data:
        raise PictureError(EMPTY, name=name)
    if len(data) > MOST_BYTES:
        raise too_long()
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except MemoryError:
        raise
    except Exception as error:  # as above
        raise _not_a_picture(data, name) from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        got = f"{width * height / MILLION:.0f}"
        raise PictureError(TOO_LARGE, name=name, width=width, height=height, got=got, most=MOST_PIXELS // MILLION)
    return image


def _not_a_picture(data: bytes, name: str) -> PictureError:
    head = data[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        return PictureError(PDF, name=name)
    for magic, kind in MAGIC:
        if data.startswith(magic) and not _is_text(data[:2_000]):
            return PictureError(BROKEN, name=name, format=kind)
    for offset, magic, kind in OTHER_FORMATS:
        if data[offset:].startswith(magic):
            return PictureError(OTHER, name=name, format=kind)
    if b"<svg" in head:
        return PictureError(SVG, name=name)
    return PictureError(WANTED if b"\0" in head or not _is_text(data[:2_000]) else TEXT, name=name)


def _is_text(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a character cut in two at the end
    return True


def _reduced(image: Image.Image) -> Image.Image:
    """Return the decoded picture in L, RGB or RGBA, at most LONGER_SIDE long, upright."""
    if image.mode.startswith("I"):  # 16 bits of grey: the upper 8
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")  # a copy of 40 million takes 160 MB
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    # A large JPEG is decoded at a fraction of its size; transparent pixels weigh nothing in the means.
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS, reducing_gap=1.5)
    return ImageOps.exif_transpose(image)


def _over_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _png(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)  # 6 takes five times as long for a tenth less
    return buffer.getvalue()

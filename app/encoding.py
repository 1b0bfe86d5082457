"""Answers as bytes, encoded once: JSON, .npy, .csv. Never FastAPI's default encoder."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import orjson
import zstandard
from starlette.responses import Response

from app.tensors import Array

ZSTD = "zstd"
FASTEST = 1
FOREVER = "public, max-age=31536000, immutable"  # for what is named by its hash
CACHED = {"Cache-Control": "public, max-age=3600"}


def json_answer(value: Any) -> Response:
    """Return JSON of nested dicts, lists, dataclasses and arrays."""
    body = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, media_type="application/json", headers=CACHED)


def npy_answer(values: Array) -> Response:
    """Return a float64 .npy file, for numpy.load and for the page: not a digit is lost."""
    buffer = io.BytesIO()
    np.save(buffer, values)
    return Response(buffer.getvalue(), media_type="application/octet-stream", headers=CACHED)


def csv_answer(values: Array) -> Response:
    """Return rows and columns with a blank line between slices, as app.tensors reads them back."""
    slices = values.reshape(math.prod(values.shape[:-2]), *values.shape[-2:]) if values.ndim > 1 else values[None, None]
    text = "\n\n".join("\n".join(",".join(map(repr, row)) for row in rows) for rows in slices.tolist())
    return Response(text + "\n", media_type="text/csv; charset=utf-8", headers=CACHED)


def png_answer(picture: bytes, *, zstd: bool = False) -> Response:
    """Return a picture; one that is not packed is packed by zstd, in a tenth of PNG's own time."""
    if not zstd:
        return Response(picture, media_type="image/png", headers=CACHED)
    headers = {**CACHED, "Content-Encoding": ZSTD, "Vary": "Accept-Encoding"}
    return Response(packed(picture), media_type="image/png", headers=headers)


def packed(data: bytes) -> bytes:
    """Return bytes as zstd packs them fast."""
    return zstandard.compress(data, FASTEST)


def svg_answer(drawing: str) -> Response:
    """Return a drawing."""
    return Response(drawing, media_type="image/svg+xml", headers=CACHED)

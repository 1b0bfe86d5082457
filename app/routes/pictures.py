"""Uploaded pictures: taken, and given back under their hash."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app import pictures
from app.encoding import FOREVER, json_answer
from app.exhibits.image_lab.samples import SAMPLES, thumbnail
from app.i18n import N_
from app.pictures import PictureError
from app.routes.heavy import heavy

router = APIRouter(tags=["pictures"])
PATH = "/api/pictures"
FORM_ROOM = 10_000  # bytes of a form besides the file in it
MOST_BODY = pictures.MOST_BYTES + FORM_ROOM
NO_FILE = N_("no picture came; send it as the file “file” of a form, or as the body with its type, such as image/png")

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORM = {"schema": {"type": "object", "properties": {"file": _BINARY["schema"]}, "required": ["file"]}}
BODY: dict[str, Any] = {
    "requestBody": {"content": {"multipart/form-data": _FORM, "image/*": _BINARY}, "required": True}
}


@router.post(PATH, name="pictures: upload", openapi_extra=BODY)
async def upload(request: Request) -> Response:
    """Take a PNG, JPEG, WebP, GIF or BMP file of at most 10 MB and 40 million pixels; answer with its hash and size.

    It comes as the file `file` of a form, or as the body itself under an image type.
    """
    data, name = await _uploaded(request)
    key, width, height = await heavy(request, pictures.take, request.app.state.pictures, data, name)
    answer = json_answer({"picture": key, "width": width, "height": height})
    answer.headers["Cache-Control"] = "no-store"
    return answer


# Not async: it reads a file.
@router.get(PATH + "/{picture}.png", name="pictures: picture")
def picture(
    request: Request, picture: Annotated[str, Path(description="the hash that the upload returned")]
) -> Response:
    """The picture as it was taken: upright, over white, at most 1,024 pixels long."""
    png = request.app.state.pictures.find(picture)
    if png is None:
        raise HTTPException(404)
    # With an ETag of its own it stays out of the cache of answers: reading it here is what keeps it from expiring.
    headers = {"Cache-Control": FOREVER, "ETag": f'"{picture}"'}
    return Response(png, media_type="image/png", headers=headers)


@router.get("/api/samples/{sample}.jpg", name="pictures: a sample, small")
def small_sample(sample: Annotated[str, Path(description="a sample photo's name")]) -> Response:
    """The middle of a sample photo, small."""
    if sample not in SAMPLES:
        raise HTTPException(404)
    return Response(thumbnail(sample), media_type="image/jpeg", headers={"Cache-Control": FOREVER})


async def _uploaded(request: Request) -> tuple[bytes, str]:
    """Return the bytes of the upload and what to call it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("image/"):
        return await request.body(), kind
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=10) as form:
            file = form.get("file")
            if isinstance(file, UploadFile) and file.filename:
                return await file.read(), file.filename
    raise PictureError(NO_FILE)

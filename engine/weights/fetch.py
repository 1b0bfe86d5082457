"""Official weights, downloaded when somebody asks for them. The one place of the engine that speaks to a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, HTTPResponse
from time import monotonic
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from engine.errors import FileError
from engine.weights.convert import convert
from engine.weights.official import OFFICIAL, Official, Place, alone, at, sha256

__all__ = ["OFFICIAL", "Progress", "download", "get"]

CHUNK = 1 << 20  # bytes read at once, at most
PATIENCE = 20  # seconds without a byte
LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download has come."""

    done: int  # bytes
    total: int
    seconds_left: float | None  # None before anything has come


def get(name: str) -> Iterator[Progress]:
    """Download and convert the official weights of network `name`; nothing happens if they are here and whole.

    Whoever stops iterating stops the download; the next one goes on from there.
    Raises RangeError if there are none, FileError for all that can go wrong, ShapeError if they are of another network.
    """
    place = at(name)
    yield from download(place)
    convert(place)


def download(place: Place) -> Iterator[Progress]:
    """Bring the published file, from where an earlier download stopped, and record its SHA-256; see get."""
    with alone(place):
        if _is_whole(place):
            return
        place.forget()
        yield from _transfer(place)
        _accept(place)


def _is_whole(place: Place) -> bool:
    if place.is_here:
        return sha256(place.kept) == place.recorded("kept")
    return place.came.is_file() and sha256(place.came) == place.recorded("came")


def _transfer(place: Place) -> Iterator[Progress]:
    official = place.official
    have = place.part.stat().st_size if place.part.is_file() else 0
    if have > official.size:
        have = 0
    _refuse_without_room(place, have)
    yield Progress(have, official.size, None)
    if have == official.size:
        return
    with _opened(official, have) as response:
        have = have if response.status == 206 else 0  # a server that knows no ranges begins anew
        begin, start = have, monotonic()
        with place.part.open("ab" if have else "wb") as file:
            while have < official.size:
                chunk = _read(response, official, have)
                file.write(chunk)
                file.flush()
                have += len(chunk)
                pace = (monotonic() - start) / (have - begin)
                yield Progress(have, official.size, pace * (official.size - have))


def _refuse_without_room(place: Place, have: int) -> None:
    """The rest has to fit, and then the converted file beside the whole one."""
    needed, free = 2 * place.official.size - have, shutil.disk_usage(place.folder).free
    if free < needed:
        raise FileError(
            "{name} needs {needed} MB in {folder}, where {free} MB are free",
            name=place.official.name,
            needed=_megabytes(needed),
            folder=place.folder,
            free=_megabytes(free),
        )


def _accept(place: Place) -> None:
    digest, wanted = sha256(place.part), place.official.prefix
    if not digest.startswith(wanted):
        place.part.unlink()
        raise FileError(
            "what came from {host} is not the published file: its SHA-256 begins with {got} instead of {wanted}; "
            "it was deleted",
            host=_host(place.official.address),
            got=digest[: len(wanted)],
            wanted=wanted,
        )
    place.write_down("came", digest)
    place.part.replace(place.came)


def _opened(official: Official, have: int) -> HTTPResponse:
    """Return the answer to a request for all bytes from `have` on."""
    where = urlsplit(official.address)
    local = where.hostname in LOCAL
    if not (where.scheme == "https" or (where.scheme == "http" and local)):
        raise FileError("weights are downloaded over https only, not from {address}", address=official.address)
    opener = build_opener(_SameHost, *([ProxyHandler({})] if local else []))
    request = Request(official.address, headers={"Range": f"bytes={have}-"} if have else {})
    host = _host(official.address)
    try:
        response: HTTPResponse = opener.open(request, timeout=PATIENCE)
    except HTTPError as error:
        error.close()
        raise FileError(
            "{host} answered with status {status} instead of the file; try again later", host=host, status=error.code
        ) from None
    except (OSError, HTTPException) as error:
        reason = str(error.reason if isinstance(error, URLError) else error)
        raise FileError(
            "{host} cannot be reached ({reason}); look whether this machine is on the internet, and start again",
            host=host,
            reason=reason,
        ) from None
    if not _is_what_was_asked(response, official.size, have):
        response.close()
        raise FileError(
            "{host} offers another file than the published one of {size} MB; nothing was downloaded",
            host=host,
            size=_megabytes(official.size),
        )
    return response


def _is_what_was_asked(response: HTTPResponse, size: int, have: int) -> bool:
    if response.status == 206:
        return have > 0 and response.headers["Content-Range"] == f"bytes {have}-{size - 1}/{size}"
    return response.headers.get("Content-Length", str(size)) == str(size)


def _read(response: HTTPResponse, official: Official, have: int) -> bytes:
    """Return the next bytes, at least one and never more than the file has."""
    try:
        chunk = response.read1(min(CHUNK, official.size - have))
    except (OSError, HTTPException):
        chunk = b""
    if not chunk:
        raise FileError(
            "the connection to {host} broke off after {done} of {total} MB; start again, and it goes on from there",
            host=_host(official.address),
            done=_megabytes(have),
            total=_megabytes(official.size),
        )
    return chunk


class _SameHost(HTTPRedirectHandler):
    """Follows no redirect to another host, nor from https to http."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            fp.close()
            raise FileError(
                "{host} sends on to {other}, which is not followed", host=_host(req.full_url), other=_host(newurl)
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"

"""One short word that changes whenever the program does: it names caches and static files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from app import paths

_SOURCES = (Path(__file__).parent, paths.ENGINE, paths.TEMPLATES, paths.STATIC)
_SUFFIXES = {".py", ".html", ".js", ".css", ".po", ".svg", ".md", ".yaml"}


@cache
def build_id() -> str:
    """Return 12 hex digits of the SHA-256 of every source file.

    A link to `/static/<build_id>/...` may be cached for ever, and an answer computed by
    another version of the engine never passes for one of this version.
    """
    digest = hashlib.sha256()
    files = {file for root in _SOURCES for file in root.rglob("*") if file.suffix in _SUFFIXES}
    for file in sorted(files):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]

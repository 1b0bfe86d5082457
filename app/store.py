"""States too long for a link, stored under the hash of what they say."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path

_KEY = re.compile(r"[0-9a-f]{20}")
_DAY = 86_400


class StateStore:
    """A folder of query strings. A state lives `days` days after it was last opened.

    The same state always gets the same key, so storing it twice costs nothing. Beyond
    `limit` states the ones that were opened longest ago go first.
    """

    def __init__(self, folder: Path, *, days: int, limit: int) -> None:
        self.folder, self.days, self.limit = folder, days, limit

    def put(self, query: str) -> str:
        """Store `query`, return its key: the first 20 hex digits of its SHA-256."""
        key = hashlib.sha256(query.encode()).hexdigest()[:20]
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{key}.{os.getpid()}"
        unfinished.write_text(query)
        unfinished.replace(self.folder / key)
        self._prune()
        return key

    def get(self, key: str) -> str | None:
        """Return the state stored under `key`, or None if there is none any more."""
        if not _KEY.fullmatch(key):
            return None
        file = self.folder / key
        try:
            if self._expired(file):
                return None
            query = file.read_text()
            os.utime(file)
        except FileNotFoundError:
            return None
        return query

    def _expired(self, file: Path) -> bool:
        return time.time() - file.stat().st_mtime > self.days * _DAY

    def _prune(self) -> None:
        files = list(self.folder.iterdir())
        if len(files) <= self.limit:
            return
        for file in sorted(files, key=lambda file: file.stat().st_mtime)[: -self.limit]:
            file.unlink(missing_ok=True)

"""States too long for a link, stored under the hash of what they say."""

from __future__ import annotations

import hashlib
import os
import re
import time
from pathlib import Path

from app.i18n import N_
from engine import EngineError

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
        """Store `query`, return its key: the first 20 hex digits of its SHA-256.

        Raises EngineError if the folder cannot be written.
        """
        key = hashlib.sha256(query.encode()).hexdigest()[:20]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / f"{key}.{os.getpid()}"
            unfinished.write_text(query)
            unfinished.replace(self.folder / key)
            self._prune()
        except OSError as error:
            raise EngineError(N_("these numbers are too long for a link and cannot be stored here now")) from error
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
        with os.scandir(self.folder) as files:
            ages = sorted(((_opened(file), file.path) for file in files), reverse=True)
        for _, path in ages[self.limit :]:
            Path(path).unlink(missing_ok=True)


def _opened(file: os.DirEntry[str]) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another worker has pruned it meanwhile
        return 0.0

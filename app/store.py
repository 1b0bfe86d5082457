"""What learners leave here, as files named by the hash of what they say."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from pathlib import Path

from app.i18n import N_
from engine import EngineError

_DAY = 86_400


class KeptFiles:
    """A folder of files, each under a key of `digits` hex digits. One lives `days` days after it was last read.

    Beyond `limit` files the ones that were read longest ago go first.
    """

    digits: int

    def __init__(self, folder: Path, *, days: int, limit: int) -> None:
        self.folder, self.days, self.limit = folder, days, limit

    def keep(self, key: str, content: bytes) -> None:
        """Store `content` under `key`. Raises OSError if the folder cannot be written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{key}.{os.getpid()}.{threading.get_ident()}"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / key)
        self._prune()

    def find(self, key: str) -> bytes | None:
        """Return what is stored under `key`, or None if there is nothing any more."""
        if not re.fullmatch(f"[0-9a-f]{{{self.digits}}}", key):
            return None
        file = self.folder / key
        try:
            if self._expired(file):
                return None
            content = file.read_bytes()
            os.utime(file)
        except FileNotFoundError:
            return None
        return content

    def _expired(self, file: Path) -> bool:
        return time.time() - file.stat().st_mtime > self.days * _DAY

    def _prune(self) -> None:
        with os.scandir(self.folder) as files:
            ages = sorted(((_opened(file), file.path) for file in files), reverse=True)
        for _, path in ages[self.limit :]:
            Path(path).unlink(missing_ok=True)


class StateStore(KeptFiles):
    """States too long for a link: query strings. The same state always gets the same key."""

    digits = 20

    def put(self, query: str) -> str:
        """Store `query`, return its key: the first 20 hex digits of its SHA-256.

        Raises EngineError if the folder cannot be written.
        """
        key = hashlib.sha256(query.encode()).hexdigest()[: self.digits]
        try:
            self.keep(key, query.encode())
        except OSError as error:
            raise EngineError(N_("these numbers are too long for a link and cannot be stored here now")) from error
        return key

    def get(self, key: str) -> str | None:
        """Return the state stored under `key`, or None if there is none any more."""
        query = self.find(key)
        return None if query is None else query.decode()


def _opened(file: os.DirEntry[str]) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another worker has pruned it meanwhile
        return 0.0

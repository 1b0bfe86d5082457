"""Who reads: in which language and in which light. Query first, then cookie, then browser."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from app import i18n
from app.i18n import Words
from engine import EngineError

THEMES = ("light", "dark")
YEAR = 365 * 86_400
CHOICES = ("lang", "theme")


@dataclass
class Visitor:
    """What a request says about its reader."""

    request: Request

    @cached_property
    def language(self) -> str:
        request = self.request
        return i18n.choose_language(
            request.query_params.get("lang"),
            request.cookies.get("lang"),
            request.headers.get("accept-language", ""),
        )

    @cached_property
    def theme(self) -> str | None:
        """The theme that was chosen, or None: as the system has it."""
        for wanted in (self.request.query_params.get("theme"), self.request.cookies.get("theme")):
            if wanted in THEMES:
                return wanted
        return None

    @property
    def words(self) -> Words:
        return i18n.words(self.language)

    def explain(self, error: EngineError) -> str:
        """Return what the engine refused, in the reader's language."""
        return self.words.gettext(error.template).format(**error.values)

    def here(self, **changes: str) -> str:
        """Return the link to this page with some parameters changed."""
        query = {**self.request.query_params, **changes}
        return f"{self.request.url.path}?{urlencode(query)}"

    def remember(self, response: Response) -> None:
        """Keep a choice made in the link for later pages."""
        for name in CHOICES:
            if name in self.request.query_params:
                chosen = self.language if name == "lang" else self.theme
                response.set_cookie(name, chosen or "", max_age=YEAR, samesite="lax")

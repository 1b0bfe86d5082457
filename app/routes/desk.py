"""One request to one exhibit: who asks, with which link, and the page that answers."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.exhibits import EXHIBITS
from app.exhibits.base import EMBED, Exhibit, links, query_with
from app.exhibits.reading import EXPIRED, Read, read_query, short_query
from app.pages import page
from app.visitor import Visitor
from app.worker import WorkerError
from engine import EngineError

NOTHING_SAID: dict[str, Any] = {"panel": None, "verdict": None, "guess": None, "revealed": False}


class Desk:
    """Reads links, prepares scenes, answers with pages."""

    def __init__(self, exhibit: Exhibit, request: Request) -> None:
        self.exhibit, self.request, self.visitor = exhibit, request, Visitor(request)
        self.embedding: dict[str, str] = {}  # goes into every link of the page, so that it stays embedded
        self.settings, self.store = request.app.state.settings, request.app.state.store

    def read(self, query: dict[str, str]) -> Read:
        """Return the parameters of a link, and a sentence for each one that was refused."""
        if query.get(EMBED) == "1":
            self.embedding = {EMBED: "1"}
        return read_query(self.exhibit, query, self.store, self.visitor)

    async def prepare(self, params: Any) -> Any:
        """Return the scene of `params`; what a network has to compute for it is awaited."""
        if self.exhibit.gather is None:
            return self.exhibit.prepare(params)
        return self.exhibit.prepare(params, await self.exhibit.gather(params, self.request.app.state))

    async def scene(self, params: Any) -> Any:
        """Return the scene of the API's parameters, with what a stored state adds to them."""
        if "state" in self.request.query_params:
            given = {name: str(value) for name, value in params.model_dump(exclude_unset=True).items()}
            read = self.read({**given, "state": self.request.query_params["state"]})
            if read.problems:
                raise EngineError(EXPIRED)
            params = read.params
        fields = type(params).model_fields
        return await self.prepare(params.model_copy(update={n: fields[n].default for n in self.exhibit.page_only}))

    def see_other(self, params: Any) -> Response:
        """Send the browser to the link of `params`."""
        query = short_query(self.exhibit, params, self.store, self.settings.max_query)
        return RedirectResponse(f"{self.exhibit.path}?{query_with(query | self.embedding)}", status_code=303)

    async def page(self, read: Read, *, problem: EngineError | None = None, **said: Any) -> HTMLResponse:
        """Return the exhibit's page; what does not fit is explained and the controls stay.

        A context that has `refused` explains itself what was refused.
        """
        problems = [*read.problems, *([self.visitor.explain(problem)] if problem else [])]
        status = _status(problem) if problem else 422
        try:
            query = short_query(self.exhibit, read.params, self.store, self.settings.max_query)
            context = (await self.prepare(read.params)).context(self.visitor.words)
        except EngineError as error:
            query = {name: str(value) for name, value in read.params.model_dump(exclude_defaults=True).items()}
            context = self.exhibit.broken(read.params, self.visitor.words)
            status = _status(error)
            problems.append(self.visitor.explain(error))
        query |= self.embedding
        return page(
            self.visitor,
            f"exhibits/{self.exhibit.slug}.html",
            status if problems or context.pop("refused", False) else 200,
            number=list(EXHIBITS).index(self.exhibit.slug) + 1,
            here=lambda **changes: f"{self.exhibit.path}?{query_with(query, **changes)}",
            problems=problems,
            compact=False,
            embed=bool(self.embedding),
            query_with=query_with,
            state_days=self.settings.state_days,
            **links(self.exhibit, query, self.visitor.language),
            **context,
            **{**NOTHING_SAID, **said},
        )


def _status(error: EngineError) -> int:
    """Return what HTTP calls the problem: 422 for what was asked, another number where the server is at fault."""
    return error.status if isinstance(error, WorkerError) else 422

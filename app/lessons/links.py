"""What the links of a lesson become: a glossary word with its definition, an exhibit, a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from markdown_it.token import Token
from markupsafe import Markup

from app.exhibits import EXHIBITS
from app.lessons import LESSONS
from app.lessons.glossary import glossary, inline
from app.lessons.markdown import Reference, referred


class Linker:
    """Resolves the links of one text; every definition on its page gets a name of its own."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.numbers = count(1)

    def resolve(self, tokens: Sequence[Token]) -> None:
        """Give each link its address; one that leads nowhere yet stays plain text."""
        for token in tokens:
            if token.children:
                token.children = self._resolved(token.children)

    def _resolved(self, children: list[Token]) -> list[Token]:
        made: list[Token] = []
        closing: list[list[Token]] = []
        for child in children:
            if child.type == "link_open":
                opening, close = self._link(child)
                made += opening
                closing.append(close)
            elif child.type == "link_close":
                made += closing.pop()
            else:
                made.append(child)
        return made

    def _link(self, link: Token) -> tuple[list[Token], list[Token]]:
        """Return what stands before and after the words of a link."""
        reference = referred(str(link.attrGet("href") or ""))
        end = Token("link_close", "a", -1)
        if reference is None:
            return [link], [end]
        if reference.kind == "term":
            return self._term(link, reference, end)
        known = EXHIBITS if reference.kind == "exhibit" else LESSONS
        if reference.slug not in known:
            return [], []
        query = f"?{reference.query}" if reference.query else ""
        link.attrSet("href", known[reference.slug].path + query)
        return [link], [end]

    def _term(self, link: Token, reference: Reference, end: Token) -> tuple[list[Token], list[Token]]:
        if reference.slug not in glossary():
            return [], []
        name = f"term-{next(self.numbers)}"
        link.attrs = {"href": f"/glossary#{reference.slug}", "data-term": "", "aria-describedby": name}
        before, after = Token("html_inline", "", 0), Token("html_inline", "", 0)
        definition = self._definition(reference.slug)
        before.content = '<span class="term">'
        after.content = f'<span class="definition" id="{name}" role="tooltip">{definition}</span></span>'
        return [before, link], [end, after]

    def _definition(self, slug: str) -> str:
        entry = glossary()[slug][self.language]
        return Markup("<b>{}</b> {}").format(entry["term"], inline(entry["text"]))

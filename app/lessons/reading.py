"""A lesson as its page shows it: Markdown, cut where exhibits and questions stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from markupsafe import Markup

from app import paths
from app.exhibits import EXHIBITS
from app.lessons.markdown import blocks, parser, place

if TYPE_CHECKING:
    from markdown_it.token import Token

EMPTY = Markup()
_QUESTION = re.compile(r"^::: question (\S+)$", re.MULTILINE)
_FORMULA_AND_STOP = re.compile(r"</math></span>([，。；：、）？！,.;:)?!]+)")


@dataclass(frozen=True)
class Piece:
    """A part of a lesson: text ("html"), or the place of an "exhibit" or a "question"."""

    kind: str
    html: Markup = EMPTY  # of an exhibit: its caption
    slug: str = ""
    query: str = ""
    number: int = 0  # of an exhibit, among those of the lesson


@dataclass(frozen=True)
class Head:
    """What a list of lessons says about one, in one language."""

    title: str
    summary: str
    minutes: int
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """The words of a lesson in one language."""

    title: str
    summary: str
    minutes: int
    pieces: tuple[Piece, ...]
    headings: tuple[tuple[str, str], ...]  # (anchor, words) of its sections

    @property
    def questions(self) -> list[str]:
        return [piece.slug for piece in self.pieces if piece.kind == "question"]


def file(slug: str, language: str) -> Path:
    """Return where a lesson's words are."""
    return paths.TEMPLATES / "lessons" / language / f"{slug}.md"


@cache
def lesson_head(slug: str, language: str) -> Head:
    """Return the head of a lesson without reading its Markdown: the first page after a start shows all of them."""
    source = file(slug, language).read_text(encoding="utf-8")
    _, front_matter, words = source.split("---\n", 2)
    return Head(**yaml.safe_load(front_matter), questions=tuple(_QUESTION.findall(words)))


@cache
def lesson_text(slug: str, language: str) -> Text:
    """Return a lesson in one language."""
    return parse(file(slug, language).read_text(encoding="utf-8"), language)


def parse(source: str, language: str) -> Text:
    """Return the lesson that `source` writes."""
    from app.lessons.links import Linker  # brings the whole of Markdown, which no page before a lesson needs

    tokens = parser().parse(source)
    about = yaml.safe_load(tokens[0].content) if tokens[0].type == "front_matter" else {}
    Linker(language).resolve(tokens)
    return Text(
        title=str(about.get("title", "")),
        summary=str(about.get("summary", "")),
        minutes=int(about.get("minutes", 0)),
        pieces=tuple(_pieces(tokens)),
        headings=tuple(_headings(tokens)),
    )


def _pieces(tokens: Sequence[Token]) -> list[Piece]:
    pieces: list[Piece] = []
    exhibits = 0
    for block in blocks(tokens):
        found = place(block)
        if block[0].type == "front_matter":
            continue
        if found is None:
            _add_words(pieces, block)
        elif found.kind == "question":
            pieces.append(Piece("question", slug=found.slug))
        elif found.slug in EXHIBITS:
            exhibits += 1
            caption = _html(block[1:-1])
            pieces.append(Piece("exhibit", caption, found.slug, found.query, exhibits))
    return pieces


def _add_words(pieces: list[Piece], block: list[Token]) -> None:
    """Add a block of text. A margin note stands at the height of what it follows, so it comes first in one box."""
    opening = block[0]
    if opening.type == "admonition_open":
        opening.attrSet("role", "note")
    html = _html(block)
    if opening.meta.get("tag") == "margin" and pieces and pieces[-1].kind == "html":
        noted = pieces.pop().html
        html = Markup('<div class="beside">{}{}</div>').format(html, noted)
    pieces.append(Piece("html", html))


def _headings(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    return [
        (str(token.attrGet("id")), words.content)
        for token, words in pairwise(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    ]


def _html(tokens: Sequence[Token]) -> Markup:
    html = parser().renderer.render(tokens, parser().options, {})
    return Markup(_FORMULA_AND_STOP.sub(r"</math>\1</span>", html))  # no line begins with a stop

"""The Markdown of lessons: formulas, notes, terms, and the places of exhibits and questions.

[text](term:feature-map)              a word of the glossary
[text](exhibit:convolution-forward?stride=1)   [text](lesson:why-convolution)
!!! note "Title"                      also history; margin stands beside the text
::: exhibit convolution-forward?preset=cs231n&step=4
One paragraph of caption.
:::
::: question one-cell
:::
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

PLACES = ("exhibit", "question")  # containers that the page fills in
SCHEMES = ("term", "exhibit", "lesson")  # links that the site resolves


class Reference(NamedTuple):
    """Something a lesson names: kind, slug, and what follows its "?"."""

    kind: str
    slug: str
    query: str


@cache
def parser() -> MarkdownIt:
    """Return the parser of lessons; HTML in them stays text. Nothing before the first lesson waits for its parts."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.anchors import anchors_plugin
    from mdit_py_plugins.attrs import attrs_plugin
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    from app.lessons import formulas

    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.use(front_matter_plugin).use(admon_plugin).use(footnote_plugin)
    made.use(attrs_plugin, allowed=["lang"])
    made.use(dollarmath_plugin, allow_space=False, renderer=formulas.shown)
    made.use(anchors_plugin, min_level=2, max_level=3)
    for name in PLACES:
        made.use(container_plugin, name)
    return made


def blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the paragraphs, headings, lists, notes, containers of a text, one after the other."""
    block: list[Token] = []
    depth = 0
    for token in tokens:
        block.append(token)
        depth += token.nesting
        if depth == 0:
            yield block
            block = []


def place(block: Sequence[Token]) -> Reference | None:
    """Return what a container block asks for, None for any other block."""
    if not block[0].type.startswith("container_"):
        return None
    return referred(":".join(block[0].info.split()))


def referred(address: str) -> Reference | None:
    """Return what an address such as `term:kernel` names, None for any other address."""
    kind, colon, rest = address.partition(":")
    slug, _, query = rest.partition("?")
    return Reference(kind, slug, query) if colon and kind in (*SCHEMES, *PLACES) else None


def references(tokens: Sequence[Token]) -> Iterator[Reference]:
    """Yield everything that a text names, in order."""
    for block in blocks(tokens):
        found = place(block)
        if found:
            yield found
        for token in block:
            for child in token.children or ():
                named = referred(str(child.attrGet("href") or ""))
                if named:
                    yield named

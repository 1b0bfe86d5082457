"""The words of the field in both languages: one file decides how each is called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import yaml
from markupsafe import Markup

from app import paths
from app.i18n import LANGUAGES
from app.lessons.markdown import parser

FILE = paths.TEMPLATES / "lessons" / "glossary.yaml"
Entry = Mapping[str, Mapping[str, str]]  # language -> {"term": ..., "text": ...}


@cache
def glossary() -> Mapping[str, Entry]:
    """Return slug -> entry."""
    entries: Mapping[str, Entry] = yaml.safe_load(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
    return entries


@cache
def in_order(language: str) -> list[tuple[str, Entry]]:
    """Return the entries sorted by their term in `language`."""
    return sorted(glossary().items(), key=lambda item: _sorting(item[1][language]["term"]))


def inline(text: str) -> Markup:
    """Return a definition as HTML, with its formulas and without links: it is shown inside one."""
    (words,) = parser().parseInline(text.strip())
    words.children = [one for one in words.children or () if one.type not in ("link_open", "link_close")]
    return Markup(parser().renderer.render([words], parser().options, {}))


def other_languages(language: str) -> list[str]:
    """Return the languages that stand beside the reader's."""
    return [code for code in LANGUAGES if code != language]


def _sorting(term: str) -> bytes:
    """Return what Chinese terms sort by pinyin with: GB 2312 has its common characters in that order."""
    return term.casefold().encode("gb18030", errors="replace")

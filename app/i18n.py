"""English and Chinese: which language a visitor reads, and the words in it.

The English sentence is the key. Chinese is read straight from the catalogue
`locale/zh/LC_MESSAGES/messages.po`; nothing is compiled beforehand.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable, Mapping
from functools import cache, reduce
from typing import TYPE_CHECKING

from app import paths

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LANGUAGES = {"en": "English", "zh": "中文"}
LOCALES = {"en": "en", "zh": "zh-Hans"}  # for the lang attribute of the page

Words = gettext.NullTranslations


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogue here; it is translated where it is shown."""
    return sentence


@cache
def catalogue(language: str) -> Catalog:
    """Return the parsed catalogue of `language` (English has none: its sentences are the keys)."""
    from babel.messages import pofile  # here, because the first page is English as a rule and should not wait

    file = paths.LOCALE / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as stream:
        return pofile.read_po(stream, locale=language)


@cache
def words(language: str) -> Words:
    """Return the translations into `language`: `.gettext`, `.ngettext`."""
    if language == "en":
        return gettext.NullTranslations()
    from babel.messages import mofile

    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def script_sentences(language: str) -> Mapping[str, str]:
    """Return the sentences that scripts say (`t()`), translated."""
    if language == "en":
        return {}
    return {
        str(message.id): str(message.string)
        for message in catalogue(language)
        if message.id and any(file.startswith("static/") for file, _ in message.locations)
    }


def together(words: Words, sentences: Iterable[str]) -> str:
    """Return sentences one after the other, spaced as the language does."""
    joint = words.gettext("%(first)s %(second)s")
    said = [sentence for sentence in sentences if sentence]
    return reduce(lambda first, second: joint % {"first": first, "second": second}, said) if said else ""


def listed(words: Words, items: Iterable[str]) -> str:
    """Return items as a list inside a sentence, punctuated as the language does."""
    joint = words.gettext("%(first)s, %(second)s")
    return reduce(lambda first, second: joint % {"first": first, "second": second}, items)


def choose_language(wanted: str | None, remembered: str | None, accepted: str) -> str:
    """Return the language of a page: `?lang=`, else the cookie, else Accept-Language."""
    for candidate in (wanted, remembered):
        if candidate in LANGUAGES:
            return candidate
    for candidate in _by_preference(accepted):
        if candidate in LANGUAGES:
            return candidate
    return "en"


def _by_preference(accepted: str) -> list[str]:
    ranked = []
    for place, item in enumerate(accepted.split(",")):
        tag, _, quality = item.replace(" ", "").partition(";q=")
        try:
            rank = float(quality or 1)
        except ValueError:
            continue
        if rank > 0:
            ranked.append((-rank, place, tag.lower().partition("-")[0]))
    return [tag for _, _, tag in sorted(ranked)]

"""Templates: one environment per language, and the page that a visitor gets."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from starlette.responses import HTMLResponse

from app import i18n, numbers, paths
from app.build import build_id
from app.exhibits import EXHIBITS, chapters
from app.lessons import LESSONS
from app.lessons import chapters as lesson_chapters
from app.lessons.glossary import inline
from app.lessons.reading import lesson_head, lesson_text
from app.visitor import Visitor


def static(path: str) -> str:
    """Return the link to a static file; it changes with the program, so it may be kept for ever."""
    return f"/static/{build_id()}/{path}"


class KeptTemplates(FileSystemBytecodeCache):
    """Compiled templates, kept for the next start; where the disk is full, a page is shown all the same."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def kept_in(folder: Path) -> BytecodeCache | None:
    """Return the compiled templates kept in `folder`; None where Python keeps no compiled modules either."""
    if sys.dont_write_bytecode:
        return None
    try:
        folder.mkdir(exist_ok=True)
    except OSError:  # installed by another user
        return None
    return KeptTemplates(str(folder))


@cache
def environment(language: str) -> Environment:
    """Return the templates with the words of `language`."""
    made = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=kept_in(paths.TEMPLATES / "__pycache__"),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(i18n.words(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        static=static,
        exhibits=EXHIBITS,
        chapters=chapters(),
        lessons=LESSONS,
        lesson_chapters=lesson_chapters(),
        lesson_head=partial(lesson_head, language=language),
        lesson_text=partial(lesson_text, language=language),
        languages=i18n.LANGUAGES,
        language=language,
        locales=i18n.LOCALES,
        locale=i18n.LOCALES[language],
        script_sentences=i18n.script_sentences(language),
    )
    made.filters.update(
        percent=numbers.percent, short=numbers.short, significant=numbers.significant, definition=inline
    )
    return made


def page(visitor: Visitor, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return the page that `template` makes for this visitor."""
    made = environment(visitor.language).get_template(template)
    response = HTMLResponse(made.render(visitor=visitor, **context), status_code=status)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie, Accept-Language"
    visitor.remember(response)
    return response

"""Lessons, their questions, worksheets and the glossary."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from app.lessons import LESSONS, Lesson, asking, glossary, neighbours
from app.lessons.asking import FIRST_SEED, MOST_SEED, MOST_WORKSHEETS
from app.pages import page
from app.visitor import Visitor

router = APIRouter(include_in_schema=False)
api = APIRouter(tags=["lessons"])

Seed = Annotated[int, Query(ge=0, le=MOST_SEED)]
SheetSeed = Annotated[int, Query(ge=0, le=MOST_WORKSHEETS)]


@router.get("/lessons")
async def lessons(request: Request) -> HTMLResponse:
    return page(Visitor(request), "lessons.html")


@router.get("/glossary")
async def words(request: Request) -> HTMLResponse:
    visitor = Visitor(request)
    entries = glossary.in_order(visitor.language)
    others = glossary.other_languages(visitor.language)
    return page(visitor, "glossary.html", entries=entries, columns=[visitor.language, *others])


@router.get("/lessons/{slug}")
async def lesson(
    request: Request, slug: str, seed: Seed = FIRST_SEED, question: str = "", answer: str = "", show: bool = False
) -> HTMLResponse:
    """A lesson; `question`, `answer` and `show` are what its forms send without scripts."""
    visitor, found = Visitor(request), _lesson(slug)
    asked = {}
    for name, made in asking.questions(found).items():
        typed = answer if name == question else None
        asked[name] = asking.ask(name, made(seed), seed, visitor.words, typed, show=show and name == question)
    before, after = neighbours(found)
    context: dict[str, Any] = {"lesson": found, "before": before, "after": after, "asked": asked, "seed": seed}
    return page(visitor, "lesson.html", **context)


@router.get("/lessons/{slug}/worksheet")
async def worksheet(request: Request, slug: str, seed: SheetSeed = FIRST_SEED, key: bool = False) -> HTMLResponse:
    visitor, found = Visitor(request), _lesson(slug)
    sheet = asking.worksheet(found, seed, visitor.words)
    return page(visitor, "worksheet.html", lesson=found, sheet=sheet, seed=seed, key=key)


@api.get("/api/lessons/{slug}/questions/{name}")
async def question(
    request: Request, slug: str, name: str, seed: Seed = FIRST_SEED, answer: str = "", show: bool = False
) -> dict[str, Any]:
    """A question of a lesson with the numbers of `seed`, and the verdict on `answer`.

    `show=1` gives the answer and its reason. The words are in the language that `lang` or the browser asks for.
    """
    made = asking.questions(_lesson(slug)).get(name)
    if made is None:
        raise HTTPException(404)
    asked = asking.ask(name, made(seed), seed, Visitor(request).words, answer, show=show)
    tensors = {tensor: values.tolist() for tensor, values in made(seed).tensors.items()}
    verdict = asked.verdict._asdict() if asked.verdict else None
    return {"question": name, "seed": seed, "prompt": asked.prompt, "tensors": tensors, "verdict": verdict}


def _lesson(slug: str) -> Lesson:
    if slug not in LESSONS:
        raise HTTPException(404)
    return LESSONS[slug]

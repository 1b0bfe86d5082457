"""The table of lessons. Home page, navigation, sitemap and tests are made from it."""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import N_


@dataclass(frozen=True)
class Lesson:
    """One lesson: where it stands. Its words are in templates/lessons/<language>/<slug>.md."""

    slug: str
    chapter: str

    @property
    def path(self) -> str:
        return f"/lessons/{self.slug}"

    @property
    def module(self) -> str:
        """The module of app/lessons/questions/ that holds its questions."""
        return self.slug.replace("-", "_")


LESSONS = {  # in the order in which they are meant to be read
    lesson.slug: lesson
    for lesson in (
        Lesson("why-convolution", N_("Convolution")),
        Lesson("convolution-step-by-step", N_("Convolution")),
        Lesson("stride-padding-dilation", N_("Convolution")),
        Lesson("pooling", N_("Convolution")),
        Lesson("lenet5-reads-a-digit", N_("Networks")),
        Lesson("alexnet", N_("Networks")),
        Lesson("from-features-to-classes", N_("Networks")),
        Lesson("backpropagation", N_("The way back")),
        Lesson("going-back-up", N_("The way back")),
        Lesson("gradient-descent", N_("Optimization")),
        Lesson("optimizers", N_("Optimization")),
        Lesson("saddle-points", N_("Optimization")),
    )
}


def chapters() -> dict[str, list[Lesson]]:
    """Return the lessons of each chapter, in order."""
    by_chapter: dict[str, list[Lesson]] = {}
    for lesson in LESSONS.values():
        by_chapter.setdefault(lesson.chapter, []).append(lesson)
    return by_chapter


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after `lesson`."""
    order = list(LESSONS.values())
    place = order.index(lesson)
    return order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None

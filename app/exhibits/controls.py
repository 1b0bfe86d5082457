"""Sliders that know what is legal: drawn by one template, limited by one script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from app.i18n import Words


@dataclass(frozen=True)
class Slider:
    """A whole number on a track. What does not fit is hatched; `note` says why.

    current   None where the value is no single number ("3x2"): then the form shows a text field
    """

    name: str
    label: str
    text: str  # as a person reads it: "3 × 3"
    value: str  # as a link writes it: "3"
    low: int
    high: int
    current: int | None
    legal: Sequence[int]
    cautions: Sequence[int]
    note: str
    ways: Sequence[tuple[str, str]] = ()  # other values of the parameter: (value, label)

    @property
    def locked(self) -> bool:
        return len(self.legal) < 2

    def percent(self, value: float) -> str:
        """Return the place of `value` on the track."""
        return f"{100 * (value - self.low) / max(1, self.high - self.low):.3f}%"

    def limited(self, legal: Sequence[int], reason: str, words: Words) -> Slider:
        """Return the slider with only these numbers left, the reason why the others are not in its note."""
        if list(legal) == list(self.legal):
            return self
        cautions = [value for value in self.cautions if value in legal]
        both = words.gettext("%(first)s; %(second)s") % {"first": self.note, "second": reason}
        return replace(self, legal=legal, cautions=cautions, note=both if self.note and reason else self.note or reason)

    @property
    def dots(self) -> list[tuple[str, bool]]:
        """(place, caution) of each legal number, where there is room for dots."""
        if self.high - self.low > 16:
            return []
        return [(self.percent(value), value in self.cautions) for value in self.legal]

    @property
    def hatched(self) -> list[tuple[str, str]]:
        """(start, length) of each stretch of the track that cannot be reached."""
        edges = [self.low - 1, *self.legal, self.high + 1]
        gaps = [(a, b) for a, b in pairwise(edges) if b - a > 1]
        stretches = []
        for before, after in gaps:
            start, stop = max(before, self.low), min(after, self.high)
            stretches.append((self.percent(start), f"{100 * (stop - start) / max(1, self.high - self.low):.3f}%"))
        return stretches


def repairs(sliders: Sequence[Slider]) -> list[tuple[str, int, str]]:
    """Return (parameter, value, label) of the nearest legal number of each option that may not be as it is."""
    return [
        (slider.name, min(slider.legal, key=lambda value: abs(value - (slider.current or 0))), slider.label)
        for slider in sliders
        if slider.legal and slider.current not in slider.legal
    ]

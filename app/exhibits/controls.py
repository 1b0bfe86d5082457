"""Sliders that know what is legal: drawn by one template, limited by one script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


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

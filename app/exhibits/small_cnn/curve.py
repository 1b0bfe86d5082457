"""The loss over the updates, as a small picture."""

from __future__ import annotations

from dataclasses import dataclass

from app import numbers

WIDTH, HEIGHT, MARGIN = 248, 96, 6


@dataclass(frozen=True)
class Curve:
    """Losses before each update and after the last; the shown pass is the last but one."""

    losses: tuple[float, ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def top(self) -> float:
        """The loss at the upper edge."""
        return max(self.losses) or 1.0

    @property
    def points(self) -> list[tuple[float, float]]:
        """(x, y) in px of each loss."""
        across = (WIDTH - 2 * MARGIN) / max(1, len(self.losses) - 1)
        down = HEIGHT - 2 * MARGIN
        return [
            (round(MARGIN + across * k, 1), round(MARGIN + down * (1 - loss / self.top), 1))
            for k, loss in enumerate(self.losses)
        ]

    @property
    def path(self) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in self.points)

    @property
    def said(self) -> str:
        """The losses in words, for those who do not see the picture."""
        return ", ".join(numbers.fitting(loss, 3) for loss in self.losses)

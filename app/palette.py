"""The value scale: the one place where a number becomes a colour.

Zero is always the centre: orange below, white, blue above. The page gets the scale as a
stylesheet of 33 levels (`level` picks one), pictures ask for the colour itself.
"""

from __future__ import annotations

from functools import cache

STEPS = 16  # levels on each side of zero
SCALE = {  # t = value / scale = -1, -.75 ... +1; linear in sRGB between the stops
    "light": "B2510C DA782A F2A866 F9D7B4 FFFFFF C9E5FE 8EC4F5 519AE2 1A68BF".split(),
    "dark": "F6AC5C D78032 9D5728 5C3923 24272A 2C4462 366BA6 4C9BE1 83CAFB".split(),
}
DIGITS = ("#08090B", "#FFFFFF")

Colour = tuple[float, float, float]


def level(value: float, scale: float) -> int:
    """Return the level -16..16 of `value` on a scale that ends at +-`scale`."""
    if value == 0 or scale == 0:
        return 0
    return round(STEPS * max(-1.0, min(1.0, value / scale)))


def colour(at: float, theme: str = "light") -> str:
    """Return the fill of level `at`, which may lie between two, as #RRGGBB."""
    place = (at + STEPS) / STEPS * 4
    below = min(int(place), 7)
    low, high = _rgb(SCALE[theme][below]), _rgb(SCALE[theme][below + 1])
    mixed = (a + (b - a) * (place - below) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{round(part):02X}" for part in mixed)


def digit(at: int, theme: str = "light") -> str:
    """Return the digit colour that stands out more on level `at`."""
    fill = _luminance(colour(at, theme))
    return max(DIGITS, key=lambda candidate: _contrast(_luminance(candidate), fill))


@cache
def stylesheet() -> str:
    """Return CSS that gives `--fill` and `--digit` to everything with a data-level."""
    return "\n".join(
        f'[data-level="{at}"] {{ --fill: light-dark({colour(at)}, {colour(at, "dark")}); '
        f"--digit: light-dark({digit(at)}, {digit(at, 'dark')}); }}"
        for at in range(-STEPS, STEPS + 1)
    )


def _rgb(code: str) -> Colour:
    code = code.removeprefix("#")
    return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)


def _luminance(code: str) -> float:
    """WCAG 2.2 relative luminance."""
    linear = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in _rgb(code)
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)

"""A figure for a slide: what a page draws as SVG paths, as a drawing of its own or as pixels. Light theme, English.

The page's paths are taken as they are, so that a figure shows what the page shows.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Any

from PIL import Image

from app.figure_pixels import Box, Canvas, Point
from app.sheet import INK3, PAPER, Sheet

FINER = 2  # times as many pixels while lines are drawn: their edges become smooth
ANCHORS = {"start": "l", "middle": "m", "end": "r"}


@dataclass(frozen=True)
class Shape:
    """A path, with the figure's own colours."""

    path: str
    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()
    at: Point = (0.0, 0.0)
    clip: Box | None = None

    def draw(self, canvas: Canvas, corner: Point) -> None:
        at = self.at[0] - corner[0], self.at[1] - corner[1]
        canvas.path(self.path, at, self.fill, self.stroke, self.width, self.dash)


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    text: str
    size: float
    ink: str
    anchor: str


@dataclass(frozen=True)
class Photo:
    """Pixels in a box."""

    png: bytes
    box: Box
    clip: Box | None = None

    def draw(self, canvas: Canvas, corner: Point) -> None:
        left, top, right, bottom = self.box
        canvas.photo(self.png, (left - corner[0], top - corner[1], right - corner[0], bottom - corner[1]))


@dataclass
class Figure:
    """Paper of a size in px; what is drawn later lies above."""

    width: float
    height: float
    parts: list[Shape | Photo] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    _at: Point = (0.0, 0.0)
    _clip: Box | None = None

    @contextmanager
    def placed(self, x: float, y: float, clip: tuple[float, float] | None = None) -> Iterator[None]:
        """Move what is drawn meanwhile by (x, y); with `clip` cut it off beyond that width and height."""
        before = self._at, self._clip
        self._at = (self._at[0] + x, self._at[1] + y)
        if clip:
            self._clip = (*self._at, self._at[0] + clip[0], self._at[1] + clip[1])
        yield
        self._at, self._clip = before

    def path(
        self, path: str, *, fill: str = "", stroke: str = "", width: float = 1.0, dash: tuple[float, ...] = ()
    ) -> None:
        """Draw an SVG path of straight lines and half circles; its areas by the even-odd rule."""
        if path:
            self.parts.append(Shape(path, fill, stroke, width, dash, self._at, self._clip))

    def disc(self, x: float, y: float, radius: float, *, fill: str = "", stroke: str = "", width: float = 1.0) -> None:
        half = f"a{radius} {radius} 0 1 0 {{}} 0"
        self.path(
            f"M{x - radius} {y}{half.format(2 * radius)}{half.format(-2 * radius)}z",
            fill=fill,
            stroke=stroke,
            width=width,
        )

    def box(self, width: float, height: float, *, fill: str = "", stroke: str = "") -> None:
        """Draw a rectangle from here."""
        self.path(f"M0 0H{width}V{height}H0z", fill=fill, stroke=stroke)

    def text(
        self, x: float, y: float, text: object, *, size: float = 12, ink: str = INK3, anchor: str = "start"
    ) -> None:
        """Write one line whose middle is at y."""
        self.texts.append(Text(self._at[0] + x, self._at[1] + y, str(text), size, ink, anchor))

    def photo(self, png: bytes, width: float, height: float) -> None:
        """Put a picture here."""
        x, y = self._at
        self.parts.append(Photo(png, (x, y, x + width, y + height)))

    def svg(self) -> str:
        """Return the figure as a drawing."""
        clips = list(dict.fromkeys(part.clip for part in self.parts if isinstance(part, Shape) and part.clip))
        edges = [
            f'<clipPath id="edge{k}"><rect x="{a:g}" y="{b:g}" width="{c - a:g}" height="{d - b:g}"/></clipPath>'
            for k, (a, b, c, d) in enumerate(clips)
        ]
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif">',
                *edges,
                f'<rect width="100%" height="100%" fill="{PAPER}"/>',
                *(_photo_svg(part) if isinstance(part, Photo) else _shape_svg(part, clips) for part in self.parts),
                *(
                    f'<text x="{one.x:g}" y="{one.y + 0.35 * one.size:g}" font-size="{one.size:g}" fill="{one.ink}" '
                    f'text-anchor="{one.anchor}">{escape(one.text)}</text>'
                    for one in self.texts
                ),
                "</svg>",
            ]
        )

    def png(self) -> bytes:
        """Return the figure as PNG bytes."""
        sheet = Sheet(self.width, self.height)
        size = sheet.image.width * FINER, sheet.image.height * FINER
        canvas = Canvas(Image.new("RGB", size, PAPER), sheet.zoom * FINER)
        for clip, parts in groupby(self.parts, key=lambda part: part.clip):
            inside = canvas.inside(clip) if clip else canvas
            for part in parts:
                part.draw(inside, clip[:2] if clip else (0.0, 0.0))
            if clip:
                canvas.put_back(inside, clip)
        sheet.image.paste(canvas.image.reduce(FINER))
        for one in self.texts:
            sheet.text((one.x, one.y), one.text, one.size, one.ink, ANCHORS[one.anchor] + "m")
        return sheet.png()


def exports(draw: Callable[[Any], Figure]) -> tuple[Callable[[Any], bytes], Callable[[Any], str]]:
    """Return how a scene becomes a PNG and an SVG, from how it becomes a figure."""
    return lambda scene: draw(scene).png(), lambda scene: draw(scene).svg()


def _shape_svg(shape: Shape, clips: list[Box]) -> str:
    x, y = shape.at
    drawn = f'<path d="{shape.path}" fill="{shape.fill or "none"}" fill-rule="evenodd"'
    if shape.at != (0.0, 0.0):
        drawn += f' transform="translate({x:g} {y:g})"'
    if shape.stroke:
        drawn += f' stroke="{shape.stroke}" stroke-width="{shape.width:g}" stroke-linejoin="round"'
    if shape.dash:
        drawn += f' stroke-dasharray="{" ".join(f"{part:g}" for part in shape.dash)}"'
    drawn += "/>"
    return f'<g clip-path="url(#edge{clips.index(shape.clip)})">{drawn}</g>' if shape.clip else drawn


def _photo_svg(photo: Photo) -> str:
    left, top, right, bottom = photo.box
    data = base64.b64encode(photo.png).decode()
    place = f'x="{left:g}" y="{top:g}" width="{right - left:g}" height="{bottom - top:g}"'
    return f'<image {place} href="data:image/png;base64,{data}"/>'

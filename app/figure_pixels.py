"""The pixels of a figure: lines, dashes, areas with holes, pictures; finer than asked, so that edges become smooth."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw

ARC = 24  # corners of half a circle
_TOKEN = re.compile(r"[MmLlHhVvZzAa]|-?\d*\.?\d+(?:e[-+]?\d+)?")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "A": 7, "Z": 0}

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Line = list[Point]


class Canvas:
    """Paper on which shapes are drawn, `zoom` pixels to a px of the figure."""

    def __init__(self, image: Image.Image, zoom: int) -> None:
        self.image, self.zoom = image, zoom

    def photo(self, png: bytes, box: Box) -> None:
        left, top, right, bottom = self._zoomed(box)
        pixels = Image.open(io.BytesIO(png)).convert("RGB")
        self.image.paste(pixels.resize((right - left, bottom - top), Image.Resampling.NEAREST), (left, top))

    def inside(self, box: Box) -> Canvas:
        """Return what lies in a box, to be drawn on and put back."""
        return Canvas(self.image.crop(self._zoomed(box)), self.zoom)

    def put_back(self, part: Canvas, box: Box) -> None:
        self.image.paste(part.image, self._zoomed(box)[:2])

    def path(self, path: str, at: Point, fill: str, stroke: str, width: float, dash: tuple[float, ...]) -> None:
        """Draw a path at a place; areas by the even-odd rule."""
        lines = [[((a + at[0]) * self.zoom, (b + at[1]) * self.zoom) for a, b in line] for line in flat(path)]
        if fill:
            self._fill([line for line in lines if len(line) > 2], fill)
        if stroke:
            pen, pixels = ImageDraw.Draw(self.image), max(1, round(width * self.zoom))
            for line in lines:
                for piece in dashes(line, [part * self.zoom for part in dash]):
                    pen.line(piece, fill=stroke, width=pixels, joint="curve")

    def _fill(self, rings: list[Line], colour: str) -> None:
        if len(rings) == 1:
            ImageDraw.Draw(self.image).polygon(rings[0], fill=colour)
            return
        mask = Image.new("L", self.image.size)
        for ring in rings:  # what lies in an even number of rings is outside
            across, up = zip(*ring, strict=True)
            left, top = max(0, math.floor(min(across))), max(0, math.floor(min(up)))
            right, bottom = min(mask.width, math.ceil(max(across)) + 1), min(mask.height, math.ceil(max(up)) + 1)
            if left < right and top < bottom:
                one = Image.new("L", (right - left, bottom - top))
                ImageDraw.Draw(one).polygon([(a - left, b - top) for a, b in ring], fill=255)
                box = (left, top, right, bottom)
                mask.paste(ImageChops.difference(mask.crop(box), one), box)
        self.image.paste(colour, (0, 0), mask)

    def _zoomed(self, box: Box) -> tuple[int, int, int, int]:
        left, top, right, bottom = (round(side * self.zoom) for side in box)
        return left, top, right, bottom


def flat(path: str) -> list[Line]:
    """Return an SVG path as lines through points; arcs must be half circles."""
    tokens = _TOKEN.findall(path)
    lines: list[Line] = []
    command, place, at = "", (0.0, 0.0), 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        kind = command.upper()
        numbers = [float(token) for token in tokens[at : at + _TAKES[kind]]]
        at += len(numbers)
        if kind == "Z":
            lines[-1].append(place := lines[-1][0])
            continue
        here = place if command.islower() else (0.0, 0.0)
        place_before, place = place, _end(kind, numbers, here, place)
        if kind == "M":
            lines.append([place])
            command = "l" if command == "m" else "L"
        else:
            if lines[-1][-1] != place_before:  # after z
                lines.append([place_before])
            lines[-1] += _half_circle(place_before, place, numbers[4]) if kind == "A" else [place]
    return lines


def _end(kind: str, numbers: list[float], here: Point, place: Point) -> Point:
    if kind == "H":
        return here[0] + numbers[0], place[1]
    if kind == "V":
        return place[0], here[1] + numbers[0]
    return here[0] + numbers[-2], here[1] + numbers[-1]


def _half_circle(start: Point, end: Point, sweep: float) -> Line:
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    x, y = start[0] - middle[0], start[1] - middle[1]
    turns = [(math.pi if sweep else -math.pi) * k / ARC for k in range(1, ARC + 1)]
    return [
        (middle[0] + x * math.cos(a) - y * math.sin(a), middle[1] + x * math.sin(a) + y * math.cos(a)) for a in turns
    ]


def dashes(line: Line, dash: list[float]) -> Iterator[Line]:
    """Yield the pieces of a dashed line; the line itself if it has no dashes."""
    if not dash or len(line) < 2:
        yield line
        return
    piece, number, left = [line[0]], 0, dash[0]
    for start, end in pairwise(line):
        length, gone = math.dist(start, end), 0.0
        while length - gone > left:
            gone += left
            at = start[0] + (end[0] - start[0]) * gone / length, start[1] + (end[1] - start[1]) * gone / length
            if number % 2 == 0:
                yield [*piece, at]
            number += 1
            piece, left = [at], dash[number % len(dash)]
        left -= length - gone
        piece.append(end)
    if number % 2 == 0:
        yield piece

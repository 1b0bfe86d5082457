"""The step as a PNG and as an SVG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from app import palette
from app.exhibits.saddle_race.contour import SIZE, Ticks
from app.exhibits.saddle_race.course import Frame
from app.exhibits.saddle_race.printing import number
from app.exhibits.saddle_race.racers import RACERS
from app.landscape.contour import Contour
from app.landscape.gridded import Valued
from app.landscape.heights import Heights
from app.sheet import HATCH as GAP
from app.sheet import INK, INK3, PAPER, RULE, Sheet

if TYPE_CHECKING:
    from app.exhibits.saddle_race.scene import RaceScene

LEFT, TOP, BESIDE = 56, 56, 350  # px around the plot
WIDTH, HEIGHT = LEFT + SIZE + BESIDE, TOP + SIZE + 48
ROW, COLUMNS = 30, (168, 234, 310)  # of the table beside: where loss, slope and escaped at end


def png(scene: RaceScene) -> bytes:
    """Return the contour plot with its paths and the standings, as PNG bytes."""
    course = scene.course.checked()
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.text((LEFT, 26), _title(scene), 16)
    side = SIZE * sheet.zoom
    plot = relief(course.surface, course.frame, scene.contour.heights, side)
    pen = Sheet(SIZE, SIZE)  # what leaves the frame is cut off at its edge
    assert pen.zoom >= sheet.zoom
    canvas = plot.resize((SIZE * pen.zoom, SIZE * pen.zoom))
    pen.image.paste(canvas)
    for mark in scene.marks():
        look, points = mark["look"], scene.tracks[mark["key"]][: scene.step + 1]
        places = [(x * pen.zoom, y * pen.zoom) for x, y in points]
        if len(places) > 1:
            pen.pen.line(places, fill=look.light, width=2 * pen.zoom, joint="curve")
    if course.saddle:
        x, y = scene.saddle_at or (0, 0)
        for tilt in (1, -1):
            ends = [(pen.zoom * (x + k), pen.zoom * (y + tilt * k)) for k in (-5, 5)]
            pen.pen.line(ends, fill=INK, width=pen.zoom)
    for mark in scene.marks():
        if mark["ball"]:
            _glyph(pen, mark["key"], *mark["ball"])
    _start(pen, *scene.start_at)
    sheet.image.paste(pen.image.resize((side, side)), (LEFT * sheet.zoom, TOP * sheet.zoom))
    axes(sheet, scene.contour, scene.edge_ticks)
    _standings(sheet, scene)
    return sheet.png()


def _title(scene: RaceScene) -> str:
    return f"f(x, y) = {scene.course.surface.formula}   step {scene.step} of {scene.params.steps}"


def relief(surface: Valued, frame: Frame, heights: Heights, side: int) -> Image.Image:
    """Return the bands of height as pixels, with a darker one where two bands meet."""
    across, up = frame.grid(side)
    values = np.asarray(surface.value(across[None, :], up[::-1, None]))
    bands = heights.levels()
    index = np.clip(np.searchsorted(heights.bounds, np.nan_to_num(values), side="right") - 1, 0, len(bands) - 1)
    colours = np.array([_rgb(palette.colour(level)) for *_, level in bands], np.uint8)
    pixels = colours[index]
    edge = np.zeros(index.shape, bool)
    edge[:, 1:] |= index[:, 1:] != index[:, :-1]
    edge[1:] |= index[1:] != index[:-1]
    pixels[edge] = (pixels[edge] * 0.78).astype(np.uint8)
    pixels[np.isnan(values)] = _rgb(GAP)
    return Image.fromarray(pixels)


def _rgb(code: str) -> tuple[int, int, int]:
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def _glyph(sheet: Sheet, key: str, x: float, y: float) -> None:
    look, zoom = RACERS[key], sheet.zoom
    places = [((x + dx) * zoom, (y + dy) * zoom) for dx, dy in look.outline]
    sheet.pen.polygon(places, fill=PAPER if look.hollow else look.light)
    sheet.pen.line(
        [*places, places[0]], fill=look.light if look.hollow else PAPER, width=(2 if look.hollow else 1) * zoom
    )


def _start(sheet: Sheet, x: float, y: float) -> None:
    zoom = sheet.zoom
    sheet.pen.ellipse([(x - 6) * zoom, (y - 6) * zoom, (x + 6) * zoom, (y + 6) * zoom], "#FFFFFF", INK, 2 * zoom)


def axes(sheet: Sheet, plot: Contour, ticks: Ticks) -> None:
    """Draw the plot's edge, the numbers along it and the heights printed on its lines."""
    zoom, (across, up) = sheet.zoom, ticks
    box = [LEFT * zoom, TOP * zoom, (LEFT + SIZE) * zoom, (TOP + SIZE) * zoom]
    sheet.pen.rectangle(box, outline=INK3, width=zoom)
    for tick in across:
        sheet.text((LEFT + tick.at, TOP + SIZE + 16), tick.text, 12, INK3, "mm")
    for tick in up:
        sheet.text((LEFT - 8, TOP + tick.at), tick.text, 12, INK3, "rm")
    for label in plot.labels:
        sheet.text((LEFT + label.x, TOP + label.y), label.text, 12, INK3, "mm")


def _rows(scene: RaceScene) -> list[tuple[str, list[str]]]:
    """Return (key, texts) of each row of the standings."""
    t = scene.step
    return [
        (
            one.key,
            [
                number(float(one.values[t])),
                number(float(one.slopes[t])),
                str(one.escaped) if one.escaped is not None and one.escaped <= t else "not yet",
            ],
        )
        for one in scene.runs
    ]


def _standings(sheet: Sheet, scene: RaceScene) -> None:
    left, top = LEFT + SIZE + 28, TOP + 12
    heads = ("loss", "|grad f|", "escaped at")
    for end, text in zip(COLUMNS, heads, strict=True):
        sheet.text((left + end, top), text, 12, INK3, "rm")
    for k, (key, texts) in enumerate(_rows(scene), 1):
        y = top + ROW * k
        sheet.pen.line(
            [(left * sheet.zoom, (y - 15) * sheet.zoom), ((left + 310) * sheet.zoom, (y - 15) * sheet.zoom)], RULE
        )
        _glyph(sheet, key, left + 8, y)
        sheet.text((left + 24, y), RACERS[key].name, 12)
        for end, text in zip(COLUMNS, texts, strict=True):
            sheet.text((left + end, y), text, 12, INK, "rm")


def svg(scene: RaceScene) -> str:
    """Return the same as a drawing."""
    scene.course.checked()
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family="system-ui, sans-serif" font-size="12" fill="{INK3}">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        f'<text x="{LEFT}" y="32" font-size="16" fill="{INK}">{escape(_title(scene))}</text>',
        f'<g transform="translate({LEFT} {TOP})">',
        f'<clipPath id="frame"><rect width="{SIZE}" height="{SIZE}"/></clipPath>',
        f'<rect width="{SIZE}" height="{SIZE}" fill="{GAP}"/>',
        *_svg_plot(scene),
        f'<rect width="{SIZE}" height="{SIZE}" fill="none" stroke="{INK3}"/>',
        *svg_axes(scene.contour, scene.edge_ticks),
        *_svg_standings(scene),
        "</g></svg>",
    ]
    return "\n".join(parts)


def svg_relief(plot: Contour) -> list[str]:
    """Return the areas of the colour scale, each with its border."""
    return [
        f'<path fill="{palette.colour(one.level)}" fill-rule="evenodd" stroke="{INK}" '
        f'stroke-opacity="{0.75 if one.value == 0 else 0.22}" d="{one.path}"/>'
        for one in plot.areas
    ]


def _svg_plot(scene: RaceScene) -> list[str]:
    tracks = [
        f'<path fill="none" stroke="{mark["look"].light}" stroke-width="2" d="{mark["line"]}"'
        + (f' stroke-dasharray="{mark["look"].dash}"/>' if mark["look"].dash else "/>")
        for mark in scene.marks()
        if mark["line"]
    ]
    x, y = scene.start_at
    start = f'<circle cx="{x}" cy="{y}" r="6" fill="#FFFFFF" stroke="{INK}" stroke-width="2"/>'
    balls = [_svg_glyph(mark["key"], *mark["ball"]) for mark in scene.marks() if mark["ball"]]
    inside = [*svg_relief(scene.contour), *tracks, start, *balls]
    return ['<g clip-path="url(#frame)">', *inside, "</g>"]


def _svg_glyph(key: str, x: float, y: float) -> str:
    look = RACERS[key]
    fill, stroke = (PAPER, look.light) if look.hollow else (look.light, PAPER)
    place = f"translate({x:g} {y:g})"
    return f'<path transform="{place}" d="{look.glyph}" fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>'


def svg_axes(plot: Contour, ticks: Ticks) -> list[str]:
    """Return the numbers along the edge and on the lines."""
    across = [f'<text x="{one.at}" y="{SIZE + 18}" text-anchor="middle">{one.text}</text>' for one in ticks[0]]
    up = [f'<text x="-8" y="{one.at + 4}" text-anchor="end">{one.text}</text>' for one in ticks[1]]
    labels = [f'<text x="{one.x}" y="{one.y + 4}" text-anchor="middle">{one.text}</text>' for one in plot.labels]
    return [*across, *up, *labels]


def _svg_standings(scene: RaceScene) -> list[str]:
    left = SIZE + 28
    heads = zip(COLUMNS, ("loss", "|∇f|", "escaped at"), strict=True)
    made = [f'<text x="{left + end}" y="16" text-anchor="end">{text}</text>' for end, text in heads]
    for k, (key, texts) in enumerate(_rows(scene), 1):
        y = 12 + ROW * k
        made.append(_svg_glyph(key, left + 8, y))
        made.append(f'<text x="{left + 24}" y="{y + 4}" fill="{INK}">{RACERS[key].name}</text>')
        for end, text in zip(COLUMNS, texts, strict=True):
            made.append(f'<text x="{left + end}" y="{y + 4}" text-anchor="end" fill="{INK}">{text}</text>')
    return made

"""The plane as a PNG and as an SVG: what a teacher puts on a slide. Light theme, labels in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.exhibits.saddle_race.contour import SIZE
from app.exhibits.saddle_race.pictures import axes, relief, svg_axes, svg_relief
from app.sheet import INK, INK3, PAPER, Sheet

if TYPE_CHECKING:
    from app.exhibits.network_landscape.scene import LandscapeScene

LEFT, TOP = 56, 56  # px, as the axes are drawn by the race
WIDTH, HEIGHT = LEFT + SIZE + 24, TOP + SIZE + 48
BALL = 5  # px
PLANES = {
    "path": "principal components of the training path",
    "filter": "random directions, filter-normalised",
    "plain": "random directions, plain",
}


def _title(scene: LandscapeScene) -> str:
    where = "MNIST, recorded" if scene.params.data == "mnist" else "own digits"
    what = "loss" if scene.params.show == "loss" else "error rate"
    return f"LeNet-5: {what} on {where}"


def _below(scene: LandscapeScene) -> str:
    share = 100 * float(scene.record.shares.sum())
    told = f"; a projection: {share:.1f} % of the path's variance" if scene.on_path else ""
    return PLANES[scene.params.kind] + told


def png(scene: LandscapeScene) -> bytes:
    """Return the contour plot with the path, as PNG bytes."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.text((LEFT, 18), _title(scene), 16)
    sheet.text((LEFT, 40), _below(scene), 12, INK3)
    side, zoom = SIZE * sheet.zoom, sheet.zoom
    plot = relief(scene.surface, scene.ground.frame, scene.contour.heights, side)
    sheet.image.paste(plot, (LEFT * zoom, TOP * zoom))
    if scene.on_path:
        points = [((LEFT + x) * zoom, (TOP + y) * zoom) for x, y in scene.points[: scene.step + 1]]
        if len(points) > 1:
            sheet.pen.line(points, fill=INK, width=2 * zoom, joint="curve")
        x, y = points[-1]
        sheet.pen.ellipse([x - BALL * zoom, y - BALL * zoom, x + BALL * zoom, y + BALL * zoom], INK, PAPER, zoom)
    axes(sheet, scene.contour, scene.edge_ticks)
    return sheet.png()


def svg(scene: LandscapeScene) -> str:
    """Return the same as a drawing."""
    path = []
    if scene.on_path:
        points = scene.points[: scene.step + 1]
        line = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
        x, y = points[-1]
        path = [
            f'<path fill="none" stroke="{INK}" stroke-width="2" d="{line}"/>',
            f'<circle cx="{x}" cy="{y}" r="{BALL}" fill="{INK}" stroke="{PAPER}"/>',
        ]
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family="system-ui, sans-serif" font-size="12" fill="{INK3}">'
        ),
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        f'<text x="{LEFT}" y="24" font-size="16" fill="{INK}">{_title(scene)}</text>',
        f'<text x="{LEFT}" y="44">{_below(scene)}</text>',
        f'<g transform="translate({LEFT} {TOP})">',
        *svg_relief(scene.contour),
        *path,
        f'<rect width="{SIZE}" height="{SIZE}" fill="none" stroke="{INK3}"/>',
        *svg_axes(scene.contour, scene.edge_ticks),
        "</g></svg>",
    ]
    return "\n".join(parts)

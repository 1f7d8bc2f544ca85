"""A drawing as a picture: shapes at twice the size and averaged down, then text by our own typesetting, sharp."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

from filmkit.media.drawing.bidi import base_level
from filmkit.media.drawing.lettering import lay_block
from filmkit.media.drawing.typeset import Block, Paragraph, set_line
from filmkit.media.drawing.written import drawable
from filmkit.model.shapes import Band, Drawing, Line, Points, Polygon, Polyline, Rect, Shape, Text

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_FINE = 2
_ASCENT = 0.95
"""How far a block's first baseline lies below its top, in ems (:mod:`filmkit.media.drawing.typeset`)."""


def picture_of(drawing: Drawing) -> Image:
    """The drawing as an opaque RGBA picture. All text lies over all shapes."""
    from PIL import Image, ImageDraw

    large = Image.new("RGB", (drawing.width * _FINE, drawing.height * _FINE), drawing.ground)
    paper = _Paper(large, ImageDraw.Draw(large, "RGBA"))
    for shape in drawing.shapes:
        if not isinstance(shape, Text):
            _draw(shape, paper)
    picture = large.reduce(_FINE).convert("RGBA")
    for shape in drawing.shapes:
        if isinstance(shape, Text):
            _write(shape, picture)
    return picture


def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Pixels that one line of text takes."""
    return set_line(drawable(text).text, _paragraph("", is_bold, (0, 0, 0)), 0).width * size


def elided(text: str, size: float, room: float) -> str:
    """As much of a text as fits into ``room`` pixels, with a sign where it was cut; empty where that says nothing."""
    if room < 2 * size:
        return text if room > 0 and text_width(text, size) <= room else ""
    text = text[: int(room)]  # no letter is narrower than a pixel
    if text_width(text, size) <= room:
        return text
    least, most = 0, len(text)
    while most - least > 1:
        middle = (least + most) // 2
        fits = text_width(text[:middle].rstrip() + "…", size) <= room
        least, most = (middle, most) if fits else (least, middle)
    return text[:least].rstrip() + "…" if least > 1 else ""


@dataclass(frozen=True)
class _Paper:
    """The large picture, and a pen on it."""

    picture: Image
    pen: ImageDraw


@singledispatch
def _draw(shape: Shape, paper: _Paper) -> None:
    raise TypeError(f"no such shape: {shape!r}")


@_draw.register(Rect)
def _draw_rect(shape: Rect, paper: _Paper) -> None:
    left, top, right, bottom = (
        round(edge * _FINE) for edge in (shape.x, shape.y, shape.x + shape.width, shape.y + shape.height)
    )
    if right > left and bottom > top:
        paper.pen.rectangle((left, top, right - 1, bottom - 1), _ink(shape.color, shape.opacity))


@_draw.register(Line)
def _draw_line(shape: Line, paper: _Paper) -> None:
    ink, thick = _ink(shape.color, shape.opacity), max(1, round(shape.width * _FINE))
    for x1, y1, x2, y2 in _strokes(shape):
        if x1 == x2 or y1 == y2:  # to the pixel, without Pillow's rounding of wide lines
            left, top = round(x1 * _FINE - thick / 2 * (x1 == x2)), round(y1 * _FINE - thick / 2 * (y1 == y2))
            right = left + thick if x1 == x2 else round(x2 * _FINE)
            bottom = top + thick if y1 == y2 else round(y2 * _FINE)
            paper.pen.rectangle((left, top, right - 1, bottom - 1), ink)
        else:
            paper.pen.line(_fine(((x1, y1), (x2, y2))), ink, thick)


def _strokes(shape: Line) -> list[tuple[float, float, float, float]]:
    """A dashed line's parts; dashed lines are level or upright."""
    if not shape.dash:
        return [(shape.x1, shape.y1, shape.x2, shape.y2)]
    length = abs(shape.x2 - shape.x1) + abs(shape.y2 - shape.y1)
    across, down = (shape.x2 - shape.x1) / length, (shape.y2 - shape.y1) / length
    found, at = [], 0.0
    while at < length:
        end = min(length, at + shape.dash)
        found.append((
            shape.x1 + across * at, shape.y1 + down * at, shape.x1 + across * end, shape.y1 + down * end,
        ))  # fmt: skip
        at += 2 * shape.dash
    return found


@_draw.register(Polyline)
def _draw_polyline(shape: Polyline, paper: _Paper) -> None:
    paper.pen.line(_fine(shape.points), _ink(shape.color, 1.0), max(1, round(shape.width * _FINE)), joint="curve")


@_draw.register(Polygon)
def _draw_polygon(shape: Polygon, paper: _Paper) -> None:
    paper.pen.polygon(_fine(shape.points), _ink(shape.color, shape.opacity))


@_draw.register(Band)
def _draw_band(shape: Band, paper: _Paper) -> None:
    """By columns: Pillow's polygons cost their points times their rows, which for a film's outline is seconds."""
    import numpy as np
    from PIL import Image

    if not shape.xs:
        return
    xs, upper, lower = (np.array(values) * _FINE for values in (shape.xs, shape.upper, shape.lower))
    left, right = int(np.floor(xs[0])), int(np.ceil(xs[-1]))
    top, foot = int(np.floor(upper.min())), int(np.ceil(lower.max()))
    middles = np.arange(left, right) + 0.5
    rows = np.arange(top, foot)[:, None] + 0.5
    inside = (rows >= np.interp(middles, xs, upper)) & (rows < np.interp(middles, xs, lower))
    inside &= (middles >= xs[0]) & (middles < xs[-1])
    if inside.any():
        mask = Image.fromarray(inside.astype(np.uint8) * np.uint8(round(255 * shape.opacity)))
        paper.picture.paste(_rgb(shape.color), (left, top), mask)


def _write(shape: Text, picture: Image) -> None:
    text = drawable(shape.text).text
    paragraph = _paragraph(text, shape.is_bold, _rgb(shape.color))
    block = Block((set_line(text, paragraph, base_level(text)),), shape.size)
    left = shape.x - {"start": 0.0, "middle": block.width / 2, "end": block.width}[shape.align]
    lay_block(picture, block, "left", left, shape.y - _ASCENT * shape.size)


def _paragraph(text: str, is_bold: bool, color: tuple[int, int, int]) -> Paragraph:
    return Paragraph(text, "sans-bold" if is_bold else "sans", color=color)


def _fine(points: Points) -> list[tuple[float, float]]:
    return [(x * _FINE, y * _FINE) for x, y in points]


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _ink(color: str, opacity: float) -> tuple[int, int, int, int]:
    return (*_rgb(color), round(255 * opacity))

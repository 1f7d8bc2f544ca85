"""Lines of type as pixels: sharp at every size, with shadows that keep them readable on bright and on dark pictures.

Pillow draws each run larger than it is needed and the result is averaged down, so that letters stand on fractions of a
pixel and a draft has the shapes of the master. Pictures are straight-alpha RGBA.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from filmkit.media.drawing.drawn import lay_over
from filmkit.media.drawing.shaping import Glyphs, features_of, font_at, spread_places
from filmkit.media.drawing.typeset import Block, Line

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

Align = Literal["left", "center", "right"]

_FINE_PX = 160
"""Letters smaller than this are drawn larger and averaged down, at most eight times."""

_LEAST_BLUR_PX, _THIN_PX = 0.8, 16.0
"""Strokes of small type cover few pixels wholly: their shadows are blurred by no less than this, and made stronger."""


@dataclass(frozen=True, slots=True)
class Shadow:
    """A soft black copy of the letters beneath them: ``blur``, ``down`` and ``right`` in ems of the block, ``opacity``
    0 … 1; a ``gain`` over 1 makes a tight contour of it.
    """

    blur: float
    down: float = 0.0
    right: float = 0.0
    gain: float = 1.0
    opacity: float = 0.6


def draw_block(block: Block, align: Align, shadows: tuple[Shadow, ...] = ()) -> tuple[Image, int, int]:
    """The block as a picture, and where in it the block's own top left corner lies (pixels right and down).

    The picture reaches beyond the block as far as letters and shadows do.
    """
    from PIL import Image

    reach = max([0.0, *(2.5 * s.blur + abs(s.down) + abs(s.right) for s in shadows)])
    tallest = max([0, *(sum(_extent(line, block.size * line.paragraph.scale)) for line in block.lines)])
    margin = math.ceil(block.size * (0.6 + reach)) + max(0, tallest - math.ceil(1.5 * block.size))
    size = (math.ceil(block.width) + 2 * margin, math.ceil(block.height) + 2 * margin)
    picture = Image.new("RGBA", size)
    for line, baseline in zip(block.lines, block.baselines(), strict=True):
        ink, left, top = _drawn_line(line, block, align, margin, margin + baseline)
        color = Image.new("RGBA", ink.size, (*line.paragraph.color, 255))
        color.putalpha(ink)
        lay_over(picture, color, left, top)
    return _with_shadows(picture, block.size, shadows), margin, margin


def lay_block(below: Image, block: Block, align: Align, left: float, top: float) -> None:
    """Draws a block without shadows on a picture, its top left corner at a place in pixels."""
    picture, right, down = draw_block(block, align)
    lay_over(below, picture, round(left) - right, round(top) - down)


def _drawn_line(line: Line, block: Block, align: Align, margin: float, baseline: float) -> tuple[Image, int, int]:
    """Coverage of one line's letters (L), and its left and top on the block's picture."""
    from PIL import Image, ImageDraw

    em = block.size * line.paragraph.scale
    fine = max(1, min(8, math.ceil(_FINE_PX / em)))
    start = margin + _indent(line, block, align)
    reach = math.ceil(em * 0.6)
    up, down = _extent(line, em)
    left, top = math.floor(start) - reach, math.floor(baseline) - up
    wide, high = math.ceil(line.width * em) + 2 * reach + 2, up + down + 1
    ink = Image.new("L", (wide * fine, high * fine))
    pen = ImageDraw.Draw(ink)
    at = (start - left) * fine
    for glyphs in line.glyphs:
        _draw_glyphs(pen, glyphs, (at, (baseline - top) * fine), em * fine)
        at += glyphs.width * em * fine
    return ink.reduce(fine) if fine > 1 else ink, left, top


def _extent(line: Line, em: float) -> tuple[int, int]:
    """Pixels that the letters of a line reach above and below its baseline (stacked marks may reach far)."""
    boxes = [font_at(part.face, em).getbbox(part.text, anchor="ls") for part in line.glyphs]
    return (
        math.ceil(max([em, *(-box[1] for box in boxes)])) + 2,
        math.ceil(max([em * 0.4, *(box[3] for box in boxes)])) + 2,
    )


def _indent(line: Line, block: Block, align: Align) -> float:
    """Pixels a line stands in from the block's left edge; in a left block, what is read from the right hangs right."""
    spare = block.width - line.width * block.size * line.paragraph.scale
    if align == "center":
        return spare / 2
    return spare if align == "right" or line.is_rtl else 0.0


def _draw_glyphs(pen: object, glyphs: Glyphs, place: tuple[float, float], size_px: float) -> None:
    from PIL import ImageDraw

    assert isinstance(pen, ImageDraw.ImageDraw)
    font = font_at(glyphs.face, size_px)
    features = features_of(glyphs.face, glyphs.tracking)
    if glyphs.tracking:
        for cluster, right in spread_places(glyphs, font):
            pen.text((place[0] + right, place[1]), cluster, 255, font, "ls", features=features)
        return
    pen.text(place, glyphs.text, 255, font, "ls", direction="rtl" if glyphs.is_rtl else "ltr", features=features)


def _with_shadows(picture: Image, em: float, shadows: tuple[Shadow, ...]) -> Image:
    from PIL import Image, ImageChops, ImageFilter

    ink = picture.getchannel("A")
    below = Image.new("RGBA", picture.size)
    for shadow in shadows:
        shade = ImageChops.offset(ink, round(shadow.right * em), round(shadow.down * em))
        shade = shade.filter(ImageFilter.GaussianBlur(max(shadow.blur * em, _LEAST_BLUR_PX)))
        gain = shadow.gain * (1 + _THIN_PX / em)
        shade = shade.point([round(min(255.0, value * gain) * shadow.opacity) for value in range(256)])
        layer = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        layer.putalpha(shade)
        below.alpha_composite(layer)
    below.alpha_composite(picture)
    return below


def save_picture(picture: Image, target: Path) -> None:
    """A PNG of our own: RGBA, no metadata; equal pixels give equal bytes with the same Pillow."""
    picture.save(target, format="PNG", compress_level=6)

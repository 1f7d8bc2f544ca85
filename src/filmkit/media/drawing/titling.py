"""A title on a clear canvas: text in a style, a picture, or a colour. Nothing but a colour leaves the safe area."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from filmkit.media.drawing.drawn import Canvas, Drawn, opened_picture, resized, small_event, text_events, trimmed
from filmkit.media.drawing.lettering import Align, draw_block
from filmkit.media.drawing.title_styles import STYLES, Plate, TitleStyle
from filmkit.media.drawing.typeset import Block, Paragraph, Room, set_block
from filmkit.media.drawing.written import drawable, paragraphs
from filmkit.model.recipe import TitleRecipe

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image


def draw_title(recipe: TitleRecipe, image: Path | None) -> Drawn:
    """The title on a canvas of its recipe's size.

    Raises ValueError for a style nobody knows, or text too long to leave any letter visible; OSError for a
    picture that does not open.
    """
    from PIL import Image

    canvas = Canvas(recipe.width_px, recipe.height_px)
    if recipe.color is not None:
        return Drawn(Image.new("RGBA", (canvas.width, canvas.height), recipe.color))
    if image is not None:
        return Drawn(_placed(_fitted(image, canvas), canvas, recipe.place or "middle"))
    return _draw_text(recipe, canvas)


def _draw_text(recipe: TitleRecipe, canvas: Canvas) -> Drawn:
    if recipe.style not in STYLES:
        raise ValueError(f"there is no title style '{recipe.style}'; there are {', '.join(sorted(STYLES))}")
    style = STYLES[recipe.style]
    place = recipe.place or style.place
    text = recipe.text or ""
    written = _written(drawable(text).text, style)
    room = _room(style, canvas)
    picture, block = _fitting(written, room, style, place, canvas)
    events = [*text_events(text)]
    if block.size < room.least_size * 0.999:
        events.append(small_event(block.size / room.least_size))
    return Drawn(_placed(picture, canvas, place), tuple(events))


def _written(text: str, style: TitleStyle) -> list[Paragraph]:
    """The lines in their looks; an empty line is drawn as one where the style has no look for what stands below it."""
    written: list[Paragraph] = []
    look = style.first
    for line in paragraphs(text):
        if written and not line and style.under:
            look = style.under
            continue
        written.append(replace(look, text=line))
        look = look if look is style.under else style.others
    return written


def _fitting(
    written: list[Paragraph], room: Room, style: TitleStyle, place: str, canvas: Canvas
) -> tuple[Image, Block]:
    """Set and drawn, once more and smaller where marks or shadows reach out of the safe area."""
    left, top, right, bottom = canvas.safe
    while True:
        block = set_block(written, room)
        picture = trimmed(_drawn(block, style, place))
        over = max(picture.width / (right - left), picture.height / (bottom - top))
        if over <= 1:
            return picture, block
        room = replace(room, size=block.size * min(0.97, 1 / over), least_size=min(room.least_size, block.size))


def _room(style: TitleStyle, canvas: Canvas) -> Room:
    left, top, right, bottom = canvas.safe
    size = style.size * canvas.unit
    around = style.plate.around if style.plate else (0.0, 0.0)
    return Room(
        width=(right - left) * style.width - 2 * around[0] * size,
        height=(bottom - top) * style.height - 2 * around[1] * size,
        size=size,
        least_size=style.least * canvas.unit,
        most_lines=style.most_lines,
    )


def _drawn(block: Block, style: TitleStyle, place: str) -> Image:
    align: Align = "left" if place.endswith("left") else "right" if place.endswith("right") else "center"
    text, right, down = draw_block(block, align, style.shadows)
    if style.plate is None:
        return text
    plate = _plate(style.plate, block, align, text.size, (right, down))
    plate.alpha_composite(text)
    return plate


def _plate(plate: Plate, block: Block, align: str, size: tuple[int, int], corner: tuple[int, int]) -> Image:
    """The panel beneath a block whose top left corner stands at ``corner`` of a picture of ``size``."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", size)
    pen = ImageDraw.Draw(picture)
    x, y = (round(share * block.size) for share in plate.around)
    box = (
        corner[0] - x,
        corner[1] - y,
        corner[0] + math.ceil(block.width) + x - 1,
        corner[1] + math.ceil(block.height) + y - 1,
    )
    pen.rectangle(box, (*plate.color, round(plate.opacity * 255)))
    if plate.bar and align != "center":
        wide = max(2, round(block.size * 0.1))
        is_left = align == "left" and not block.lines[0].is_rtl
        edge = (box[0], box[0] + wide - 1) if is_left else (box[2] - wide + 1, box[2])
        pen.rectangle((edge[0], box[1], edge[1], box[3]), (*plate.bar, 255))
    return picture


def _placed(picture: Image, canvas: Canvas, place: str) -> Image:
    """The picture at its place on a clear canvas: at the edge of the safe area, or in the middle."""
    from PIL import Image

    left, top, right, bottom = canvas.safe
    x = (
        left
        if place.endswith("left")
        else right - picture.width
        if place.endswith("right")
        else (canvas.width - picture.width) // 2
    )
    y = (
        top
        if place.startswith("top")
        else bottom - picture.height
        if place.startswith("bottom")
        else (canvas.height - picture.height) // 2
    )
    whole = Image.new("RGBA", (canvas.width, canvas.height))
    whole.paste(picture, (x, y))
    return whole


def _fitted(image: Path, canvas: Canvas) -> Image:
    """A picture no larger than the safe area, its alpha kept; never enlarged."""
    left, top, right, bottom = canvas.safe
    picture = opened_picture(image)
    share = min(1.0, (right - left) / picture.width, (bottom - top) / picture.height)
    if share == 1.0:
        return picture
    return resized(picture, (max(1, math.floor(picture.width * share)), max(1, math.floor(picture.height * share))))

"""The card that stands for a missing take: what the shot will show, so that the animatic can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from filmkit.media.drawing.drawn import Canvas, Drawn, small_event, text_events
from filmkit.media.drawing.lettering import lay_block
from filmkit.media.drawing.move_sign import draw_sign
from filmkit.media.drawing.typeset import Paragraph, Room, set_block
from filmkit.media.drawing.written import drawable, paragraphs

if TYPE_CHECKING:
    from PIL.Image import Image

Line = tuple[str, str]

_PAPER, _MARKS, _ACCENT = (27, 30, 36), (74, 80, 92), (232, 176, 75)
_GREY, _PALE = (152, 159, 172), (214, 218, 226)
_SIZE, _LEAST = 0.058, 0.026
_LOOKS = {
    "heading": Paragraph("", "sans", 0.62, tracking=0.05, leading=1.4, color=_GREY),
    "shot": Paragraph("", "sans-bold", 1.15, leading=1.25, gap=0.1),
    "action": Paragraph("", "sans", 1.0, leading=1.36, gap=0.75),
    "framing": Paragraph("", "sans", 0.66, leading=1.5, color=_PALE),
    "camera": Paragraph("", "sans-bold", 0.66, leading=1.5, color=_ACCENT),
    "note": Paragraph("", "sans", 0.6, leading=1.45, gap=0.35, color=_GREY),
}
_TOP, _FOOT = ("heading", "shot", "action"), ("framing", "camera", "note")


def draw_slate(lines: Sequence[Line], canvas: Canvas) -> Drawn:
    """The card, opaque. Raises ValueError where its text has no room."""
    events = [*chain.from_iterable(text_events(text) for _, text in lines)]
    top, foot = _written(lines, _TOP), _written(lines, _FOOT)
    if [role for role, _ in lines] in (["heading"], ["heading", "note"]):
        return Drawn(_scene_card(_written(lines, ("heading", "note")), canvas), tuple(dict.fromkeys(events)))
    picture, share = _shot_card(top, foot, _move(lines), canvas)
    if share < 0.999:
        events.append(small_event(share))
    return Drawn(picture, tuple(dict.fromkeys(events)))


def _written(lines: Sequence[Line], roles: Sequence[str]) -> list[Paragraph]:
    """The lines of these roles in the roles' order, each in its look."""
    found = [(role, text) for wanted in roles for role, text in lines if role == wanted]
    return [replace(_LOOKS[role], text=line) for role, text in found for line in paragraphs(drawable(text).text)]


def _move(lines: Sequence[Line]) -> str | None:
    """The camera's move as the storyboard says it (``push-in, slow``): its first word."""
    camera = next((text for role, text in lines if role == "camera"), None)
    return camera.split(",")[0].strip() if camera else None


def _paper(canvas: Canvas) -> Image:
    """A dark card with the corners of a viewfinder at its safe area."""
    from PIL import Image, ImageDraw

    paper = Image.new("RGBA", (canvas.width, canvas.height), (*_PAPER, 255))
    pen = ImageDraw.Draw(paper)
    left, top, right, bottom = (edge // 1 for edge in canvas.safe)
    thick, arm = max(1, round(canvas.unit * 0.004)), round(canvas.unit * 0.05)
    for x, y, across, down in ((left, top, 1, 1), (right, top, -1, 1), (left, bottom, 1, -1), (right, bottom, -1, -1)):
        pen.rectangle(_box(x, y, x + across * arm, y + down * thick), _MARKS)
        pen.rectangle(_box(x, y, x + across * thick, y + down * arm), _MARKS)
    return paper


def _box(x0: int, y0: int, x1: int, y1: int) -> tuple[int, int, int, int]:
    return min(x0, x1), min(y0, y1), max(x0, x1) - 1, max(y0, y1) - 1


def _inner(canvas: Canvas) -> tuple[int, int, int, int]:
    """Where the card's text stands: inside the viewfinder's corners."""
    left, top, right, bottom = canvas.safe
    inset = round(canvas.unit * 0.055)
    return left + inset, top + inset, right - inset, bottom - inset


def _shot_card(top: list[Paragraph], foot: list[Paragraph], move: str | None, canvas: Canvas) -> tuple[Image, float]:
    """Scene, shot and action from the top; framing, camera and note at the foot, the move's sign at its right."""
    left, upper, right, lower = _inner(canvas)
    sign = round(canvas.unit * 0.15) if move else 0
    room = _room(canvas, right - left - (sign + round(canvas.unit * 0.05) if sign else 0), (lower - upper) * 0.45)
    below = set_block(foot, room) if foot else None
    used = max(below.height if below else 0, sign) + canvas.unit * 0.03
    above = set_block(top, _room(canvas, right - left, lower - upper - used))
    card = _paper(canvas)
    lay_block(card, above, "left", left, upper)
    if below:
        lay_block(card, below, "left", left, lower - below.height)
    if move:
        card.alpha_composite(draw_sign(move, sign, _ACCENT), (right - sign, lower - sign))
    least = min(above.size, below.size if below else above.size)
    return card, least / (_LEAST * canvas.unit)


def _scene_card(written: list[Paragraph], canvas: Canvas) -> Image:
    left, upper, right, lower = _inner(canvas)
    first, *others = written
    large = [replace(first, face="title", scale=1.5, tracking=0.04, leading=1.2, color=(255, 255, 255)), *others]
    block = set_block(large, _room(canvas, right - left, lower - upper))
    card = _paper(canvas)
    lay_block(card, block, "center", (canvas.width - block.width) / 2, (canvas.height - block.height) / 2)
    return card


def _room(canvas: Canvas, width: float, height: float) -> Room:
    return Room(width, height, _SIZE * canvas.unit, _LEAST * canvas.unit)

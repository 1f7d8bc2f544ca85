"""A camera move as a sign: arrows in a frame, as on a storyboard sheet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_FINE = 4
_LEFT, _RIGHT, _UP, _DOWN = (-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)
_STRAIGHT = {
    "pan-left": _LEFT, "pan-right": _RIGHT, "tilt-up": _UP, "tilt-down": _DOWN,
    "truck-left": _LEFT, "truck-right": _RIGHT, "pedestal-up": _UP, "pedestal-down": _DOWN,
    "crane-up": _UP, "crane-down": _DOWN, "follow": _RIGHT,
}  # fmt: skip
_CORNERS = ((-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0))
_TURNS = {"roll-cw": 1, "roll-ccw": -1, "orbit-right": 1, "orbit-left": -1}


def draw_sign(move: str, side_px: int, color: tuple[int, int, int]) -> Image:
    """A square picture: one arrow for pans and travels, four for pushes and zooms, a bow for turns, else a dot."""
    from PIL import Image, ImageDraw

    side = side_px * _FINE
    ink = Image.new("L", (side, side))
    pen = ImageDraw.Draw(ink)
    thick = max(1, round(side * 0.045))
    frame = (thick, round(side * 0.17), side - thick, round(side * 0.83))
    pen.rounded_rectangle(frame, round(side * 0.05), outline=110, width=max(1, thick * 2 // 3))
    _draw_move(pen, move, side, thick)
    sign = Image.new("RGBA", (side_px, side_px), (*color, 255))
    sign.putalpha(ink.reduce(_FINE))
    return sign


def _draw_move(pen: ImageDraw, move: str, side: int, thick: int) -> None:
    middle = side / 2
    if move in _STRAIGHT:
        x, y = _STRAIGHT[move]
        reach = side * (0.3 if y == 0 else 0.2)
        _arrow(pen, (middle - x * reach, middle - y * reach), (middle + x * reach, middle + y * reach), thick)
    elif move in ("push-in", "zoom-in", "pull-out", "zoom-out"):
        for x, y in _CORNERS:
            far = (middle + x * side * 0.36, middle + y * side * 0.235)
            near = (middle + x * side * 0.12, middle + y * side * 0.08)
            _arrow(pen, *((far, near) if move.endswith("in") else (near, far)), thick)
    elif move in _TURNS:
        _bow(pen, side, _TURNS[move], thick)
    else:
        pen.ellipse([middle - thick * 1.6, middle - thick * 1.6, middle + thick * 1.6, middle + thick * 1.6], fill=255)


def _arrow(pen: ImageDraw, tail: tuple[float, float], tip: tuple[float, float], thick: int) -> None:
    angle = math.atan2(tip[1] - tail[1], tip[0] - tail[0])
    head = thick * 2.6
    neck = (tip[0] - head * math.cos(angle), tip[1] - head * math.sin(angle))
    pen.line([tail, neck], fill=255, width=thick)
    _head(pen, tip, angle, head)


def _head(pen: ImageDraw, tip: tuple[float, float], angle: float, head: float) -> None:
    wings = [(tip[0] - head * math.cos(angle + turn), tip[1] - head * math.sin(angle + turn)) for turn in (-0.5, 0.5)]
    pen.polygon([tip, *wings], fill=255)


def _bow(pen: ImageDraw, side: int, turn: int, thick: int) -> None:
    """Three quarters of a circle with an arrow's head, clockwise for 1."""
    middle, radius = side / 2, side * 0.2
    box = [middle - radius, middle - radius, middle + radius, middle + radius]
    pen.arc(box, *((150, 380) if turn > 0 else (160, 390)), fill=255, width=thick)
    angle = math.radians(20 if turn > 0 else 160)
    end = (middle + (radius - thick / 2) * math.cos(angle), middle + (radius - thick / 2) * math.sin(angle))
    heading = angle + turn * math.pi / 2
    tip = (end[0] + thick * 2 * math.cos(heading), end[1] + thick * 2 * math.sin(heading))
    _head(pen, tip, heading, thick * 2.8)

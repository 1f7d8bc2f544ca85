"""A page of credits on black: own lines large and centred, roles beside their names (above them in tall pictures)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from filmkit.media.drawing.drawn import Canvas, Drawn, small_event, text_events
from filmkit.media.drawing.lettering import Align, lay_block
from filmkit.media.drawing.typeset import SMALLEST_PX, Block, Paragraph, set_at
from filmkit.media.drawing.written import drawable, paragraphs

Line = tuple[str, str]

_SIZE, _LEAST = 0.05, 0.024
"""The em as a share of the canvas' unit: as designed, and the least readable."""

_GREY = (150, 154, 162)
_LOOKS = {
    "line": Paragraph("", "title", 1.3, leading=1.3),
    "role": Paragraph("", "sans", 0.78, tracking=0.06, leading=1.25, color=_GREY),
    "name": Paragraph("", "sans", 1.0, leading=1.3),
    "small": Paragraph("", "sans", 0.74, leading=1.35, color=(214, 216, 220)),
}
_BETWEEN = 0.95
"""Ems between groups."""

_GUTTER = 0.5
"""Where between left and right of the safe area roles end and names begin, and half the gap between them in ems."""
_HALF_GAP = 0.6


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block with its place on the canvas: left and top in pixels."""

    block: Block
    align: Align
    left: float
    top: float


def draw_credits(lines: Sequence[Line], canvas: Canvas) -> Drawn:
    """The page, opaque, within the safe area. Raises ValueError where no letter would be seen."""
    from PIL import Image

    size, placed = _fitting(lines, canvas)
    page = Image.new("RGBA", (canvas.width, canvas.height), (0, 0, 0, 255))
    for part in placed:
        lay_block(page, part.block, part.align, part.left, part.top)
    events = [*chain.from_iterable(text_events(text) for _, text in lines)]
    if size < _LEAST * canvas.unit * 0.999:
        events.append(small_event(size / (_LEAST * canvas.unit)))
    return Drawn(page, tuple(dict.fromkeys(events)))


def _fitting(lines: Sequence[Line], canvas: Canvas) -> tuple[float, list[_Placed]]:
    """The largest size at which all groups stand below each other in the safe area, and where they stand."""
    _, top, _, bottom = canvas.safe
    size = _SIZE * canvas.unit
    while size >= SMALLEST_PX:
        rows, height = _rows([*_groups(lines)], canvas, size)
        if height <= bottom - top:
            down = top + (bottom - top - height) / 2
            return size, [_Placed(part.block, part.align, part.left, part.top + down) for part in rows]
        size *= 0.95
    raise ValueError(f"a page of {len(lines)} credits has no room in the picture")


def _groups(lines: Sequence[Line]) -> Iterator[tuple[list[Paragraph], list[Paragraph]]]:
    """Role and names that belong together; own lines stand alone, as names without a role."""
    role: list[Paragraph] = []
    names: list[Paragraph] = []
    for kind, text in lines:
        if kind in ("role", "line") and (role or names):
            yield role, names
            role, names = [], []
        (role if kind == "role" else names).extend(_paragraph(line, kind) for line in paragraphs(drawable(text).text))
        if kind == "line":
            yield role, names
            role, names = [], []
    if role or names:
        yield role, names


def _paragraph(text: str, kind: str) -> Paragraph:
    return replace(_LOOKS.get(kind, _LOOKS["name"]), text=text)


def _rows(
    groups: Sequence[tuple[list[Paragraph], list[Paragraph]]], canvas: Canvas, size: float
) -> tuple[list[_Placed], float]:
    """Groups below each other from the top, and their height in all."""
    rows: list[_Placed] = []
    at = 0.0
    for index, (role, names) in enumerate(groups):
        at += _BETWEEN * size if index else 0.0
        is_own = not role and names[0].face == _LOOKS["line"].face
        is_stacked = is_own or canvas.height > canvas.width
        parts = [_centred([*role, *names], canvas, size)] if is_stacked else [*_columns(role, names, canvas, size)]
        rows += [_Placed(part.block, part.align, part.left, at + part.top) for part in parts]
        at += max(part.top + part.block.height for part in parts)
    return rows, at


def _centred(written: list[Paragraph], canvas: Canvas, size: float) -> _Placed:
    left, _, right, _ = canvas.safe
    block = set_at(written, size, right - left)
    return _Placed(block, "center", (canvas.width - block.width) / 2, 0.0)


def _columns(role: list[Paragraph], names: list[Paragraph], canvas: Canvas, size: float) -> Iterator[_Placed]:
    """The role ends and the names begin at the gutter, the first of both on one baseline."""
    left, _, right, _ = canvas.safe
    gutter, gap = left + (right - left) * _GUTTER, _HALF_GAP * size
    baselines = [0.0]
    if names:
        block = set_at(names, size, right - gutter - gap)
        baselines = block.baselines()
        yield _Placed(block, "left", gutter + gap, 0.0)
    if role:
        block = set_at(role, size, gutter - gap - left)
        yield _Placed(block, "right", gutter - gap - block.width, max(0.0, baselines[0] - block.baselines()[0]))

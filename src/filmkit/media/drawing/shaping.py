"""Shaping: a line as runs of one face and one direction, in the order in which they are seen, with their widths.

Every run is shaped by Pillow's raqm layout (HarfBuzz). The order of runs is ours, because a line may need several fonts
and raqm orders only what it draws at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from filmkit.errors import ToolMissing
from filmkit.media.drawing.bidi import levels_of, visual_order
from filmkit.media.drawing.faces import FACES, face_runs
from filmkit.media.drawing.written import clusters

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

MEASURE_PX = 256
"""Size at which widths are measured: large enough that hinting does not round them."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What is shaped and drawn at once: text of one face and direction, ``width`` in ems (with its tracking)."""

    text: str
    face: str
    is_rtl: bool
    width: float
    tracking: float = 0.0


def shaped_glyphs(text: str, face: str, tracking: float, base: int | None = None) -> list[Glyphs]:
    """Runs of one face and one level, in visual order. ``tracking`` in ems; ``base``: the paragraph's level."""
    if not text:
        return []
    levels = levels_of(text, base)
    pieces = [
        (text[start:stop], run.face, levels[start])
        for run in face_runs(text, face)
        for start, stop in _level_runs(levels, run.start, run.stop)
    ]
    return [_shaped(*pieces[at], tracking) for at in visual_order([level for *_, level in pieces])]


def _level_runs(levels: Sequence[int], start: int, stop: int) -> Iterator[tuple[int, int]]:
    begin = start
    for at in range(start + 1, stop + 1):
        if at == stop or levels[at] != levels[begin]:
            yield begin, at
            begin = at


@lru_cache(maxsize=4096)
def _shaped(text: str, face: str, level: int, tracking: float) -> Glyphs:
    is_rtl = level % 2 == 1
    spread = tracking if not is_rtl and is_simple(text) else 0.0
    direction = "rtl" if is_rtl else "ltr"
    length = font_at(face, MEASURE_PX).getlength(text, direction=direction, features=features_of(face, spread))
    return Glyphs(text, face, is_rtl, length / MEASURE_PX + spread * len(clusters(text)), spread)


def is_simple(text: str) -> bool:
    """Whether letters stand side by side without joining, so that they may be spread: not Arabic, no Indic script."""
    return all(not 0x0590 <= ord(char) < 0x1E00 and ord(char) < 0x10000 for char in text)


def features_of(face: str, tracking: float) -> list[str]:
    """OpenType features: those of the face, and spread letters are not tied to ligatures."""
    return [*FACES[face].features, *(("-liga", "-clig") if tracking else ())]


def spread_places(glyphs: Glyphs, font: FreeTypeFont) -> list[tuple[str, float]]:
    """Each cluster of a tracked run and its place in pixels from the run's begin, with kerning kept."""
    places, at, before = [], 0.0, ""
    features = features_of(glyphs.face, glyphs.tracking)
    for cluster in clusters(glyphs.text):
        pair, alone = (font.getlength(part, features=features) for part in (before + cluster, cluster))
        at += pair - alone
        places.append((cluster, at))
        at += glyphs.tracking * font.size
        before = cluster
    return places


@lru_cache(maxsize=64)
def font_at(face: str, size_px: float) -> FreeTypeFont:
    """A face at a size. Raises ToolMissing where Pillow was built without raqm, which its wheels have."""
    from PIL import ImageFont, features

    if not features.check("raqm"):
        remedy = "install Pillow's own wheel: pip install --force-reinstall pillow"
        raise ToolMissing("this Pillow cannot shape text: it was built without raqm", remedy=remedy)
    return ImageFont.truetype(str(FACES[face].path), size_px, layout_engine=ImageFont.Layout.RAQM)

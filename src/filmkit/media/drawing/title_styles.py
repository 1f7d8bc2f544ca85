"""The looks of titles as data: sizes, places, faces, shadows. Measures are fractions: a draft looks like the master."""

from __future__ import annotations

from dataclasses import dataclass

from filmkit.media.drawing.lettering import Shadow
from filmkit.media.drawing.typeset import Paragraph


@dataclass(frozen=True, slots=True)
class Plate:
    """A panel beneath the text: RGB, opacity 0 … 1, room around the text in ems; ``bar``: a stripe at its edge."""

    color: tuple[int, int, int] = (12, 14, 18)
    opacity: float = 0.62
    around: tuple[float, float] = (0.55, 0.3)
    bar: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class TitleStyle:
    """``size`` and ``least`` are ems as shares of the canvas' unit (the height of a wide picture), ``width`` and
    ``height`` the room as shares of the safe area; ``first`` is the look of the first line (a paragraph without text),
    ``others`` of the rest, ``under`` of what stands below an empty line (None: as ``others``).
    """

    place: str
    size: float
    least: float
    width: float
    height: float
    most_lines: int
    first: Paragraph
    others: Paragraph
    shadows: tuple[Shadow, ...] = ()
    plate: Plate | None = None
    under: Paragraph | None = None


_SOFT = (Shadow(blur=0.28, down=0.02, gain=1.7, opacity=0.55), Shadow(blur=0.045, down=0.02, gain=2.2, opacity=0.6))
_TIGHT = (Shadow(blur=0.05, gain=3.2, opacity=0.85), Shadow(blur=0.2, down=0.04, gain=1.4, opacity=0.5))

STYLES = {
    "main": TitleStyle(
        place="middle", size=0.14, least=0.05, width=0.92, height=0.8, most_lines=3,
        first=Paragraph("", "title", tracking=0.1, leading=1.12),
        others=Paragraph("", "title", tracking=0.1, leading=1.12),
        under=Paragraph("", "title", 0.44, tracking=0.12, leading=1.25, gap=0.55),
        shadows=_SOFT,
    ),
    "lower-third": TitleStyle(
        place="bottom-left", size=0.052, least=0.028, width=0.6, height=0.4, most_lines=2,
        first=Paragraph("", "sans-bold", leading=1.2),
        others=Paragraph("", "sans", 0.72, tracking=0.02, leading=1.3, gap=0.12, color=(222, 226, 232)),
        shadows=(Shadow(blur=0.06, down=0.03, opacity=0.5),),
        plate=Plate(bar=(232, 176, 75)),
    ),
    "subtitle": TitleStyle(
        place="bottom", size=0.052, least=0.034, width=0.86, height=0.4, most_lines=2,
        first=Paragraph("", "sans", leading=1.26),
        others=Paragraph("", "sans", leading=1.26),
        shadows=_TIGHT,
    ),
    "slate": TitleStyle(
        place="top-left", size=0.036, least=0.022, width=0.7, height=0.5, most_lines=4,
        first=Paragraph("", "sans-bold", tracking=0.02, leading=1.3),
        others=Paragraph("", "sans", leading=1.35, color=(214, 218, 224)),
        shadows=(),
        plate=Plate(opacity=0.72, around=(0.6, 0.42)),
    ),
}  # fmt: skip
"""Styles by the names a storyboard uses."""

"""What all parts of a level picture share: its size and colours, the axis of time, scales of decibels, labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from filmkit.media.drawing.shapes_png import elided, text_width
from filmkit.model.shapes import Band, Line, Text

WIDTH = 1920
LEFT, RIGHT = 150, 1850
"""Between these the film runs; names stand to the left, scales to the right."""

GROUND, PANEL, GRID = "#15181d", "#1d2128", "#39404b"
PALE, GREY, DIM = "#e8ebf0", "#9aa3b2", "#6b7482"
CUT, TARGET, DUCK, LIMIT = "#c9d1de", "#7fd68b", "#ff7d6e", "#ffab5e"
STEM_COLORS = {"dialogue": "#64b5f6", "music": "#b58cf0", "effects": "#f0b34f", "production": "#6fcfa7"}

SMALL, NORMAL = 12.0, 13.5


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """A film of ``samples`` samples from ``LEFT`` to ``RIGHT``."""

    samples: int

    def x(self, sample: float) -> float:
        """Where a sample stands; what lies outside the film is brought to its edges."""
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, sample / self.samples))


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from ``low`` at the foot of a box to ``high`` at its ``top``; values outside stop at the edges."""

    top: float
    height: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """Where a value stands."""
        share = (min(self.high, max(self.low, value)) - self.low) / (self.high - self.low)
        return round(self.top + self.height * (1.0 - share), 2)


def label(
    at: tuple[float, float],
    text: str,
    color: str = GREY,
    size: float = SMALL,
    *,
    align: Literal["start", "end"] = "start",
) -> Text:
    """A text that begins or ends at a place on its baseline."""
    return Text(at[0], at[1], text, size, color, round(text_width(text, size), 2), align)


def lane_name(y: float, text: str, color: str) -> Text:
    """The name of a lane, to its left."""
    return Text(LEFT - 12, y, text, 15.0, color, round(text_width(text, 15.0, is_bold=True), 2), "end", is_bold=True)


def fitted(at: tuple[float, float], text: str, color: str, room: float, size: float = SMALL) -> list[Text]:
    """A text cut to ``room`` pixels; nothing where not even its beginning fits."""
    short = elided(" ".join(text.split()), size, room)
    return [label(at, short, color, size)] if short else []


def level_line(y: float, color: str = GRID, *, dash: float = 0.0, opacity: float = 1.0) -> Line:
    """A line across the film."""
    return Line(LEFT, round(y) + 0.5, RIGHT, round(y) + 0.5, color, 1.0, opacity, dash)


def centres(axis: TimeAxis, column_samples: int, count: int) -> list[float]:
    """Where the middle of each column stands."""
    return [round(axis.x((at + 0.5) * column_samples), 2) for at in range(count)]


def area(
    xs: Sequence[float], curves: tuple[Sequence[float], Sequence[float]], color: str, opacity: float = 1.0
) -> Band:
    """What lies between an upper and a lower curve, from the film's begin to its end."""
    upper, lower = ((*curve[:1], *curve, *curve[-1:]) for curve in curves)
    return Band((float(LEFT), *xs, float(RIGHT)) if xs else (), upper, lower, color, opacity)

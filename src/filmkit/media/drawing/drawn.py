"""What all drawn pictures share: the canvas and its safe area, what is said of their text, pictures laid and scaled."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filmkit.media.drawing.faces import missing_glyphs
from filmkit.media.drawing.written import drawable
from filmkit.model.finding import Severity
from filmkit.model.run import Event

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

SAFE = 0.05
"""Share of each side that stays free of text: the title-safe area is the inner 90 % (SMPTE ST 2046-1)."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture a title is drawn on, in pixels."""

    width: int
    height: int

    @property
    def safe(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the title-safe area."""
        x, y = math.ceil(self.width * SAFE), math.ceil(self.height * SAFE)
        return x, y, self.width - x, self.height - y

    @property
    def unit(self) -> float:
        """The height that sizes are shares of: less in tall pictures, so that a line holds as many words."""
        return min(self.height, self.width * 0.75)


@dataclass(frozen=True)
class Drawn:
    """A finished picture and what is to be said about it."""

    picture: Image
    events: tuple[Event, ...] = ()


def text_events(text: str) -> Iterator[Event]:
    """What of a text cannot be drawn as written: glyphs that no font has, characters that are taken out."""
    if removed := drawable(text).removed:
        yield Event(
            "text-cleaned",
            f"control characters are not drawn: {', '.join(removed)}",
            Severity.WARNING,
            touches_content=True,
        )
    if missing := missing_glyphs(text):
        named = ", ".join(f"{char} (U+{ord(char):04X})" for char in sorted(missing))
        yield Event(
            "glyph-missing",
            f"no font has {named}: drawn as an empty box",
            Severity.WARNING,
            touches_content=True,
        )


def small_event(share: float) -> Event:
    """Text drawn smaller than is readable, because it is too long for its room."""
    return Event(
        "text-small",
        f"the text is too long: it is drawn at {share:.0%} of the smallest readable size",
        Severity.WARNING,
        touches_content=True,
    )


def trimmed(picture: Image) -> Image:
    """Without the clear pixels around it; one clear pixel where nothing is seen."""
    return picture.crop(picture.getchannel("A").getbbox() or (0, 0, 1, 1))


def lay_over(below: Image, picture: Image, x: int, y: int) -> None:
    """Lays a picture over another at a place that may be partly outside it."""
    box = (max(0, -x), max(0, -y), min(picture.width, below.width - x), min(picture.height, below.height - y))
    if box[0] < box[2] and box[1] < box[3]:
        below.alpha_composite(picture.crop(box), (max(0, x), max(0, y)))


def opened_picture(image: Path) -> Image:
    """A PNG of our own as RGBA. Raises OSError where it is none."""
    from PIL.Image import open as open_image

    opened = open_image(image, formats=["PNG"])
    try:
        return opened.convert("RGBA")
    finally:
        opened.close()


def resized(picture: Image, size: tuple[int, int]) -> Image:
    """Scaled with its alpha multiplied in, so that clear pixels do not stain the edges."""
    from PIL.Image import Resampling

    return picture.convert("RGBa").resize(size, Resampling.LANCZOS, reducing_gap=3.0).convert("RGBA")

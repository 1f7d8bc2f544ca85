"""Setting type: lines broken to a width, sized to a box, and laid out. Measures are in ems until they are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from filmkit.media.drawing.bidi import base_level
from filmkit.media.drawing.shaping import Glyphs, shaped_glyphs
from filmkit.media.drawing.written import clusters, words


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line as written, or (without text) how a line is set. ``scale`` is its size relative to the block's;
    ``tracking`` (between capitals), ``gap`` (before it) and ``leading`` (from baseline to baseline) are in its own ems;
    ``color`` is RGB.
    """

    text: str
    face: str = "sans"
    scale: float = 1.0
    tracking: float = 0.0
    leading: float = 1.28
    gap: float = 0.0
    color: tuple[int, int, int] = (255, 255, 255)

    @property
    def spread(self) -> float:
        """Ems put between letters: none where some are lower-case, whose words fall apart when they are spread."""
        return 0.0 if any(char.islower() for char in self.text) else self.tracking


@dataclass(frozen=True, slots=True)
class Line:
    """One line as seen, left to right; ``width`` in ems of its paragraph; ``is_rtl``: it is read from the right."""

    glyphs: tuple[Glyphs, ...]
    width: float
    paragraph: Paragraph
    is_rtl: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Lines fitted to a room: ``size`` is the em of scale 1 in pixels."""

    lines: tuple[Line, ...]
    size: float

    @property
    def width(self) -> float:
        """Pixels of the widest line."""
        return max((line.width * line.paragraph.scale for line in self.lines), default=0.0) * self.size

    def baselines(self) -> list[float]:
        """Pixels from the top of the block (the first line's ascent) to each baseline."""
        places, at = [], 0.0
        for index, line in enumerate(self.lines):
            em = self.size * line.paragraph.scale
            at += em * (line.paragraph.gap if line.opens and index else 0.0)
            at += em * (ASCENT if not index else line.paragraph.leading)
            places.append(at)
        return places

    @property
    def height(self) -> float:
        """Pixels from the first line's ascent to the last one's descent."""
        if not self.lines:
            return 0.0
        return self.baselines()[-1] + DESCENT * self.size * self.lines[-1].paragraph.scale


SMALLEST_PX = 2.0
"""Below this size of an em nothing is drawn: no letter would be seen."""

ASCENT, DESCENT = 0.95, 0.28
"""Room kept above the first and below the last baseline, in ems: enough for accents and tails of our faces."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a block may fill, in pixels, with its em as designed and the least that is readable; ``most_lines`` is the
    number of lines that one paragraph may have before the type is made smaller.
    """

    width: float
    height: float
    size: float
    least_size: float
    most_lines: int = 99


def set_block(written: Sequence[Paragraph], room: Room) -> Block:
    """The paragraphs at the largest size, at most ``room.size``, at which they fit; words are torn only at the least.

    A block may come out smaller than ``room.least_size``, and the caller says so; it is never cut.
    Raises ValueError where no letter would be seen any more.
    """
    setter = _Setter(written)
    size = room.size
    while size >= SMALLEST_PX:
        small = size <= room.least_size
        if setter.fits(replace(room, size=size), may_tear=small):
            return setter.block(size, room.width)
        size = size * 0.9 if small else max(size * 0.95, room.least_size)
    raise ValueError(f"{sum(len(line.text) for line in written):,} characters have no room in the picture")


def set_at(written: Sequence[Paragraph], size: float, width: float) -> Block:
    """The paragraphs at one size (pixels an em), broken to a width in pixels; words wider than that are torn."""
    return _Setter(written).block(size, width)


@dataclass
class _Setter:
    """Breaks paragraphs at many sizes: the widths of their words, in ems, are measured once."""

    written: Sequence[Paragraph]
    _words: list[list[tuple[str, float, float]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._words = [[_measured(word, line) for word in words(line.text)] for line in self.written]

    def fits(self, room: Room, *, may_tear: bool) -> bool:
        """Whether the block fits at ``room.size``: its width always does, unless a word is wider."""
        if height_of(self.written, self._least_counts(room), room.size) > room.height + 0.01:
            return False
        counts = []
        for paragraph, parts in zip(self.written, self._words, strict=True):
            texts, torn = _broken(parts, room.width / (room.size * paragraph.scale), paragraph)
            if not may_tear and (torn or len(texts) > room.most_lines):
                return False
            counts.append(len(texts))
        return height_of(self.written, counts, room.size) <= room.height + 0.01

    def _least_counts(self, room: Room) -> list[int]:
        """Lines that each paragraph needs at least, were every line filled: quickly known, also of very long texts."""
        return [
            max(1, math.ceil(sum(tight for _, tight, _ in parts) * room.size * paragraph.scale / room.width - 1e-6))
            for paragraph, parts in zip(self.written, self._words, strict=True)
        ]

    def block(self, size: float, width: float) -> Block:
        """The block at one size (pixels an em), its lines of even lengths."""
        lines: list[Line] = []
        for paragraph, parts in zip(self.written, self._words, strict=True):
            most = width / (size * paragraph.scale)
            texts, torn = _broken(parts, most, paragraph)
            if not torn and len(texts) > 1:
                texts = _balanced(parts, most, len(texts), paragraph)
            base = base_level(paragraph.text)
            lines += [set_line(text, paragraph, base, opens=not at) for at, text in enumerate(texts)]
        return Block(tuple(lines), size)


def height_of(written: Sequence[Paragraph], counts: Sequence[int], size: float) -> float:
    """Pixels of paragraphs of so many lines each, from the first line's ascent to the last one's descent."""
    ems = [
        paragraph.scale * (paragraph.gap + count * paragraph.leading)
        for paragraph, count in zip(written, counts, strict=True)
    ]
    first, last = written[0], written[-1]
    return size * (sum(ems) + first.scale * (ASCENT - first.leading - first.gap) + last.scale * DESCENT)


def _measured(word: str, paragraph: Paragraph) -> tuple[str, float, float]:
    """A word, its width without the blanks at its end, and with them."""
    return word, _width(word.rstrip(), paragraph), _width(word, paragraph)


def _width(text: str, paragraph: Paragraph) -> float:
    return sum(glyphs.width for glyphs in shaped_glyphs(text, paragraph.face, paragraph.spread))


def _broken(parts: Sequence[tuple[str, float, float]], most: float, paragraph: Paragraph) -> tuple[list[str], bool]:
    """Lines no wider than ``most`` ems, as full as they go; a word wider than that is torn (second value)."""
    lines, line, used, torn = [], "", 0.0, False
    for word, tight, full in parts:
        if line and used + tight > most:
            lines.append(line.rstrip())
            line, used = "", 0.0
        if not line and tight > most:
            *whole, word = _torn(word, most, paragraph)
            lines += whole
            torn, full = True, _width(word, paragraph)
        line, used = line + word, used + full
    return [*lines, line.rstrip()], torn


def _torn(word: str, most: float, paragraph: Paragraph) -> list[str]:
    parts, part, used = [], "", 0.0
    for cluster in clusters(word):
        width = _width(cluster, paragraph)
        if part and used + width > most:
            parts.append(part)
            part, used = "", 0.0
        part, used = part + cluster, used + width
    return [*parts, part]


def _balanced(parts: Sequence[tuple[str, float, float]], most: float, count: int, paragraph: Paragraph) -> list[str]:
    """The same number of lines, of lengths as equal as they can be: the narrowest measure that needs no more lines."""
    low, high = max(tight for _, tight, _ in parts), most
    for _ in range(10):
        middle = (low + high) / 2
        if len(_broken(parts, middle, paragraph)[0]) <= count:
            high = middle
        else:
            low = middle
    return _broken(parts, high, paragraph)[0]


def set_line(text: str, paragraph: Paragraph, base: int, *, opens: bool = True) -> Line:
    """One line laid out in visual order."""
    glyphs = shaped_glyphs(text, paragraph.face, paragraph.spread, base)
    width = sum(part.width for part in glyphs) - (glyphs[-1].tracking if glyphs else 0)
    return Line(tuple(glyphs), width, paragraph, base % 2 == 1, opens)

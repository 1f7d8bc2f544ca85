"""Text of a film made ready to be drawn: what may be drawn, what one sees as one character, where a line may break."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_NEW_LINES = str.maketrans(
    {"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": "    "}
)
_STEERING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x2070), 0xFEFF)))
"""Embeddings, overrides and isolates, which can make a text read as another; deprecated format characters."""

_IGNORED = frozenset(
    map(chr, (
        0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010),
        *range(0x2060, 0x2066), 0x3164, *range(0xFE00, 0xFE10), 0xFFA0, *range(0xE0100, 0xE01F0),
    ))
)  # fmt: skip
_JOINER = "\u200d"
_NOT_FIRST = frozenset(
    "–—!%),.:;?]}»›’”…‥。、，．：；？！）］｝」』】〕〉》・ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々〜"
)
_NOT_LAST = frozenset("([{«‹‘“（［｛「『【〔〈《")


@dataclass(frozen=True, slots=True)
class Written:
    """A text that may be drawn, and what was taken out of it, as ``U+202E`` words in order."""

    text: str
    removed: tuple[str, ...] = ()


def drawable(text: str) -> Written:
    """New lines of all kinds become one kind, tabs four blanks; control characters and bidi steering are taken out."""
    plain = text.replace("\r\n", "\n").translate(_NEW_LINES)
    removed = {char for char in plain if char != "\n" and _is_removed(char)}
    kept = "".join(char for char in plain if char not in removed) if removed else plain
    return Written(kept, tuple(f"U+{ord(char):04X}" for char in sorted(removed)))


def _is_removed(char: str) -> bool:
    return char in _STEERING or unicodedata.category(char) in ("Cc", "Cs")


def is_ignored(char: str) -> bool:
    """Whether a character has no picture of its own: joiners, selectors, marks of direction."""
    return char in _IGNORED


def clusters(text: str) -> list[str]:
    """What is seen as one character each: a letter with its marks, an emoji sequence, a flag (after UAX #29)."""
    found: list[str] = []
    for char in text:
        if found and _joins(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _joins(cluster: str, char: str) -> bool:
    code = ord(char)
    if cluster == "\n":
        return False
    if unicodedata.category(char) in ("Mn", "Me", "Mc") or char in "\u200c\u200d\uff9e\uff9f\u0e33\u0eb3":
        return True
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:
        return is_pictograph(cluster[0])
    if cluster[-1] == _JOINER:
        return is_pictograph(char)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return len(cluster) == 1 and 0x1F1E6 <= ord(cluster) <= 0x1F1FF
    return 0x1160 <= code <= 0x11FF and (0x1100 <= ord(cluster[0]) <= 0x115F or 0xAC00 <= ord(cluster[0]) <= 0xD7A3)


def is_pictograph(char: str) -> bool:
    """Whether a character may be part of an emoji sequence."""
    code = ord(char)
    return (
        0x1F000 <= code <= 0x1FAFF or 0x2190 <= code <= 0x2BFF or code in (0xA9, 0xAE, 0x203C, 0x2049, 0x3030, 0x303D)
    )


def is_emoji(cluster: str) -> bool:
    """Whether a cluster asks to be drawn as an emoji: by its own nature, or by the selector U+FE0F."""
    return "\ufe0f" in cluster or (ord(cluster[0]) >= 0x1F000 and is_pictograph(cluster[0]))


def words(line: str) -> list[str]:
    """The parts of a line between which it may break, blanks at the end of each: ``"".join(words(x)) == x``.

    It may break after blanks and hyphens, at U+200B and beside ideographs, but not before closing or after opening
    signs.
    """
    parts: list[str] = []
    for cluster in clusters(line):
        if parts and not _may_break(parts[-1], cluster):
            parts[-1] += cluster
        else:
            parts.append(cluster)
    return parts


def _may_break(before: str, cluster: str) -> bool:
    last, first = before[-1], cluster[0]
    if first.isspace() or first in _NOT_FIRST:
        return False
    if last == "\u200b":
        return True
    if last.isspace():
        return last not in "\u00a0\u202f\u2007"
    if last in "-‐–—" and len(before) > 1 and before[-2].isalpha():
        return True
    return (_is_wide(last) or _is_wide(first)) and last not in _NOT_LAST


def _is_wide(char: str) -> bool:
    """Ideographs and kana, beside which a line may break; Hangul is broken at blanks."""
    return 0x2E80 <= ord(char) <= 0xA4CF or 0xF900 <= ord(char) <= 0xFAFF or 0x20000 <= ord(char) <= 0x3FFFF


def paragraphs(text: str) -> Iterator[str]:
    """The lines as written, without blanks at their ends."""
    for line in text.strip("\n").split("\n"):
        yield line.rstrip()

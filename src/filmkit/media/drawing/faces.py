"""The typefaces of drawn pictures, and which of them shows which character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from filmkit.media.drawing.coverage import FOLDER, Coverage, font_coverage
from filmkit.media.drawing.written import clusters, drawable, is_emoji, is_ignored


@dataclass(frozen=True, slots=True)
class Face:
    """One font file. ``features`` are OpenType features it is always set with; ``after`` it come these faces where it
    has no glyph, before all others. ``is_emoji``: asked first for emoji.
    """

    file: str
    features: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    is_emoji: bool = False

    @property
    def path(self) -> Path:
        """Where the font lies."""
        return FOLDER / self.file


_AS_WRITTEN = ("-calt",)
"""Inter would make an arrow of ``->`` and a cross of the x in ``2x3``."""

FACES = {
    "title": Face("EBGaramond-Medium.ttf"),
    "sans": Face("Inter-Medium.ttf", features=_AS_WRITTEN),
    "sans-bold": Face("Inter-SemiBold.ttf", features=_AS_WRITTEN, after=("wide-bold",)),
    "wide": Face("DejaVuSans.ttf"),
    "wide-bold": Face("DejaVuSans-Bold.ttf"),
    "cjk": Face("DroidSansFallback-CJK.ttf"),
    "hangul": Face("FilmkitHangul.ttf"),
    "emoji": Face("NotoEmoji-Regular.ttf", is_emoji=True),
}
"""Faces by the names that styles use."""

_FALLBACK = ("sans", "wide", "cjk", "hangul", "emoji")
"""Where a character is looked for that a style's own face has not, in this order."""


_COMMON = ("WS", "ON", "CS", "ES", "ET")
"""Blanks and signs are of no script, and stay in the face before them; digits do in text that runs from the right."""


@dataclass(frozen=True, slots=True)
class FaceRun:
    """Characters [``start``, ``stop``) of a line that one face shows; not ``is_shown``: no face does."""

    face: str
    start: int
    stop: int
    is_shown: bool = True


def missing_glyphs(text: str) -> set[str]:
    """Characters that none of our fonts can show. Needs no font library: it asks the coverage table."""
    plain = drawable(text).text
    return {char for cluster in clusters(plain) if cluster != "\n" for char in _missing(cluster)}


def face_runs(line: str, first: str) -> list[FaceRun]:
    """The faces of a line, each run as long as it can be. ``first``: the style's own face."""
    runs: list[FaceRun] = []
    at, strong = 0, "L"
    for cluster in clusters(line):
        stop = at + len(cluster)
        kind = unicodedata.bidirectional(cluster[0])
        strong = kind if kind in ("L", "R", "AL") else strong
        stays = kind in _COMMON or (kind == "EN" and strong != "L")
        face, is_shown = _face_of(cluster, first, runs[-1].face if runs and stays else None)
        if runs and (runs[-1].face, runs[-1].is_shown) == (face, is_shown):
            runs[-1] = FaceRun(face, runs[-1].start, stop, is_shown)
        else:
            runs.append(FaceRun(face, at, stop, is_shown))
        at = stop
    return runs


def _face_of(cluster: str, first: str, before: str | None) -> tuple[str, bool]:
    """The face of a cluster: the one ``before`` it, where it may stay in that, so that words are not torn."""
    chain = _chain(first, is_emoji(cluster))
    if before and not is_emoji(cluster) and not FACES[before].is_emoji:
        chain = (before, *chain)
    found = next((face for face in chain if _shows(face, cluster)), None)
    if found is not None:
        return found, True
    return next((face for face in chain if _shows(face, cluster[0])), first), False


@cache
def _chain(first: str, for_emoji: bool) -> tuple[str, ...]:
    chain = tuple(dict.fromkeys((first, *FACES[first].after, *_FALLBACK)))
    if not for_emoji:
        return chain
    return tuple(sorted(chain, key=lambda face: not FACES[face].is_emoji))


@lru_cache(maxsize=4096)
def _shows(face: str, cluster: str) -> bool:
    """Whether a face has all of a cluster, as written or in one of its normal forms."""
    coverage = font_coverage()[FACES[face].file]
    return any(_has_all(coverage, form) for form in dict.fromkeys(_forms(cluster)))


def _forms(cluster: str) -> Iterator[str]:
    yield cluster
    yield unicodedata.normalize("NFC", cluster)
    yield unicodedata.normalize("NFD", cluster)


def _has_all(coverage: Coverage, chars: Iterable[str]) -> bool:
    return all(char in coverage or is_ignored(char) for char in chars)


def _missing(cluster: str) -> set[str]:
    """What of a cluster cannot be shown: nothing, single characters, or marks that no face has with their letter."""
    chain = _chain("sans", is_emoji(cluster))
    if any(_shows(face, cluster) for face in chain):
        return set()
    alone = {char for char in cluster if not any(_shows(face, char) for face in chain)}
    return alone or set(cluster[1:])

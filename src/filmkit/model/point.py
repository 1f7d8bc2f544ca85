"""Points: places on the story that cues and titles hang on (``harbour + 1s``, ``boat.horn``, ``theme.beat(17)``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from filmkit.model.timebase import Time

ID = r"[A-Za-z][A-Za-z0-9_-]*"
RESERVED = frozenset({"start", "end", "credits", "none", "beat", "downbeat"})
"""Words no scene, shot, cue or mark may be called."""

_NO_OFFSET = Time()

_POINT = re.compile(
    rf"(?P<base>{ID}(?:/{ID})?)"
    rf"(?:\.(?P<beat>beat|downbeat)\((?P<count>[+-]?\d{{1,6}})\)|\.(?P<mark>{ID}))?"
    r"(?: +(?P<sign>[+-]) +(?P<offset>\S.*))?"
)


@dataclass(frozen=True, slots=True)
class Point:
    """``base`` is a reserved word or an id (``harbour``, ``harbour/boat``); ``mark`` is ``end``, a mark, or None.

    ``beat`` is ``beat`` or ``downbeat`` with ``count`` from 1 in the music's file; ``relative`` ones count from the
    shot's own start.
    """

    base: str
    mark: str | None = None
    beat: str | None = None
    count: int = 0
    relative: bool = False
    offset: Time = _NO_OFFSET

    @classmethod
    def parse(cls, text: str) -> Point:
        """Raises ValueError that says what a point looks like."""
        match = _POINT.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a point; {_advice(text)}")
        offset = Time.parse(match["offset"]) if match["offset"] else Time()
        count = match["count"] or ""
        if match["mark"] and match["mark"].lower() in RESERVED - {"end"}:
            raise ValueError(f"{text!r} is not a point; {_advice_on_mark(match['base'], match['mark'].lower())}")
        if match["beat"] and not count.startswith(("+", "-")) and int(count) < 1:
            raise ValueError(f"{text!r} is not a point; beats count from 1: write {match['base']}.{match['beat']}(1)")
        return cls(
            base=match["base"].lower() if match["base"].lower() in RESERVED else match["base"],
            mark="end" if (match["mark"] or "").lower() == "end" else match["mark"],
            beat=match["beat"],
            count=int(count or 0),
            relative=count.startswith(("+", "-")),
            offset=-offset if match["sign"] == "-" else offset,
        )

    def __str__(self) -> str:
        sign = "+" if self.relative and self.count >= 0 else ""
        tail = f".{self.beat}({sign}{self.count})" if self.beat else f".{self.mark}" if self.mark else ""
        return f"{self.base}{tail}"


_EACH = re.compile(
    rf"(?P<base>{ID})\.(?P<what>cuts|beats|downbeats)(?: +(?P<sign>[+-]) +(?P<offset>\S.*))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Each:
    """Many places: all ``cuts`` inside the scene ``base``, all ``beats`` or ``downbeats`` of the music ``base``."""

    base: str
    what: str
    offset: Time = _NO_OFFSET

    @classmethod
    def parse(cls, text: str) -> Each:
        """Raises ValueError that says what to write."""
        match = _EACH.fullmatch(text.strip())
        if match is None:
            raise ValueError(
                f"{text!r} is not many places; write harbour.cuts for the cuts inside a scene, theme.beats or "
                "theme.downbeats for music, then maybe ' + 2f'"
            )
        offset = Time.parse(match["offset"]) if match["offset"] else Time()
        return cls(match["base"], match["what"].lower(), -offset if match["sign"] == "-" else offset)

    def __str__(self) -> str:
        return f"{self.base}.{self.what}"


def _advice_on_mark(base: str, word: str) -> str:
    if word == "start":
        return f"the start of a scene, shot or cue is just its name: write {base}"
    if word in {"beat", "downbeat"}:
        return f"say which beat: write {base}.{word}(1)"
    return f"'{word}' is a word of its own: write it without '{base}.'"


def _advice(text: str) -> str:
    if re.search(r"\S[+-]|[+-]\S", text) and re.search(r"[+-] ?\d", text):
        return "put a space on both sides of + and -, as in 'harbour + 1.2s'"
    if re.fullmatch(r"[\d.: ]+(s|f|ms)?", text.strip()):
        return "times count from a place in the story: write 'start + 4s'"
    return "write a scene, shot or cue ('harbour'), its end or a mark ('boat.horn'), then maybe ' + 1.2s'"

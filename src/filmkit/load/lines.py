"""Lines of dialogue without a file: something says how long they are, and nothing how to play what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from filmkit.load.walk import KeyPath
from filmkit.model.finding import Finding
from filmkit.model.sound import Line, Sound
from filmkit.model.storyboard import Storyboard

MOST_SPOKEN = 5_000
"""About six minutes: nobody says more in one breath."""


def check_lines(board: Storyboard) -> list[Finding]:
    """An error for each line without a file that has no end, a speed, or more words than are read."""
    return [
        finding
        for at, line in enumerate(board.sound.dialogue)
        if line.file is None
        for finding in _wrong(line, board.sound, ("sound", "dialogue", at))
    ]


def _texts(line: Line) -> Iterable[str]:
    return line.line.values() if isinstance(line.line, dict) else [line.line or ""]


def _wrong(line: Line, sound: Sound, path: KeyPath) -> Iterator[Finding]:
    if line.lasts is None and line.to is None and sound.voice_of(line) is None:
        remedy = "say how long it stands with 'lasts' or 'to', or let a 'scratch' voice read it"
        yield Finding("contradiction", "a line without a file is only captioned", remedy, path=(*path, "line"))
    if sound.voice_of(line) is not None and any(len(text) > MOST_SPOKEN for text in _texts(line)):
        remedy = "make several lines of it, or record it"
        yield Finding("line-too-long", f"a scratch voice reads up to {MOST_SPOKEN:,} characters at a time", remedy,
                      path=(*path, "line"))  # fmt: skip
    if line.speed != 1:
        remedy = "delete it; a scratch voice has a speed of its own, as in scratch: {speed: 1.2}"
        yield Finding("contradiction", "'speed' plays a file faster or slower, and this line has none", remedy,
                      path=(*path, "speed"))  # fmt: skip

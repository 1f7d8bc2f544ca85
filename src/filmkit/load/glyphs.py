"""Texts of a film that cannot be drawn as they are written: signs that no font has, signs nobody can see."""

from __future__ import annotations

from collections.abc import Iterator

from filmkit.load.walk import KeyPath, each_cue
from filmkit.load.words import shown
from filmkit.model.finding import Finding, Severity
from filmkit.model.storyboard import Storyboard


def check_texts(board: Storyboard) -> list[Finding]:
    """A warning for each title or line of credits that would look different from what is written."""
    return [finding for text, path in _drawn(board) if not _is_plain(text) for finding in _findings(text, path)]


def _drawn(board: Storyboard) -> Iterator[tuple[str, KeyPath]]:
    """Every text that stands in the picture."""
    for at, title in enumerate(board.titles):
        if title.text is not None:
            yield title.text, ("titles", at, "text")
    for at, line in enumerate(board.credits.lines if board.credits else ()):
        yield line, ("credits", "lines", at)
    if board.credits:
        for role, names in board.team.items():
            yield " ".join((role, *names)), ("team", role)
        yield from ((name, ("cast", name)) for name in board.cast)
        yield from ((cue.licence, (*path, "licence")) for cue, path in each_cue(board) if cue.licence)


def _is_plain(text: str) -> bool:
    """Letters every font has; the fonts' table is not even opened for them."""
    return text.isascii() and all(line.isprintable() for line in text.splitlines())


def _findings(text: str, path: KeyPath) -> Iterator[Finding]:
    from filmkit.media.drawing.drawn import text_events

    about = shown(text.split("\n")[0][:40])
    for event in text_events(text):
        yield Finding(event.code, event.message, "write it with other signs", Severity.WARNING, None, about, path)

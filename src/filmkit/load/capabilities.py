"""What a storyboard may ask for and filmkit does not do yet: one note each, never an error."""

from __future__ import annotations

from collections.abc import Iterator

from filmkit.load.walk import KeyPath, each_level, each_shot
from filmkit.model.finding import Finding, Severity
from filmkit.model.storyboard import Storyboard


def check_capabilities(board: Storyboard) -> list[Finding]:
    """At most one note for every capability that is not built yet, at the first key that asks for it."""
    wishes = (
        _first(_auto_focus(board), "focus", "'focus: auto' is not built yet: the middle is kept"),
        _first(
            _frames_of_shots(board),
            "frame-of-shot",
            "taking a frame out of another shot is not built yet: without a take, a slate stands there",
        ),
        _first(_captions(board), "captions", "captions are not built yet: lines are kept, not shown"),
        _first(_deliver(board), "deliver", "only the master is built yet; the other deliverables are not made"),
        _first([("review",)] if board.review else [], "review", "reviews are not built yet"),
    )
    return [wish for wish in wishes if wish is not None]


def _first(paths: Iterator[KeyPath] | list[KeyPath], capability: str, message: str) -> Finding | None:
    path = next(iter(paths), None)
    if path is None:
        return None
    remedy = "it stays in the storyboard and counts as soon as it is built"
    return Finding(f"not-built-{capability}", message, remedy, Severity.NOTE, path=path)


def _auto_focus(board: Storyboard) -> Iterator[KeyPath]:
    return ((*path, "focus") for level, path in each_level(board) if level.focus == "auto")


def _frames_of_shots(board: Storyboard) -> Iterator[KeyPath]:
    for _, shot, path in each_shot(board):
        for key, start in (("from", shot.from_), ("last", shot.last)):
            if start is not None and start.shot is not None and not (shot.omit or shot.of or shot.color):
                yield (*path, key)


def _captions(board: Storyboard) -> Iterator[KeyPath]:
    if board.captions is not None:
        yield ("captions",)
    for at, line in enumerate(board.sound.dialogue):
        if line.file is None:
            yield ("sound", "dialogue", at)


def _deliver(board: Storyboard) -> Iterator[KeyPath]:
    return (("deliver", at) for at, name in enumerate(board.deliver) if name != "master")

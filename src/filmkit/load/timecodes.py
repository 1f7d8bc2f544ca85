"""Timecodes with more frames than a second has: ``00:00:04:30`` at 24 frames a second."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel

from filmkit.load.tree import Tree
from filmkit.load.walk import KeyPath
from filmkit.model.finding import Finding
from filmkit.model.point import Point
from filmkit.model.storyboard import Storyboard
from filmkit.model.timebase import FrameRate, Timecode

_WRITTEN = re.compile(r"\d\d:[0-5]\d:[0-5]\d:\d\d")


def check_timecodes(board: Storyboard, tree: Tree) -> list[Finding]:
    """One error for each timecode whose frames reach the film's rate."""
    if _WRITTEN.search(tree.source.text) is None:
        return []
    return [_too_many(code, path, board.picture.fps) for code, path in _timecodes(board, ())
            if abs(code.frames) >= board.picture.fps.nominal]  # fmt: skip


def _timecodes(value: object, path: KeyPath) -> Iterator[tuple[Timecode, KeyPath]]:
    """All timecodes in a value, each with the keys that lead to it."""
    if isinstance(value, Timecode):
        yield value, path
    for part, step in _parts(value):
        yield from _timecodes(part, (*path, *step))


def _parts(value: object) -> Iterator[tuple[object, KeyPath]]:
    """What a value holds, each with the key or number that leads from the value to it."""
    if isinstance(value, Point):
        yield value.offset, ()
    elif isinstance(value, BaseModel):
        yield from ((getattr(value, name), (field.alias or name,)) for name, field in type(value).model_fields.items())
    elif isinstance(value, tuple):
        yield from ((entry, (at,)) for at, entry in enumerate(value))
    elif isinstance(value, dict):
        yield from ((key, ()) for key in value)
        yield from ((entry, (str(key),)) for key, entry in value.items())


def _too_many(code: Timecode, path: KeyPath, rate: FrameRate) -> Finding:
    last = rate.nominal - 1
    message = f"'{code}' has more frames than a second has; at {rate.nominal} a second the last is {last:02}"
    return Finding("timecode", message, "carry them over to the seconds", path=path)

"""Points that the cut never resolves: frames a shot starts from, and what hangs in shots that are left out."""

from __future__ import annotations

from collections.abc import Iterator

from filmkit.load.ids import Shots, names_of
from filmkit.load.walk import KeyPath, each_cue, each_shot
from filmkit.load.words import did_you_mean
from filmkit.model.finding import Finding
from filmkit.model.point import Point
from filmkit.model.storyboard import Shot, Storyboard


def check_unplaced(board: Storyboard) -> list[Finding]:
    """One error for each of these points that names nothing, or a mark that is not there."""
    points = [found for _, shot, path in each_shot(board) for found in _points(shot, path)]
    if not points:
        return []
    marks = _marks(board)
    return [finding for point, path in points for finding in _wrong(point, path, marks)]


def _points(shot: Shot, path: KeyPath) -> Iterator[tuple[Point, KeyPath]]:
    for key, start in (("from", shot.from_), ("last", shot.last)):
        if start is not None and start.at is not None:
            yield start.at, (*path, key, "at")
    if shot.omit and shot.to is not None:
        yield shot.to, (*path, "to")
    if shot.omit and shot.sync is not None:
        yield shot.sync.point, (*path, "sync", shot.sync.mark)


def _marks(board: Storyboard) -> dict[str, list[str]]:
    """Everything a point may begin with, and the marks it has."""
    shots = Shots(board)
    marks: dict[str, list[str]] = {name: [] for name in ("start", "end", "credits")}
    marks |= {named.id: [] for named in names_of(board)}
    for full, shot in shots.by_full.items():
        shown = shots.by_full[shots.full_names(shot.of)[0]] if shot.of and shots.full_names(shot.of) else shot
        marks[full] = marks[shot.id] = list(shown.marks)
    return marks | {cue.id: list(cue.marks) for cue, _ in each_cue(board) if cue.id}


def _wrong(point: Point, path: KeyPath, marks: dict[str, list[str]]) -> Iterator[Finding]:
    base = {name.lower(): name for name in marks}.get(point.base.lower())
    if base is None:
        remedy = did_you_mean(point.base, marks)
        yield Finding("unknown-id", f"nothing here is called '{point.base}'", remedy, path=path)
    elif point.mark and point.mark != "end" and point.mark.lower() not in (name.lower() for name in marks[base]):
        remedy = did_you_mean(point.mark, marks[base], none=f"write it under 'marks' of {base}")
        yield Finding("unknown-id", f"'{base}' has no mark '{point.mark}'", remedy, path=path)

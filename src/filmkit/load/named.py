"""Every file a storyboard names, with what it is for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from filmkit.load.walk import KeyPath, each_cue, each_level, each_shot
from filmkit.model.film import shot_name
from filmkit.model.generation import is_ready_workflow
from filmkit.model.storyboard import From, Generate, Generator, Grade, Scene, Shot, Storyboard
from filmkit.plan.inherit import inherited


class Use(StrEnum):
    """What a file is for: what it must hold."""

    PICTURE = "picture"
    """A picture or clip."""
    STILL = "still"
    """One picture."""
    SOUND = "sound"
    LUT = "lut"
    OTHER = "other"
    """Read by something else later."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """``written`` at ``path``. Without a file that ``is_needed`` nothing can be rendered."""

    written: str
    use: Use
    path: KeyPath
    is_needed: bool = True


def named_files(board: Storyboard, takes: Collection[str]) -> Iterator[NamedFile]:
    """All files named, in no particular order; ``takes`` has the names of shots that have some."""
    yield from _inherited(board)
    for scene, shot, path in each_shot(board):
        yield from _of_shot(board, scene, shot, path, has_take=shot_name(scene, shot) in takes)
    for at, title in enumerate(board.titles):
        if title.image:
            yield NamedFile(title.image, Use.STILL, ("titles", at, "image"))
    for cue, path in each_cue(board):
        if cue.file:
            yield NamedFile(cue.file, Use.SOUND, (*path, "file"))


def _inherited(board: Storyboard) -> Iterator[NamedFile]:
    """What stands on the film, or on any level of it; only the tables are needed for a render."""
    for level, path in each_level(board):
        if isinstance(level.grade, Grade) and level.grade.lut:
            yield NamedFile(level.grade.lut, Use.LUT, (*path, "grade", "lut"))
        workflow = level.generate.workflow if isinstance(level.generate, Generate) else None
        if workflow and not is_ready_workflow(workflow):
            yield NamedFile(workflow, Use.OTHER, (*path, "generate", "workflow"), False)
    for name, role in board.cast.items():
        for at, ref in enumerate(role.refs):
            yield NamedFile(ref, Use.PICTURE, ("cast", name, "refs", at), False)
    if board.review and board.review.rubric:
        yield NamedFile(board.review.rubric, Use.OTHER, ("review", "rubric"), False)


def _of_shot(board: Storyboard, scene: Scene, shot: Shot, path: KeyPath, *, has_take: bool) -> Iterator[NamedFile]:
    """A shot that has its take needs neither its start nor its sketch any more, unless it is a still."""
    if shot.from_ is None and shot.last is None and shot.sketch is None:
        return
    is_still = inherited(board, scene, shot).generate.with_ is Generator.STILL
    is_needed = is_still or not (has_take or shot.omit)
    for key, start in (("from", shot.from_), ("last", shot.last)):
        if isinstance(start, From) and start.file:
            use = Use.STILL if is_still and key == "from" else Use.PICTURE
            yield NamedFile(start.file, use, (*path, key), is_needed)
    if shot.sketch:
        yield NamedFile(shot.sketch, Use.PICTURE, (*path, "sketch"), not (has_take or shot.omit))

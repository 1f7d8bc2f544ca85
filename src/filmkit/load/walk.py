"""Ways through a storyboard, each value with the path of keys that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from filmkit.model.sound import Cue
from filmkit.model.storyboard import Inherited, Scene, Shot, Storyboard

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and numbers from the top of the file to a value: ``("scenes", 0, "shots", 1, "join")``."""


def each_shot(board: Storyboard) -> Iterator[tuple[Scene, Shot, KeyPath]]:
    """All shots with their scenes, in the order of the film."""
    for at, scene in enumerate(board.scenes):
        for shot_at, shot in enumerate(scene.shots):
            yield scene, shot, ("scenes", at, "shots", shot_at)


def each_level(board: Storyboard) -> Iterator[tuple[Inherited, KeyPath]]:
    """The film, its scenes and its shots: wherever an inherited key may stand."""
    yield board, ()
    for at, scene in enumerate(board.scenes):
        yield scene, ("scenes", at)
        for shot_at, shot in enumerate(scene.shots):
            yield shot, ("scenes", at, "shots", shot_at)


def each_cue(board: Storyboard) -> Iterator[tuple[Cue, KeyPath]]:
    """All cues: music, effects, dialogue."""
    for stem in ("music", "effects", "dialogue"):
        for at, cue in enumerate(getattr(board.sound, stem)):
            yield cue, ("sound", stem, at)

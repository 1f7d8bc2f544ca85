"""A film as loaded: the storyboard, and every file it stands on, known by its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from filmkit.model.analysis import Analysis, Answer
from filmkit.model.storyboard import Scene, Shot, Storyboard
from filmkit.model.take import SourceFile, Take


@dataclass(frozen=True)
class Film:
    """``name`` is the folder's (``leaving-earth``), or the cut's for ``storyboard.<name>.yaml``.

    ``takes`` holds all takes of a shot by ``scene/shot``, lowest number first; ``files`` every other file the
    storyboard names (sounds, pictures, LUTs) by its path as written. ``analyses`` holds what was measured of sounds
    because the cut depends on it; None where that could not be done, which a finding tells.
    """

    name: str
    storyboard: Storyboard
    takes: Mapping[str, tuple[Take, ...]] = field(default_factory=dict)
    files: Mapping[str, SourceFile] = field(default_factory=dict)
    analyses: Mapping[Analysis, Answer | None] = field(default_factory=dict)


def shot_name(scene: Scene, shot: Shot) -> str:
    """``harbour/boat``."""
    return f"{scene.id}/{shot.id}"

"""What the storyboard says of a shot to whoever makes its take: its words, its mode, and how long it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from filmkit.model.generation import Mode, Words
from filmkit.model.storyboard import Shot, Storyboard
from filmkit.model.take import SourceFile
from filmkit.plan.inherit import Inheritance
from filmkit.plan.speed import Speed


def words_of(board: Storyboard, shot: Shot, holds: Inheritance) -> Words:
    """Subject, action, framing, camera, style, looks of the cast, and what to avoid, by what holds for this shot."""
    cast = {name.lower(): role for name, role in board.cast.items()}
    looks = [role.look for name in shot.cast if (role := cast.get(name.lower())) is not None and role.look]
    return Words(
        subject=shot.subject or "",
        action=shot.action or "",
        framing=shot.framing or "",
        camera=shot.camera,
        style=holds.style or "",
        looks=tuple(looks),
        avoid=holds.avoid,
        prompt=shot.prompt,
    )


def mode_of(shot: Shot, files: Mapping[str, SourceFile]) -> Mode:
    """The mode that is said; else nothing makes t2v, a picture (or a frame of another shot) i2v, a clip v2v."""
    start = shot.from_
    if start is None:
        return Mode.T2V
    if start.mode is not None:
        return Mode(start.mode)
    source = files.get(start.file) if start.file is not None else None
    is_clip = source is not None and source.facts is not None and not source.facts.is_still
    return Mode.V2V if is_clip else Mode.I2V


def input_seconds(shot: Shot, mode: Mode, files: Mapping[str, SourceFile]) -> Fraction | None:
    """Seconds of the clip that is handed in, where one is: the take will be as long, and that is what is paid."""
    if mode not in {Mode.V2V, Mode.PERFORMANCE} or shot.from_ is None or shot.from_.file is None:
        return None
    source = files.get(shot.from_.file)
    video = source.facts.video if source is not None and source.facts is not None else None
    return video.pictures.end if video is not None else None


def seconds_of(board: Storyboard, shot: Shot, holds: Inheritance) -> Fraction | None:
    """How long a take has to be: ``generate.length`` where it is said, else what the shot shows of it from its
    beginning on; None where that hangs on other shots.
    """
    rate = board.picture.fps
    length = holds.generate.length
    if length is not None:
        return length.at(rate)
    if shot.lasts is None:
        return None
    begins = shot.in_.at(rate) if shot.in_ is not None else Fraction(0)
    return begins + Speed.of(shot.speed, rate).taken(shot.lasts.at(rate))

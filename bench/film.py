"""The films that are measured, as folders with a storyboard: what a person would have written, and edits of it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import Corpus

TITLE = "THE SAME FILM"
_TITLED_SHOT = 4
_GAINED_EFFECT = 5
_SHOTS_A_SCENE = 5


@dataclass(frozen=True, slots=True)
class Edit:
    """What one edit changes; the defaults are the film as first rendered."""

    trim_ms: int = 1000
    gain_db: float = -6.0
    title: str = TITLE
    music: str = "music0.wav"


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of film: its shots, how long each is, and whether it has joins, a title and sound."""

    shots: int = 30
    shot_frames: int = 96
    preset: str = "veryfast"
    is_plain: bool = False
    size: tuple[int, int] = (1280, 720)

    @property
    def joined(self) -> frozenset[int]:
        """Shots that begin with a dissolve of 12 frames: one in ten."""
        return frozenset() if self.is_plain else frozenset(range(3, self.shots, 10))

    @property
    def trimmed(self) -> int:
        """The shot that the trim edit changes: in the middle, without joins."""
        return self.shots // 2

    @property
    def frames(self) -> int:
        """Of the whole film."""
        return self.shots * self.shot_frames - 12 * len(self.joined)


def make_film(folder: Path, corpus: Corpus, shape: Shape) -> Path:
    """A film folder with takes, sounds and a storyboard; takes are links to the corpus."""
    shutil.rmtree(folder, ignore_errors=True)
    for shot in range(shape.shots):
        place = folder / "takes" / _scene(shot) / _shot(shot)
        place.mkdir(parents=True)
        _link(_take_of(corpus, shape, shot), place / "t01.mp4")
    (folder / "sound").mkdir()
    for sound in () if shape.is_plain else (corpus.music[0], *corpus.effects):
        _link(sound, folder / "sound" / sound.name)
    write_storyboard(folder, shape, Edit())
    return folder


def write_storyboard(folder: Path, shape: Shape, edit: Edit) -> None:
    """The storyboard of this film after an edit."""
    width, height = shape.size
    lines = [
        "filmkit: 1",
        "title: The same film",
        f"picture: {{size: {width}x{height}, fps: 24, preset: {shape.preset}, crf: 20}}",
        *(["own_sound: mute"] if shape.is_plain else []),
        "scenes:",
    ]
    for shot in range(shape.shots):
        if shot % _SHOTS_A_SCENE == 0:
            lines += [f"  - id: {_scene(shot)}", "    shots:"]
        lines.append(f"      - {{{_shot_line(shot, shape, edit)}}}")
    if not shape.is_plain:
        lines += _titles_and_sound(shape, edit)
    (folder / "storyboard.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def add_music(folder: Path, corpus: Corpus, number: int) -> str:
    """Another piece of music, whose bytes no store has seen; returns its file name."""
    name = f"other{number}.wav"
    (folder / "sound" / name).write_bytes(corpus.music[1].read_bytes() + bytes(2 * number))
    return name


def _shot_line(shot: int, shape: Shape, edit: Edit) -> str:
    begin = f"{edit.trim_ms if shot == shape.trimmed else 1000}ms"
    if shape.is_plain:
        begin = f"{shot // 20 % 25 * 2}f"  # the same take again is another part of it
    join = ", join: {with: dissolve, lasts: 12f}" if shot in shape.joined else ""
    return f"id: {_shot(shot)}, in: {begin}, lasts: {shape.shot_frames}f{join}"


def _titles_and_sound(shape: Shape, edit: Edit) -> list[str]:
    titled = _shot(min(_TITLED_SHOT, shape.shots - 1))
    lines = ["titles:"]
    lines.append(f'  - {{text: "{edit.title}", at: {titled}, place: bottom, lasts: {shape.shot_frames}f}}')
    lines += ["sound:", "  loudness: {integrated: -14 LUFS, peak: -1 dBTP}", "  music:"]
    lines.append(f"    - {{id: theme, file: sound/{edit.music}, at: start, to: end, gain: -8 dB, fade_out: 1s}}")
    lines.append("  effects:")
    for number in range(10):
        gain = edit.gain_db if number == _GAINED_EFFECT else -6.0
        at = f"{_shot(number * shape.shots // 10)} + {number * 50}ms"
        lines.append(f"    - {{id: effect{number}, file: sound/effect{number}.wav, at: {at}, gain: {gain:g} dB}}")
    return lines


def _take_of(corpus: Corpus, shape: Shape, shot: int) -> Path:
    """Plain films are made of takes that are as the film is; the others of all formats."""
    return corpus.takes[shot % min(20, len(corpus.takes))] if shape.is_plain else corpus.takes[shot % len(corpus.takes)]


def _scene(shot: int) -> str:
    return f"scene{shot // _SHOTS_A_SCENE:03}"


def _shot(shot: int) -> str:
    return f"shot{shot:03}"


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)

"""Films made in memory for tests of the plan: takes and sounds whose facts are known by construction."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256

import yaml

from filmkit.model.film import Film
from filmkit.model.storyboard import Storyboard
from filmkit.model.take import AudioFacts, MediaFacts, Pictures, SourceFile, Take, VideoFacts
from filmkit.plan.steps import Tools

TOOLS = Tools(media={"ffmpeg": "test"}, drawing={"pillow": "test"}, sums={"numpy": "test"}, joining={"av": "test"})


def video(seconds: float, fps: str = "24", *, sound: bool = True, size: tuple[int, int] = (1280, 720)) -> MediaFacts:
    """A take of constant rate, in one GOP, with or without 48 kHz stereo sound."""
    rate = Fraction(fps)
    pictures = Pictures(round(Fraction(seconds) * rate), 1 / rate, rate)
    stream = VideoFacts(
        0,
        "h264",
        *size,
        Fraction(1),
        0,
        "yuv420p",
        8,
        False,
        False,
        "progressive",
        "tv",
        "bt709",
        "bt709",
        "bt709",
        pictures,
    )
    return MediaFacts("mov", False, stream, audio(seconds) if sound else None)


def audio(seconds: float) -> AudioFacts:
    """48 kHz stereo."""
    return AudioFacts(1, "aac", 48000, 2, "stereo", round(seconds * 48000))


def sound(seconds: float) -> MediaFacts:
    """A sound file."""
    return MediaFacts("wav", False, None, audio(seconds))


def still(width: int = 1600, height: int = 900) -> MediaFacts:
    """A picture file."""
    pictures = Pictures(1, Fraction(1, 25), Fraction(25))
    stream = VideoFacts(
        0,
        "png",
        width,
        height,
        Fraction(1),
        0,
        "rgb24",
        8,
        False,
        True,
        "progressive",
        "pc",
        "gbr",
        "bt709",
        "unknown",
        pictures,
    )
    return MediaFacts("png_pipe", True, stream, None)


def file(name: str, facts: MediaFacts) -> SourceFile:
    """A file whose digest is that of its name."""
    return SourceFile(sha256(name.encode()).hexdigest(), 1000, f"/nowhere/{name}", name, facts)


def film(
    text: str, takes: Mapping[str, MediaFacts] | None = None, files: Mapping[str, MediaFacts] | None = None
) -> Film:
    """A film from YAML and the facts of its takes (``harbour/boat``) and other files (by path)."""
    board = Storyboard.model_validate(yaml.load(text, Loader=yaml.BaseLoader))
    return Film(
        name="test",
        storyboard=board,
        takes={shot: (Take(shot, 1, file(f"takes/{shot}/t01.mp4", facts)),) for shot, facts in (takes or {}).items()},
        files={path: file(path, facts) for path, facts in (files or {}).items()},
    )


FIRST_LIGHT = """
filmkit: 1
title: First Light
picture: {size: 1280x720, fps: 24}
lasts: 17s
scenes:
  - id: harbour
    title: The harbour at dawn
    shots:
      - {id: boat, in: 0.5s, lasts: 4s, marks: {horn: 2.1s}}
      - {id: keeper, join: {with: dissolve, lasts: 12f}, speed: 0.8, lasts: 3.5s, own_sound: {gain: -6 dB}}
  - id: lamp
    shots:
      - {id: flame, action: the lamp takes fire, lasts: 2s}
titles:
  - {text: FIRST LIGHT, at: harbour + 1s, lasts: 3s}
  - {text: Day one, style: lower-third, at: keeper + 0.5s, lasts: 2s}
credits: {lasts: 8s, lines: [Shot at the edge of the sea]}
sound:
  music:
    - {id: theme, file: music/dawn.ogg, at: harbour, to: end, in: 12s, gain: -8 dB, beats: {tempo: 97 bpm, first:
    0.04s}}
  effects:
    - {id: horn, file: sfx/horn.wav, at: boat.horn, gain: -4 dB, pan: -0.3}
    - {id: wind, file: sfx/wind.wav, at: keeper, to: keeper.end, loop: true, gain: -18 dB}
  dialogue:
    - {id: late, file: sound/k1.wav, at: keeper + 0.8s, line: You are late again.}
"""
"""The example of the storyboard's reference, whose cut is known to the sample."""


def first_light(text: str = FIRST_LIGHT) -> Film:
    """The example with two takes and its sounds."""
    takes = {"harbour/boat": video(5), "harbour/keeper": video(5, "25"), "lamp/flame": video(3)}
    files = {
        "music/dawn.ogg": sound(100),
        "sfx/horn.wav": sound(2),
        "sfx/wind.wav": sound(3),
        "sound/k1.wav": sound(1.5),
    }
    return film(text, takes, files)

"""A film of thirty short shots with everything in it: joins, titles, own sound, music, effects, three scenes of ten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from barcode import make_numbered
from sounds import bursts, noise, tone, write_wav
from wholefilms import write_film

PICTURES = 60
TAKES = 4

HEAD = """filmkit: 1
title: Thirty
picture: {size: 96x64, fps: 24, preset: ultrafast, crf: 10}
scenes:
"""

TAIL = """titles:
  - {text: ARRIVAL, at: s02, lasts: 12f, fade_in: 2f}
  - {text: The storm, style: lower-third, at: s15 + 14f, lasts: 14f}
  - {text: ARRIVAL, at: s23, lasts: 6f}
credits: {lasts: 1s, lines: [Nobody was hurt]}
sound:
  music:
    - {id: theme, file: sound/theme.wav, at: start, to: end, gain: -12 dB, fade_out: 1s}
  effects:
    - {id: knock, file: sound/knock.wav, at: s05, gain: -6 dB}
    - {id: rain, file: sound/rain.wav, at: s12, to: s18.end, loop: true, gain: -20 dB}
"""

SCENES = ("arrival", "storm", "morning")
JOINS = {4: "dissolve", 8: "wipe-left", 9: "dissolve", 11: "dissolve", 19: "fade", 27: "slide-up"}
"""Shots that take over from the one before within four frames; the second scene begins with such a join."""


LONG = {15: 42}
"""Frames of shots long enough to be cut where a title begins and ends."""


def line(number: int) -> str:
    """One shot: 12 to 16 frames of one of the takes, each from a place of its own."""
    words = [f"id: s{number:02}", f"in: {number}f", f"lasts: {LONG.get(number, 12 + number % 5)}f"]
    if number in JOINS:
        words.append(f"join: {{with: {JOINS[number]}, lasts: 4f}}")
    if number % 3 == 0:
        words.append("own_sound: mute")
    return "      - {" + ", ".join(words) + "}\n"


def scene(number: int) -> str:
    """The scene of shots 10 n + 1 … 10 n + 10."""
    shots = "".join(line(10 * number + shot) for shot in range(1, 11))
    return f"  - id: {SCENES[number]}\n    shots:\n{shots}"


def storyboard(order: tuple[int, ...] = (0, 1, 2)) -> str:
    """The film's text, its scenes in this order."""
    return HEAD + "".join(map(scene, order)) + TAIL


def make_material(folder: Path) -> dict[str, Path]:
    """Takes with sound, and sounds, by the place they have in the film."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = [make_clip(folder / f"clip{at}.mp4", at) for at in range(TAKES)]
    made = {f"takes/{SCENES[(shot - 1) // 10]}/s{shot:02}/t01.mp4": clips[shot % TAKES] for shot in range(1, 31)}
    samples = 48_000
    made["sound/theme.wav"] = write_wav(folder / "theme.wav", tone(330, 30 * samples, -18))
    made["sound/other.wav"] = write_wav(folder / "other.wav", tone(495, 30 * samples, -18))
    made["sound/knock.wav"] = write_wav(folder / "knock.wav", bursts(samples, [0, 12_000], -12))
    made["sound/rain.wav"] = write_wav(folder / "rain.wav", np.clip(noise(samples, -30), -1, 1))
    return made


def make_clip(path: Path, number: int) -> Path:
    """Numbered pictures, a little darker and with a higher tone than those of the clip before."""
    sine = f"sine={220 * (number + 1)}:sample_rate=48000:duration={PICTURES / 24}"
    before = ("-f", "lavfi", "-i", sine, "-map", "0:v", "-map", "1:a", "-vf", f"lutyuv=y=val-{8 * number}")
    output = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p", "-g", "12")
    return make_numbered(path, PICTURES, before=before, output=(*output, "-c:a", "aac", "-b:a", "64k"))


def make_film(folder: Path, material: dict[str, Path], text: str | None = None) -> Path:
    """The film in a folder."""
    return write_film(folder, storyboard() if text is None else text, material)

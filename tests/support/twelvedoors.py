"""A film of four shots with a bit of everything: a still, a grade, a card, and names and texts in many scripts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from sounds import bursts, tone, write_wav
from thirtyshots import make_clip
from wholefilms import write_film

STORYBOARD = """filmkit: 1
title: "Zwölf Türen: ein Film"
team: {Director: [Zoë Çelik, Ada Park]}
picture: {size: 96x64, fps: 24, preset: ultrafast, crf: 10}
grade: {lut: looks/cold.cube, strength: 0.5}
scenes:
  - id: arrival
    shots:
      - {id: s01, lasts: 16f}
      - {id: s02, in: 3f, lasts: 14f, speed: 1.5, own_sound: {gain: -6 dB}, join: {with: iris, lasts: 5f}}
      - {id: s03, from: looks/still.png, generate: {with: still}, camera: {move: push-in}, lasts: 12f}
      - {id: s04, action: a door that is not there yet, lasts: 9f, join: {with: fade, lasts: 4f}}
titles:
  - {text: "Über 100 % → ירושלים", at: s01 + 2f, lasts: 20f, fade_in: 4f, fade_out: 4f}
credits: {lasts: 1s, lines: [ß]}
sound:
  music:
    - {id: theme, file: sound/theme.wav, at: start, to: end, gain: -12 dB, fade_out: 1s}
  effects:
    - {id: knock, file: sound/Tür.wav, at: s02, gain: -6 dB, pan: 0.4}
"""

CUBE = "LUT_3D_SIZE 2\n" + "".join(
    f"{red} {green} {0.2 + 0.8 * blue}\n" for blue in (0, 1) for green in (0, 1) for red in (0, 1)
)


def make_small_material(folder: Path) -> dict[str, Path]:
    """What the film is made of, by the place it has in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cold.cube").write_text(CUBE)
    shades = np.add.outer(np.arange(90), np.arange(160)).astype(np.uint8)
    Image.fromarray(np.stack([shades, shades[::-1], shades[:, ::-1]], axis=2)).save(folder / "still.png")
    return {
        "takes/arrival/s01/t01.mp4": make_clip(folder / "clip0.mp4", 0),
        "takes/arrival/s02/t01.mp4": make_clip(folder / "clip1.mp4", 1),
        "looks/cold.cube": folder / "cold.cube",
        "looks/still.png": folder / "still.png",
        "sound/theme.wav": write_wav(folder / "theme.wav", tone(330, 96_000, -18)),
        "sound/Tür.wav": write_wav(folder / "door.wav", bursts(24_000, [0, 12_000], -12)),
    }


def make_small_film(folder: Path, material: dict[str, Path]) -> Path:
    """The film in a folder."""
    return write_film(folder, STORYBOARD, material)

"""A small film with everything in it: twelve shots, joins, a title, music and an effect; made in two seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from barcode import make_numbered
from sounds import RATE, noise, tone, write_wav
from wholefilms import write_film

SHOTS = 12


def make_material(folder: Path) -> dict[str, Path]:
    """The files of the film by their path in it."""
    clip = make_numbered(folder / "clip.mp4", 60)
    bed = write_wav(folder / "bed.wav", noise(12 * RATE, -30))
    horn = write_wav(folder / "horn.wav", tone(440, RATE, -12))
    takes = {f"takes/harbour/s{at:02}/t01.mp4": clip for at in range(SHOTS)}
    return {**takes, "music/bed.wav": bed, "sfx/horn.wav": horn}


def make_film(folder: Path, material: Mapping[str, Path], *, shots: int = SHOTS, title: str = "KILLS") -> Path:
    """The film's folder."""
    lines = ["filmkit: 1", "title: Kills", "picture: {size: 96x64, fps: 24, preset: ultrafast, crf: 20}"]
    lines += ["scenes:", "  - id: harbour", "    shots:"]
    for at in range(shots):
        join = ", join: {with: dissolve, lasts: 4f}" if at % 3 == 1 else ""
        lines.append(f"      - {{id: s{at:02}, take: t01, in: {at}f, lasts: 1s{join}}}")
    lines += [f'titles: [{{text: "{title}", at: s02 + 4f, lasts: 1s}}]', "sound:"]
    lines += ["  music: [{id: bed, file: music/bed.wav, at: start, to: end, gain: -6 dB}]"]
    lines += ["  effects: [{id: horn, file: sfx/horn.wav, at: s03}]"]
    used = {name: path for name, path in material.items() if not name.startswith("takes") or int(name[-10:-8]) < shots}
    return write_film(folder, "\n".join(lines) + "\n", used)


def products(film: Path) -> dict[str, str]:
    """What a viewer gets: digests of all files in ``out/`` by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((film / "out").iterdir())}

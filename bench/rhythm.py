"""Beats of sounds whose beats are known, found by filmkit's tracker and by aubio on the same WAV files.

Both run in this process, once to warm up; decoding is in neither's time but aubio's own reading is. aubio is causal: it
hears beats as they come and takes the first seconds to settle, which costs it recall.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rhythms import Rhythm, Times, click_track, drums, f_measure, jittered, later, nearest_errors, ramp, steady
from sounds import write_f32, write_wav

from bench import ROOT
from bench.compare import Bench, Rows
from bench.corpus import RATE_HZ, ffmpeg_path
from filmkit.media.sound.beats import BeatHint, track_beats
from filmkit.media.sound.samples import SoundFile

_HINT_OFF = 1.1
_AUBIO_HOP, _AUBIO_FRAME = 512, 1024


@dataclass(frozen=True, slots=True)
class _Found:
    """The beats one tracker found, in seconds of the file, and the seconds it took."""

    beats: Times
    seconds: float

    def cells(self, truth: Times) -> tuple[str, str, str, str]:
        """F-measure within 70 ms, the middle error of the hits in ms, the middle tempo, seconds of wall clock."""
        errors = [1000 * error for error in nearest_errors(self.beats, truth) if abs(error) < 0.07]
        off = f"{statistics.median(errors):+.1f}" if errors else "–"
        bpm = f"{60 / float(np.median(np.diff(self.beats))):.1f}" if len(self.beats) > 1 else "–"
        return f"{f_measure(self.beats, truth):.3f}", off, bpm, f"{self.seconds:.2f}"


def measure_beats(bench: Bench) -> Rows:
    """Found beats against known ones: F-measure (±70 ms), middle error of the hits (ms), tempo found, seconds. filmkit
    with nothing known, and with a hint of the tempo that is a tenth too high.
    """
    folder = bench.folder / "beats"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = ("F", "off", "bpm", "s")
    heads = (*(f"filmkit: {names[0]}", *names[1:]), "F with a hint", *(f"aubio: {names[0]}", *names[1:]))
    rows: Rows = [("music", "bpm", *heads)]
    for name, (bpm, make) in _rhythms(30.0 if bench.is_quick else 120.0).items():
        rhythm = make()
        file = write_f32(folder / "music.f32", rhythm.sound)
        write_wav(folder / "music.wav", rhythm.sound)
        _by_filmkit(file, None)
        ours, helped = _by_filmkit(file, None), _by_filmkit(file, bpm * _HINT_OFF)
        theirs = _by_aubio(folder / "music.wav")
        rows.append((
            name, f"{bpm:g}", *ours.cells(rhythm.beats), helped.cells(rhythm.beats)[0],
            *(theirs.cells(rhythm.beats) if theirs else ("not installed", "", "", "")),
        ))  # fmt: skip
    shutil.rmtree(folder)
    return rows


def _rhythms(length_s: float) -> dict[str, tuple[float, Callable[[], Rhythm]]]:
    """Each with its (middle) tempo; made only when its turn comes."""
    found: dict[str, tuple[float, Callable[[], Rhythm]]] = {}
    for bpm in (60, 90, 120, 150, 180):
        beats = steady(bpm, length_s, 0.3)
        found[f"clicks at {bpm}"] = (bpm, lambda beats=beats: click_track(beats, length_s))  # type: ignore[misc]
    for bpm in (84, 104, 140):
        beats = steady(bpm, length_s, 0.3)
        found[f"drums and bass at {bpm}"] = (bpm, lambda beats=beats: drums(beats, length_s))  # type: ignore[misc]
    straight, swung = steady(112, length_s, 0.3), steady(126, length_s, 0.3)
    rising, slips = ramp(104, 116, length_s), jittered(steady(100, length_s, 1.0), 0.015)
    found["loud hats between the beats"] = (112, lambda: drums(straight, length_s, hats=0.9))
    found["shuffle with loud hats"] = (126, lambda: drums(swung, length_s, swing=2 / 3, hats=0.9))
    found["from 104 to 116"] = (110, lambda: drums(rising, length_s, hats=0.5))
    found["clicks with 15 ms of slips"] = (100, lambda: click_track(slips, length_s))
    found["drums after 3.4 s of silence"] = (97, lambda: later(drums(steady(97, length_s), length_s), 3.37))
    found["the demo's music"] = (120, _demo)
    return found


def _demo() -> Rhythm:
    """Its loops lie on a grid from its first sample on."""
    file = ROOT / "assets" / "music" / "leaving-earth.ogg"
    argv = [ffmpeg_path(), "-v", "error", "-i", str(file), "-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2", "-"]
    sound = np.frombuffer(subprocess.run(argv, capture_output=True, check=True).stdout, "<f4").reshape(-1, 2)
    beats = steady(120, len(sound) / RATE_HZ)
    return Rhythm(sound.copy(), beats, beats[::4])


def _by_filmkit(file: Path, hint_bpm: float | None) -> _Found:
    began = time.perf_counter()
    track = track_beats(SoundFile(file), BeatHint(hint_bpm))
    taken = time.perf_counter() - began
    return _Found(np.array(track.beats if track else (), float) / RATE_HZ, taken)


def _by_aubio(file: Path) -> _Found | None:
    if importlib.util.find_spec("aubio") is None:
        return None
    import aubio

    began = time.perf_counter()
    source: Any = aubio.source(str(file), RATE_HZ, _AUBIO_HOP)
    tracker: Any = aubio.tempo("default", _AUBIO_FRAME, _AUBIO_HOP, RATE_HZ)
    beats: list[float] = []
    while True:
        samples, read = source()
        if tracker(samples):
            beats.append(float(tracker.get_last_s()))
        if read < _AUBIO_HOP:
            return _Found(np.array(beats), time.perf_counter() - began)
